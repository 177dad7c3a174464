import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseRoleAliasCommand } from '../../../../src/core/stack/roleAliasCommand';

const arn = 'arn:aws:iam::123456789012:role/GGv2Workshop-GGV2WSTokenExchangeRole-1UGDXWM2VHZZE';
const both = { roleAlias: 'GGV2WSTokenExchangeRoleAlias', roleArn: arn };

describe('create-role-alias command', () => {
  const accepted: readonly [string, string, object | undefined][] = [
    ['the seed, where a space is missing', `aws iot create-role-alias --role-alias GGV2WSTokenExchangeRoleAlias --role-arn${arn}`, both],
    ['as the guide prints it', `aws iot create-role-alias --role-alias GGV2WSTokenExchangeRoleAlias --role-arn ${arn}`, both],
    ['with =', `aws iot create-role-alias --role-alias=GGV2WSTokenExchangeRoleAlias --role-arn=${arn}`, both],
    ['in double quotes', `aws iot create-role-alias --role-alias "GGV2WSTokenExchangeRoleAlias" --role-arn "${arn}"`, both],
    ['in typographic quotes', `aws iot create-role-alias --role-alias “GGV2WSTokenExchangeRoleAlias” --role-arn ‘${arn}’`, both],
    ['over lines of sh', `aws iot create-role-alias \\\n  --role-alias GGV2WSTokenExchangeRoleAlias \\\r\n  --role-arn ${arn}`, both],
    ['over lines of PowerShell', `aws iot create-role-alias \`\n --role-alias GGV2WSTokenExchangeRoleAlias \`\n --role-arn ${arn}`, both],
    ['over lines of cmd', `aws iot create-role-alias ^\n --role-alias GGV2WSTokenExchangeRoleAlias ^\n --role-arn ${arn}`, both],
    ['options in the other order, with more', `$ aws --region eu-west-1 iot create-role-alias --role-arn ${arn} --credential-duration-seconds 3600 --role-alias GGV2WSTokenExchangeRoleAlias --region cn-north-1`, { ...both, credentialDurationSeconds: 3600, region: 'cn-north-1' }],
    ['another partition', 'aws iot create-role-alias --role-alias A --role-arn arn:aws-cn:iam::123456789012:role/service/R', { roleAlias: 'A', roleArn: 'arn:aws-cn:iam::123456789012:role/service/R' }],
    ['an alias where the role belongs', 'aws iot create-role-alias --role-alias A --role-arn arn:aws:iot:eu-west-1:123456789012:rolealias/A', { roleAlias: 'A' }],
    ['a second command is none of ours', 'aws iot create-role-alias --role-alias A; rm --role-alias B', { roleAlias: 'A' }],
    ['a name that AWS refuses', 'aws iot create-role-alias --role-alias a.b', {}],
    ['a value that is missing', `aws iot create-role-alias --role-alias --role-arn ${arn}`, { roleArn: arn }],
    ['a duration out of range', 'aws iot create-role-alias --credential-duration-seconds 60', {}],
    ['another command', 'aws iot describe-role-alias --role-alias A', undefined],
    ['an ARN', arn, undefined],
  ];
  for (const [name, text, expected] of accepted) it(name, () => assert.deepEqual(parseRoleAliasCommand(text), expected));

  const word = (alphabet: string, maxLength: number): fc.Arbitrary<string> => fc.string({ unit: fc.constantFrom(...Array.from(alphabet)), minLength: 1, maxLength });
  const aliases = word('abcXYZ019_,@', 40).map((text) => `a${text}`);
  const roles = word('abcXYZ019_+.@', 40).map((name) => `arn:aws:iam::123456789012:role/${name}`);

  it('finds alias and role in any order, quoting, joining and layout', () => {
    fc.assert(
      fc.property(aliases, roles, fc.constantFrom('', '"', '\''), fc.constantFrom(' ', '=', '  ', ' \\\n  ', ' ^\r\n', ' `\n'), fc.boolean(), (alias, role, quote, joint, swap) => {
        const options = [`--role-alias${joint}${quote}${alias}${quote}`, `--role-arn${joint}${quote}${role}${quote}`];
        const text = `aws iot create-role-alias ${(swap ? options.reverse() : options).join(' ')}`;
        assert.deepEqual(parseRoleAliasCommand(text), { roleAlias: alias, roleArn: role });
      }),
    );
  });

  it('takes any text, and what it returns is valid', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const command = parseRoleAliasCommand(`aws iot create-role-alias ${text}`);
        if (command?.roleAlias !== undefined) assert.match(command.roleAlias, /^[\w=,@-]{1,128}$/);
        if (command?.roleArn !== undefined) assert.match(command.roleArn, /^arn:aws[\w-]*:iam::\d{12}:role\/\S+$/);
      }),
    );
  });
});
