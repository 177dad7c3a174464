import {
  CreateChangeSetCommand,
  CreateStackCommand,
  DeleteChangeSetCommand,
  DeleteStackCommand,
  DeletionMode,
  DeploymentMode,
  DescribeChangeSetCommand,
  DescribeStackDriftDetectionStatusCommand,
  DescribeStackEventsCommand,
  DescribeStackResourceDriftsCommand,
  DescribeStacksCommand,
  DetectStackDriftCommand,
  ExecuteChangeSetCommand,
  GetTemplateCommand,
  GetTemplateSummaryCommand,
  ListStackResourcesCommand,
  ListStacksCommand,
  StackStatus,
  TemplateStage,
  UpdateTerminationProtectionCommand,
  ValidateTemplateCommand,
  type DescribeChangeSetCommandOutput,
} from '@aws-sdk/client-cloudformation';
import type { CallOptions } from '../core/ports/iotApi';
import type { ChangeSet, ChangeSetChange, ChangeSetInput, DriftDetection, ResourceDrift, Stack, StackApi, StackEvent, StackInput, StackResource, StuckDeletion, TemplateSource, TemplateSummary } from '../core/ports/stackApi';
import type { AwsClients } from './clients';
import { undefinedIfNotFound } from './notFound';
import { defined, required } from './objects';
import { source, stackInput, toChange, toStack, toSummary } from './stackShapes';

export class AwsStackApi implements StackApi {
  constructor(private readonly aws: AwsClients) {}

  async describeStack(nameOrId: string, options?: CallOptions): Promise<Stack | undefined> {
    const answer = await undefinedIfNotFound(
      this.aws.call({ action: 'cloudformation:DescribeStacks', resource: nameOrId }, options, (http) =>
        this.aws.cloudFormation.send(new DescribeStacksCommand({ StackName: nameOrId }), http),
      ),
    );
    const stack = answer?.Stacks?.[0];
    return stack && toStack(stack);
  }

  listStacks(options?: CallOptions): AsyncIterable<{ name: string; id: string; status: string }> {
    // Deleted stacks are listed for 90 days unless left out: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListStacks.html
    const alive = Object.values(StackStatus).filter((status) => status !== StackStatus.DELETE_COMPLETE);
    return this.aws.pages({ action: 'cloudformation:ListStacks' }, options, async (token, http) => {
      const answer = await this.aws.cloudFormation.send(new ListStacksCommand({ NextToken: token, StackStatusFilter: alive }), http);
      return {
        items: answer.StackSummaries?.map((stack) => ({ name: stack.StackName ?? '', id: stack.StackId ?? '', status: stack.StackStatus ?? '' })),
        next: answer.NextToken,
      };
    });
  }

  stackEvents(nameOrId: string, options?: CallOptions): AsyncIterable<StackEvent> {
    return this.aws.pages({ action: 'cloudformation:DescribeStackEvents', resource: nameOrId }, options, async (token, http) => {
      const answer = await this.aws.cloudFormation.send(new DescribeStackEventsCommand({ StackName: nameOrId, NextToken: token }), http);
      return {
        items: answer.StackEvents?.map((event) => ({
          id: event.EventId ?? '',
          timestamp: event.Timestamp ?? new Date(0),
          logicalId: event.LogicalResourceId ?? '',
          resourceType: event.ResourceType ?? '',
          status: event.ResourceStatus ?? '',
          ...defined({ physicalId: event.PhysicalResourceId, reason: event.ResourceStatusReason }),
        })),
        next: answer.NextToken,
      };
    });
  }

  listStackResources(nameOrId: string, options?: CallOptions): AsyncIterable<StackResource> {
    return this.aws.pages({ action: 'cloudformation:ListStackResources', resource: nameOrId }, options, async (token, http) => {
      const answer = await this.aws.cloudFormation.send(new ListStackResourcesCommand({ StackName: nameOrId, NextToken: token }), http);
      return {
        items: answer.StackResourceSummaries?.map((resource) => ({
          logicalId: resource.LogicalResourceId ?? '',
          type: resource.ResourceType ?? '',
          status: resource.ResourceStatus ?? '',
          ...defined({ physicalId: resource.PhysicalResourceId }),
        })),
        next: answer.NextToken,
      };
    });
  }

  async getTemplate(nameOrId: string, options?: CallOptions): Promise<string> {
    return this.template(nameOrId, TemplateStage.Original, options);
  }

  async processedTemplate(nameOrId: string, options?: CallOptions): Promise<string> {
    return this.template(nameOrId, TemplateStage.Processed, options);
  }

  private async template(nameOrId: string, stage: TemplateStage, options: CallOptions | undefined): Promise<string> {
    const action = 'cloudformation:GetTemplate';
    const answer = await this.aws.call({ action, resource: nameOrId }, options, (http) => this.aws.cloudFormation.send(new GetTemplateCommand({ StackName: nameOrId, TemplateStage: stage }), http));
    return required(answer.TemplateBody, 'TemplateBody', action);
  }

  async validateTemplate(template: TemplateSource, options?: CallOptions): Promise<TemplateSummary> {
    return toSummary(
      await this.aws.call({ action: 'cloudformation:ValidateTemplate' }, options, (http) => this.aws.cloudFormation.send(new ValidateTemplateCommand(source(template)), http)),
    );
  }

  async deployedSummary(nameOrId: string, options?: CallOptions): Promise<TemplateSummary> {
    return toSummary(
      await this.aws.call({ action: 'cloudformation:GetTemplateSummary', resource: nameOrId }, options, (http) => this.aws.cloudFormation.send(new GetTemplateSummaryCommand({ StackName: nameOrId }), http)),
    );
  }

  async createStack(input: StackInput, options?: CallOptions): Promise<{ stackId: string }> {
    const action = 'cloudformation:CreateStack';
    const answer = await this.aws.call({ action, resource: input.stackName }, options, (http) =>
      this.aws.cloudFormation.send(new CreateStackCommand({ ...stackInput(input), ...source(input.template), ClientRequestToken: input.clientRequestToken }), http),
    );
    return { stackId: required(answer.StackId, 'StackId', action) };
  }

  async deleteStack(nameOrId: string, options?: CallOptions): Promise<void> {
    await this.aws.call({ action: 'cloudformation:DeleteStack', resource: nameOrId }, options, (http) =>
      this.aws.cloudFormation.send(new DeleteStackCommand({ StackName: nameOrId }), http),
    );
  }

  async deleteStuckStack(nameOrId: string, how: StuckDeletion, options?: CallOptions): Promise<void> {
    const mode = how === 'force' ? { DeletionMode: DeletionMode.FORCE_DELETE_STACK } : { RetainResources: [...how.leave] };
    await this.aws.call({ action: 'cloudformation:DeleteStack', resource: nameOrId }, options, (http) =>
      this.aws.cloudFormation.send(new DeleteStackCommand({ StackName: nameOrId, ...mode }), http),
    );
  }

  async removeTerminationProtection(nameOrId: string, options?: CallOptions): Promise<void> {
    await this.aws.call({ action: 'cloudformation:UpdateTerminationProtection', resource: nameOrId }, options, (http) =>
      this.aws.cloudFormation.send(new UpdateTerminationProtectionCommand({ StackName: nameOrId, EnableTerminationProtection: false }), http),
    );
  }

  async createChangeSet(
    input: ChangeSetInput,
    options?: CallOptions,
  ): Promise<{ id: string; stackId: string }> {
    const action = 'cloudformation:CreateChangeSet';
    const answer = await this.aws.call({ action, resource: input.stackName }, options, (http) =>
      this.aws.cloudFormation.send(
        new CreateChangeSetCommand({
          ...stackInput(input),
          ...('previous' in input.template ? { UsePreviousTemplate: true } : source(input.template)),
          ChangeSetName: input.changeSetName,
          ChangeSetType: input.type,
          ClientToken: input.clientRequestToken,
          // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/drift-aware-change-sets.html
          ...(input.revertDrift === true ? { DeploymentMode: DeploymentMode.REVERT_DRIFT } : {}),
        }),
        http,
      ),
    );
    return { id: required(answer.Id, 'Id', action), stackId: required(answer.StackId, 'StackId', action) };
  }

  async describeChangeSet(id: string, options?: CallOptions): Promise<ChangeSet | undefined> {
    let first: DescribeChangeSetCommandOutput | undefined;
    const changes: ChangeSetChange[] = [];
    const pages = this.aws.pages({ action: 'cloudformation:DescribeChangeSet', resource: id }, options, async (token, http) => {
      const answer = await this.aws.cloudFormation.send(new DescribeChangeSetCommand({ ChangeSetName: id, NextToken: token }), http);
      first ??= answer;
      return { items: answer.Changes, next: answer.NextToken };
    });
    const all = async (): Promise<true> => {
      for await (const change of pages) changes.push(...toChange(change));
      return true;
    };
    const found = await undefinedIfNotFound(all());
    if (!found || first === undefined) return undefined;
    return {
      id: first.ChangeSetId ?? id,
      name: first.ChangeSetName ?? '',
      status: first.Status ?? '',
      executionStatus: first.ExecutionStatus ?? '',
      changes,
      ...defined({ statusReason: first.StatusReason }),
    };
  }

  async executeChangeSet(id: string, clientRequestToken: string, options?: CallOptions): Promise<void> {
    await this.aws.call({ action: 'cloudformation:ExecuteChangeSet', resource: id }, options, (http) =>
      this.aws.cloudFormation.send(new ExecuteChangeSetCommand({ ChangeSetName: id, ClientRequestToken: clientRequestToken }), http),
    );
  }

  async deleteChangeSet(id: string, options?: CallOptions): Promise<void> {
    await this.aws.call({ action: 'cloudformation:DeleteChangeSet', resource: id }, options, (http) =>
      this.aws.cloudFormation.send(new DeleteChangeSetCommand({ ChangeSetName: id }), http),
    );
  }

  async detectDrift(nameOrId: string, options?: CallOptions): Promise<{ detectionId: string }> {
    const action = 'cloudformation:DetectStackDrift';
    const answer = await this.aws.call({ action, resource: nameOrId }, options, (http) => this.aws.cloudFormation.send(new DetectStackDriftCommand({ StackName: nameOrId }), http));
    return { detectionId: required(answer.StackDriftDetectionId, 'StackDriftDetectionId', action) };
  }

  async driftDetection(detectionId: string, options?: CallOptions): Promise<DriftDetection> {
    const answer = await this.aws.call({ action: 'cloudformation:DescribeStackDriftDetectionStatus' }, options, (http) =>
      this.aws.cloudFormation.send(new DescribeStackDriftDetectionStatusCommand({ StackDriftDetectionId: detectionId }), http),
    );
    return { status: answer.DetectionStatus ?? '', ...defined({ statusReason: answer.DetectionStatusReason, stackStatus: answer.StackDriftStatus }) };
  }

  resourceDrifts(nameOrId: string, options?: CallOptions): AsyncIterable<ResourceDrift> {
    return this.aws.pages({ action: 'cloudformation:DescribeStackResourceDrifts', resource: nameOrId }, options, async (token, http) => {
      const answer = await this.aws.cloudFormation.send(new DescribeStackResourceDriftsCommand({ StackName: nameOrId, NextToken: token }), http);
      return {
        items: answer.StackResourceDrifts?.map((drift) => ({
          logicalId: drift.LogicalResourceId ?? '',
          resourceType: drift.ResourceType ?? '',
          status: drift.StackResourceDriftStatus ?? '',
          differences: (drift.PropertyDifferences ?? []).map((difference) => ({
            path: difference.PropertyPath ?? '',
            expected: difference.ExpectedValue ?? '',
            actual: difference.ActualValue ?? '',
            type: difference.DifferenceType ?? '',
          })),
          ...defined({ physicalId: drift.PhysicalResourceId }),
        })),
        next: answer.NextToken,
      };
    });
  }
}
