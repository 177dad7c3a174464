import * as vscode from 'vscode';
import { isFleetError } from '../core/errors';
import type { StepRun } from '../core/ports/services';
import type { FleetNames } from '../core/provisioning/steps';
import { targetAt } from '../platform/otherRegion';

/** An account may have a few hundred templates: https://docs.aws.amazon.com/general/latest/gr/iot-core.html; those that a person may look through. */
const mostOffered = 250;

/** The template of a tree node or a lens, that of a step's node; without either, the one that a person chooses where there are several. */
export async function chosenTemplate({ connection: { iot, target }, ui, signal }: Pick<StepRun, 'connection' | 'ui' | 'signal'>, { templateName }: FleetNames, hint: unknown): Promise<string> {
  const { step, copyText = '' } = targetAt(target, hint);
  const named = /:provisioningtemplate\/([\w-]+)$/.exec(copyText)?.[1];
  if (named !== undefined || step !== undefined) return named ?? templateName;
  const found: string[] = [];
  try {
    for await (const { name } of iot.listProvisioningTemplates({ signal })) {
      found.push(name);
      if (found.length === mostOffered) break;
    }
  } catch (error) {
    // Who may not list templates may still work with the one of the settings.
    if (!isFleetError(error) || error.category !== 'permissions') throw error;
  }
  const others = found.filter((name) => name !== templateName);
  if (others.length === 0) return templateName;
  return ui.choose({
    title: vscode.l10n.t('Which provisioning template?'),
    choices: [
      ...(found.length > others.length ? [{ label: templateName, description: vscode.l10n.t('in use'), value: templateName }] : []),
      ...others.map((name) => ({ label: name, value: name })),
    ],
  });
}
