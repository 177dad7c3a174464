import '../../helpers/vscodeStub';
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { FleetError } from '../../../src/core/errors';
import { deployedUri } from '../../../src/platform/deployedUri';
import { guardOf, placeOf, refuseElsewhere, targetAt } from '../../../src/platform/otherRegion';

const here = { account: '111122223333', region: 'eu-west-1' };
const policy = (region: string, account = here.account): string => `arn:aws:iot:${region}:${account}:policy/P`;

/** Code and remedy of the refusal; `taken` when there is none. */
const refusal = (argument: unknown): readonly unknown[] | 'taken' => {
  try {
    refuseElsewhere(argument, here);
    return 'taken';
  } catch (error) {
    const { code, remedies } = error as FleetError;
    return [code, remedies];
  }
};

describe('what a command is called on', () => {
  it('is taken where it says nothing of its place, or is where the connection is', () => {
    for (const argument of [
      undefined, 7, {}, { name: 'P' }, { copyText: 'P' }, { copyText: policy('eu-west-1') }, { inRegion: 'eu-west-1', name: 'P' },
      { copyText: 'arn:aws:iam::111122223333:role/R' }, { copyText: 'arn:aws:iam::444455556666:role/R' }, { scope: 'everything' },
      deployedUri('policy', here, 'P'), vscode.Uri.from({ scheme: 'file', path: '/a/us-east-1.iot-policy.json' }),
    ]) assert.equal(refusal(argument), 'taken', JSON.stringify(argument));
  });

  it('is refused in another region, whoever says so: the node, its ARN, its page, a deployed document', () => {
    const refused = ['otherRegion', [{ kind: 'switchRegion', region: 'us-east-1' }]];
    for (const argument of [
      { inRegion: 'us-east-1' },
      { inRegion: 'us-east-1', copyText: 'P', name: 'P' },
      { copyText: policy('us-east-1'), name: 'P', version: '2' },
      { copyText: 'a value', consoleArn: policy('us-east-1') },
      { copyText: 'arn:aws:cloudformation:us-east-1:111122223333:stack/Fleet/id' },
      { copyText: 'arn:aws:greengrass:us-east-1:111122223333:coreDevices:Core' },
      { step: 'iotPolicy', copyText: policy('us-east-1') },
      // The region of its node decides, also where what it names is global or elsewhere.
      { inRegion: 'us-east-1', copyText: 'arn:aws:iam::111122223333:role/R' },
      { inRegion: 'us-east-1', copyText: policy('eu-west-1') },
      deployedUri('template', { ...here, region: 'us-east-1' }, 'T', '3'),
    ]) assert.deepEqual(refusal(argument), refused, JSON.stringify(argument));
  });

  it('is refused in another account, also in the same region', () => {
    const refused = ['otherAccount', [{ kind: 'chooseProfile' }]];
    assert.deepEqual(refusal({ copyText: policy('eu-west-1', '444455556666') }), refused);
    assert.deepEqual(refusal(deployedUri('policy', { region: 'eu-west-1', account: '444455556666' }, 'P')), refused);
  });

  it('gives its names only to a command that is connected there', () => {
    const node = { copyText: policy('us-east-1'), name: 'P' };
    assert.deepEqual(targetAt({ ...here, region: 'us-east-1' }, node), node);
    assert.throws(() => targetAt(here, node), { code: 'otherRegion' });
  });

  it('is held against the connection that is made for it, where there is none; nobody is asked where nothing is said', async () => {
    let made = 0;
    const guard = guardOf({ current: undefined, connection: async () => ((made += 1), { target: here }) });
    assert.equal(guard({ name: 'P' }), undefined);
    assert.equal(made, 0);
    await assert.rejects(guard({ inRegion: 'us-east-1' }) ?? Promise.resolve(), { code: 'otherRegion' });
    await guard({ inRegion: 'eu-west-1' });
    assert.equal(made, 2);
    assert.equal(placeOf({ copyText: policy('us-east-1') })?.account, here.account);
  });
});
