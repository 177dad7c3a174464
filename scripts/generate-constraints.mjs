// Writes src/sandbox/wire/constraints.json: lengths, ranges, patterns and enums by Struct.member, which the SDK's
// runtime schemas leave out. Source: the service models of the AWS CLI (botocore, Apache-2.0).
//
//   node scripts/generate-constraints.mjs DATA_DIRECTORY
//
// DATA_DIRECTORY is botocore's `data` folder. Ways to get it:
//   - an installed CLI or boto3:  python3 -c 'import botocore, os; print(os.path.dirname(botocore.__file__) + "/data")'
//   - Debian, without installing: apt-get download awscli && dpkg-deb -x awscli_*.deb /tmp/awscli
//                                 /tmp/awscli/usr/lib/python3/dist-packages/awscli/botocore/data
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';

// As the sandbox calls them; botocore's folder where it has another name.
const SERVICES = ['iot', 'cloudformation', 'iam', 'sts', 'greengrass', 'lambda'];
const FOLDERS = { greengrass: 'greengrassv2' };
/** Of a service of which the sandbox serves little, only what it serves. */
const ONLY = { lambda: ['AddPermission', 'GetPolicy', 'Invoke', 'RemovePermission'] };
const OUTPUT = path.join(import.meta.dirname, '../src/sandbox/wire/constraints.json');

const data = process.argv[2];
if (data === undefined || !fs.existsSync(path.join(data, 'iot'))) {
  console.error('Usage: node scripts/generate-constraints.mjs DIRECTORY (the data folder of botocore; the head of this file says where to find it)');
  process.exit(2);
}

const result = Object.fromEntries(SERVICES.map((service) => [service, constraintsOf(readModel(FOLDERS[service] ?? service), ONLY[service])]));
// One line per member: reviewable, and small.
const text = SERVICES.map((service) => {
  const rows = Object.entries(result[service]).map(([key, value]) => `    ${JSON.stringify(key)}: ${JSON.stringify(value)}`);
  return `  ${JSON.stringify(service)}: {\n${rows.join(',\n')}\n  }`;
});
fs.writeFileSync(OUTPUT, `{\n${text.join(',\n')}\n}\n`);
for (const service of SERVICES) console.log(`${service}: ${Object.keys(result[service]).length} constrained members`);

function readModel(service) {
  const versions = fs.readdirSync(path.join(data, service)).sort();
  const folder = path.join(data, service, versions.at(-1));
  const plain = path.join(folder, 'service-2.json');
  const bytes = fs.existsSync(plain) ? fs.readFileSync(plain) : zlib.gunzipSync(fs.readFileSync(`${plain}.gz`));
  return JSON.parse(bytes.toString('utf8'));
}

/** Only members of structures that requests reach: answers are the sandbox's own. */
function constraintsOf({ operations, shapes }, only) {
  const table = {};
  const seen = new Set();
  const queue = Object.values(operations).filter(({ name }) => only?.includes(name) ?? true).flatMap((operation) => (operation.input ? [operation.input.shape] : []));
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    for (const [member, { shape }] of Object.entries(shapes[name].members)) add(`${name}.${member}`, shape);
  }
  return Object.fromEntries(Object.entries(table).sort(([a], [b]) => (a < b ? -1 : 1)));

  function add(key, shapeName, depth = 0) {
    const shape = shapes[shapeName];
    const constraint = own(shape);
    if (constraint !== undefined) table[key] = constraint;
    if (shape.type === 'structure') queue.push(shapeName);
    else if (depth > 4) return;
    else if (shape.type === 'list') add(`${key}[]`, shape.member.shape, depth + 1);
    else if (shape.type === 'map') {
      add(`${key}{key}`, shape.key.shape, depth + 1);
      add(`${key}{}`, shape.value.shape, depth + 1);
    }
  }
}

function own(shape) {
  const { min, max, pattern } = shape;
  const constraint = {
    ...(typeof min === 'number' ? { min } : {}),
    ...(typeof max === 'number' ? { max } : {}),
    ...(pattern === undefined ? {} : { pattern }),
    ...(shape.enum === undefined ? {} : { enum: shape.enum }),
  };
  return Object.keys(constraint).length === 0 ? undefined : constraint;
}
