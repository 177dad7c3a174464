/** What CloudFormation answers and takes, as the product has it. */
import type { Capability, Change, GetTemplateSummaryCommandOutput, Stack as SdkStack, ValidateTemplateCommandOutput } from '@aws-sdk/client-cloudformation';
import type { ChangeSetChange, Stack, StackInput, TemplateSource, TemplateSummary } from '../core/ports/stackApi';
import { defined } from './objects';

export function toSummary(answer: ValidateTemplateCommandOutput | GetTemplateSummaryCommandOutput): TemplateSummary {
  return {
    parameters: (answer.Parameters ?? []).map((parameter) => ({
      key: parameter.ParameterKey ?? '',
      noEcho: parameter.NoEcho ?? false,
      ...defined({ defaultValue: parameter.DefaultValue, description: parameter.Description }),
    })),
    capabilities: answer.Capabilities ?? [],
    ...defined({ capabilitiesReason: answer.CapabilitiesReason, description: answer.Description }),
  };
}

export function source(template: TemplateSource): { TemplateBody: string } | { TemplateURL: string } {
  return 'body' in template ? { TemplateBody: template.body } : { TemplateURL: template.url };
}

export function stackInput(input: Omit<StackInput, 'template'>) {
  return {
    StackName: input.stackName,
    Parameters: input.parameters.map((parameter) =>
      parameter.usePreviousValue === true
        ? { ParameterKey: parameter.key, UsePreviousValue: true }
        : { ParameterKey: parameter.key, ParameterValue: parameter.value },
    ),
    Capabilities: input.capabilities as Capability[],
    Tags: input.tags?.map((tag) => ({ Key: tag.key, Value: tag.value })),
  };
}

export function toStack(stack: SdkStack): Stack {
  return {
    id: stack.StackId ?? '',
    name: stack.StackName ?? '',
    status: stack.StackStatus ?? '',
    outputs: (stack.Outputs ?? []).map((output) => ({
      key: output.OutputKey ?? '',
      value: output.OutputValue ?? '',
      ...defined({ description: output.Description, exportName: output.ExportName }),
    })),
    parameters: (stack.Parameters ?? []).map((parameter) => ({
      key: parameter.ParameterKey ?? '',
      value: parameter.ParameterValue ?? '',
      ...defined({ usePreviousValue: parameter.UsePreviousValue }),
    })),
    ...defined({ statusReason: stack.StackStatusReason, createdAt: stack.CreationTime, updatedAt: stack.LastUpdatedTime, terminationProtection: stack.EnableTerminationProtection }),
  };
}

export function toChange(change: Change): ChangeSetChange[] {
  const resource = change.ResourceChange;
  const properties = [...new Set((resource?.Details ?? []).flatMap(({ Target }) => (Target?.Attribute === 'Properties' && Target.Name !== undefined ? [Target.Name] : [])))];
  if (!resource) return []; // a hook invocation, not a resource
  return [
    {
      action: resource.Action ?? '',
      logicalId: resource.LogicalResourceId ?? '',
      resourceType: resource.ResourceType ?? '',
      scope: resource.Scope ?? [],
      ...(properties.length === 0 ? {} : { properties }),
      ...defined({ physicalId: resource.PhysicalResourceId, replacement: resource.Replacement }),
    },
  ];
}
