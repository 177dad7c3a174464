/** What a Greengrass core publishes when its nucleus starts, to `healthTopic` of its thing. */
const launch = {
  ggcVersion: '2.12.0',
  platform: 'linux',
  architecture: 'amd64',
  runtime: 'aws_nucleus_classic',
  sequenceNumber: 1,
  messageType: 'COMPLETE' as 'COMPLETE' | 'PARTIAL',
  trigger: 'NUCLEUS_LAUNCH',
  overallDeviceStatus: 'HEALTHY' as 'HEALTHY' | 'UNHEALTHY',
  components: [
    { componentName: 'aws.greengrass.Nucleus', version: '2.12.0', status: 'FINISHED', isRoot: true },
    { componentName: 'com.example.Pump', version: '1.0.0', status: 'RUNNING', isRoot: false },
  ] as readonly { readonly componentName: string; readonly version: string; readonly status: string; readonly isRoot: boolean }[],
};

export function healthReport(more: Partial<typeof launch> = {}): string {
  return JSON.stringify({ ...launch, ...more });
}

export function healthTopic(thing: string): string {
  return `$aws/things/${thing}/greengrassv2/health/json`;
}
