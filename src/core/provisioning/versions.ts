/**
 * Versions that a policy or a provisioning template may have at a time.
 * https://docs.aws.amazon.com/general/latest/gr/iot-core.html (policies; the number for templates is unverified)
 */
export const maxVersions = 5;

/**
 * The version to remove before another one fits: the oldest that is not the default, by number ("10" is younger than
 * "9"). Undefined while there is room.
 */
export function versionToRemove<T extends { readonly versionId: string | number; readonly isDefault: boolean }>(versions: readonly T[]): T | undefined {
  if (versions.length < maxVersions) return undefined;
  return versions.filter((version) => !version.isDefault).sort((a, b) => Number(a.versionId) - Number(b.versionId))[0];
}
