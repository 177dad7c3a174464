import assert from 'node:assert/strict';
import { mayBe, possibleTexts, templateParts, type TemplateScope } from '../../../../src/core/stack/templateParts';
import { byHand, otherHolders } from '../../../../src/core/teardown/byHand';
import { parsedTemplate } from '../../../../src/services/teardown/parsedTemplate';

const scope: TemplateScope = {
  place: { partition: 'aws-cn', region: 'cn-north-1', account: '111122223334' },
  stack: { id: 'stack-id', name: 'Fleet' },
  parameters: new Map([['Name', 'x'], ['List', 'a, b'], ['Secret', '****']]),
  physicalIds: new Map([['Role', 'Fleet-Role'], ['Policy', 'arn:aws-cn:iam::111122223334:policy/Mine'], ['Profile', 'Fleet-Profile']]),
};
const any = '\u0000';

describe('what a template may mean', () => {
  const table: Readonly<Record<string, readonly [value: unknown, texts: readonly string[]]>> = {
    'a text': ['a', ['a']],
    'a number': [1, ['1']],
    'nothing': [undefined, []],
    'a parameter, a list, one that is not told': [[{ Ref: 'Name' }, { Ref: 'List' }, { Ref: 'Secret' }], ['x', 'a', 'b', any]],
    'a resource, one that is not there, no value': [[{ Ref: 'Role' }, { Ref: 'Else' }, { Ref: 'AWS::NoValue' }], ['Fleet-Role', any]],
    'both sides of a condition': [{ 'Fn::If': ['C', ['a', 'b'], { Ref: 'AWS::NoValue' }] }, ['a', 'b']],
    'Sub, with a literal and an own variable': [{ 'Fn::Sub': ['arn:${AWS::Partition}:${!x}:${Own}:${Role.Arn}', { Own: { 'Fn::If': ['C', '1', '2'] } }] }, ['arn:aws-cn:${x}:1:' + any, 'arn:aws-cn:${x}:2:' + any]],
    'Join': [{ 'Fn::Join': [':', ['arn', { Ref: 'AWS::Region' }, { Ref: 'AWS::AccountId' }, { Ref: 'AWS::StackName' }]] }, ['arn:cn-north-1:111122223334:Fleet']],
    'GetAtt of a policy, of anything else': [[{ 'Fn::GetAtt': ['Policy', 'PolicyArn'] }, { 'Fn::GetAtt': 'Role.Arn' }], ['arn:aws-cn:iam::111122223334:policy/Mine', any]],
    'an import': [{ 'Fn::ImportValue': 'x' }, [any]],
  };
  for (const [title, [value, texts]] of Object.entries(table)) {
    it(title, () => {
      assert.deepEqual(possibleTexts(value, scope), texts);
    });
  }

  it('too many alternatives are any text', () => {
    const two = { 'Fn::If': ['C', '1', '2'] };
    assert.deepEqual(possibleTexts({ 'Fn::Join': ['', Array.from({ length: 10 }, () => two)] }, scope), [any]);
  });

  it('what is not known matches anything in its place, and nothing else', () => {
    assert.ok(mayBe([`arn:${any}:policy/a.b`], 'arn:aws:iam::1:policy/a.b'));
    assert.ok(!mayBe([`arn:${any}:policy/a.b`], 'arn:aws:iam::1:policy/aXb'));
    assert.ok(!mayBe([], ''));
  });

  it('JSON, and YAML with short forms, mean the same; what is neither is no template', async () => {
    const value = { Resources: { A: { Type: 'T', DeletionPolicy: 'Retain', Properties: { R: [{ Ref: 'Role' }], S: { 'Fn::Sub': 'x${Name}' }, I: { 'Fn::If': ['C', { Ref: 'Name' }, 'b'] } } } } };
    const yaml = 'Resources:\n  A:\n    Type: T\n    DeletionPolicy: Retain\n    Properties:\n      R: [!Ref Role]\n      S: !Sub "x${Name}"\n      I: !If [C, !Ref Name, b]\n';
    assert.deepEqual(await parsedTemplate(JSON.stringify(value)), value);
    assert.deepEqual(await parsedTemplate(yaml), value);
    assert.equal(templateParts(await parsedTemplate('{ a: ['), scope), undefined);
    assert.equal(templateParts(await parsedTemplate('words'), scope), undefined);
  });
});

describe('what of a role is not by the template', () => {
  const parts = (resources: object) => templateParts({ Resources: resources }, scope) ?? [];
  const holdings = { name: 'Fleet-Role', managed: ['S3', 'Mine', 'Log'].map((name) => ({ name, arn: `arn:aws-cn:iam::111122223334:policy/${name}` })), inline: ['own', 'beside', 'hand'], profiles: ['Fleet-Profile', 'Else'] };
  const role = (more: object = {}) => ({ Type: 'AWS::IAM::Role', Properties: { ManagedPolicyArns: [{ 'Fn::Sub': 'arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/Log' }], Policies: [{ 'Fn::If': ['C', { PolicyName: 'own' }, { Ref: 'AWS::NoValue' }] }] }, ...more });
  const others = {
    Policy: { Type: 'AWS::IAM::ManagedPolicy', Properties: { Roles: [{ Ref: 'Role' }] } },
    Beside: { Type: 'AWS::IAM::Policy', Properties: { PolicyName: 'beside', Roles: [{ Ref: 'Role' }] } },
    Profile: { Type: 'AWS::IAM::InstanceProfile', Properties: { Roles: [{ Ref: 'Role' }] } },
  };
  const names = ({ managed, inline, profiles }: ReturnType<typeof byHand>): unknown => [managed.map(({ name }) => name), inline, profiles];

  it('what the role and other resources of the stack give is by the template', () => {
    assert.deepEqual(names(byHand(holdings, parts({ Role: role(), ...others }), scope)), [['S3'], ['hand'], ['Else']]);
  });

  it('what resources that are retained give stays on the role, and has to go', () => {
    const retained = Object.fromEntries(Object.entries(others).map(([name, part]) => [name, { ...part, DeletionPolicy: name === 'Policy' ? 'RetainExceptOnCreate' : 'Retain' }]));
    assert.deepEqual(names(byHand(holdings, parts({ Role: role(), ...retained }), scope)), [['S3', 'Mine'], ['beside', 'hand'], ['Fleet-Profile', 'Else']]);
  });

  it('a role that the template does not have has all of it by hand', () => {
    assert.deepEqual(byHand(holdings, [], scope), holdings);
  });

  it('those who have a managed policy: without the template\'s and the roles that go', () => {
    const template = parts({ Policy: { Type: 'AWS::IAM::ManagedPolicy', Properties: { Roles: ['Named'], Users: ['u'], Groups: [{ 'Fn::ImportValue': 'g' }] } } });
    const holders = { roles: ['Fleet-Role', 'Named', 'Theirs'], users: ['u', 'v'], groups: ['g'] };
    assert.deepEqual(otherHolders(scope.physicalIds.get('Policy') ?? '', holders, new Set(['Fleet-Role']), template, scope), { roles: ['Theirs'], users: ['v'], groups: [] });
  });
});
