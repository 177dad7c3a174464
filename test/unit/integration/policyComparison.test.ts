import assert from 'node:assert/strict';
import 'reflect-metadata';
import { Pkcs10CertificateRequestGenerator } from '@peculiar/x509';
import { SdkAwsGateway } from '../../../src/aws/gateway';
import { FleetError } from '../../../src/core/errors';
import { coreDeviceQuestions } from '../../../src/core/policy/simulateQuestions';
import { simulate } from '../../../src/core/policy/simulate';
import { simulationView, type AwsAnswers } from '../../../src/core/policy/simulateView';
import type { Connection } from '../../../src/core/ports/connection';
import { createCertificateAuthority } from '../../../src/sandbox/pki/certificateAuthority';
import { createIamService } from '../../../src/sandbox/services/iam/iamService';
import { createIotService } from '../../../src/sandbox/services/iot/iotService';
import { createStsService } from '../../../src/sandbox/services/sts/stsService';
import { compareWithAws } from '../../../src/services/policyComparison';
import { startSandbox, type StartedSandbox } from '../../helpers/sandbox';

const never = (): Promise<string> => Promise.reject(new Error('nobody should be asked'));
const document = (...statements: readonly object[]): string => JSON.stringify({ Version: '2012-10-17', Statement: statements.map((statement) => ({ Effect: 'Allow', ...statement })) });
const everything = document({ Action: ['iot:*', 'greengrass:*'], Resource: '*' });

describe('a simulation beside the answers of the real SDK and the local AWS', () => {
  let sandbox: StartedSandbox;
  let gateway: SdkAwsGateway;
  let connection: Connection;
  let certificateArn: string;

  before(async () => {
    sandbox = await startSandbox({ services: [createStsService, createIamService, createIotService], certificateAuthority: createCertificateAuthority });
  });
  after(async () => sandbox.close());
  beforeEach(async () => {
    await sandbox.sandbox.reset();
    gateway = new SdkAwsGateway({ env: {}, userAgent: 'test/1', amazonRootCa: async () => 'unused' });
    const { endpoint, region, accessKeyId, secretAccessKey } = sandbox;
    connection = await gateway.connect({ kind: 'sandbox', endpoint, region, accessKeyId, secretAccessKey }, { mfaCode: never });
    const keys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
    const csr = await Pkcs10CertificateRequestGenerator.create({ name: 'CN=x', keys, signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' } });
    certificateArn = (await connection.iot.createCertificateFromCsr({ csrPem: csr.toString('pem'), setAsActive: true })).arn;
  });
  afterEach(() => gateway.dispose());

  const answersOf = (text: string) => simulate('Device', text, coreDeviceQuestions(text, 'pump-1', connection.target), connection.target);
  const compare = (text: string): Promise<AwsAnswers> =>
    compareWithAws(connection, { policyName: 'Device', claimPolicyName: 'Claim', text, answers: answersOf(text), thing: 'pump-1' }, new AbortController().signal);
  const attach = async (policyName: string, text: string): Promise<void> => {
    await connection.iot.createPolicy({ name: policyName, document: text });
    await connection.iot.attachPolicy({ policyName, target: certificateArn });
  };
  const refused = async (code: string): Promise<FleetError> => {
    const error: unknown = await compare(everything).catch((thrown: unknown) => thrown);
    assert.ok(error instanceof FleetError, String(error));
    assert.equal(error.code, code);
    return error;
  };

  it('asks more than ten questions, under each client id its own, in the order of the rows', async () => {
    await attach('Device', everything);
    const questions = [...Array(23).keys()].map((index) => ({ action: 'PUBLISH' as const, resource: `arn:aws:iot:${connection.target.region}:${connection.target.account}:topic/${index}` }));
    const answers = await connection.iot.testAuthorization({ principal: certificateArn, questions });
    assert.deepEqual(answers, questions.map(() => ({ decision: 'ALLOWED', policies: ['Device'], missing: [] })));
    assert.deepEqual((await connection.iot.testAuthorization({ principal: certificateArn, questions: questions.slice(0, 1), skipPolicies: ['Device'] }))[0]?.decision, 'IMPLICIT_DENY');
  });

  it('with a certificate that has the policy: the same answers, other policies left out', async () => {
    const narrow = document({ Action: 'iot:Connect', Resource: `arn:aws:iot:${connection.target.region}:${connection.target.account}:client/pump-1` }, { Effect: 'Deny', Action: 'iot:Publish', Resource: '*' });
    await attach('Device', narrow);
    await attach('Other', everything);
    const aws = await compare(narrow);
    const view = simulationView('Device', answersOf(narrow), true, aws);
    assert.match(view.summary, /AWS answers the same/);
    assert.deepEqual([...new Set(aws.answers.map((answer) => answer?.decision))].sort(), ['ALLOWED', 'EXPLICIT_DENY', 'IMPLICIT_DENY', undefined]);
    assert.equal(aws.notes.length, 2);
  });

  it('with the claim certificate as if it had the policy; says that the text differs, and where', async () => {
    await connection.iot.createPolicy({ name: 'Device', document: everything });
    await attach('Claim', document({ Action: 'iot:Connect', Resource: '*' }));
    assert.match((await compare(everything)).notes.join(' '), /as if the claim certificate/);
    const narrow = document({ Action: 'iot:Connect', Resource: '*' });
    const aws = await compare(narrow);
    assert.match(aws.notes.join(' '), /differs from the deployed policy Device/);
    const view = simulationView('Device', answersOf(narrow), true, aws);
    assert.deepEqual(view.rows.filter((row) => row.aws?.differs === true).length, aws.answers.filter((answer) => answer !== undefined).length - 2);
  });

  it('says why there is nothing to ask with', async () => {
    await refused('policyNotDeployed');
    await connection.iot.createPolicy({ name: 'Device', document: everything });
    const error = await refused('noPrincipal');
    assert.deepEqual(error.remedies, [{ kind: 'runStep', step: 'claimCertificate' }]);
    const onlyCalls = answersOf(everything).filter(({ asked }) => asked.question.kind === 'call');
    await assert.rejects(compareWithAws(connection, { policyName: 'Device', claimPolicyName: 'Claim', text: everything, answers: onlyCalls, thing: 'x' }, new AbortController().signal), { code: 'nothingToAskAws' });
  });
});
