/** Of AWS IoT's message broker. Durations are in milliseconds, sizes in bytes. */
export interface BrokerLimits {
  /** From the TCP connection to its CONNECT packet. unverified: AWS publishes no figure. */
  readonly connectTimeout: number;
  /** A client's keep-alive is raised to this … */
  readonly minKeepAlive: number;
  /** … or lowered to this, which also stands for 0 ("none"). */
  readonly maxKeepAlive: number;
  readonly payload: number;
  /** Whole packet: what AWS states in the CONNACK of MQTT 5. */
  readonly packet: number;
  readonly clientId: number;
  readonly topic: number;
  readonly topicSlashes: number;
  readonly subscriptionsPerRequest: number;
  readonly subscriptionsPerConnection: number;
  readonly sessionExpiry: number;
  /** QoS 1 messages without PUBACK, each way. */
  readonly inflight: number;
  /** QoS 1 messages kept for a client that is away. unverified: AWS limits the rate, not the number. */
  readonly queued: number;
  readonly retained: number;
  readonly topicAliases: number;
}

/**
 * https://docs.aws.amazon.com/general/latest/gr/iot-core.html#message-broker-limits and, for MQTT 5 and keep-alive,
 * https://docs.aws.amazon.com/iot/latest/developerguide/mqtt.html
 */
export const awsLimits: BrokerLimits = {
  connectTimeout: 10_000,
  minKeepAlive: 30_000,
  maxKeepAlive: 1_200_000,
  payload: 128 * 1024,
  packet: 146 * 1024,
  clientId: 128,
  topic: 256,
  topicSlashes: 7,
  subscriptionsPerRequest: 8,
  subscriptionsPerConnection: 50,
  sessionExpiry: 3_600_000,
  inflight: 100,
  queued: 1000,
  retained: 5000,
  topicAliases: 8,
};

/** MQTT 5 reason codes: https://docs.oasis-open.org/mqtt/mqtt/v5.0/os/mqtt-v5.0-os.html#_Toc3901031 */
export const reason = {
  success: 0x00,
  disconnectWithWill: 0x04,
  noSubscriptionExisted: 0x11,
  unspecified: 0x80,
  malformed: 0x81,
  protocolError: 0x82,
  unsupportedVersion: 0x84,
  badClientId: 0x85,
  notAuthorized: 0x87,
  serverShuttingDown: 0x8b,
  badAuthMethod: 0x8c,
  keepAliveTimeout: 0x8d,
  sessionTakenOver: 0x8e,
  badFilter: 0x8f,
  badTopic: 0x90,
  packetTooLarge: 0x95,
  quotaExceeded: 0x97,
  qosNotSupported: 0x9b,
  sharedNotSupported: 0x9e,
} as const;

/** Of CONNACK in MQTT 3.1.1. */
export function returnCode(reasonCode: number): number {
  if (reasonCode === reason.unsupportedVersion) return 1;
  if (reasonCode === reason.badClientId) return 2;
  return reasonCode === reason.success ? 0 : 5;
}
