import type { StackOutput } from '../ports/stackApi';

type Output = Pick<StackOutput, 'key' | 'value'>;

/** Outputs as a JSON object, key → value, with a final newline. */
export function outputsAsJson(outputs: readonly Output[]): string {
  return `${JSON.stringify(Object.fromEntries(outputs.map(({ key, value }) => [key, value])), undefined, 2)}\n`;
}

/**
 * Outputs as lines `NAME='value'`, which a shell can read (`set -a; . ./file`) and readers of .env files too. Values are in
 * single quotes, in which a shell replaces nothing; a quote in a value is written `'\''`.
 * @param comment first line, behind `#`
 */
export function outputsAsEnv(outputs: readonly Output[], comment: string): string {
  const taken = new Set<string>();
  const lines = outputs.map(({ key, value }) => {
    const plain = variableName(key);
    let name = plain;
    for (let count = 2; taken.has(name); count += 1) name = `${plain}_${count}`;
    taken.add(name);
    return `${name}='${value.replaceAll("'", "'\\''")}'`;
  });
  return `${[`# ${comment.replace(/\s+/g, ' ')}`, ...lines].join('\n')}\n`;
}

/** `IoTPolicyName` → `IOT_POLICY_NAME`, as names of environment variables are written. */
function variableName(key: string): string {
  const words = key
    .replaceAll('IoT', 'Iot')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1_$2');
  const name = words.toUpperCase().replace(/[^A-Z0-9_]/g, '_');
  return /^\d/.test(name) || name === '' ? `_${name}` : name;
}
