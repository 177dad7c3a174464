/** What a device sees when it does not get on. Every kind is something that a device can tell by itself. */
export type DeviceFaultFacts =
  /** No TCP connection: name not found, refused, no route. `code` is the system's, for example ENOTFOUND. */
  | { readonly kind: 'unreachable'; readonly code: string; readonly address: string }
  /** Nothing came within the time: of the connection, the handshake, or the answer to what was sent. */
  | { readonly kind: 'timeout'; readonly waitedFor: 'connection' | 'handshake' | 'connack' | 'suback' | 'puback' | 'http'; readonly milliseconds: number }
  /** The server's certificate is not signed by the device's root CA, or is for another name. */
  | { readonly kind: 'serverNotTrusted'; readonly code: string }
  /** The server's certificate is valid at another time than the device's clock shows. */
  | { readonly kind: 'clock'; readonly code: string; readonly validFrom?: Date; readonly validTo?: Date }
  /** The server ended the handshake because of the device's certificate. */
  | { readonly kind: 'certificateRefused'; readonly code: string }
  /** CONNACK with a reason, or the connection closed instead of a CONNACK (then no reason). */
  | { readonly kind: 'connectRefused'; readonly reasonCode?: number }
  /** The connection ended while it was in use. MQTT 5 says why. */
  | { readonly kind: 'cutOff'; readonly reasonCode?: number }
  | { readonly kind: 'subscribeRefused'; readonly filter: string; readonly reasonCode: number }
  /** The broker took the message and did not answer it. */
  | { readonly kind: 'noAnswer'; readonly topic: string; readonly milliseconds: number }
  /** Fleet provisioning answered on …/rejected. */
  | { readonly kind: 'rejected'; readonly topic: string; readonly statusCode: number; readonly errorCode: string; readonly errorMessage: string }
  /** An HTTPS answer that is not 200. */
  | { readonly kind: 'http'; readonly status: number; readonly type: string; readonly message: string }
  /** An answer that cannot be read. */
  | { readonly kind: 'unreadable'; readonly topic: string };

/** Thrown by what a device does. The message is for logs; people read the cause that is worked out of the facts. */
export class DeviceFault extends Error {
  constructor(
    readonly facts: DeviceFaultFacts,
    options?: ErrorOptions,
  ) {
    super(`device: ${JSON.stringify(facts)}`, options);
    this.name = 'DeviceFault';
  }
}
