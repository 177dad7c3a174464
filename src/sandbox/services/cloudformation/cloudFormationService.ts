import type { ServiceFactory } from '../../kernel/types';
import { ChangeSetEngine } from './engine/changeSets';
import { StackEngine } from './engine/stackEngine';
import { createChangeSetOperation, deleteChangeSet, describeChangeSet, executeChangeSetOperation, listChangeSets } from './operations/changeSets';
import { createStackOperation } from './operations/createStack';
import { deleteStackOperation } from './operations/deleteStack';
import { describeStackDriftDetectionStatus, describeStackResourceDrifts, detectStackDriftOperation } from './operations/drift';
import {
  describeStackEvents, describeStackResource, describeStackResources, describeStacks, getTemplate, listExports, listStackResources, listStacks,
} from './operations/describe';
import {
  cancelUpdateStack, continueUpdateRollbackOperation, updateStackOperation, updateTerminationProtection,
} from './operations/updateStack';
import { describeAccountLimits, getTemplateSummary, listImports, validateTemplate } from './operations/validate';

/** CloudFormation for the resource types of this product's flow, with stack operations that survive a kill. */
export const createCloudFormationService: ServiceFactory = (kernel) => {
  const engine = new StackEngine(kernel);
  const changeSets = new ChangeSetEngine(kernel);
  return {
    service: 'cloudformation',
    handlers: {
      CreateStack: createStackOperation(engine),
      UpdateStack: updateStackOperation(engine),
      DeleteStack: deleteStackOperation(engine),
      CancelUpdateStack: cancelUpdateStack,
      ContinueUpdateRollback: continueUpdateRollbackOperation(engine),
      UpdateTerminationProtection: updateTerminationProtection,
      CreateChangeSet: createChangeSetOperation(changeSets),
      DescribeChangeSet: describeChangeSet,
      ListChangeSets: listChangeSets,
      ExecuteChangeSet: executeChangeSetOperation(engine),
      DeleteChangeSet: deleteChangeSet,
      DescribeStacks: describeStacks,
      ListStacks: listStacks,
      DescribeStackEvents: describeStackEvents,
      ListStackResources: listStackResources,
      DescribeStackResources: describeStackResources,
      DescribeStackResource: describeStackResource,
      DetectStackDrift: detectStackDriftOperation(kernel),
      DescribeStackDriftDetectionStatus: describeStackDriftDetectionStatus,
      DescribeStackResourceDrifts: describeStackResourceDrifts,
      GetTemplate: getTemplate,
      GetTemplateSummary: getTemplateSummary,
      ValidateTemplate: validateTemplate,
      ListExports: listExports,
      ListImports: listImports,
      DescribeAccountLimits: describeAccountLimits,
    },
    async resume() {
      await engine.resume();
      await changeSets.resume();
    },
  };
};
