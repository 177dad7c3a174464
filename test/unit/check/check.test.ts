import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { getLanguageService, TextDocument } from 'vscode-json-languageservice';
import manifest from '../../../package.json';
import { runCheck } from '../../../src/check/run';
import { templateDocument } from '../../../src/core/provisioning/templateDocument';
import { policyGlobs, policyTestsGlob, templateGlobs } from '../../../src/core/fileKinds';
import { LineColumns } from '../../../src/core/util/lineColumns';
import sarifSchema from '../../fixtures/sarif/sarif-schema-2.1.0.json';

const clean = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'iot:Connect', Resource: 'arn:aws:iot:eu-central-1:123456789013:client/a' }] });
/** One error on the second line, one warning on the third. */
const faulty = '{ "Version": "2012-10-17", "Statement": [\n  { "Effect": "Alow", "Action": "iot:Connect", "Resource": "*" },\n  { "Effect": "Allow", "Action": "iot:Conect", "Resource": "*" }\n] }\n';
const warningOnly = faulty.replace('Alow', 'Allow');

let folder: string;

function write(name: string, text: string): void {
  fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  fs.writeFileSync(path.join(folder, name), text);
}

function check(...argv: readonly string[]): { readonly code: number; readonly out: string; readonly error: string; readonly lines: readonly string[] } {
  let out = '';
  let error = '';
  const code = runCheck(argv, { folder, out: (text) => (out += text), error: (text) => (error += text) });
  return { code, out, error, lines: out.split('\n').filter((line) => line !== '' && !line.startsWith('Files checked')) };
}

describe('The check for command lines', () => {
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'check-'));
  });
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  it('is content with files that are right', () => {
    write('a.iot-policy.json', clean);
    write('fleet/greengrass-fleet-provisioning-template.json', templateDocument({ iotPolicyName: 'Device', thingGroupName: 'Cores' }));
    assert.deepEqual(check('.'), { code: 0, out: 'Files checked: 2. Errors: 0, warnings: 0, information: 0.\n', error: '', lines: [] });
  });

  it('prints one line per finding, with its place', () => {
    write('a.iot-policy.json', faulty);
    const { code, lines } = check('.');
    assert.equal(code, 1);
    assert.match(lines[0] ?? '', /^a\.iot-policy\.json:2:16: error invalidEffect /);
    assert.ok(lines.some((line) => /^a\.iot-policy\.json:3:\d+: warning unknownAction .*iot:Connect/.test(line)));
  });

  it('fails from the severity that is asked for', () => {
    write('a.iot-policy.json', warningOnly);
    assert.equal(check('.').code, 0);
    assert.equal(check('.', '--severity', 'warning').code, 1);
    assert.equal(check('.', '--severity', 'warning', '--policy-rule', 'unknownAction=off', '--policy-rule', 'overlyPermissive=off', '--policy-rule', 'clientIdNotAttached=off').code, 0);
    assert.equal(check('.', '--policy-rule', 'unknownAction=error').code, 1);
  });

  it('searches folders for our names only, and never what is installed', () => {
    for (const name of ['deep/er/my-iot-policy-2.json', 'node_modules/x/a.iot-policy.json', '.git/a.iot-policy.json', 'other.json', 'stack-template.json']) write(name, faulty);
    const { lines } = check('.');
    assert.deepEqual([...new Set(lines.map((line) => line.split(':')[0]))], [path.join('deep', 'er', 'my-iot-policy-2.json')]);
  });

  it('takes globs, and more names', () => {
    write('policies/one.json', faulty);
    write('policies/two.iot-policy.json', faulty);
    const files = (...argv: readonly string[]): readonly string[] => [...new Set(check(...argv).lines.map((line) => path.basename(line.split(':')[0] ?? '')))];
    assert.deepEqual(files('policies/*.json'), ['two.iot-policy.json']);
    assert.deepEqual(files('**/*.iot-*.json'), ['two.iot-policy.json']);
    assert.deepEqual(files('.', '--policy-files', 'policies/*.json'), ['one.json', 'two.iot-policy.json']);
    assert.deepEqual(files('nowhere/*.json'), []);
  });

  it('checks a file that is named whatever its name, by its contents', () => {
    write('one.json', faulty);
    write('two.json', '{ "Parameters": {}, "Resources": { "x": { "Type": "AWS::IoT::Thin" } } }');
    assert.match(check('one.json').out, /invalidEffect/);
    assert.match(check('two.json').out, /unknownResourceType/);
    write('three.json', '{ "name": "none of ours" }');
    const { code, error } = check('three.json', 'one.json');
    assert.equal(code, 2);
    assert.match(error, /three\.json: This is neither/);
  });

  it('tells faults of JSON', () => {
    write('a.iot-policy.json', '{ "Version": "2012-10-17", }');
    write('b.iot-policy.json', '');
    const { code, out } = check('.');
    assert.equal(code, 1);
    assert.match(out, /a\.iot-policy\.json:1:\d+: error invalidJson /);
    assert.match(out, /b\.iot-policy\.json:1:1: error emptyDocument /);
  });

  it('compares with an account', () => {
    write('a.iot-policy.json', clean);
    assert.equal(check('.', '--account', '123456789013', '--region', 'eu-central-1').code, 0);
    assert.match(check('.', '--account', '123456789014', '--region', 'us-east-1').out, /regionMismatch[^]*accountMismatch|accountMismatch[^]*regionMismatch/);
    assert.match(check('.', '--account', '123456789013', '--region', 'cn-north-1').out, /partitionMismatch/);
  });

  it('checks a policy of claims as such, by its name', () => {
    const policy = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: ['iot:Connect', 'iot:Publish', 'iot:Receive', 'iot:Subscribe'], Resource: '*' }] });
    write('claim-iot-policy.json', policy);
    assert.match(check('.').out, /claimTooBroad/);
  });

  it('runs policy tests', () => {
    write('a.iot-policy.json', clean);
    const tests = { policy: 'a.iot-policy.json', tests: [{ name: 'connects', as: { clientId: 'a' }, connect: 'a', expect: 'allow' }, { name: 'never', as: { clientId: 'b' }, connect: 'b', expect: 'allow' }] };
    write('a.policy-tests.json', JSON.stringify(tests, undefined, 1));
    const { code, lines } = check('.');
    assert.equal(code, 1);
    assert.equal(lines.length, 1, lines.join('\n'));
    assert.match(lines[0] ?? '', /^a\.policy-tests\.json:\d+:\d+: error testFailed never: Expected allow/);
    write('a.policy-tests.json', JSON.stringify({ ...tests, policy: 'gone.json' }));
    assert.deepEqual(check('.').lines.map((line) => line.split(' ')[2]), ['testFile']);
  });

  it('takes the settings of a workspace', () => {
    write('one.json', warningOnly);
    write('.vscode/settings.json', '{\n  // as VS Code takes it\n  "greengrassFleet.policyFiles": ["one.json"],\n  "greengrassFleet.policyRules": { "unknownAction": "error", "overlyPermissive": "nonsense", },\n}');
    const { code, out } = check('.', '--settings', path.join(folder, '.vscode/settings.json'));
    assert.equal(code, 1);
    assert.match(out, /^one\.json:3:\d+: error unknownAction/m);
    assert.match(out, /warning overlyPermissive/);
  });

  it('names what is wrong with the command line', () => {
    const wrong = (message: RegExp, ...argv: readonly string[]): void => {
      const { code, out, error } = check(...argv);
      assert.deepEqual([code, out], [2, '']);
      assert.match(error, message);
    };
    wrong(/Name the files/);
    wrong(/--format takes one of text, json, sarif, not “xml”/, '.', '--format', 'xml');
    wrong(/--severity takes one of/, '.', '--severity', 'fatal');
    wrong(/--nonsense/, '.', '--nonsense');
    wrong(/--region are given together/, '.', '--account', '123456789012');
    wrong(/12 digits/, '.', '--account', '1', '--region', 'eu-central-1');
    wrong(/partition/, '.', '--account', '123456789012', '--region', 'atlantis');
    wrong(/takes one of error, warning, information, off/, '.', '--policy-rule', 'unknownAction=no');
    wrong(/cannot be read/, '.', '--settings', path.join(folder, 'gone.json'));
    wrong(/^\S+gone\.json cannot be read: .*\n.*--help.*\n$/, '.', '--texts', path.join(folder, 'gone.json'));
    assert.match(check('.', '--policy-rule', 'unknownActoin=off').error, /Did you mean “unknownAction”/);
    assert.deepEqual([check('--version').code, check('--version').out], [0, `${manifest.version}\n`]);
    assert.match(check('--help').out, /Usage: node check\.js/);
  });

  it('names a file that is not there, and checks the others', () => {
    write('a.iot-policy.json', faulty);
    const { code, out, error } = check('gone.iot-policy.json', 'a.iot-policy.json');
    assert.equal(code, 2);
    assert.equal(error, 'gone.iot-policy.json: There is no such file.\n');
    assert.match(out, /invalidEffect/);
  });

  it('tells a glob that finds nothing, so that a misspelled one passes no build', () => {
    write('policies/one.json', faulty);
    assert.deepEqual([check('polices/*.json').code, check('polices/*.json').error], [2, `${path.join('polices', '*.json')}: No file matches.\n`]);
    const { code, error } = check('policies/*.json');
    assert.equal(code, 2);
    assert.match(error, /--policy-files/);
    assert.equal(check('policies/*.json', '--policy-files', 'policies/*.json').code, 1);
  });

  it('finds globs below folders whose names look like globs', () => {
    write('[fleet] {1}/a.iot-policy.json', faulty);
    const above = folder;
    folder = path.join(above, '[fleet] {1}');
    try {
      assert.equal(check('*.iot-policy.json').code, 1);
    } finally {
      folder = above;
    }
  });

  it('says that a folder holds nothing of ours', () => {
    write('package.json', '{}');
    const { code, error, out } = check('.');
    assert.deepEqual([code, out], [0, 'Files checked: 0. Errors: 0, warnings: 0, information: 0.\n']);
    assert.match(error, /nothing to check.*\*\.policy-tests\.json/);
  });

  it('speaks JSON', () => {
    write('a.iot-policy.json', faulty);
    const report = JSON.parse(check('.', '--format', 'json').out) as { summary: object; findings: readonly { file: string; code: string; start: object; fixes: readonly { changes: readonly { text: string }[] }[] }[] };
    assert.equal((report.summary as { files: number }).files, 1);
    const finding = report.findings.find(({ code }) => code === 'unknownAction');
    assert.deepEqual([finding?.file, finding?.start], ['a.iot-policy.json', { line: 3, column: 35 }]);
    assert.deepEqual(finding?.fixes[0]?.changes.map(({ text }) => text), ['iot:Connect']);
  });

  it('speaks SARIF that meets the schema of OASIS', async () => {
    write('ä b/a.iot-policy.json', faulty);
    write('fleet-provisioning-template.json', '{ "Resources": { "x": { "Type": "AWS::IoT::Thin" } } }');
    write('a.policy-tests.json', '{ "policy": "gone.json", "tests": [] }');
    const outside = fs.mkdtempSync(path.join(os.tmpdir(), 'outside-'));
    fs.writeFileSync(path.join(outside, 'b.iot-policy.json'), faulty);
    try {
      const { out, code } = check('.', path.join(outside, 'b.iot-policy.json'), 'gone.json', '--format', 'sarif');
      assert.equal(code, 2);
      assert.deepEqual(await problemsOfSarif(out), []);
      // The check of the check: the schema finds what is wrong.
      assert.notDeepEqual(await problemsOfSarif(out.replace('"startLine": 2', '"startLine": 0')), []);
      assert.notDeepEqual(await problemsOfSarif(out.replace('"level": "error"', '"level": "fatal"')), []);
      const log = JSON.parse(out) as Sarif;
      const [run] = log.runs;
      assert.ok(run);
      const { rules } = run.tool.driver;
      for (const { ruleId, ruleIndex } of run.results) assert.equal(rules[ruleIndex]?.id, ruleId);
      for (const { id, helpUri } of rules) assert.match(helpUri, /^https:\/\//, id);
      assert.ok(rules.some(({ id }) => id === 'policy/invalidEffect') && rules.some(({ id }) => id === 'template/unknownResourceType') && rules.some(({ id }) => id === 'tests/testFile'));
      const uris = new Set(run.results.map(({ locations }) => locations[0]?.physicalLocation.artifactLocation.uri));
      assert.ok(uris.has('%C3%A4%20b/a.iot-policy.json'));
      assert.ok(uris.has(pathToFileURL(path.join(outside, 'b.iot-policy.json')).href));
      assert.equal(run.invocations[0]?.executionSuccessful, false);
    } finally {
      fs.rmSync(outside, { recursive: true, force: true });
    }
  });

  it('is a program of its own, whose lines the problem matcher of the manifest reads', async () => {
    const { ensureBuilt } = (await import(pathToFileURL(path.resolve('scripts/lib/build.mjs')).href)) as { ensureBuilt: (names: readonly string[]) => Promise<void> };
    await ensureBuilt(['check']);
    write('a.iot-policy.json', faulty);
    const program = path.join(import.meta.dirname, '..', '..', '..', 'dist', 'check.js');
    const { code, out } = await new Promise<{ code: unknown; out: string }>((resolve) => {
      execFile(process.execPath, [program, '.'], { cwd: folder }, (error, stdout) => resolve({ code: error === null ? 0 : error.code, out: stdout }));
    });
    assert.equal(code, 1);
    assert.equal(out, check('.').out);
    const [pattern] = manifest.contributes.problemPatterns;
    assert.ok(pattern);
    const matched = out.split('\n').flatMap((line) => {
      const match = new RegExp(pattern.regexp).exec(line);
      return match === null ? [] : [[pattern.file, pattern.line, pattern.column, pattern.severity, pattern.code].map((group): string => match[group] ?? '')];
    });
    assert.deepEqual(matched[0], ['a.iot-policy.json', '2', '16', 'error', 'invalidEffect']);
    assert.equal(matched.length, out.split('\n').length - 2);
  }).timeout(120_000);

  it('looks for the names that the editor knows', () => {
    const announced = manifest.contributes.jsonValidation.flatMap(({ fileMatch }) => fileMatch).filter((glob) => !glob.startsWith('!'));
    assert.deepEqual([...new Set(announced)].sort(), [...policyGlobs, ...templateGlobs, policyTestsGlob].map((glob) => glob.slice('**/'.length)).sort());
  });
});

describe('Lines and columns', () => {
  it('count from one, whatever ends the lines', () => {
    const places = new LineColumns('a\r\nb\rc\n');
    assert.deepEqual([0, 1, 3, 5, 7].map((offset) => places.at(offset)).map(({ line, column }) => [line, column]), [[1, 1], [1, 2], [2, 1], [3, 1], [4, 1]]);
  });
});

interface Sarif {
  readonly runs: readonly {
    readonly tool: { readonly driver: { readonly rules: readonly { id: string; helpUri: string }[] } };
    readonly invocations: readonly { readonly executionSuccessful: boolean }[];
    readonly results: readonly { ruleId: string; ruleIndex: number; locations: readonly { physicalLocation: { artifactLocation: { uri: string } } }[] }[];
  }[];
}

async function problemsOfSarif(text: string): Promise<readonly string[]> {
  const service = getLanguageService({});
  const document = TextDocument.create('file:///log.sarif.json', 'json', 1, text);
  const found = await service.doValidation(document, service.parseJSONDocument(document), {}, sarifSchema);
  return found.map(({ message, range }) => `${range.start.line + 1}: ${JSON.stringify(message)}`);
}
