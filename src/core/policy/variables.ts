import * as l10n from '@vscode/l10n';

const iot = 'https://docs.aws.amazon.com/iot/latest/developerguide';
const basicPage = `${iot}/basic-policy-variables.html`;
const thingPage = `${iot}/thing-policy-variables.html`;
const certificatePage = `${iot}/cert-policy-variables.html`;

export interface VariableInfo {
  /** Name as it stands between `${` and `}`, or as a condition key. */
  readonly name: string;
  readonly description: () => string;
  readonly documentation: string;
  /** Has a value over MQTT (and MQTT over WebSocket) only. */
  readonly mqttOnly: boolean;
  /** Usable as a condition key only, not inside a resource. */
  readonly keyOnly?: true;
}

const attributeNames = [
  'DistinguishedNameQualifier', 'Country', 'Organization', 'OrganizationalUnit', 'State', 'CommonName', 'SerialNumber',
  'Title', 'Surname', 'GivenName', 'Initials', 'Pseudonym', 'GenerationQualifier',
] as const;
const alternativeNames = ['RFC822Name', 'DNSName', 'DirectoryName', 'UniformResourceIdentifier', 'IPAddress'] as const;

function certificateVariables(): readonly VariableInfo[] {
  return (['Issuer', 'Subject'] as const).flatMap((part) => [
    ...attributeNames.map((name) => ({
      name: `iot:Certificate.${part}.${name}`,
      description: () => l10n.t('{0} of the {1} of the device certificate; the first value. Append .1 for the second, .List for all.', name, part.toLowerCase()),
      documentation: certificatePage,
      mqttOnly: false,
    })),
    ...alternativeNames.map((name) => ({
      name: `iot:Certificate.${part}.AlternativeName.${name}`,
      description: () => l10n.t('{0} of the alternative name of the {1} of the device certificate.', name, part.toLowerCase()),
      documentation: certificatePage,
      mqttOnly: false,
    })),
  ]);
}

/** Policy variables, which are condition keys as well. */
export const variables: readonly VariableInfo[] = [
  { name: 'iot:ClientId', description: () => l10n.t('Client id of the connection. A client may choose "+" or "*": restrict iot:Connect too.'), documentation: basicPage, mqttOnly: false },
  { name: 'aws:SourceIp', description: () => l10n.t('IP address of the client.'), documentation: basicPage, mqttOnly: false },
  { name: 'iot:DomainName', description: () => l10n.t('Domain name that the client connected to.'), documentation: basicPage, mqttOnly: false },
  { name: 'iot:Connection.Thing.ThingName', description: () => l10n.t('Name of the thing that the certificate is attached to. Over MQTT only; the client id must be the thing name unless the attachment is exclusive.'), documentation: thingPage, mqttOnly: true },
  { name: 'iot:Connection.Thing.ThingTypeName', description: () => l10n.t('Thing type of the connected thing. Over MQTT only.'), documentation: thingPage, mqttOnly: true },
  { name: 'iot:Connection.Thing.Attributes[attributeName]', description: () => l10n.t('Value of an attribute of the connected thing. Over MQTT only.'), documentation: thingPage, mqttOnly: true },
  { name: 'iot:Connection.Thing.IsAttached', description: () => l10n.t('"true" if the certificate is attached to the thing that connects. Over MQTT only.'), documentation: thingPage, mqttOnly: true },
  { name: 'iot:CertificateId', description: () => l10n.t('Id of the device certificate (64 hexadecimal digits).'), documentation: certificatePage, mqttOnly: false },
  { name: 'iot:Certificate.SerialNumber', description: () => l10n.t('Serial number of the device certificate.'), documentation: certificatePage, mqttOnly: false },
  { name: 'iot:Certificate.AvailableKeys', description: () => l10n.t('Names of the certificate variables that have a value.'), documentation: certificatePage, mqttOnly: false },
  ...certificateVariables(),
  // https://docs.aws.amazon.com/iot/latest/developerguide/cog-iot-policies.html
  { name: 'cognito-identity.amazonaws.com:sub', description: () => l10n.t('Id of the Amazon Cognito identity; no value for certificates.'), documentation: `${iot}/cog-iot-policies.html`, mqttOnly: false },
  { name: 'cognito-identity.amazonaws.com:aud', description: () => l10n.t('Identity pool of the Amazon Cognito identity; no value for certificates.'), documentation: `${iot}/cog-iot-policies.html`, mqttOnly: false },
  { name: 'iot:ConnectAttributes', description: () => l10n.t('What a CONNECT asks for: PersistentConnect, LastWill. For iot:Connect only.'), documentation: `${iot}/connect-policy.html`, mqttOnly: true, keyOnly: true },
  { name: 'iot:LastWillTopic', description: () => l10n.t('ARN of the last will topic of a CONNECT. For iot:Connect only.'), documentation: `${iot}/connect-policy.html`, mqttOnly: true, keyOnly: true },
  { name: 'iot:Topic', description: () => l10n.t('Topic of a direct message. For iot:SendDirectMessage only.'), documentation: `${iot}/direct-messaging-policy-examples.html`, mqttOnly: false, keyOnly: true },
  { name: 'iot:Delete', description: () => l10n.t('Whether a retained message is deleted.'), documentation: `${iot}/iot-policy-variables.html`, mqttOnly: false, keyOnly: true },
  ...(['aws:SourceVpc', 'aws:SourceVpce', 'aws:VpcSourceIp'] as const).map((name) => ({
    name,
    description: () => l10n.t('Where the connection came from, through a VPC endpoint.'),
    documentation: `${iot}/IoTCore-VPC.html`,
    mqttOnly: false,
    keyOnly: true as const,
  })),
  { name: 'aws:CurrentTime', description: () => l10n.t('Date and time of the request.'), documentation: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html', mqttOnly: false, keyOnly: true },
  { name: 'aws:EpochTime', description: () => l10n.t('Date and time of the request in seconds since 1970.'), documentation: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html', mqttOnly: false, keyOnly: true },
  { name: 'aws:SecureTransport', description: () => l10n.t('Whether the request came over TLS.'), documentation: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html', mqttOnly: false, keyOnly: true },
];

const byName: ReadonlyMap<string, VariableInfo> = new Map(variables.map((item) => [item.name, item]));
const attributeVariable = /^iot:Connection\.Thing\.Attributes\[[^[\]]+\]$/;
const indexed = /\.(?:[0-4]|List)$/;

/** Finds a variable as written: with an attribute's name, an index or `.List`. Names are taken as case-sensitive (unverified). */
export function findVariable(name: string): VariableInfo | undefined {
  const exact = byName.get(name);
  if (exact !== undefined) return exact;
  if (attributeVariable.test(name)) return byName.get('iot:Connection.Thing.Attributes[attributeName]');
  if (name.startsWith('iot:Certificate.') && indexed.test(name)) return byName.get(name.replace(indexed, ''));
  return undefined;
}

/** Escapes for characters that mean something: `${*}`, `${?}`, `${$}`. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html */
export const escapes: ReadonlySet<string> = new Set(['*', '?', '$']);

export interface VariableUse {
  readonly name: string;
  /** Offset in the value, of the `$`. */
  readonly at: number;
  /** With `${` and `}`; to the end of the value when it is not closed. */
  readonly length: number;
  readonly closed: boolean;
}

/** All `${…}` of a value, in order. */
export function variableUses(value: string): readonly VariableUse[] {
  const uses: VariableUse[] = [];
  for (let at = value.indexOf('${'); at >= 0; at = value.indexOf('${', at + 2)) {
    const end = value.indexOf('}', at);
    uses.push(
      end < 0
        ? { name: value.slice(at + 2), at, length: value.length - at, closed: false }
        : { name: value.slice(at + 2, end), at, length: end + 1 - at, closed: true },
    );
  }
  return uses;
}

const conditionOperatorNames = [
  'StringEquals', 'StringNotEquals', 'StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase', 'StringLike', 'StringNotLike',
  'NumericEquals', 'NumericNotEquals', 'NumericLessThan', 'NumericLessThanEquals', 'NumericGreaterThan', 'NumericGreaterThanEquals',
  'DateEquals', 'DateNotEquals', 'DateLessThan', 'DateLessThanEquals', 'DateGreaterThan', 'DateGreaterThanEquals',
  'Bool', 'BinaryEquals', 'IpAddress', 'NotIpAddress', 'ArnEquals', 'ArnLike', 'ArnNotEquals', 'ArnNotLike', 'Null',
] as const;

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
export const conditionOperators: readonly string[] = conditionOperatorNames;

export const setOperators = ['ForAllValues', 'ForAnyValue'] as const;

export interface OperatorParts {
  readonly set: 'ForAllValues' | 'ForAnyValue' | undefined;
  readonly name: string;
  readonly ifExists: boolean;
}

/** `ForAnyValue:StringLikeIfExists` into its parts; undefined if the name is not an operator. */
export function parseOperator(text: string): OperatorParts | undefined {
  const match = /^(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?$/.exec(text);
  const name = match?.[2];
  if (name === undefined || !conditionOperators.includes(name)) return undefined;
  const set = match?.[1] === 'ForAllValues' || match?.[1] === 'ForAnyValue' ? match[1] : undefined;
  return { set, name, ifExists: match?.[3] !== undefined };
}
