/**
 * The contract between the sandbox's parts: the wire (schemas, signatures, constraints) calls handlers; handlers
 * read and write through a transaction; nothing here knows HTTP or the store's engine.
 */
export type ServiceName = 'iot' | 'cloudformation' | 'iam' | 'sts' | 'greengrass' | 'lambda';

export interface Principal {
  readonly account: string;
  readonly arn: string;
  readonly userId: string;
  readonly accessKeyId: string;
}

/** account + region + partition of a call; IAM ignores the region. */
export interface Scope {
  readonly account: string;
  readonly region: string;
  readonly partition: string;
}

/**
 * Atomic: all writes of one call reach the store in one batch, or none does. Values are JSON (Date as ISO text,
 * bytes as base64). Tables are named `<service>.<kind>`, for example `iot.roleAlias`. Keys sort as UTF-8 text; the kernel prefixes account and region
 * (account only for tables that start with `iam.`).
 */
export interface Transaction {
  get<T>(table: string, key: string): Promise<T | undefined>;
  put<T>(table: string, key: string, value: T): void;
  delete(table: string, key: string): void;
  /** In key order, own uncommitted writes included. `after` is exclusive. */
  list<T>(table: string, options?: { prefix?: string; after?: string; limit?: number; reverse?: boolean }): AsyncIterable<readonly [key: string, value: T]>;
}

export interface CallContext extends Scope {
  readonly service: ServiceName;
  readonly operation: string;
  readonly principal: Principal;
  readonly requestId: string;
  now(): Date;
  readonly tx: Transaction;
  /** Calls another operation in the same transaction, with the same checks as a call from outside. */
  invoke<O>(service: ServiceName, operation: string, input: object): Promise<O>;
  /** Runs after this call has committed (for example: start the stack operation). */
  afterCommit(task: () => void): void;
}

export type Handler<I, O> = (input: I, call: CallContext) => Promise<O> | O;

/** Operation name → handler. `never` lets every concrete input type in; the wire has validated it by the schema. */
export type Handlers = Readonly<Record<string, Handler<never, unknown>>>;

/** A scope with an identity, for work that runs outside a request (stack operations, expiry). */
export interface BackgroundScope extends Scope {
  readonly principal: Principal;
}

export interface Kernel {
  /** One transaction; handlers of other services by `call.invoke`. Serialised with all other writers. */
  run<T>(scope: BackgroundScope, work: (call: CallContext) => Promise<T>): Promise<T>;
  /** Every account and region that holds data in a table: how stack operations are found again after a restart. */
  scopesWith(table: string): Promise<readonly BackgroundScope[]>;
  now(): Date;
  /** Aborted when the sandbox stops. Background work ends at its next step, to be resumed on restart. */
  readonly stopping: AbortSignal;
  /** Artificial time for slow operations; 0 in tests. Milliseconds. */
  readonly resourceDelay: number;
  /** PEM of the sandbox's certificate authority and a signer for it. */
  readonly ca: CertificateAuthority;
}

export interface CertificateAuthority {
  readonly certificatePem: string;
  /** Signs a certificate for the public key of a PKCS#10 request (PEM); throws Fault on a bad request. */
  issueFromCsr(csrPem: string, now: Date): Promise<{ pem: string; id: string }>;
  /** Makes a key pair ahead of `issueWithKeys`, which takes it: what takes long is then done outside the writers' queue. */
  prepareKeys?(): Promise<void>;
  /** Makes an RSA 2048 key pair as AWS IoT does (PKCS#1 private key, SPKI public key) and a certificate for it. */
  issueWithKeys(now: Date, lifetimeMs?: number): Promise<{ pem: string; id: string; privateKeyPem: string; publicKeyPem: string }>;
}

/** Server certificates for the sandbox's own TLS listeners. */
export interface ServerCertificateAuthority extends CertificateAuthority {
  /** EC key and certificate for these DNS names and IP addresses, for TLS servers; both PEM. */
  issueServer(names: readonly string[], now: Date): Promise<{ pem: string; privateKeyPem: string }>;
}

/** What a service module gives the kernel. */
export interface ServiceModule {
  readonly service: ServiceName;
  readonly handlers: Handlers;
  /** Slow work that needs no data, by operation; done beside running writers before the handler's turn. */
  readonly prepare?: Readonly<Record<string, () => Promise<void>>>;
  /** Called once when the store is open: resume what a kill interrupted. */
  resume?(): Promise<void>;
}
export type ServiceFactory = (kernel: Kernel) => ServiceModule;

/** An AWS error answer. `name` as the model or the documentation names it. */
export class Fault extends Error {
  constructor(
    name: string,
    message: string,
    /** Extra members of a modelled error, for example resourceId and resourceArn. */
    readonly members: Readonly<Record<string, unknown>> = {},
    /** HTTP status for errors that the service model does not list (ValidationError, AccessDenied …). */
    readonly httpStatus: number = 400,
  ) {
    super(message);
    this.name = name;
  }
}
