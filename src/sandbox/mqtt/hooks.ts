import { access } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { denied } from '../services/iot/fleetProvisioning';
import type { LocalFunctions } from '../services/lambda/lambdaService';
import type { RunHook } from './provisioningTopics';

/** "The Lambda function must finish running and return within 5 seconds": https://docs.aws.amazon.com/iot/latest/developerguide/pre-provisioning-hook.html */
const TIME_LIMIT_MS = 5000;
const MEMORY_LIMIT_MB = 128;

/** Calls `handler` as Lambda does, in a thread that can be ended whatever the function does. */
const BOOTSTRAP = `
const { parentPort, workerData } = require('node:worker_threads');
import(workerData.url).then((module) => module.handler(workerData.input, {})).then((result) => parentPort.postMessage({ result: JSON.stringify(result) }));
`;

/**
 * Functions from a folder: `NAME` is the export `handler` of `NAME.mjs` there. The person who starts the sandbox names the
 * folder; nothing that a client sends chooses or makes code.
 */
export function functionsFrom(folder: string, timeLimit = TIME_LIMIT_MS): LocalFunctions {
  const file = (name: string): string => path.resolve(folder, `${name}.mjs`);
  return {
    has: async (name) => /^[A-Za-z0-9_-]{1,64}$/.test(name) && access(file(name)).then(() => true, () => false),
    run: async (name, input) => run(pathToFileURL(file(name)).href, input, timeLimit),
  };
}

/**
 * Pre-provisioning hooks from such a folder, for `arn:aws:lambda:…:function:NAME`. A function that is missing, fails, takes
 * too long or answers anything but `{ allowProvisioning: true }` denies the device.
 */
export function hooksFrom(folder: string, timeLimit = TIME_LIMIT_MS): RunHook {
  const functions = functionsFrom(folder, timeLimit);
  return async (targetArn, input) => {
    // An alias or version after the name is not told apart.
    const name = /:function:([A-Za-z0-9_-]{1,64})(?::[^:]+)?$/.exec(targetArn)?.[1];
    if (name === undefined) throw denied();
    const answer = await functions.run(name, input).catch(() => {
      throw denied();
    });
    return { allowProvisioning: member(answer, 'allowProvisioning') === true, parameterOverrides: overridesOf(answer) };
  };
}

/** Rejects with what the function failed with. */
function run(url: string, input: unknown, timeLimit: number): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(BOOTSTRAP, { eval: true, workerData: { url, input }, env: {}, stdout: true, stderr: true, resourceLimits: { maxOldGenerationSizeMb: MEMORY_LIMIT_MB } });
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      settle();
      void worker.terminate();
    };
    const fail = (message: string) => () => reject(new Error(message));
    const timer = setTimeout(() => end(fail(`Task timed out after ${(timeLimit / 1000).toFixed(2)} seconds`)), timeLimit);
    worker.once('message', ({ result }: { readonly result?: string }) => end(() => resolve(result === undefined ? undefined : JSON.parse(result))));
    worker.once('error', (error) => end(() => reject(error)));
    // Ended without an answer: for example by process.exit().
    worker.once('exit', () => end(fail('RequestId: Error: Runtime exited without providing a reason')));
  });
}

/** "parameterOverrides values will be added to parameters"; values that are no texts are left out (unverified). */
function overridesOf(answer: unknown): Readonly<Record<string, string>> {
  const overrides = member(answer, 'parameterOverrides');
  if (typeof overrides !== 'object' || overrides === null) return {};
  return Object.fromEntries(Object.entries(overrides).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}
