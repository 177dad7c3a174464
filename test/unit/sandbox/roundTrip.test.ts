import assert from 'node:assert/strict';
import * as cloudformation from '@aws-sdk/client-cloudformation';
import * as greengrass from '@aws-sdk/client-greengrassv2';
import * as iam from '@aws-sdk/client-iam';
import * as iot from '@aws-sdk/client-iot';
import * as sts from '@aws-sdk/client-sts';
import { Fault } from '../../../src/sandbox/kernel/types';
import type { Call } from '../../../src/sandbox/kernel/kernel';
import { SandboxServer } from '../../../src/sandbox/server';
import { Dispatcher } from '../../../src/sandbox/wire/dispatcher';
import { readModels, type Models } from '../../../src/sandbox/wire/models';
import type { OperationModel, ServiceModel } from '../../../src/sandbox/wire/serviceModel';
import { Sampler } from './schemaSample';

const KEYS = { accessKeyId: 'AKIAROUNDTRIP0000000', secretAccessKey: 'secret' };
const SEEDS = [1, 2026];

/** The part of an SDK client that a test over all operations can name. */
interface AnyClient {
  send(command: unknown): Promise<Record<string, unknown>>;
  destroy(): void;
}
type Constructor<T> = new (argument: object) => T;

const PACKAGES = [
  ['iot', 'IoTClient', iot],
  ['cloudformation', 'CloudFormationClient', cloudformation],
  ['iam', 'IAMClient', iam],
  ['sts', 'STSClient', sts],
  ['greengrass', 'GreengrassV2Client', greengrass],
] as const;

describe('sandbox: round trip of every operation', () => {
  let models: Models;
  let server: SandboxServer;
  let endpoint: string;
  let answer: (call: Call) => unknown;
  const internal: unknown[] = [];

  before(async () => {
    models = readModels();
    const logError = (error: unknown): void => void internal.push(error);
    const dispatcher = new Dispatcher({
      models,
      identify: async () => ({ principal: { account: '470123856219', arn: '', userId: '', accessKeyId: '' }, secretAccessKey: KEYS.secretAccessKey }),
      execute: async (call) => answer(call),
      now: () => new Date(),
      defaultRegion: 'us-east-1',
      account: '470123856219',
      logError,
    });
    server = new SandboxServer({ dispatcher, now: () => new Date(), latency: 0, caPem: '', info: () => ({}), reset: async () => undefined, logError });
    endpoint = `http://127.0.0.1:${await server.listen(0)}`;
  });
  after(() => server.close());
  afterEach(() => assert.deepEqual(internal.splice(0), []));

  for (const [service, clientName, exported] of PACKAGES) {
    const names = exported as unknown as Readonly<Record<string, unknown>>;
    const connect = (): AnyClient => new (names[clientName] as Constructor<AnyClient>)({ endpoint, region: 'eu-central-1', credentials: KEYS, maxAttempts: 1 });
    const command = (operation: OperationModel, input: object): unknown => new (names[`${operation.name}Command`] as Constructor<unknown>)(input);

    it(`${service}: inputs and outputs arrive as they were sent`, async () => {
      const client = connect();
      const wrong: string[] = [];
      for (const seed of SEEDS) {
        for (const operation of models[service].operations.values()) {
          const sampler = new Sampler(seed);
          const input = operation.input.isStructSchema() ? sampler.struct(operation.input) : {};
          const output = operation.output.isStructSchema() ? sampler.struct(operation.output) : {};
          let seen: Call | undefined;
          answer = (call) => {
            seen = call;
            return output;
          };
          try {
            const { $metadata, ...received } = await client.send(command(operation, input));
            assert.equal(seen?.operation, operation.name);
            assert.deepEqual(plain(seen.input), plain(input), 'input');
            assert.deepEqual(plain(received), plain(output), 'output');
            assert.match((($metadata as { requestId?: string }).requestId ?? ''), /^[0-9a-f-]{36}$/);
          } catch (error) {
            wrong.push(`${operation.name} (seed ${seed}): ${error instanceof Error ? `${error.name} ${error.message}` : String(error)}`);
          }
        }
      }
      client.destroy();
      assert.deepEqual(wrong, []);
    });

    it(`${service}: every modelled error arrives as its own class`, async () => {
      const client = connect();
      const operation = firstWithoutInput(models[service]);
      const wrong: string[] = [];
      for (const error of new Set(models[service].errors.values())) {
        const sampled = Object.entries(new Sampler(7).struct(error.schema));
        const members = Object.fromEntries(sampled.filter(([name]) => name.toLowerCase() !== 'message'));
        const text = `It failed: <a> & "b" é`;
        answer = () => {
          throw new Fault(error.name, text, members);
        };
        try {
          await client.send(command(operation, new Sampler(1).struct(operation.input)));
          wrong.push(`${error.name}: no error`);
        } catch (caught) {
          const exception = caught as Error & Record<string, unknown> & { $metadata: { httpStatusCode: number; requestId: string } };
          try {
            assert.ok(exception instanceof (names[error.name] as Constructor<Error>), `is ${exception.name}`);
            assert.equal(exception.message, text);
            assert.equal(exception.$metadata.httpStatusCode, error.httpStatus);
            assert.match(exception.$metadata.requestId, /^[0-9a-f-]{36}$/);
            for (const [name, value] of Object.entries(members)) assert.deepEqual(plain(exception[name]), plain(value), name);
          } catch (problem) {
            wrong.push(`${error.name}: ${(problem as Error).message}`);
          }
        }
      }
      client.destroy();
      assert.deepEqual(wrong, []);
    });

    it(`${service}: an error outside the model keeps its name and status`, async () => {
      const client = connect();
      const operation = firstWithoutInput(models[service]);
      answer = () => {
        throw new Fault('AccessDenied', 'User: x is not authorized', {}, 403);
      };
      await assert.rejects(client.send(command(operation, new Sampler(1).struct(operation.input))), (error: Error & { $metadata?: { httpStatusCode?: number } }) => {
        assert.equal(error.name, 'AccessDenied');
        assert.equal(error.message, 'User: x is not authorized');
        assert.equal(error.$metadata?.httpStatusCode, 403);
        return true;
      });
      client.destroy();
    });
  }
});

function firstWithoutInput(model: ServiceModel): OperationModel {
  const found = [...model.operations.values()].find((operation) => operation.name.startsWith('List') || operation.name === 'GetCallerIdentity');
  assert.ok(found);
  return found;
}

/** Bytes as text, so that a Buffer equals a Uint8Array; undefined members away. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString('hex')}`;
  if (value instanceof Date) return `date ${value.toISOString()}`;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).flatMap(([key, item]) => (item === undefined ? [] : [[key, plain(item)]])));
  }
  return value;
}
