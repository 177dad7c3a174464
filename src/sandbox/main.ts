/** The sandbox as a program: `main.js --port P --state DIR …`. Also forked by the extension. */
import { readFile } from 'node:fs/promises';
import { ArgumentError, USAGE, optionOfPort, readArguments, type Arguments } from './arguments';
import { FaultPlanError, PlannedFaults, readFaultPlan } from './faults/plan';
import type { ListenerFactories } from './listeners';
import { createCertificateAuthority } from './pki/certificateAuthority';
import { createSandbox, type Sandbox } from './sandbox';
import { createCloudFormationService } from './services/cloudformation/cloudFormationService';
import { recordHealth } from './services/greengrass/health';
import { createGreengrassService } from './services/greengrass/greengrassService';
import { createIamService } from './services/iam/iamService';
import { createIotService } from './services/iot/iotService';
import { createLambdaService } from './services/lambda/lambdaService';
import { createStsService } from './services/sts/stsService';
import { StoreError } from './store/store';
import { readModels } from './wire/models';
import manifest from '../../package.json';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

async function main(): Promise<void> {
  // Secrets stand in the state folder: what this process writes is for its owner only.
  process.umask(0o077);
  const options = readArguments(process.argv.slice(2));
  const sandbox = await open(options);
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    sandbox.close().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  // The extension host that forked this process is gone.
  process.on('disconnect', stop);
  try {
    const info = await sandbox.listen(options.port);
    if (info.volatile === true) process.stderr.write(`No native store for ${process.platform}-${process.arch} here: all is kept in memory and lost when the sandbox ends.\n`);
    process.stdout.write(`${JSON.stringify(info)}\n`);
    process.send?.(info);
  } catch (error) {
    await sandbox.close();
    throw portTrouble(error, options) ?? error;
  }
}

async function open(options: Arguments): Promise<Sandbox> {
  const { hooks, faults: plan, ...others } = options;
  const faults = plan === undefined ? undefined : await faultsOf(plan);
  const lambda = createLambdaService(hooks === undefined ? undefined : async () => (await import('./mqtt/hooks')).functionsFrom(hooks));
  const services = [createStsService, createIamService, createIotService, createCloudFormationService, createGreengrassService, lambda];
  return createSandbox({ ...others, ...(faults === undefined ? {} : { faults }), services, listeners: listenersFor(options), certificateAuthority: createCertificateAuthority, version: manifest.version });
}

/** Read before anything starts. Throws FaultPlanError. */
async function faultsOf(file: string): Promise<PlannedFaults> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new FaultPlanError(`The plan of faults cannot be read: ${error instanceof Error ? error.message : String(error)}.`);
  });
  const rules = readFaultPlan(text, file, readModels());
  process.stderr.write(`Faults by plan of ${file}; rules: ${String(rules.length)}.\n`);
  return new PlannedFaults(rules);
}

/** For devices. Read when the sandbox starts to listen: a wrong command line must not wait for them. */
const listenersFor = ({ hooks, ...ports }: Arguments): ListenerFactories => ({
  mqttPort: async (host) =>
    (await import('./mqtt/startMqtt')).startMqtt(host, {
      port: ports.mqttPort,
      ...(hooks === undefined ? {} : { runHook: (await import('./mqtt/hooks')).hooksFrom(hooks) }),
      onHealth: (kernel, scope, thingName, payload) => kernel.run(scope, (call) => recordHealth(call, thingName, payload)),
    }),
  credentialsPort: async (host) => (await import('./credentialsEndpoint/startCredentials')).startCredentials(host, ports.credentialsPort),
  proxyPort: async (host) => (await import('./proxy/startProxy')).startProxy(host, ports.proxyPort),
});

function fail(error: unknown): never {
  if (error instanceof FaultPlanError) {
    process.stderr.write(`${error.message}\n`);
    process.exit(EXIT_USAGE);
  }
  if (error instanceof ArgumentError) {
    process.stderr.write(`${error.message} ${USAGE}\n`);
    process.exit(EXIT_USAGE);
  }
  process.stderr.write(`${explain(error)}\n`);
  process.exit(EXIT_FAILED);
}

/** One line for what a person can mend; the trace for what only we can. */
function explain(error: unknown): string {
  if (error instanceof StoreError || error instanceof PortError) return error.message;
  if (!(error instanceof Error)) return String(error);
  return error.stack ?? error.message;
}

/** A port that cannot be had; the message is one line and names the option that chooses another. */
class PortError extends Error {}

function portTrouble(error: unknown, options: Arguments): PortError | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  const option = optionOfPort(options, 'port' in error ? error.port : undefined);
  if (error.code === 'EADDRINUSE') return new PortError(`The port is taken: ${error.message}. Choose another with ${option}.`);
  if (error.code === 'EACCES') return new PortError(`The port is not allowed: ${error.message}. Choose one above 1023 with ${option}.`);
  return undefined;
}

main().catch(fail);
