import { isCancelled } from '../../core/errors';
import type { AliasFacts, CertificateFacts, ClaimFacts, DiagnosisFacts, RoleFacts, TemplateFacts } from '../../core/device/diagnosis/facts';
import type { NamedPolicy } from '../../core/policy/evaluate';
import type { Connection } from '../../core/ports/connection';
import type { WorkspaceFiles } from '../../core/ports/workspaceFiles';
import type { FleetNames, StepId } from '../../core/provisioning/steps';
import { renderTemplate, type RenderedTemplate } from '../../core/provisioning/renderTemplate';
import { credentialsService, iotService, trustedServices } from '../../core/stack/trust';
import { iotArn, roleNameOfArn } from '../../core/util/arn';
import { sameJson } from '../../core/util/json';
import { WorkspaceFileNames } from '../../ids';
import type { FlowDevice } from './deviceFlow';

export interface FactsInput extends Pick<DiagnosisFacts, 'step' | 'clientId' | 'sent' | 'parameters' | 'port' | 'now'> {
  readonly names: FleetNames;
  readonly claim: Pick<ClaimFacts, 'id' | 'temporary' | 'expiresAt'>;
  readonly device: FlowDevice | undefined;
}

/** Looks at what may explain a failure. Reads only; what may not be read is left out. Throws CancelledError only. */
export async function gatherFacts(connection: Connection, files: WorkspaceFiles, input: FactsInput, signal: AbortSignal): Promise<DiagnosisFacts> {
  const look = new Look(connection, files, signal);
  const { names, device } = input;
  const asDevice = input.step === 'deviceConnect' || input.step === 'coreTopics' || input.step === 'credentials';
  const [claim, { facts: template, rendered }, alias] = await Promise.all([
    input.claim.temporary ? (input.claim as ClaimFacts) : look.certificate(input.claim.id, undefined).then((found): ClaimFacts => ({ ...found, ...input.claim })),
    look.template(names.templateName, input.parameters, device?.certificateId),
    input.step === 'credentials' ? look.alias(names.roleAliasName) : undefined,
  ]);
  const held = device === undefined || !asDevice ? undefined : await look.certificate(device.certificateId, device.thingName);
  const policies = [...(claim.policies ?? []), ...(held?.policies ?? [])];
  const exclusive = rendered.certificates[0]?.principalType === 'EXCLUSIVE_THING';
  return {
    step: input.step,
    target: connection.target,
    names,
    now: input.now,
    port: input.port,
    clientId: input.clientId,
    ...(input.sent === undefined ? {} : { sent: input.sent }),
    parameters: input.parameters,
    claim,
    template,
    ...(held === undefined ? {} : { device: { ...held, exclusive, ...(device?.thingName === undefined ? {} : { thingName: device.thingName }) } }),
    ...(alias === undefined ? {} : { alias }),
    policyFiles: await look.policyFiles(names, policies),
  };
}

class Look {
  constructor(
    private readonly connection: Connection,
    private readonly files: WorkspaceFiles,
    private readonly signal: AbortSignal,
  ) {}

  async certificate(id: string, thingName: string | undefined): Promise<CertificateFacts> {
    const { iot, target } = this.connection;
    const [found, policies] = await Promise.all([
      this.may(async () => (await iot.describeCertificate(id, { signal: this.signal }))?.status ?? ('missing' as const)),
      this.may(() => this.policiesOf(iotArn(target, `cert/${id}`), thingName)),
    ]);
    return { id, ...(found === undefined ? {} : { status: found }), ...(policies === undefined ? {} : { policies }) };
  }

  async template(name: string, parameters: Readonly<Record<string, string>>, certificateId = '0'.repeat(64)): Promise<{ facts: TemplateFacts; rendered: RenderedTemplate }> {
    const { iot } = this.connection;
    const signal = this.signal;
    const found = await this.may(async () => ({ template: await iot.describeProvisioningTemplate(name, { signal }) }));
    const template = found?.template;
    const { rendered } = renderTemplate(template?.templateBody ?? '', parameters, { certificateId });
    if (template === undefined) return { facts: { name, absent: [], ...(found === undefined ? {} : { status: 'missing' }) }, rendered };
    const local = await this.may(async () => this.files.read(WorkspaceFileNames.provisioningTemplate));
    const file = local !== undefined && sameJson(local, template.templateBody) ? { text: local, file: WorkspaceFileNames.provisioningTemplate } : { text: template.templateBody };
    const [role, absent] = await Promise.all([this.role(template.provisioningRoleArn, iotService), this.absent(rendered)]);
    const hookArn = template.preProvisioningHook?.targetArn;
    const facts: TemplateFacts = {
      name,
      status: template.enabled ? 'enabled' : 'disabled',
      ...file,
      provisioningRoleArn: template.provisioningRoleArn,
      role,
      ...(hookArn === undefined ? {} : { hookArn }),
      absent,
    };
    return { facts, rendered };
  }

  async alias(name: string): Promise<AliasFacts> {
    const found = await this.may(async () => ({ alias: await this.connection.iot.describeRoleAlias(name, { signal: this.signal }) }));
    if (found === undefined) return { name };
    const { alias } = found;
    if (alias === undefined) return { name, exists: false };
    return { name, exists: true, role: await this.role(alias.roleArn, credentialsService), credentialDurationSeconds: alias.credentialDurationSeconds };
  }

  /** Policies whose file in the folder says what is deployed. */
  async policyFiles(names: FleetNames, policies: readonly NamedPolicy[]): Promise<DiagnosisFacts['policyFiles']> {
    const known: readonly (readonly [string, { file: string; step: StepId }])[] = [
      [names.claimPolicyName, { file: WorkspaceFileNames.claimPolicy, step: 'claimCertificate' }],
      [names.iotPolicyName, { file: WorkspaceFileNames.iotPolicy, step: 'iotPolicy' }],
    ];
    const found = new Map<string, { file: string; step: StepId }>();
    for (const [name, place] of known) {
      const policy = policies.find((each) => each.name === name);
      const text = policy === undefined ? undefined : await this.may(async () => this.files.read(place.file));
      if (policy !== undefined && text !== undefined && sameJson(text, policy.text)) found.set(name, place);
    }
    return found;
  }

  private async policiesOf(certificateArn: string, thingName: string | undefined): Promise<readonly NamedPolicy[]> {
    const { iot } = this.connection;
    const { signal } = this;
    const targets = [certificateArn];
    // "policies of the thing's groups": https://docs.aws.amazon.com/iot/latest/developerguide/attach-to-cert.html
    if (thingName !== undefined) for await (const group of iot.listThingGroupsForThing(thingName, { signal })) targets.push(group.arn);
    const names = new Set<string>();
    for (const target of targets) for await (const { name } of iot.listAttachedPolicies(target, { signal })) names.add(name);
    const policies = await Promise.all([...names].map(async (name) => ({ name, text: (await iot.getPolicy(name, { signal }))?.document ?? '' })));
    return policies;
  }

  private async role(arn: string, service: string): Promise<RoleFacts> {
    const found = await this.may(async () => ({ role: await this.connection.roles.getRole(roleNameOfArn(arn) ?? arn, { signal: this.signal }) }));
    if (found === undefined) return { arn };
    if (found.role === undefined) return { arn, exists: false };
    return { arn, exists: true, trusted: trustedServices(found.role.trustPolicy).has(service), maxSessionDuration: found.role.maxSessionDuration };
  }

  private async absent(rendered: RenderedTemplate): Promise<TemplateFacts['absent']> {
    const { iot } = this.connection;
    const { signal } = this;
    const groups = rendered.things.flatMap((thing) => thing.groups);
    const types = rendered.things.flatMap((thing) => thing.type ?? []);
    const policies = rendered.policies.flatMap((policy) => ('name' in policy ? [policy.name] : []));
    const missing = await Promise.all([
      ...groups.map(async (name) => this.missing('thingGroup', name, () => iot.describeThingGroup(name, { signal }))),
      ...types.map(async (name) => this.missing('thingType', name, () => iot.describeThingType(name, { signal }))),
      ...policies.map(async (name) => this.missing('policy', name, () => iot.getPolicy(name, { signal }))),
    ]);
    return missing.flat();
  }

  private async missing(kind: TemplateFacts['absent'][number]['kind'], name: string, describe: () => Promise<object | undefined>): Promise<TemplateFacts['absent']> {
    const found = await this.may(async () => ({ it: await describe() }));
    return found !== undefined && found.it === undefined ? [{ kind, name }] : [];
  }

  /** Undefined for what may not, or cannot, be looked at. */
  private async may<T>(look: () => Promise<T>): Promise<T | undefined> {
    try {
      return await look();
    } catch (error) {
      if (isCancelled(error)) throw error;
      return undefined;
    }
  }
}
