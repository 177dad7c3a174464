import * as l10n from '@vscode/l10n';
import { WorkspaceFileNames } from '../../ids';
import { claimPolicyDocument } from '../../core/claims/claimPolicy';
import type { Certificate } from '../../core/ports/iotApi';
import type { FleetNames, StepState } from '../../core/provisioning/steps';
import { iotArn } from '../../core/util/arn';
import { counted } from '../../core/util/counted';
import { sameJson } from '../../core/util/json';
import { assessClaim, type Assessment } from './claimAssessment';
import type { ClaimCertificates } from './claimCertificates';
import type { ClaimKeys } from './claimKeys';
import { claimPolicy } from './claimPolicyFile';
import type { PolicyCheck } from './policyCheck';
import { publishPolicy } from './policyPublisher';
import { confirmCreation, type RunContext, type Step, type StepContext } from './stepContext';

/** The certificate with which a new device introduces itself, and the policy that lets it do nothing else. */
export class ClaimCertificateStep implements Step {
  readonly id = 'claimCertificate';

  constructor(
    private readonly keys: ClaimKeys,
    private readonly certificates: ClaimCertificates,
    private readonly check: PolicyCheck,
  ) {}

  plan(names: FleetNames): string {
    return l10n.t('Claim policy {0} and one active claim certificate, with its files in {1}/', names.claimPolicyName, WorkspaceFileNames.claimFolder);
  }

  prepare(): void {
    this.certificates.prepare();
  }

  async inspect(context: StepContext): Promise<StepState> {
    const { connection, files, look, signal } = context;
    const { claimPolicyName: name, templateName } = await look.names();
    const [found, policy, policyFile] = await Promise.all([assessClaim(context, this.keys), connection.iot.getPolicy(name, { signal }), files.read(WorkspaceFileNames.claimPolicy)]);
    const policyResource = policy === undefined ? [] : [{ kind: l10n.t('IoT policy'), name, arn: policy.arn }];
    const base = { id: this.id, resources: policyResource } as const;
    if (found.kind === 'none') return { ...base, status: 'notStarted', summary: l10n.t('No claim certificate in this folder yet') };
    if (found.kind === 'keyOnly') return { ...base, status: 'notStarted', summary: l10n.t('Interrupted: the key is here, its certificate is not'), detail: l10n.t('Run the step again: it finishes with this key.') };
    if (found.kind === 'unusable') return { ...base, status: 'differs', summary: found.reason };
    const { certificate } = found;
    const state = { ...base, file: WorkspaceFileNames.claimCertificate, resources: [...policyResource, { kind: l10n.t('certificate'), name: certificate.id, arn: certificate.arn }] };
    const differs = (summary: string): StepState => ({ ...state, status: 'differs', summary });
    if (certificate.status !== 'ACTIVE') return differs(l10n.t('The claim certificate is inactive'));
    if (policy === undefined) return differs(l10n.t('The claim policy {0} is missing', name));
    if (!(await this.isAttached(context, name, certificate))) return differs(l10n.t('The claim policy {0} is not attached', name));
    const ours = claimPolicyDocument(connection.target, templateName);
    if (!sameJson(policy.document, policyFile ?? ours)) return differs(l10n.t('The claim policy {0} differs from its file', name));
    if (!policy.document.includes(iotArn(connection.target, `topic/$aws/provisioning-templates/${templateName}/`))) {
      return differs(l10n.t('The claim policy {0} is for another template than {1}', name, templateName));
    }
    const companions = [WorkspaceFileNames.rootCa, WorkspaceFileNames.claimPublicKey, WorkspaceFileNames.claimPolicy];
    for (const file of companions) if (!(await files.exists(file))) return differs(l10n.t('{0} is missing', file));
    return { ...state, status: 'done', summary: l10n.t('Active, {0}…', certificate.id.slice(0, 12)), detail: certificate.arn };
  }

  async run(context: RunContext): Promise<void> {
    const { connection, files, look, progress, signal, ui } = context;
    progress.report(l10n.t('Looking at the claim certificate …'));
    await this.protect(context);
    const { claimPolicyName: policyName, templateName } = await look.names();
    const policy = await claimPolicy(context, templateName, this.check);
    const found = await this.makeRoom(context);
    await this.agree(context, policyName, found);

    // From here on the person has agreed to all that is created; replacing a policy version still asks.
    const agreed = { ...context, approved: true };
    const publish = async (onAgreed: () => void): Promise<void> =>
      publishPolicy(agreed, {
        name: policyName,
        document: policy.document,
        file: WorkspaceFileNames.claimPolicy,
        notes: [],
        agreed: async () => {
          await policy.save();
          onAgreed();
        },
      });
    const certificate = await this.obtain(agreed, policyName, found, publish);
    // A certificate that was just made has no policy yet.
    if (found.kind === 'none' || !(await this.isAttached(context, policyName, certificate))) {
      progress.report(l10n.t('Attaching the claim policy …'));
      await connection.iot.attachPolicy({ policyName, target: certificate.arn }, { signal });
    }
    // Last of all: a certificate that is live has its key, its files and its policy.
    const activate = async (): Promise<void> => {
      if (certificate.status === 'ACTIVE') return;
      progress.report(l10n.t('Activating the claim certificate …'));
      await connection.iot.updateCertificateStatus(certificate.id, 'ACTIVE', { signal });
    };
    const [others] = await bothEnded(found.kind === 'usable' ? undefined : this.certificates.othersAlive(context, policyName, certificate.arn), activate());
    if (others !== undefined) {
      if (others.length > 0) {
        const one = l10n.t('Another active certificate can claim by the policy {0}. Make it inactive if nobody uses it: {1}', policyName, others.join(', '));
        ui.warn(counted(others.length, one, l10n.t('{0} other active certificates can claim by the policy {1}. Make them inactive if nobody uses them: {2}', others.length, policyName, others.join(', '))));
      }
    }
    if (await files.isTrackedByGit(WorkspaceFileNames.claimPrivateKey)) {
      ui.warn(l10n.t('Git tracks {0}. Take it out of the repository, and make a new claim certificate if it was ever pushed.', WorkspaceFileNames.claimPrivateKey));
    }
  }

  /** The certificate, its policy published and its files written. What does not need the other goes side by side. */
  private async obtain(agreed: RunContext, policyName: string, found: Exclude<Assessment, { kind: 'unusable' }>, publish: (onAgreed: () => void) => Promise<void>): Promise<Certificate> {
    const make = async (): Promise<Certificate> => {
      const certificate = found.kind === 'usable' ? found.certificate : await this.certificates.obtain(agreed, policyName, found);
      await this.certificates.writeCompanions(agreed);
      return certificate;
    };
    // The certificate of an earlier try is looked for among those that the policy is attached to.
    if (found.kind === 'keyOnly') {
      await publish(() => undefined);
      return make();
    }
    // Nothing is made while another policy of that name is still asked about.
    let published: Promise<void> = Promise.resolve();
    const agreedTo = new Promise<void>((resolve, reject) => {
      published = publish(resolve);
      published.then(resolve, reject);
    });
    const [certificate] = await bothEnded(agreedTo.then(make), published);
    return certificate;
  }

  private async protect({ files }: RunContext): Promise<void> {
    await files.ensureIgnored(`${WorkspaceFileNames.claimFolder}/`);
  }

  /** Puts unusable files away until what is left can be worked with. */
  private async makeRoom(context: RunContext): Promise<Exclude<Assessment, { kind: 'unusable' }>> {
    for (;;) {
      const found = await assessClaim(context, this.keys);
      if (found.kind !== 'unusable') return found;
      await this.certificates.putAway(context, found);
    }
  }

  /** One question for all that is missing; none when nothing is. */
  private async agree(context: RunContext, policyName: string, found: Exclude<Assessment, { kind: 'unusable' }>): Promise<void> {
    if (context.approved) return;
    const { connection, signal } = context;
    const todo: string[] = [];
    if ((await connection.iot.getPolicy(policyName, { signal })) === undefined) todo.push(l10n.t('Create the claim policy {0}', policyName));
    if (found.kind === 'usable') {
      if (!(await this.isAttached(context, policyName, found.certificate))) todo.push(l10n.t('Attach {0} to the claim certificate', policyName));
      if (found.certificate.status !== 'ACTIVE') todo.push(l10n.t('Activate the claim certificate {0}', found.certificate.id));
      if (todo.length === 0) return;
      await confirmCreation(context, { title: l10n.t('Complete the claim certificate?'), detail: todo.join('\n'), action: l10n.t('Complete') });
      return;
    }
    const how = found.kind === 'none' ? l10n.t('Make a private key in {0}/', WorkspaceFileNames.claimFolder) : l10n.t('Go on with the key in {0}/', WorkspaceFileNames.claimFolder);
    todo.push(how, l10n.t('Create one claim certificate, attach {0} and activate it', policyName));
    await confirmCreation(context, { title: l10n.t('Create the claim certificate?'), detail: todo.join('\n'), action: l10n.t('Create Certificate') });
  }

  private async isAttached({ connection, signal }: StepContext, policyName: string, certificate: Certificate): Promise<boolean> {
    for await (const policy of connection.iot.listAttachedPolicies(certificate.arn, { signal })) if (policy.name === policyName) return true;
    return false;
  }
}

/** Neither is left running when the other fails: the folder is looked at as soon as this one ends. */
async function bothEnded<A, B>(one: Promise<A> | A, other: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([one, other]);
  return Promise.all([one, other]);
}
