import * as l10n from '@vscode/l10n';
import { hasWildcard, parseArn, splitResource } from '../arn';
import { coreActions } from '../catalog';
import { parsePolicy } from '../model';
import type { Deed, Expectation } from './format';

/** One thing that a policy of a core device has to allow, or should deny. */
export interface CoreDeviceQuestion {
  readonly name: string;
  readonly deed: Deed;
  readonly value: string;
  readonly expect: Expectation;
}

/** Used where a policy names no device or alias of its own. */
export interface CoreDeviceNames {
  readonly thingName: string;
  readonly roleAlias: string;
}

/**
 * What a Greengrass core does to be deployed to, and what it has no business doing.
 * https://docs.aws.amazon.com/greengrass/v2/developerguide/device-auth.html. A core opens further connections as
 * `thing#2`, `thing#3` …: https://github.com/aws-greengrass/aws-greengrass-nucleus/issues/1754
 */
export function coreDeviceQuestions({ thingName, roleAlias }: CoreDeviceNames): readonly CoreDeviceQuestion[] {
  const own = `$aws/things/${thingName}`;
  const other = `$aws/things/another-${thingName}`;
  const row = (name: string, deed: Deed, value: string, expect: Expectation = 'allow'): CoreDeviceQuestion => ({ name, deed, value, expect });
  return [
    row(l10n.t('connects under its thing name'), 'connect', thingName),
    row(l10n.t('opens a second connection'), 'connect', `${thingName}#2`),
    row(l10n.t('reports its health'), 'publish', `${own}/greengrassv2/health/json`),
    row(l10n.t('subscribes to its deployments'), 'subscribe', `${own}/jobs/notify-namespace-aws-gg-deployment`),
    row(l10n.t('receives its deployments'), 'receive', `${own}/jobs/notify-namespace-aws-gg-deployment`),
    row(l10n.t('reports the state of a deployment'), 'publish', `${own}/jobs/example-job/namespace-aws-gg-deployment/update`),
    row(l10n.t('updates its shadow'), 'publish', `${own}/shadow/name/AWSManagedGreengrassV2Deployment/update`),
    row(l10n.t('exchanges its certificate for credentials'), 'assumeRoleAlias', roleAlias),
    ...coreActions.map((action) => row(l10n.t('calls {0}', action), 'call', action)),
    row(l10n.t('does not connect as another device'), 'connect', `another-${thingName}`, 'deny'),
    row(l10n.t('does not publish for another device'), 'publish', `${other}/greengrassv2/health/json`, 'deny'),
    row(l10n.t('does not receive what is for another device'), 'receive', `${other}/jobs/notify-namespace-aws-gg-deployment`, 'deny'),
    row(l10n.t('does not subscribe to everything'), 'subscribe', '#', 'deny'),
    row(l10n.t('takes no other role alias'), 'assumeRoleAlias', `Another${roleAlias}`, 'deny'),
  ];
}

/** The thing and the alias that the policy itself names, so that its tests speak of them. */
export function namesInPolicy(text: string, otherwise: CoreDeviceNames): CoreDeviceNames {
  const parsed = parsePolicy(text);
  const found = new Map<string, string>();
  if (parsed.kind === 'policy') {
    for (const statement of parsed.policy.statements) {
      if (statement.effect?.value !== 'Allow') continue;
      for (const resource of statement.resources) {
        const arn = parseArn(resource.value);
        if (arn?.service.text !== 'iot' || arn.resource.text.includes('${')) continue;
        const { type, value } = splitResource(arn.resource);
        const name = type.text === 'client' ? exampleOf(value.text) : value.text;
        if (name !== '' && !hasWildcard(name) && !found.has(type.text)) found.set(type.text, name);
      }
    }
  }
  return { thingName: found.get('client') ?? otherwise.thingName, roleAlias: found.get('rolealias') ?? otherwise.roleAlias };
}

/** A name that a client pattern covers: `Core-*` covers `Core-1`, `Core*` covers `Core`. Empty for `*`. */
function exampleOf(pattern: string): string {
  const name = pattern.replace(/#.*$/, '').replaceAll('?', '1').replace(/([-_.:])\*$/, '$11').replace(/\*$/, '');
  return /^1*$/.test(name) ? '' : name;
}

/** The text of a new file of tests for a policy, in the words and the order of the questions. */
export function newPolicyTests(policyFile: string, policyText: string, otherwise: CoreDeviceNames): string {
  const names = namesInPolicy(policyText, otherwise);
  const tests = coreDeviceQuestions(names).map(({ name, deed, value, expect }) => ({ name, [deed]: value, expect }));
  const body = { policy: policyFile, devices: { core: { thingName: names.thingName } } };
  const lines = tests.map((test) => `    ${oneLine(test)}`).join(',\n');
  return `${JSON.stringify(body, undefined, 2).slice(0, -2)},\n  "tests": [\n${lines}\n  ]\n}\n`;
}

/** One test, one line: the list reads like a table. */
function oneLine(test: Readonly<Record<string, string>>): string {
  return `{ ${Object.entries(test).map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`).join(', ')} }`;
}
