import { X509Certificate } from 'node:crypto';

/** Short names of X.500 attributes, as Node prints them, by the names of the policy variables. */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  dnQualifier: 'DistinguishedNameQualifier',
  C: 'Country',
  O: 'Organization',
  OU: 'OrganizationalUnit',
  ST: 'State',
  CN: 'CommonName',
  serialNumber: 'SerialNumber',
  title: 'Title',
  SN: 'Surname',
  GN: 'GivenName',
  initials: 'Initials',
  pseudonym: 'Pseudonym',
  generationQualifier: 'GenerationQualifier',
};

/**
 * The policy variables that a certificate gives a value: serial number, subject and issuer, several values in order.
 * https://docs.aws.amazon.com/iot/latest/developerguide/cert-policy-variables.html. Alternative names are left out.
 */
export function certificateValues(pem: string): Readonly<Record<string, readonly string[]>> {
  const certificate = new X509Certificate(pem);
  const values: Record<string, string[]> = { 'iot:Certificate.SerialNumber': [certificate.serialNumber] };
  for (const [part, text] of [['Subject', certificate.subject], ['Issuer', certificate.issuer]] as const) {
    for (const line of (text as string | undefined)?.split('\n') ?? []) {
      const [, short = '', value = ''] = /^([^=]+)=(.*)$/.exec(line) ?? [];
      const name = ATTRIBUTES[short];
      if (name !== undefined) (values[`iot:Certificate.${part}.${name}`] ??= []).push(value);
    }
  }
  return { ...values, 'iot:Certificate.AvailableKeys': Object.keys(values) };
}
