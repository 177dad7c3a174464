import { createHash } from 'node:crypto';
import type {
  CreateCertificateFromCsrResponse,
  CreateThingResponse,
  ListThingGroupsForThingResponse,
  RegisterCertificateWithoutCAResponse,
  RegisterThingRequest,
  RegisterThingResponse,
} from '@aws-sdk/client-iot';
import { renderTemplate, type RenderedCertificate, type RenderedPolicy, type RenderedTemplate, type RenderedThing } from '../../../core/provisioning/renderTemplate';
import { Fault, type CallContext } from '../../kernel/types';
import { arnOf } from './arns';
import type { Attributes } from './attributes';
import { requireCertificate } from './certificates';
import { invalidRequest } from './faults';
import type { Input } from './inputs';
import { checkTemplateBody } from './templateBody';

export interface Registration {
  /** Undefined when the template has no thing. */
  readonly thingName: string | undefined;
  readonly certificateId: string;
  readonly deviceConfiguration: RenderedTemplate['deviceConfiguration'];
  /** By the resource's name in the template. */
  readonly resourceArns: Readonly<Record<string, string>>;
}

export const registerThingHandlers = {
  /** https://docs.aws.amazon.com/iot/latest/apireference/API_RegisterThing.html */
  async RegisterThing(input: Input<RegisterThingRequest>, call: CallContext): Promise<RegisterThingResponse> {
    checkTemplateBody(input.templateBody);
    const made = await registerThing(call, input.templateBody, input.parameters ?? {});
    return { certificatePem: (await requireCertificate(call, made.certificateId)).pem, resourceArns: made.resourceArns };
  },
};

/**
 * Makes what a provisioning template says, for one device: the same for the control plane's RegisterThing and for the MQTT
 * one, where `certificateId` is the certificate whose ownership the device has proved. All or nothing: call it in a
 * transaction that is given up when it throws. Throws what the operations throw that it stands for, InvalidRequestException
 * for a template that cannot be worked out, ResourceConflictsException for an override setting FAIL.
 */
export async function registerThing(call: CallContext, templateBody: string, parameters: Readonly<Record<string, string>>, certificateId?: string): Promise<Registration> {
  const facts = certificateId === undefined ? ({ use: 'registration' } as const) : ({ use: 'fleet', certificateId } as const);
  const { rendered, problems } = renderTemplate(templateBody, parameters, facts);
  // A template without a thing is legal for AWS IoT; one without a certificate leaves nothing to register.
  const problem = problems.find(({ code }) => code !== 'noThing');
  // unverified: AWS's texts for a template that cannot be worked out.
  if (problem?.code === 'missingParameter') throw invalidRequest(`Missing required parameter: ${problem.parameter ?? ''}`);
  if (problem !== undefined) throw invalidRequest(`Invalid registration template. ${problem.message}`);
  const [certificate] = rendered.certificates;
  if (certificate === undefined) throw invalidRequest('Invalid registration template. A certificate resource is required.');
  const id = await certificateOf(call, certificate);
  const arn = arnOf(call, 'cert', id);
  const resourceArns: Record<string, string> = { [certificate.logicalName]: arn };

  const [thing] = rendered.things;
  if (thing !== undefined) {
    resourceArns[thing.logicalName] = await applyThing(call, thing);
    await call.invoke('iot', 'AttachThingPrincipal', { thingName: thing.name, principal: arn, thingPrincipalType: certificate.principalType });
  }
  for (const policy of rendered.policies) {
    const policyName = await policyOf(call, policy);
    await call.invoke('iot', 'AttachPolicy', { policyName, target: arn });
    resourceArns[policy.logicalName] = arnOf(call, 'policy', policyName);
  }
  await applyStatus(call, id, certificate);
  return { thingName: thing?.name, certificateId: id, deviceConfiguration: rendered.deviceConfiguration, resourceArns };
}

async function certificateOf(call: CallContext, certificate: RenderedCertificate): Promise<string> {
  if (certificate.id !== undefined) return (await requireCertificate(call, certificate.id)).id;
  if (certificate.certificateSigningRequest !== undefined) {
    const made = await call.invoke<CreateCertificateFromCsrResponse>('iot', 'CreateCertificateFromCsr', { certificateSigningRequest: certificate.certificateSigningRequest });
    return made.certificateId ?? '';
  }
  // Authorities of the customer's own are not part of the sandbox; a certificate of one is registered without it.
  const made = await call.invoke<RegisterCertificateWithoutCAResponse>('iot', 'RegisterCertificateWithoutCA', { certificatePem: certificate.certificatePem, status: 'INACTIVE' });
  return made.certificateId ?? '';
}

/** https://docs.aws.amazon.com/iot/latest/developerguide/provision-template.html: override settings say what happens to a thing that is there. */
async function applyThing(call: CallContext, thing: RenderedThing): Promise<string> {
  if (thing.billingGroup !== undefined) throw new Fault('ResourceNotFoundException', `Billing group ${thing.billingGroup} not found.`, {}, 404); // the sandbox has none
  const old = await call.tx.get<{ readonly attributes: Attributes; readonly typeName?: string }>('iot.thing', thing.name);
  const arn = arnOf(call, 'thing', thing.name);
  if (old === undefined) {
    await call.invoke<CreateThingResponse>('iot', 'CreateThing', {
      thingName: thing.name,
      ...(thing.type === undefined ? {} : { thingTypeName: thing.type }),
      attributePayload: { attributes: thing.attributes },
    });
    for (const group of thing.groups) await addToGroup(call, thing.name, group);
    return arn;
  }
  const change: Record<string, unknown> = {};
  // unverified: DO_NOTHING without a setting, and that FAIL fails for what would change only.
  const attributes = setting(thing, 'AttributePayload');
  const changed = Object.entries(thing.attributes).some(([name, value]) => old.attributes[name] !== value);
  if (attributes === 'FAIL' && changed) throw conflict(`Thing ${thing.name} already exists with other attributes.`);
  if (attributes === 'REPLACE' || attributes === 'MERGE') change['attributePayload'] = { attributes: thing.attributes, merge: attributes === 'MERGE' };
  const type = setting(thing, 'ThingTypeName');
  if (type === 'FAIL' && thing.type !== old.typeName) throw conflict(`Thing ${thing.name} already exists with another thing type.`);
  if (type === 'REPLACE' && thing.type !== undefined) change['thingTypeName'] = thing.type;
  if (Object.keys(change).length > 0) await call.invoke('iot', 'UpdateThing', { thingName: thing.name, ...change });

  const groups = setting(thing, 'ThingGroups');
  const present = await groupsOf(call, thing.name);
  if (groups === 'FAIL' && thing.groups.some((group) => !present.includes(group))) throw conflict(`Thing ${thing.name} already exists in other thing groups.`);
  if (groups === 'REPLACE' || groups === 'MERGE') {
    if (groups === 'REPLACE') {
      for (const thingGroupName of present.filter((group) => !thing.groups.includes(group))) {
        await call.invoke('iot', 'RemoveThingFromThingGroup', { thingName: thing.name, thingGroupName });
      }
    }
    for (const group of thing.groups) await addToGroup(call, thing.name, group);
  }
  return arn;
}

function setting(resource: { readonly overrideSettings: Readonly<Record<string, string>> }, property: string): string {
  return resource.overrideSettings[property] ?? 'DO_NOTHING';
}

async function groupsOf(call: CallContext, thingName: string): Promise<readonly string[]> {
  // A thing is in ten groups at most: one page.
  const page = await call.invoke<ListThingGroupsForThingResponse>('iot', 'ListThingGroupsForThing', { thingName });
  return (page.thingGroups ?? []).flatMap(({ groupName }) => groupName ?? []);
}

async function addToGroup(call: CallContext, thingName: string, thingGroupName: string): Promise<void> {
  await call.invoke('iot', 'AddThingToThingGroup', { thingName, thingGroupName });
}

/** "If a policy document is specified, the policy is named by a hash of it": one policy for all devices with this document. unverified: which hash. */
async function policyOf(call: CallContext, policy: RenderedPolicy): Promise<string> {
  if ('name' in policy) return policy.name;
  const policyName = createHash('sha256').update(policy.document).digest('hex');
  if ((await call.tx.get('iot.policy', policyName)) === undefined) await call.invoke('iot', 'CreatePolicy', { policyName, policyDocument: policy.document });
  return policyName;
}

/** A certificate that this device has just got always takes the template's status; another one as its override setting says. */
async function applyStatus(call: CallContext, certificateId: string, certificate: RenderedCertificate): Promise<void> {
  const { status } = await requireCertificate(call, certificateId);
  if (status === certificate.status) return;
  const fresh = status === 'PENDING_ACTIVATION' || certificate.id === undefined;
  const override = fresh ? 'REPLACE' : setting(certificate, 'Status');
  if (override === 'FAIL') throw conflict(`Certificate ${certificateId} already exists with the status ${status}.`);
  if (override === 'REPLACE') await call.invoke('iot', 'UpdateCertificate', { certificateId, newStatus: certificate.status });
}

/** https://docs.aws.amazon.com/iot/latest/apireference/API_RegisterThing.html names the exception; the texts are unverified. */
function conflict(message: string): Fault {
  return new Fault('ConflictingResourceUpdateException', message, {}, 409);
}
