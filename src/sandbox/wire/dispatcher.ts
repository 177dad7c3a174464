import { randomUUID } from 'node:crypto';
import { ConnectionTrouble } from '../faults/injection';
import { partitionOf } from '../kernel/partitions';
import type { Call } from '../kernel/kernel';
import { Fault, type Principal, type ServiceName } from '../kernel/types';
import type { WireRequest, WireResponse } from './http';
import type { Models } from './models';
import { decodeQuery, encodeQuery, encodeQueryFault } from './query';
import { decodeRestJson, encodeRestJson, encodeRestJsonFault } from './restJson';
import { RestRouter } from './restRouter';
import type { OperationModel, ServiceModel } from './serviceModel';
import { parseAuthorization, verifySignature, type Authorization } from './signature';

export interface Identity {
  readonly principal: Principal;
  readonly secretAccessKey: string;
}

export interface DispatcherOptions {
  readonly models: Models;
  /** Throws Fault InvalidClientTokenId or ExpiredToken. */
  readonly identify: (accessKeyId: string, sessionToken: string | undefined, region: string) => Promise<Identity>;
  readonly execute: (call: Call) => Promise<unknown>;
  readonly now: () => Date;
  readonly defaultRegion: string;
  /** The account that answers calls which AWS takes unsigned. */
  readonly account: string;
  readonly logError: (error: unknown) => void;
}

/** Old AWS CLIs sign IoT as `execute-api`, after the credential scope of their endpoints table. */
const SIGNING_NAMES: Readonly<Record<string, ServiceName>> = {
  iot: 'iot',
  'execute-api': 'iot',
  cloudformation: 'cloudformation',
  iam: 'iam',
  sts: 'sts',
  greengrass: 'greengrass',
  lambda: 'lambda',
};

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html: called without credentials. */
const UNSIGNED = new Set(['AssumeRoleWithSAML', 'AssumeRoleWithWebIdentity']);

/** Names of the same trouble in REST-JSON services, as IoT answers: https://github.com/aws/aws-sdk-js-v3/issues/1569 */
const REST_NAMES: Readonly<Record<string, string>> = {
  InvalidClientTokenId: 'UnrecognizedClientException',
  ExpiredToken: 'ExpiredTokenException',
  MissingAuthenticationToken: 'MissingAuthenticationTokenException',
  IncompleteSignature: 'IncompleteSignatureException',
  SignatureDoesNotMatch: 'InvalidSignatureException',
};

interface Decoded {
  readonly operation: OperationModel;
  readonly input: object;
}

/** One request to one answer: which service, whose signature, which operation, in and out of its wire format. */
export class Dispatcher {
  private readonly routers = new Map<ServiceName, RestRouter>();

  constructor(private readonly options: DispatcherOptions) {
    for (const model of [options.models.iot, options.models.greengrass, options.models.lambda]) this.routers.set(model.service, new RestRouter(model));
  }

  /** Throws ConnectionTrouble where no answer is to be given. */
  async handle(request: WireRequest): Promise<WireResponse> {
    const requestId = randomUUID();
    const header = request.headers.get('authorization');
    const authorization = parseAuthorization(header);
    const form = isForm(request) ? new URLSearchParams(Buffer.from(request.body).toString('utf8')) : undefined;
    const model = this.modelFor(authorization, form);
    try {
      if (model === undefined) throw new Fault('UnknownService', `The sandbox does not serve ${authorization?.service ?? 'this service'}.`, {}, 404);
      const principal = await this.authenticate(request, header, authorization, form);
      const { operation, input } = this.decode(model, request, form);
      const region = authorization?.region ?? this.options.defaultRegion;
      const scope = { account: principal.account, region, partition: partitionOf(region), principal };
      const output = await this.options.execute({ service: model.service, operation: operation.name, input, scope, requestId });
      return model.protocol === 'query' ? encodeQuery(model, operation, output, requestId) : encodeRestJson(operation, output, requestId);
    } catch (error) {
      if (error instanceof ConnectionTrouble) throw error;
      return this.encodeFault(model ?? (form === undefined ? this.options.models.iot : this.options.models.sts), error, requestId);
    }
  }

  private modelFor(authorization: Authorization | undefined, form: URLSearchParams | undefined): ServiceModel | undefined {
    if (authorization !== undefined) {
      const service = Object.hasOwn(SIGNING_NAMES, authorization.service) ? SIGNING_NAMES[authorization.service] : undefined;
      return service && this.options.models[service];
    }
    // Unsigned: only to answer in the format that the caller speaks.
    return form === undefined ? this.options.models.iot : this.options.models.sts;
  }

  private async authenticate(
    request: WireRequest,
    header: string | undefined,
    authorization: Authorization | undefined,
    form: URLSearchParams | undefined,
  ): Promise<Principal> {
    if (authorization === undefined) {
      if (header !== undefined) {
        throw new Fault('IncompleteSignature', "Authorization header requires 'Credential', 'SignedHeaders' and 'Signature' parameters of AWS4-HMAC-SHA256.", {}, 400);
      }
      if (UNSIGNED.has(form?.get('Action') ?? '')) return { account: this.options.account, arn: '', userId: '', accessKeyId: '' };
      throw new Fault('MissingAuthenticationToken', 'Request is missing Authentication Token', {}, 403);
    }
    const identity = await this.options.identify(authorization.accessKeyId, request.headers.get('x-amz-security-token'), authorization.region);
    verifySignature(request, authorization, identity.secretAccessKey, this.options.now());
    return identity.principal;
  }

  private decode(model: ServiceModel, request: WireRequest, form: URLSearchParams | undefined): Decoded {
    if (model.protocol === 'query') {
      const parameters = form ?? new URLSearchParams(request.query);
      const action = parameters.get('Action');
      if (action === null) throw new Fault('MissingAction', 'The request is missing an action or a required parameter.', {}, 400);
      const operation = model.operations.get(action);
      if (operation === undefined) {
        throw new Fault('InvalidAction', `Could not find operation ${action} for version ${parameters.get('Version') ?? 'NO_VERSION_SPECIFIED'}`, {}, 400);
      }
      return { operation, input: decodeQuery(operation, parameters) };
    }
    const route = this.routers.get(model.service)?.find(request.method, request.path, new URLSearchParams(request.query));
    if (route === undefined) throw new Fault('UnknownOperationException', `The sandbox does not implement ${request.method} ${request.path}.`, {}, 404);
    return { operation: route.operation, input: decodeRestJson(route, request) };
  }

  private encodeFault(model: ServiceModel, error: unknown, requestId: string): WireResponse {
    const fault = error instanceof Fault ? error : this.internal(error);
    if (model.protocol === 'query') return encodeQueryFault(model, fault, requestId);
    const name = REST_NAMES[fault.name];
    return encodeRestJsonFault(model, name === undefined ? fault : new Fault(name, fault.message, fault.members, fault.httpStatus), requestId);
  }

  private internal(error: unknown): Fault {
    this.options.logError(error);
    return new Fault('InternalFailure', 'The request processing has failed because of an unknown error, exception or failure.', {}, 500);
  }
}

function isForm(request: WireRequest): boolean {
  return (request.headers.get('content-type') ?? '').startsWith('application/x-www-form-urlencoded');
}
