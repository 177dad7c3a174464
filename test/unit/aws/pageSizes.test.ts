import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { pageSize } from '../../../src/aws/iot/common';
import { largestGreengrassPage, largestPage } from '../../../src/tree/pageLimits';

const root = path.join(__dirname, '../../..');
type Limits = Readonly<Record<string, { readonly max?: number }>>;
/** What the services' own models allow. */
const limits = JSON.parse(fs.readFileSync(path.join(root, 'src/sandbox/wire/constraints.json'), 'utf8')) as Readonly<Record<string, Limits>>;

interface Listed {
  readonly operation: string;
  readonly parameter: string | undefined;
  readonly asked: number | undefined;
  readonly most: number | undefined;
}

/** Every list call of the adapters of a service, with the page that it asks for and the largest there is. */
function lists(service: string, files: readonly string[], constants: Readonly<Record<string, number>>): readonly Listed[] {
  return files.flatMap((file) => {
    const source = fs.readFileSync(path.join(root, 'src/aws', file), 'utf8');
    return [...source.matchAll(/new (List\w+)Command\(\{([^}]*)\}/g)].map(([, operation = '', input = '']) => {
      const names = ['pageSize', 'maxResults', 'MaxResults', 'MaxItems'];
      const model = names.find((name) => limits[service]?.[`${operation}Request.${name}`] !== undefined);
      const given = /\b(?:pageSize|maxResults|MaxResults|MaxItems)(?:: (\w+))?/.exec(input);
      const word = given?.[1] ?? given?.[0];
      return { operation, parameter: model, asked: word === undefined ? undefined : (constants[word] ?? Number(word)), most: model === undefined ? undefined : limits[service]?.[`${operation}Request.${model}`]?.max };
    });
  });
}

describe('pages of lists', () => {
  const iot = fs.readdirSync(path.join(root, 'src/aws/iot')).map((name) => `iot/${name}`);
  const found = [...lists('iot', iot, { pageSize }), ...lists('greengrass', ['greengrassApi.ts'], { maxResults: largestGreengrassPage }), ...lists('iam', ['roleApi.ts'], {})];

  it('are the largest that each API allows', () => {
    const paged = found.filter(({ parameter }) => parameter !== undefined);
    assert.ok(paged.length >= 17, String(paged.length));
    for (const { operation, asked, most } of paged) assert.equal(asked, most, operation);
  });

  it('are what one page of the tree shows', () => {
    assert.equal(largestPage, pageSize);
    assert.ok(found.some(({ operation, asked }) => operation === 'ListCoreDevices' && asked === largestGreengrassPage));
  });
});
