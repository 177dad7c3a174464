import assert from 'node:assert/strict';
import { redact } from '../../../src/platform/redaction';

// Samples that look like secrets; AWS prints these two in its own documentation.
const secretKey = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'.padEnd(40, 'a1Z').slice(0, 40);
const token = `IQoJb3JpZ2luX2VjE${'aB3/'.repeat(60)}==`;

describe('redaction of the log', () => {
  const secrets: readonly (readonly [string, string, string])[] = [
    ['a PEM key', `before\n-----BEGIN RSA PRIVATE KEY-----\nMIIEabc\n-----END RSA PRIVATE KEY-----\nafter`, 'MIIEabc'],
    ['a PEM key with escaped line ends', String.raw`{"k":"-----BEGIN PRIVATE KEY-----\nMIIEabc\n-----END PRIVATE KEY-----\n"}`, 'MIIEabc'],
    ['a PEM key that was cut off', `-----BEGIN EC PRIVATE KEY-----\nMHcCAQEE`, 'MHcCAQEE'],
    ['an INI line', `aws_secret_access_key = ${secretKey}`, secretKey],
    ['JSON', `{"secretAccessKey":"${secretKey}","x":1}`, secretKey],
    ['an environment variable', `AWS_SECRET_ACCESS_KEY=${secretKey} aws sts`, secretKey],
    ['a session token in JSON', `{"sessionToken": "short-but-secret"}`, 'short-but-secret'],
    ['a security token header', `x-amz-security-token: ${token}`, token],
    ['a signature', `Authorization: AWS4-HMAC-SHA256 Credential=AKIA/2026, Signature=${'ab12'.repeat(16)}`, 'ab12ab12'],
    ['a bare secret key', `the key ${secretKey} leaked`, secretKey],
    ['a bare session token', `token ${token}`, token.slice(0, 100)],
    ['a bearer token', 'authorization: Bearer abc.def', 'abc.def'],
    ['an MFA code', 'tokenCode: 123456', '123456'],
    ['a JSON web token', `got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NSJ9.sig`, 'eyJzdWIiOiIxMjM0NSJ9'],
  ];
  for (const [what, text, secret] of secrets) {
    it(`removes ${what}`, () => {
      const clean = redact(text);
      assert.ok(!clean.includes(secret), clean);
      assert.match(clean, /\[redacted/);
    });
  }

  const harmless = [
    'arn:aws:iam::123456789012:role/GGv2Workshop-GGV2WSTokenExchangeRole-1UGDXWM2VHZZE',
    'arn:aws:iot:eu-central-1:123456789012:cert/3f5b1c0d9e8f7a6b5c4d3e2f1a0b9c8d7e6f5a4b3c2d1e0f9a8b7c6d5e4f3a2b',
    'commit 9fceb02d0ae598e95dc970b74767f19372d61af8',
    'greengrassFleet.publishPolicy done in 812 ms',
    'request 8a2f6f5e-1f7b-4a1c-9d3e-0c1b2a3d4e5f',
    'AKIAIOSFODNN7EXAMPLE',
  ];
  for (const text of harmless) it(`keeps ${text.slice(0, 40)}`, () => assert.equal(redact(text), text));

  it('keeps what surrounds a key', () => {
    const clean = redact('a\n-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----\nb');
    assert.equal(clean, 'a\n[redacted private key]\nb');
  });
});
