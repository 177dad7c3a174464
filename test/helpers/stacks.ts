import {
  CloudFormationClient, CreateStackCommand, DescribeStackEventsCommand, DescribeStacksCommand,
  type CreateStackCommandInput, type Stack,
} from '@aws-sdk/client-cloudformation';
import { IAMClient } from '@aws-sdk/client-iam';
import { IoTClient } from '@aws-sdk/client-iot';
import { createCertificateAuthority } from '../../src/sandbox/pki/certificateAuthority';
import { createCloudFormationService } from '../../src/sandbox/services/cloudformation/cloudFormationService';
import { createIamService } from '../../src/sandbox/services/iam/iamService';
import { createIotService } from '../../src/sandbox/services/iot/iotService';
import type { SandboxOptions } from '../../src/sandbox/sandbox';
import { startSandbox, type StartedSandbox } from './sandbox';

/** A sandbox with the services that stacks work in, and clients for them. */
export class StackSandbox {
  readonly cloudFormation: CloudFormationClient;
  readonly iam: IAMClient;
  readonly iot: IoTClient;

  private constructor(readonly started: StartedSandbox) {
    this.cloudFormation = new CloudFormationClient(started.client);
    this.iam = new IAMClient(started.client);
    this.iot = new IoTClient(started.client);
  }

  static async start(options: Partial<SandboxOptions> = {}): Promise<StackSandbox> {
    return new StackSandbox(await startSandbox({ services: [createCloudFormationService, createIamService, createIotService], certificateAuthority: createCertificateAuthority, ...options }));
  }

  async close(): Promise<void> {
    for (const client of [this.cloudFormation, this.iam, this.iot]) client.destroy();
    await this.started.close();
  }

  async stack(name: string): Promise<Stack> {
    const { Stacks } = await this.cloudFormation.send(new DescribeStacksCommand({ StackName: name }));
    const [stack] = Stacks ?? [];
    if (stack === undefined) throw new Error(`No stack ${name}`);
    return stack;
  }

  /** Polls until the stack is at rest. */
  async settled(nameOrId: string): Promise<Stack> {
    const deadline = Date.now() + 120_000;
    // Asked too often, the one process has no time left to do what it is asked about.
    for (let pause = 5; ; pause = Math.min(pause * 1.5, 250)) {
      const stack = await this.stack(nameOrId);
      if (!(stack.StackStatus ?? '').endsWith('_IN_PROGRESS')) return stack;
      if (Date.now() > deadline) throw new Error(`${nameOrId} is still ${stack.StackStatus ?? ''}`);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  /** Creates a stack and waits until it is at rest; the id finds it even when it is deleted by then. */
  async create(input: CreateStackCommandInput): Promise<Stack> {
    const { StackId } = await this.cloudFormation.send(new CreateStackCommand({ Capabilities: ['CAPABILITY_NAMED_IAM'], ...input }));
    return this.settled(StackId ?? '');
  }

  /** Events as `logical id / status / reason`, oldest first. */
  async events(nameOrId: string): Promise<string[]> {
    const told: string[] = [];
    let NextToken: string | undefined;
    do {
      const page = await this.cloudFormation.send(new DescribeStackEventsCommand({ StackName: nameOrId, NextToken }));
      told.push(...(page.StackEvents ?? []).map((event) => [event.LogicalResourceId, event.ResourceStatus, event.ResourceStatusReason].filter(Boolean).join(' / ')));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    return told.reverse();
  }
}
