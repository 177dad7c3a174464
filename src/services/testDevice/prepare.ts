import * as l10n from '@vscode/l10n';
import { FleetError } from '../../core/errors';
import type { ClaimFacts } from '../../core/device/diagnosis/facts';
import type { DeviceIdentity } from '../../core/ports/deviceTransport';
import { renderTemplate, type RenderedTemplate } from '../../core/provisioning/renderTemplate';
import { WorkspaceFileNames } from '../../ids';
import { missingStep } from '../steps/stepContext';
import { deviceServers, type DeviceServers } from './deviceServers';
import type { TestDeviceInput, TestDeviceOptions } from './testDeviceContext';

/** What all devices of a run have in common. */
export interface Prepared {
  readonly servers: DeviceServers;
  readonly claim: { readonly identity: DeviceIdentity; readonly facts: Pick<ClaimFacts, 'id' | 'temporary' | 'expiresAt'> };
  readonly templateBody: string;
}

/** Endpoints, root CA, claim and template. Throws FleetError for what is missing. `idOf` numbers a certificate as AWS does. */
export async function prepare(input: TestDeviceInput, options: Pick<TestDeviceOptions, 'port' | 'claim'>, idOf: (pem: string) => string | undefined): Promise<Prepared> {
  const { connection, files, names, signal } = input;
  const { iot } = connection;
  const [dataEndpoint, credentialEndpoint, template, alias, ownCa] = await Promise.all([
    iot.describeEndpoint('iot:Data-ATS', { signal }),
    iot.describeEndpoint('iot:CredentialProvider', { signal }),
    iot.describeProvisioningTemplate(names.templateName, { signal }),
    iot.describeRoleAlias(names.roleAliasName, { signal }),
    files.read(WorkspaceFileNames.rootCa),
  ]);
  if (template === undefined) throw missingStep(l10n.t('There is no provisioning template {0} yet.', names.templateName), 'provisioningTemplate', 'noTemplate');
  if (alias === undefined) throw missingStep(l10n.t('There is no role alias {0} yet.', names.roleAliasName), 'roleAlias', 'noRoleAlias');
  // The file that goes to devices is part of what is proved.
  const rootCaPem = ownCa ?? (await connection.rootCaPem(signal));
  const servers = deviceServers({ dataEndpoint, credentialEndpoint, rootCaPem, port: options.port }, connection.target, connection.devices);
  return { servers, claim: options.claim === 'temporary' ? await temporaryClaim(input) : await claimOfFolder(input, idOf), templateBody: template.templateBody };
}

async function temporaryClaim({ connection, names, signal }: TestDeviceInput): Promise<Prepared['claim']> {
  const claim = await connection.iot.createProvisioningClaim(names.templateName, { signal });
  return {
    identity: { certificatePem: claim.pem, privateKeyPem: claim.privateKeyPem },
    facts: { id: claim.certificateId, temporary: true, expiresAt: claim.expiresAt },
  };
}

async function claimOfFolder({ files }: TestDeviceInput, idOf: (pem: string) => string | undefined): Promise<Prepared['claim']> {
  const [certificatePem, privateKeyPem] = await Promise.all([files.read(WorkspaceFileNames.claimCertificate), files.readPrivate(WorkspaceFileNames.claimPrivateKey)]);
  if (certificatePem === undefined || privateKeyPem === undefined) throw missingStep(l10n.t('There is no claim certificate in this folder yet.'), 'claimCertificate', 'noClaimFiles');
  const id = idOf(certificatePem);
  if (id === undefined) {
    throw new FleetError(l10n.t('{0} holds no certificate.', WorkspaceFileNames.claimCertificate), {
      category: 'file',
      code: 'claimUnreadable',
      advice: l10n.t('Create the claim certificate again.'),
      remedies: [{ kind: 'runStep', step: 'claimCertificate' }],
    });
  }
  return { identity: { certificatePem, privateKeyPem }, facts: { id, temporary: false } };
}

/** What the template would make of these parameters. A placeholder stands for the certificate, which is not there yet. */
export function renderedFor(templateBody: string, parameters: Readonly<Record<string, string>>): RenderedTemplate {
  return renderTemplate(templateBody, parameters, { certificateId: '0'.repeat(64) }).rendered;
}

/** A test must not touch a device in the field: the thing must not be there before. Throws FleetError. */
export async function refuseExistingThing({ connection, signal }: TestDeviceInput, thingName: string | undefined): Promise<void> {
  if (thingName === undefined || (await connection.iot.describeThing(thingName, { signal })) === undefined) return;
  throw new FleetError(l10n.t('There is a thing {0} already.', thingName), {
    category: 'conflict',
    code: 'thingExists',
    advice: l10n.t('A test device must not change a device that exists: give it other parameters, or clean up the test devices that were kept.'),
  });
}
