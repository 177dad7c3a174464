import { renderTemplate } from '../../core/provisioning/renderTemplate';
import type { WorkspaceFiles } from '../../core/ports/workspaceFiles';
import { coreThingNameProblem } from '../../core/util/names';
import { WorkspaceFileNames } from '../../ids';
import { deviceParameters } from '../deviceParameters';

/**
 * The core that the folder's device configuration makes: the thing name that its provisioning template renders from the
 * parameters in config.yaml. Undefined when the files do not tell.
 */
export async function suggestedCore(files: WorkspaceFiles | undefined): Promise<string | undefined> {
  const configuration = await files?.read(WorkspaceFileNames.deviceConfiguration);
  if (configuration === undefined) return undefined;
  const template = (await files?.read(WorkspaceFileNames.provisioningTemplate)) ?? '';
  const { values } = await deviceParameters(configuration, template);
  const { things } = renderTemplate(template, values, { certificateId: '0'.repeat(64) }).rendered;
  return [things[0]?.name, values['ThingName']].find((name) => name !== undefined && coreThingNameProblem(name) === undefined);
}
