import * as l10n from '@vscode/l10n';
import type { Node } from 'jsonc-parser';
import { nearest } from '../../../policy/nearest';
import { textOf } from '../../../policy/model';
import { nameProblem } from '../../../util/names';
import { replaceText } from '../templateChanges';
import type { TemplateContext } from '../templateFinding';
import { policyType, thingType } from '../vocabulary';
import { constantText } from './values';

/** What the connected account does not have. Names that only a device tells are not looked for. */
export function accountRule(context: TemplateContext): void {
  const { policies, thingGroups, thingTypes = {}, planned = [] } = context.options.lookups ?? {};
  const missing = (node: Node | undefined, known: readonly string[] | undefined, report: (name: string, at: Node) => void): void => {
    const name = node === undefined || known === undefined ? undefined : constantText(context, node, true);
    if (name === undefined || node === undefined || known?.includes(name) === true || planned.includes(name)) return;
    report(name, node);
  };
  const spelling = (node: Node, name: string, known: readonly string[]): { readonly suggestion: string | undefined; readonly fixes: ReturnType<typeof replaceText> } => {
    const text = textOf(node, context.template.source);
    const suggestion = nearest(name, known);
    return { suggestion, fixes: suggestion === undefined || text === undefined ? [] : replaceText(text, suggestion) };
  };
  for (const resource of context.template.resources) {
    if (resource.type?.value === policyType) {
      missing(resource.properties.get('PolicyName')?.value, policies, (name, node) => {
        if (nameProblem('iotPolicy', name) !== undefined) return;
        const { fixes } = spelling(node, name, policies ?? []);
        context.report('policyNotFound', textOf(node, context.template.source) ?? node, l10n.t('The connected account has no IoT policy {0}.', name), { fixes });
      });
    }
    if (resource.type?.value !== thingType) continue;
    const type = resource.properties.get('ThingTypeName')?.value;
    const typeName = type === undefined ? undefined : constantText(context, type, true);
    const state = typeName !== undefined && Object.hasOwn(thingTypes, typeName) ? thingTypes[typeName] : undefined;
    if (type !== undefined && typeName !== undefined) {
      const at = textOf(type, context.template.source) ?? type;
      // Neither the template nor its role can make a thing type: https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSIoTThingsRegistration.html
      if (state === 'missing') context.report('thingTypeNotFound', at, l10n.t('The connected account has no thing type {0}: every device is refused until there is one.', typeName));
      // "You can't associate things with a deprecated thing type": thing-types.html
      if (state === 'deprecated') context.report('thingTypeDeprecated', at, l10n.t('The thing type {0} is deprecated: no new thing can have it.', typeName));
    }
    const list = resource.properties.get('ThingGroups')?.value;
    for (const item of list?.type === 'array' ? (list.children ?? []) : []) {
      missing(item, thingGroups, (name, node) => {
        if (nameProblem('thingGroup', name) !== undefined) return;
        const { fixes } = spelling(node, name, thingGroups ?? []);
        context.report('thingGroupNotFound', textOf(node, context.template.source) ?? node, l10n.t('The connected account has no thing group {0} yet; deploying the template makes it.', name), { fixes: fixes.map((fix) => ({ ...fix, preferred: false })) });
      });
    }
  }
}
