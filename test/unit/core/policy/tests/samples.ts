export const goodFile = `{
  "$schema": "./schema.json",
  "policy": ["greengrass-v2-iot-policy.json", "../shared/extra.json"],
  "target": { "partition": "aws", "region": "eu-central-1", "account": "210987654329" },
  "devices": {
    "pump": {
      "thingName": "pump-1", "thingType": "pump", "attributes": { "room": "west" }, "attached": true, "exclusive": true,
      "certificateId": "${'c'.repeat(64)}", "sourceIp": "10.0.0.1",
      "values": { "iot:Certificate.Subject.CommonName": "x", "iot:DomainName": ["a", "b"] }
    },
    "spare": { "thingName": "pump-2", "clientId": "pump-2#2" }
  },
  "tests": [
    { "name": "connects", "device": "pump", "connect": "pump-1", "expect": "allow" },
    { "name": "with a last will", "device": "pump", "connect": { "persistent": true, "lastWillTopic": "bye" }, "expect": "allow", "because": "Connects" },
    { "name": "publishes", "device": "pump", "publish": "a/b", "expect": "deny" },
    { "name": "retains", "device": "spare", "publish": { "topic": "a/b", "retain": true }, "expect": "implicitDeny" },
    { "name": "subscribes", "as": { "clientId": "guest" }, "subscribe": "a/#", "expect": "explicitDeny" },
    { "name": "receives", "device": "pump", "receive": "a/b", "expect": "allow" },
    { "name": "assumes", "device": "pump", "assumeRoleAlias": "Alias", "expect": "allow", "because": 1 },
    { "name": "calls", "device": "pump", "call": "greengrass:ResolveComponentCandidates", "expect": "allow" },
    { "name": "reads", "device": "pump", "call": { "action": "iot:GetThingShadow", "resource": "arn:aws:iot:eu-central-1:210987654329:thing/pump-1" }, "expect": "allow" }
  ]
}
`;

/** A file with one device, a policy `p.json` and these tests. */
export const fileWith = (tests: string): string => `{ "policy": "p.json", "devices": { "pump": { "thingName": "pump-1" } }, "tests": [${tests}] }`;
const test = (rest: string): string => fileWith(`{ "name": "a", ${rest} }`);
const whole = (rest: string): string => `{ "policy": "p.json", "tests": [], ${rest} }`;

export interface BadFile {
  readonly title: string;
  readonly text: string;
  /** The text under the mark. */
  readonly marked?: string;
  readonly message: RegExp;
  /** The JSON service with the schema says it too. */
  readonly schema: boolean;
}

const byUs = (title: string, text: string, marked: string | undefined, message: RegExp): BadFile => ({ title, text, message, schema: false, ...(marked === undefined ? {} : { marked }) });
const bySchema = (title: string, text: string, marked: string | undefined, message: RegExp): BadFile => ({ title, text, message, schema: true, ...(marked === undefined ? {} : { marked }) });

export const badFiles: readonly BadFile[] = [
  byUs('an empty file', ' \n', undefined, /file is empty/),
  byUs('unknown device', test('"device": "pmp", "connect": "x", "expect": "allow"'), '"pmp"', /no device “pmp”.*mean “pump”/),
  byUs('no device of several', '{ "policy": "p.json", "devices": { "a": { "clientId": "a" }, "b": { "clientId": "b" } }, "tests": [{ "name": "a", "connect": "x", "expect": "allow" }] }', '{', /Which device\?/),
  byUs('two devices', test('"device": "pump", "as": { "clientId": "x" }, "connect": "x", "expect": "allow"'), '"as"', /either “device”/),
  byUs('a device without a name', test('"as": { "sourceIp": "1.2.3.4" }, "connect": "x", "expect": "allow"'), '{ "sourceIp": "1.2.3.4" }', /“thingName”, a “clientId”, or both/),
  byUs('attributes without a thing', test('"as": { "clientId": "x", "attributes": {} }, "connect": "x", "expect": "allow"'), '"attributes"', /belongs to a thing/),
  byUs('no deed', test('"expect": "allow"'), '{', /What does the device do/),
  byUs('two deeds', test('"connect": "x", "publish": "y", "expect": "allow"'), '"publish"', /of its own for each/),
  byUs('an unknown call', test('"call": "greengrass:ResolveComponentCandidate", "expect": "allow"'), '"greengrass:ResolveComponentCandidate"', /Did you mean greengrass:ResolveComponentCandidates\?/),
  byUs('a call that has a word', test('"call": "iot:Publish", "expect": "allow"'), '"iot:Publish"', /Use “publish”/),
  byUs('half a resource', test('"call": { "action": "iot:GetThingShadow", "resource": "thing/x" }, "expect": "allow"'), '"thing/x"', /whole ARN/),
  byUs('an alias by ARN', test('"assumeRoleAlias": "arn:aws:iot:us-east-1:210987654329:rolealias/A", "expect": "allow"'), undefined, /name of the role alias is enough/),
  byUs('because of nothing', test('"connect": "x", "expect": "implicitDeny", "because": "A"'), '"A"', /nothing to name/),
  byUs('an absolute policy', '{ "policy": "/etc/p.json", "tests": [] }', '"/etc/p.json"', /relative to this file/),
  bySchema('broken JSON', '{ "policy": "p.json", "tests": [ }', undefined, /not valid JSON/),
  bySchema('a comment', `// x\n${fileWith('')}`, undefined, /not valid JSON/),
  bySchema('a list', '[1]', '[1]', /Expected an object/),
  bySchema('no policy', '{ "tests": [] }', '{', /“policy” is missing/),
  bySchema('no policies', '{ "policy": [], "tests": [] }', '[]', /At least one policy/),
  bySchema('no tests', '{ "policy": "p.json" }', '{', /“tests” is missing/),
  bySchema('tests of another type', '{ "policy": "p.json", "tests": {} }', '{}', /Expected a list/),
  bySchema('an unknown member of the file', whole('"device": {}'), '"device"', /no member “device” here\. Did you mean “devices”/),
  bySchema('an unknown member of a test', test('"connct": "x", "expect": "allow"'), '"connct"', /Did you mean “connect”/),
  bySchema('an unknown member of a device', whole('"devices": { "a": { "thing": "x", "clientId": "y" } }'), '"thing"', /no member “thing”/),
  bySchema('a test without a name', fileWith('{ "connect": "x", "expect": "allow" }'), '{', /“name” is missing/),
  bySchema('no expectation', test('"connect": "x"'), '{', /“expect” is missing/),
  bySchema('another expectation', test('"connect": "x", "expect": "alow"'), '"alow"', /Did you mean “allow”/),
  bySchema('a topic that is no text', test('"publish": 7, "expect": "allow"'), '7', /Expected a text/),
  bySchema('an empty topic', test('"publish": "", "expect": "allow"'), '""', /text is empty/),
  bySchema('retain without a topic', test('"publish": { "retain": true }, "expect": "allow"'), undefined, /“topic” is missing/),
  bySchema('a call without an action', test('"call": { "resource": "*" }, "expect": "allow"'), undefined, /“action” is missing/),
  bySchema('a flag in quotes', test('"publish": { "topic": "a", "retain": "yes" }, "expect": "allow"'), '"yes"', /true or false/),
  bySchema('a short account', whole('"target": { "account": "123" }'), '"123"', /12 digits/),
  bySchema('a region that is none', whole('"target": { "region": "Frankfurt" }'), '"Frankfurt"', /looks like/),
  bySchema('a partition that is none', whole('"target": { "partition": "azure" }'), '"azure"', /partition is aws/),
  bySchema('a certificate ARN', whole('"devices": { "a": { "clientId": "x", "certificateId": "arn:aws:iot:x" } }'), '"arn:aws:iot:x"', /64 hexadecimal/),
  bySchema('an attribute that is a number', whole('"devices": { "a": { "thingName": "x", "attributes": { "n": 1 } } }'), '1', /Expected a text/),
  bySchema('a negative index', test('"connect": "x", "expect": "allow", "because": -1'), '-1', /0 or more/),
];
