import { nameProblem } from '../util/names';
import { parseArn, roleNameOfArn } from '../util/arn';

/** What a printed `aws iot create-role-alias …` command asks for. It is read, never given to a shell. */
export interface RoleAliasCommand {
  readonly roleAlias?: string;
  readonly roleArn?: string;
  readonly credentialDurationSeconds?: number;
  readonly region?: string;
}

/** Options of the command that carry a value. Longest first: `--role-alias` begins with the same letters as others. */
const options = ['--credential-duration-seconds', '--role-alias', '--role-arn', '--region', '--profile', '--output', '--query', '--endpoint-url', '--tags'];

/**
 * Reads a `create-role-alias` command as people and stack outputs print it: quotes of any kind, line continuations of
 * sh, PowerShell and cmd, `--option=value`, and the missing space of `--role-arnarn:aws:iam::…`.
 * Undefined when the text is no such command; a member is missing when the command does not say it in a valid form.
 */
export function parseRoleAliasCommand(text: string): RoleAliasCommand | undefined {
  const start = /(?:^|[\s"'`])create-role-alias(?=$|[\s"'`\\^-])/i.exec(text);
  if (start === null) return undefined;
  const values = new Map<string, string>();
  const words = split(text.slice(start.index + start[0].length));
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    const option = optionOf(word);
    if (option === undefined) continue;
    const rest = word.slice(option.length).replace(/^=/, '');
    const next = words[index + 1];
    if (rest !== '') values.set(option, rest);
    else if (next !== undefined && optionOf(next) === undefined) {
      values.set(option, next);
      index += 1;
    }
  }
  const roleAlias = values.get('--role-alias');
  const roleArn = values.get('--role-arn');
  const region = values.get('--region');
  const duration = Number(values.get('--credential-duration-seconds') ?? Number.NaN);
  return {
    ...(roleAlias !== undefined && nameProblem('roleAlias', roleAlias) === undefined ? { roleAlias } : {}),
    ...(roleArn !== undefined && roleNameOfArn(roleArn) !== undefined ? { roleArn } : {}),
    ...(Number.isInteger(duration) && duration >= 900 && duration <= 43_200 ? { credentialDurationSeconds: duration } : {}),
    ...(region !== undefined && /^[a-z]{2,}(-[a-z]+)+-\d+$/.test(region) ? { region } : {}),
  };
}

function optionOf(word: string): string | undefined {
  const option = options.find((candidate) => word.toLowerCase().startsWith(candidate));
  if (option === undefined) return undefined;
  const rest = word.slice(option.length);
  // `--role-aliases` is another word, `--role-arnarn:aws:…` is ours with a space lost.
  if (rest === '' || rest.startsWith('=')) return option;
  return option === '--role-arn' && parseArn(rest) !== undefined ? option : undefined;
}

/** Words by spaces and quotes. Backslash, backtick and caret join lines; elsewhere a backslash is dropped. */
function split(text: string): string[] {
  const joined = text.replace(/[\\`^][ \t]*(?:\r\n|\r|\n)/g, ' ').replace(/[“”]/g, '"').replace(/[‘’]/g, '\'');
  const words: string[] = [];
  for (const match of joined.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)) {
    const word = match[0].replace(/["'\\]/g, '');
    // A second command on the same line is none of ours.
    if (/^(;|&&|\|\|?|>)$/.test(word)) break;
    if (/[;`)]$/.test(word)) {
      words.push(word.replace(/[;`)]+$/, ''));
      break;
    }
    words.push(word);
  }
  return words;
}
