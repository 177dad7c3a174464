import * as l10n from '@vscode/l10n';
import { coreActions } from './catalog';
import { parseArn, splitResource } from './arn';
import { parsePolicy } from './model';
import type { Question } from './request';
import type { PolicyTarget } from './ruleContext';
import { callerOf, type SimulatedQuestion } from './simulate';
import { escapes, variableUses } from './variables';

export type QuestionKind = Question['kind'];

/** What the person asks, in words. */
export function questionLabel(question: Question): string {
  switch (question.kind) {
    case 'connect':
      return l10n.t('Connect as {0}', question.clientId);
    case 'publish':
      return l10n.t('Publish to {0}', question.topic);
    case 'subscribe':
      return l10n.t('Subscribe to {0}', question.topicFilter);
    case 'receive':
      return l10n.t('Receive from {0}', question.topic);
    case 'assumeRole':
      return l10n.t('Take credentials of the role alias {0}', question.roleAlias);
    case 'call':
      return question.resource === '*' ? question.action : l10n.t('{0} on {1}', question.action, question.resource);
  }
}

export function asked(question: Question, clientId: string): SimulatedQuestion {
  return { label: questionLabel(question), question, caller: callerOf(clientId) };
}

/** The question of a kind about a value that was typed or chosen. A call's value is `action` or `action resource`. */
export function questionOf(kind: QuestionKind, value: string): Question {
  switch (kind) {
    case 'connect':
      return { kind, clientId: value };
    case 'publish':
    case 'receive':
      return { kind, topic: value };
    case 'subscribe':
      return { kind, topicFilter: value };
    case 'assumeRole':
      return { kind, roleAlias: value };
    case 'call': {
      const [action = '', resource = '*'] = value.trim().split(/\s+/);
      return { kind, action, resource };
    }
  }
}

/**
 * All that a Greengrass core device does in its normal life.
 * https://docs.aws.amazon.com/greengrass/v2/developerguide/device-auth.html#greengrass-core-minimal-iot-policy; the topics
 * of deployments by jobs and shadows: https://docs.aws.amazon.com/iot/latest/developerguide/reserved-topics.html. A second
 * MQTT connection of the nucleus appends #2 to the thing name.
 */
export function coreDeviceQuestions(text: string, thing: string, target: PolicyTarget, roleAlias?: string): readonly SimulatedQuestion[] {
  const root = `$aws/things/${thing}`;
  const job = 'namespace-aws-gg-deployment';
  const shadow = `${root}/shadow/name/AWSManagedGreengrassV2Deployment`;
  const jobTopics = [`${root}/jobs/notify-${job}`, `${root}/jobs/$next/${job}/get/accepted`];
  const questions: readonly Question[] = [
    { kind: 'connect', clientId: thing },
    { kind: 'publish', topic: `${root}/greengrassv2/health/json` },
    { kind: 'publish', topic: `${root}/greengrass/health/json` },
    ...jobTopics.map((topicFilter): Question => ({ kind: 'subscribe', topicFilter })),
    ...jobTopics.map((topic): Question => ({ kind: 'receive', topic })),
    { kind: 'publish', topic: `${root}/jobs/$next/${job}/get` },
    { kind: 'subscribe', topicFilter: `${shadow}/update/accepted` },
    { kind: 'receive', topic: `${shadow}/update/accepted` },
    { kind: 'publish', topic: `${shadow}/update` },
    { kind: 'assumeRole', roleAlias: valuesOf(text, 'rolealias', thing)[0] ?? roleAlias ?? 'GreengrassCoreTokenExchangeRoleAlias' },
    ...coreActions.map((action): Question => ({ kind: 'call', action, resource: resourceOfCall(action, thing, target) })),
  ];
  const [first, ...rest] = questions.map((question) => asked(question, thing));
  return [...(first === undefined ? [] : [first]), asked({ kind: 'connect', clientId: `${thing}#2` }, `${thing}#2`), ...rest];
}

/** All that claiming needs, with keys made by AWS and with a signing request. https://docs.aws.amazon.com/iot/latest/developerguide/fleet-provision-api.html */
export function claimQuestions(text: string, clientId: string, templateName?: string): readonly SimulatedQuestion[] {
  const own = valuesOf(text, 'topic', clientId).flatMap((topic) => /^\$aws\/provisioning-templates\/([^/*?]+)\//.exec(topic)?.[1] ?? []);
  const template = own[0] ?? templateName ?? 'FleetTemplate';
  const roots = ['$aws/certificates/create', '$aws/certificates/create-from-csr', `$aws/provisioning-templates/${template}/provision`];
  const questions = roots.flatMap((root): readonly Question[] => [
    { kind: 'subscribe', topicFilter: `${root}/json/accepted` },
    { kind: 'subscribe', topicFilter: `${root}/json/rejected` },
    { kind: 'publish', topic: `${root}/json` },
    { kind: 'receive', topic: `${root}/json/accepted` },
  ]);
  return [{ kind: 'connect', clientId } as const, ...questions].map((question) => asked(question, clientId));
}

/** Resources as the service authorization pages name them; `*` where an action has none. */
function resourceOfCall(action: string, thing: string, { partition, region, account }: PolicyTarget): string {
  if (action === 'greengrass:GetComponentVersionArtifact') return `arn:${partition}:greengrass:${region}:aws:components:aws.greengrass.Cli:versions:2.12.0`;
  if (action === 'greengrass:ListThingGroupsForCoreDevice') return `arn:${partition}:iot:${region}:${account}:thing/${thing}`;
  return '*';
}

const resourceTypes: Readonly<Partial<Record<QuestionKind, string>>> = { connect: 'client', publish: 'topic', receive: 'topic', subscribe: 'topicfilter', assumeRole: 'rolealias' };

/** Values worth asking about: from the policy's own resources, with its variables and wildcards filled in, then the usual ones. */
export function suggestedValues(text: string, kind: QuestionKind, thing: string, target: PolicyTarget): readonly string[] {
  const type = resourceTypes[kind];
  const own = type === undefined ? [] : valuesOf(text, type, thing);
  const usual = coreDeviceQuestions(text, thing, target).flatMap(({ question }) => (question.kind === kind ? valueOf(question) : []));
  return [...new Set([...own, ...usual])].slice(0, 30);
}

function valueOf(question: Question): string {
  switch (question.kind) {
    case 'connect':
      return question.clientId;
    case 'publish':
    case 'receive':
      return question.topic;
    case 'subscribe':
      return question.topicFilter;
    case 'assumeRole':
      return question.roleAlias;
    case 'call':
      return question.resource === '*' ? question.action : `${question.action} ${question.resource}`;
  }
}

function valuesOf(text: string, type: string, thing: string): readonly string[] {
  const parsed = parsePolicy(text);
  if (parsed.kind !== 'policy') return [];
  const values = parsed.policy.statements.flatMap(({ resources, notResources }) =>
    [...resources, ...notResources].flatMap((item) => {
      const arn = parseArn(item.value);
      if (arn === undefined || arn.service.text !== 'iot') return [];
      const split = splitResource(arn.resource);
      return split.type.text === type ? [example(split.value.text, thing)] : [];
    }),
  );
  return [...new Set(values)].filter((value) => value !== '');
}

/** A value that the pattern matches when the device is `thing`. */
function example(pattern: string, thing: string): string {
  let result = '';
  let last = 0;
  const plain = (part: string): string => part.replaceAll('*', 'example').replaceAll('?', 'x');
  for (const use of variableUses(pattern)) {
    if (use.at < last || !use.closed) continue;
    result += plain(pattern.slice(last, use.at));
    result += escapes.has(use.name) ? use.name : /ThingName$|ClientId$/.test(use.name) ? thing : 'example';
    last = use.at + use.length;
  }
  return result + plain(pattern.slice(last));
}
