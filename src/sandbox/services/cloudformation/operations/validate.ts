import type { GetTemplateSummaryInput, ListImportsInput, ValidateTemplateInput } from '@aws-sdk/client-cloudformation';
import type { CallContext } from '../../../kernel/types';
import { requireStack, StackStore } from '../engine/stackStore';
import { checkAttributes, checkTypes, neededCapabilities } from '../resources/registry';
import { dependencies, topologicalOrder } from '../template/graph';
import { validationError, type ParameterDefinition, type Template } from '../template/model';
import { parseTemplate } from '../template/parse';
import { checkReferences } from '../template/references';
import { templateBody } from './prepare';

/** Everything about a template that can be said without parameter values. */
function checkedTemplate(body: string): Template {
  const template = parseTemplate(body);
  checkTypes(template);
  const all = new Set(Object.keys(template.resources));
  checkReferences(template, all);
  checkAttributes(template);
  topologicalOrder(dependencies(template, all));
  return template;
}

function capabilitiesView(template: Template): object {
  const { capabilities, types } = neededCapabilities(template);
  if (capabilities.length === 0) return {};
  return { Capabilities: capabilities, CapabilitiesReason: `The following resource(s) require capabilities: [${types.join(', ')}]` };
}

export function validateTemplate(input: ValidateTemplateInput): object {
  const template = checkedTemplate(templateBody(input));
  return {
    Parameters: Object.entries(template.parameters).map(([key, definition]) => ({
      ParameterKey: key, NoEcho: definition.noEcho, ...defaults(definition),
      ...(definition.description === undefined ? {} : { Description: definition.description }),
    })),
    ...(template.description === undefined ? {} : { Description: template.description }),
    ...capabilitiesView(template),
  };
}

function defaults(definition: ParameterDefinition): object {
  return definition.defaultValue === undefined ? {} : { DefaultValue: definition.defaultValue };
}

export async function getTemplateSummary(input: GetTemplateSummaryInput, call: CallContext): Promise<object> {
  let body: string;
  if (input.StackName !== undefined) body = (await requireStack(new StackStore(call.tx), input.StackName, 'id')).templateBody;
  else body = templateBody(input);
  const template = checkedTemplate(body);
  return {
    Parameters: Object.entries(template.parameters).map(([key, definition]) => ({
      ParameterKey: key, ParameterType: definition.type, NoEcho: definition.noEcho, ...defaults(definition),
      ...(definition.description === undefined ? {} : { Description: definition.description }),
      ParameterConstraints: definition.allowedValues === undefined ? {} : { AllowedValues: definition.allowedValues },
    })),
    ...(template.description === undefined ? {} : { Description: template.description }),
    ...capabilitiesView(template),
    ResourceTypes: [...new Set(Object.values(template.resources).map((resource) => resource.type))],
    ...(template.version === undefined ? {} : { Version: template.version }),
    ...(template.metadata === undefined ? {} : { Metadata: JSON.stringify(template.metadata) }),
  };
}

export async function listImports(input: ListImportsInput, call: CallContext): Promise<object> {
  const imports = await new StackStore(call.tx).importers(input.ExportName ?? '');
  if (imports.length === 0) throw validationError(`Export '${input.ExportName ?? ''}' is not imported by any stack.`);
  return { Imports: imports };
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
export function describeAccountLimits(): object {
  return { AccountLimits: [{ Name: 'StackLimit', Value: 2000 }, { Name: 'StackOutputsLimit', Value: 200 }] };
}
