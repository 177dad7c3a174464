/**
 * What a device does on the network, for the test device. Implemented in `device/` with real TLS and MQTT. Every call
 * throws DeviceFault for what the network or the server did, CancelledError when the signal aborts, and ends within the
 * stated time.
 */
export interface DeviceServer {
  /** Name of the endpoint: sent by SNI and looked for in the server's certificate. */
  readonly name: string;
  /** What is connected to; default: the name. */
  readonly address?: string;
  readonly port: number;
  /** ALPN protocol, which port 443 asks for: https://docs.aws.amazon.com/iot/latest/developerguide/protocols.html#protocol-port-mapping */
  readonly alpn?: string;
  /** PEM of the root CA that the device trusts, and no other. */
  readonly rootCaPem: string;
}

/** Texts in PEM; the key is a secret. */
export interface DeviceIdentity {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

export interface DeviceCall {
  readonly signal: AbortSignal;
  /** Milliseconds that each wait may take. */
  readonly timeout: number;
}

export interface DeviceConnectOptions extends DeviceCall {
  readonly server: DeviceServer;
  readonly identity: DeviceIdentity;
  readonly clientId: string;
  /** 4 is MQTT 3.1.1. */
  readonly protocolVersion: 4 | 5;
}

/** The answer to a message on `<topic>/accepted` or `<topic>/rejected`. */
export interface DeviceAnswer {
  readonly accepted: boolean;
  readonly payload: string;
}

export interface DeviceConnection {
  /** Subscribes with QoS 1; all filters are on their way at once. Throws for the first that is refused. */
  subscribe(filters: readonly string[], call: DeviceCall): Promise<void>;
  /** Publishes with QoS 1 and waits for the answer. */
  request(topic: string, payload: string, call: DeviceCall): Promise<DeviceAnswer>;
  /** Publishes with QoS 1 and waits for the broker's acknowledgement. */
  publish(topic: string, payload: string, call: DeviceCall): Promise<void>;
  /** Says goodbye and closes. Never throws, never waits longer than a second. */
  end(): Promise<void>;
}

export interface HttpsAnswer {
  readonly status: number;
  /** Header x-amzn-errortype; empty without. */
  readonly errorType: string;
  /** The server's clock, from its Date header. */
  readonly date?: Date;
  readonly body: string;
}

export interface DeviceTransport {
  connect(options: DeviceConnectOptions): Promise<DeviceConnection>;
  get(options: DeviceCall & { readonly server: DeviceServer; readonly identity: DeviceIdentity; readonly path: string; readonly headers: Readonly<Record<string, string>> }): Promise<HttpsAnswer>;
  /** A new key (EC P-256, as Greengrass nucleus lite makes it) and a request for its certificate, PEM. */
  makeKeys(commonName: string): Promise<{ readonly privateKeyPem: string; readonly csrPem: string }>;
}
