/** Which account a connection reaches. Everything that changes an account shows these. */
export interface AwsTarget {
  /** What the person chose: a profile name, `environment`, or `local sandbox`. */
  readonly label: string;
  /** 12 digits. */
  readonly account: string;
  readonly region: string;
  /** `aws`, `aws-cn`, `aws-us-gov` …, taken from the caller's ARN, never assumed. */
  readonly partition: string;
  /** ARN of the caller, from sts:GetCallerIdentity. */
  readonly callerArn: string;
  /** Set when the profile or the sandbox overrides the service endpoint. */
  readonly endpoint?: string;
  /** True when the endpoint is our local sandbox (it answers GET /_sandbox/). */
  readonly isSandbox: boolean;
}

/** What a person may choose to connect with. */
export type ConnectionChoice =
  | { readonly kind: 'profile'; readonly profile: string; readonly region?: string }
  | { readonly kind: 'environment'; readonly region?: string } // the SDK's default chain without a named profile
  | {
      readonly kind: 'sandbox';
      readonly endpoint: string;
      readonly region: string;
      readonly accessKeyId: string;
      readonly secretAccessKey: string;
      /** Its servers for devices, on 127.0.0.1; absent when an older sandbox runs. */
      readonly devices?: SandboxDevices;
    };

export interface SandboxDevices {
  /** MQTT over TLS. */
  readonly mqttPort: number;
  /** HTTPS: the credentials endpoint. */
  readonly credentialsPort: number;
  /** HTTP CONNECT proxy for AWS's endpoint names. */
  readonly proxyPort: number;
  /** Absolute path of the PEM of the sandbox's certificate authority. */
  readonly caFile: string;
}

/** A profile of the shared AWS config and credentials files. */
export interface ProfileInfo {
  readonly name: string;
  readonly region?: string;
  readonly endpoint?: string;
  readonly kind: 'keys' | 'sso' | 'assumeRole' | 'process' | 'webIdentity' | 'other';
  readonly needsMfa: boolean;
}
