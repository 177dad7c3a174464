import * as l10n from '@vscode/l10n';
import { FleetError, throwIfAborted } from '../../core/errors';
import type { Connection } from '../../core/ports/connection';
import type { Progress } from '../../core/ports/interaction';
import type { ResourceDrift } from '../../core/ports/stackApi';
import { stackCondition } from '../../core/stack/condition';
import type { DriftFindings } from '../../core/stack/driftReport';
import { pauseAfter } from '../../core/util/backoff';
import type { Clock } from '../../core/util/clock';
import { missingStep } from '../steps/stepContext';

export interface DriftWork {
  readonly connection: Connection;
  readonly stackName: string;
  readonly clock: Clock;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** Milliseconds: "can take up to several minutes" (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DetectStackDrift.html). */
const pauses = { first: 300, factor: 1.35, longest: 5000 };

/**
 * Has CloudFormation hold the stack's resources against its template, and waits for it. Throws FleetError without a stack
 * that is at rest, and when the detection failed for every resource; CancelledError ends the waiting, not the detection.
 */
export async function detectDrift({ connection, stackName, clock, progress, signal }: DriftWork): Promise<DriftFindings> {
  const { stacks, target } = connection;
  const stack = await stacks.describeStack(stackName, { signal });
  const condition = stackCondition(stack?.status);
  if (stack === undefined || condition === 'none') throw missingStep(l10n.t('There is no stack {0} in account {1}, {2}.', stackName, target.account, target.region), 'rolesStack', 'noStack');
  if (condition === 'working') {
    throw new FleetError(l10n.t('The stack {0} is busy ({1}), so its drift cannot be detected yet.', stackName, stack.status), { category: 'conflict', code: 'stackBusy', advice: l10n.t('Wait until CloudFormation is done with it.'), remedies: [{ kind: 'retry' }] });
  }
  progress.report(l10n.t('CloudFormation looks at the resources …'));
  const { detectionId } = await stacks.detectDrift(stack.id, { signal });
  let detection = await stacks.driftDetection(detectionId, { signal });
  for (let look = 0; detection.status === 'DETECTION_IN_PROGRESS'; look += 1) {
    await clock.sleep(pauseAfter(look, pauses), signal);
    throwIfAborted(signal);
    detection = await stacks.driftDetection(detectionId, { signal });
  }
  const drifts: ResourceDrift[] = [];
  for await (const drift of stacks.resourceDrifts(stack.id, { signal })) drifts.push(drift);
  if (detection.status === 'DETECTION_FAILED' && drifts.length === 0) {
    throw new FleetError(l10n.t('CloudFormation could not detect the drift of {0}: {1}', stackName, detection.statusReason ?? detection.status), {
      category: 'service',
      code: 'driftDetectionFailed',
      advice: l10n.t('It reads the resources with your own permissions: ask for those that are missing.'),
    });
  }
  return { stackName: stack.name, target, detection, drifts };
}
