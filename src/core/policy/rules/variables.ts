import * as l10n from '@vscode/l10n';
import { nearest } from '../nearest';
import { within, type ReadStatement } from '../reading';
import { escapes, findVariable, variables, variableUses, type VariableUse } from '../variables';
import type { PolicyFix } from '../finding';
import type { Text } from '../model';
import type { RuleContext } from '../ruleContext';

function edit(text: Text, at: number, length: number, value: string, title: string): readonly PolicyFix[] {
  return text.escaped ? [] : [{ title, changes: [{ offset: text.offset + at, length, text: value }], preferred: true }];
}

/** Names of old or half-remembered spellings, longest part first. */
function suggestionFor(name: string): string | undefined {
  // pub-sub-policy.html itself prints ${iot:Thing.ThingName} in two examples; thing-policy-variables.html does not know it.
  if (name.startsWith('iot:Thing.')) {
    const full = `iot:Connection.${name.slice('iot:'.length)}`;
    if (findVariable(full) !== undefined) return full;
  }
  return nearest(name, variables.filter((item) => item.keyOnly !== true).map((item) => item.name));
}

function oneUse(context: RuleContext, read: ReadStatement | undefined, text: Text, use: VariableUse): void {
  const at = within(text, use.at, use.length);
  if (!use.closed) {
    // Where the name of a variable ends is certain only for one that is known.
    const known = variables.map((info) => info.name).filter((name) => use.name.startsWith(name)).sort((a, b) => b.length - a.length)[0];
    context.report('malformedVariable', at, l10n.t('The variable has no closing brace.'), {
      data: { variable: use.name },
      fixes: known === undefined ? [] : edit(text, use.at + 2 + known.length, 0, '}', l10n.t('Use {0}', `\${${known}}`)),
    });
    return;
  }
  if (use.name.startsWith('!')) {
    const plain = `\${${use.name.slice(1)}}`;
    context.report('cloudFormationEscape', at, l10n.t('${!…} is how a CloudFormation template writes a variable. In the policy itself it is {0}.', plain), {
      data: { variable: use.name, suggestion: plain },
      fixes: edit(text, use.at, use.length, plain, l10n.t('Use {0}', plain)),
    });
    return;
  }
  if (escapes.has(use.name)) return;
  // `${name, 'default'}` is IAM's form of a default; IoT does not document it.
  const name = use.name.includes(',') ? use.name.slice(0, use.name.indexOf(',')).trim() : use.name;
  const info = findVariable(name);
  if (info === undefined) {
    const suggestion = suggestionFor(name);
    context.report(
      'unknownVariable',
      at,
      suggestion === undefined
        ? l10n.t('{0} is not a variable of IoT policies, so it is not replaced.', `\${${name}}`)
        : l10n.t('{0} is not a variable of IoT policies. Did you mean {1}?', `\${${name}}`, suggestion),
      {
        data: { variable: name, ...(suggestion === undefined ? {} : { suggestion }) },
        fixes: suggestion === undefined ? [] : edit(text, use.at + 2, use.name.length, suggestion, l10n.t('Use {0}', suggestion)),
      },
    );
    return;
  }
  if (info.keyOnly === true) {
    context.report('variableNotReplaced', at, l10n.t('{0} is a condition key; it has no value inside a string.', name), { data: { variable: name }, documentation: info.documentation });
    return;
  }
  if (read !== undefined && info.mqttOnly && read.infos.length > 0 && read.infos.every((item) => item.channel === 'https' && item.group !== 'MQTT')) {
    context.report('thingVariableOverHttp', at, l10n.t('{0} has a value over MQTT only. The actions of this statement are HTTPS calls, so the device is refused.', name), {
      data: { variable: name, actions: read.infos.map((item) => item.name) },
      documentation: info.documentation,
    });
  }
}

/** `${…}` in resources and condition values. https://docs.aws.amazon.com/iot/latest/developerguide/iot-policy-variables.html */
export function variablesRule(context: RuleContext): void {
  const { policy } = context;
  let first: { readonly text: Text; readonly use: VariableUse } | undefined;
  for (const read of context.read) {
    const { statement } = read;
    for (const text of [...statement.resources, ...statement.notResources]) {
      if (!text.value.includes('${')) continue;
      for (const use of variableUses(text.value)) {
        first ??= { text, use };
        oneUse(context, read, text, use);
      }
    }
    for (const entry of statement.conditions) {
      for (const text of entry.values) {
        if (!text.value.includes('${')) continue;
        for (const use of variableUses(text.value)) {
          first ??= { text, use };
          oneUse(context, undefined, text, use);
        }
      }
    }
    for (const text of [...statement.actions, ...statement.notActions]) {
      if (!text.value.includes('${')) continue;
      context.report('variableNotReplaced', text, l10n.t('Variables are replaced in Resource and Condition only, not in Action.'), { data: { action: text.value } });
    }
  }
  const version = policy.version;
  if (first !== undefined && version !== undefined && version.value === '2008-10-17') {
    context.report('variableNeedsVersion', version, l10n.t('Variables need "Version": "2012-10-17"; with this version {0} is plain text.', first.text.value.slice(first.use.at, first.use.at + first.use.length)), {
      data: { version: version.value },
      fixes: [{ title: l10n.t('Write "{0}"', '2012-10-17'), changes: [{ offset: version.offset, length: version.length, text: '2012-10-17' }], preferred: true }],
    });
  }
}
