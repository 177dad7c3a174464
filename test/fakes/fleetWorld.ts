import { createHash } from 'node:crypto';
import type { Connection } from '../../src/core/ports/connection';
import type { AwsTarget } from '../../src/core/ports/identity';
import type { FleetSettings, StepRun } from '../../src/core/ports/services';
import type { FleetNames } from '../../src/core/provisioning/steps';
import { Emitter } from '../../src/core/util/emitter';
import { WorkspaceFileNames } from '../../src/ids';
import { FleetStepsService, type FleetStepsOptions } from '../../src/services/fleetSteps';
import type { ClaimKeys } from '../../src/services/steps/claimKeys';
import type { PolicyFault } from '../../src/services/steps/policyCheck';
import { FakeClock } from './fakeClock';
import { FakeGreengrass } from './fakeGreengrass';
import { FakeLambda } from './fakeLambda';
import { FakeFiles } from './fakeFiles';
import { FakeInteraction } from './fakeInteraction';
import { FakeIot } from './fakeIot';
import { FakeRoles } from './fakeRoles';
import { FakeStacks } from './fakeStacks';
import { Faults } from './faults';

export const target: AwsTarget = { label: 'test', account: '111122223334', region: 'eu-west-1', partition: 'aws', callerArn: 'arn:aws:iam::111122223334:user/me', isSandbox: false };

export const names: FleetNames = {
  stackName: 'Fleet',
  roleAliasName: 'SettingsAlias',
  iotPolicyName: 'DevicePolicy',
  claimPolicyName: 'ClaimPolicy',
  templateName: 'FleetTemplate',
  thingGroupName: 'Cores',
};

export const bundledTemplate = '{"Resources":{"A":{"Type":"AWS::IAM::Role"}}}';

/** Keys as plain words: what belongs together can be seen, and a table of a thousand runs takes seconds. */
export class FakeClaimKeys implements ClaimKeys {
  made = 0;

  async makePrivateKey(): Promise<string> {
    this.made += 1;
    return `PRIVATE ${this.made}`;
  }

  publicKeyOf(privateKeyPem: string): string | undefined {
    const number = /^PRIVATE (\d+)$/.exec(privateKeyPem)?.[1];
    return number === undefined ? undefined : `PUBLIC ${number}`;
  }

  async makeRequest(privateKeyPem: string): Promise<string> {
    return `CSR ${this.publicKeyOf(privateKeyPem) ?? ''}`;
  }

  readCertificate(pem: string): { id: string; publicKey: string } | undefined {
    const publicKey = /^CERT (PUBLIC \d+) /.exec(pem)?.[1];
    return publicKey === undefined ? undefined : { id: fakeId(pem), publicKey };
  }
}

function fakeId(pem: string): string {
  return createHash('sha256').update(pem).digest('hex');
}

/** An account, a folder, a person and the five steps, all in memory. Every call passes through `faults`. */
export class FleetWorld {
  readonly clock = new FakeClock();
  readonly faults = new Faults();
  readonly roles = new FakeRoles();
  readonly stacks = new FakeStacks(this.clock, this.roles);
  readonly iot = new FakeIot(this.clock, this.roles, async (csr, number) => {
    const pem = `CERT ${csr.replace(/^CSR /, '')} ${number}`;
    return { pem, id: fakeId(pem) };
  });
  readonly greengrass = new FakeGreengrass();
  readonly lambda = new FakeLambda();
  readonly files = new FakeFiles();
  readonly ui = new FakeInteraction();
  readonly keys = new FakeClaimKeys();
  readonly progress: string[] = [];
  readonly saved: string[] = [];
  readonly settings: { names: FleetNames; template: string; hook: string } = { names, template: '', hook: '' };
  readonly changed = new Emitter<void>();
  policyFaults: (text: string) => readonly PolicyFault[] = () => [];
  readonly connection: Connection = {
    target,
    iot: this.faults.wrap('iot', this.iot),
    stacks: this.faults.wrap('stacks', this.stacks),
    roles: this.faults.wrap('roles', this.roles),
    greengrass: this.faults.wrap('greengrass', this.greengrass),
    lambda: this.lambda,
    rootCaPem: async () => 'ROOT CA',
  };
  readonly steps: FleetStepsService;
  private readonly wrappedFiles = this.faults.wrap('files', this.files);

  constructor(options: Partial<FleetStepsOptions> = {}) {
    const settings: FleetSettings = { names: () => this.settings.names, stackTemplate: () => this.settings.template, preProvisioningHook: () => this.settings.hook, onDidChange: this.changed.event };
    this.steps = new FleetStepsService({
      settings,
      clock: this.clock,
      kitScript: async (name) => `# ${name}`,
      templates: {
        bundled: async () => bundledTemplate,
        file: async (path) => {
          throw new Error(`ENOENT: ${path}`);
        },
        url: async () => '{"Resources":{"FromUrl":{"Type":"AWS::IAM::Role"}}}',
      },
      checkPolicy: (text) => this.policyFaults(text),
      saveStackName: async (name) => {
        this.saved.push(name);
      },
      keys: this.keys,
      ...options,
    });
  }

  get run(): StepRun {
    return { connection: this.connection, files: this.wrappedFiles, ui: this.ui, progress: { report: (message) => this.progress.push(message) }, signal: this.faults.signal };
  }

  /** What the account and the folder hold, without what depends on when and how often it was tried. */
  snapshot(): unknown {
    const active = this.iot.active();
    const key = this.files.texts.get(WorkspaceFileNames.claimPrivateKey);
    return {
      stacks: [...this.stacks.held.values()].map(({ stack }) => `${stack.name} ${stack.status}`),
      changeSets: this.stacks.changeSets.size,
      aliases: [...this.iot.aliases.values()],
      policies: [...this.iot.policies].map(([name, policy]) => [name, policy.defaultId, [...policy.versions].map(([id, { text }]) => [id, text])]),
      templates: [...this.iot.templates].map(([name, { defaultId, enabled, roleArn, versions }]) => [name, defaultId, enabled, roleArn, versions.size]),
      groups: [...this.iot.groups.keys()],
      certificates: this.iot.certificates.size,
      activeCertificates: active.length,
      mostActive: this.iot.mostActive,
      attached: active.map((certificate) => [...(this.iot.attached.get(certificate.arn) ?? [])]),
      keyFitsCertificate: key !== undefined && active[0] !== undefined && this.keys.publicKeyOf(key) === this.keys.readCertificate(active[0].pem)?.publicKey,
      files: [...this.files.texts].filter(([name]) => !name.includes('/')).sort(),
      claimFiles: [...this.files.texts.keys()].filter((name) => name.includes('/')).sort(),
      privates: [...this.files.privates],
      certificateFileIsActive: this.files.texts.get(WorkspaceFileNames.claimCertificate) === active[0]?.pem,
      ignored: this.files.ignored,
    };
  }

  statuses(): Record<string, string> {
    return Object.fromEntries([...this.steps.states].map(([id, state]) => [id, state.status]));
  }
}
