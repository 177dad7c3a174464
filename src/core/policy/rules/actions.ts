import * as l10n from '@vscode/l10n';
import { hasWildcard } from '../arn';
import { actions, findActionIgnoringCase, looksLikeControlPlane, services } from '../catalog';
import { removeItem } from '../edits';
import type { PolicyFix } from '../finding';
import type { Text } from '../model';
import { nearest } from '../nearest';
import { expandAction, jsonText, within } from '../reading';
import type { RuleContext } from '../ruleContext';

function use(text: Text, value: string, preferred = true): PolicyFix {
  return { title: l10n.t('Use {0}', value), changes: [{ offset: text.offset, length: text.length, text: jsonText(value) }], preferred };
}

/** What has no effect may go, unless the statement would have no action left. */
function drop(context: RuleContext, text: Text): readonly PolicyFix[] {
  const list = text.node.parent;
  if (list?.type !== 'array' || (list.children?.length ?? 0) < 2) return [];
  return [{ title: l10n.t('Remove {0}', text.value), changes: [removeItem(context.text, text.node)], preferred: true }];
}

function actionRule(context: RuleContext, text: Text): void {
  const name = text.value;
  if (name === '*' || name.startsWith('[') || name.startsWith('<')) return;
  const colon = name.indexOf(':');
  if (colon <= 0 || colon === name.length - 1 || /\s/.test(name)) {
    const trimmed = name.replace(/\s/g, '');
    const meant = findActionIgnoringCase(trimmed)?.name ?? actions.find((item) => item.name.slice(item.name.indexOf(':') + 1).toLowerCase() === trimmed.toLowerCase())?.name;
    context.report('malformedAction', text, l10n.t('"{0}" is not an action. Write service:Action, for example iot:Publish.', name), {
      data: { action: name, ...(meant === undefined ? {} : { suggestion: meant }) },
      fixes: meant === undefined ? [] : [use(text, meant)],
    });
    return;
  }
  const service = name.slice(0, colon);
  if (!hasWildcard(service) && !services.some((item) => item === service)) {
    const rest = name.slice(colon + 1);
    // A name that only one service has tells the service, whatever stands before the colon.
    const suggestion = actions.find((item) => item.name.slice(item.name.indexOf(':') + 1) === rest)?.name ?? nearest(name, actions.map((item) => item.name));
    context.report('unknownService', within(text, 0, colon), l10n.t('IoT policies have actions of {0}; "{1}" means nothing here.', services.join(', '), service), {
      data: { action: name, service, ...(suggestion === undefined ? {} : { suggestion }) },
      fixes: suggestion === undefined ? [] : [use(text, suggestion)],
    });
    return;
  }
  const infos = expandAction(name);
  if (infos.length === 0) {
    unknown(context, text);
    return;
  }
  if (hasWildcard(name)) return;
  const info = infos[0];
  if (info?.group === 'Greengrass V1') {
    context.report('greengrassV1Action', text, l10n.t('{0} belongs to Greengrass V1; a Greengrass V2 core never calls it.', name), { data: { action: name }, fixes: drop(context, text) });
  } else if (info?.group === 'Jobs' && service === 'iot') {
    const newer = `iotjobsdata:${name.slice(colon + 1)}`;
    context.report('jobActionPrefix', text, l10n.t('{0} is the older name of {1}. AWS documents both.', name, newer), { data: { action: name, suggestion: newer }, fixes: [use(text, newer, false)] });
  }
}

function unknown(context: RuleContext, text: Text): void {
  const name = text.value;
  const suggestion = hasWildcard(name) ? undefined : nearest(name, actions.filter((item) => item.group !== 'Greengrass V1').map((item) => item.name));
  if (suggestion !== undefined) {
    const sameButCase = suggestion.toLowerCase() === name.toLowerCase();
    context.report(
      'unknownAction',
      text,
      sameButCase
        ? l10n.t('Write {0}: action names are taken as case-sensitive.', suggestion)
        : l10n.t('{0} is not an action of IoT policies. AWS accepts it silently and the device is refused. Did you mean {1}?', name, suggestion),
      { data: { action: name, suggestion }, fixes: [use(text, suggestion)] },
    );
  } else if (looksLikeControlPlane(name)) {
    context.report('controlPlaneAction', text, l10n.t('{0} has no effect in an IoT policy: a device certificate cannot manage the account. Put it into an IAM policy.', name), { data: { action: name }, fixes: drop(context, text) });
  } else {
    context.report('unknownAction', text, l10n.t('{0} is not an action of IoT policies. AWS accepts it silently and the device is refused.', name), { data: { action: name } });
  }
}

/** CreatePolicy does not vet action names, so that a slip shows only when a device is refused. */
export function actionsRule(context: RuleContext): void {
  for (const statement of context.policy.statements) {
    for (const text of statement.actions) actionRule(context, text);
    for (const text of statement.notActions) actionRule(context, text);
  }
}
