import assert from 'node:assert/strict';
import { OwnDocuments } from '../../../src/activation/ownDocuments';
import { Emitter } from '../../../src/core/util/emitter';

class World {
  readonly open: string[] = [];
  readonly opened = new Emitter<string>();
  readonly settings = new Emitter<void>();
  named = /\.policy\.json$/;
  found = 0;
  looks = 0;
  loads = 0;
  /** The files of this version are gone. */
  gone = false;
  readonly documents = new OwnDocuments<string>(
    { open: () => this.open, onDidOpen: (listener) => this.opened.event(listener), onDidChangeFileSettings: (listener) => this.settings.event(listener) },
    async () => {
      this.loads += 1;
      if (this.gone) return Promise.reject(new Error('Cannot find module'));
      return (document) => {
        this.looks += 1;
        return this.named.test(document);
      };
    },
    () => (this.found += 1),
  );
}

const nextTurn = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('documents of ours', () => {
  it('are found among those that are open, told once', async () => {
    const world = new World();
    world.open.push('package.json', 'a.policy.json', 'b.policy.json');
    assert.equal(world.found, 0);
    world.documents.look();
    await nextTurn();
    assert.equal(world.found, 1);
  });

  it('are found when they are opened; others cost one look', async () => {
    const world = new World();
    world.opened.fire('package.json');
    await nextTurn();
    assert.deepEqual([world.found, world.looks], [0, 1]);
    world.opened.fire('a.policy.json');
    await nextTurn();
    assert.equal(world.found, 1);
    // Loading may have failed: the next one tries again.
    world.opened.fire('a.policy.json');
    await nextTurn();
    assert.equal(world.found, 2);
  });

  it('load nothing while no document is open', async () => {
    const world = new World();
    world.documents.look();
    world.settings.fire();
    await nextTurn();
    assert.deepEqual([world.loads, world.found], [0, 0]);
  });

  it('are taken for ours when it cannot be told: what is loaded then says why', async () => {
    const world = new World();
    world.gone = true;
    world.opened.fire('package.json');
    await nextTurn();
    assert.equal(world.found, 1);
    world.gone = false;
    world.opened.fire('package.json');
    await nextTurn();
    assert.equal(world.found, 1);
  });

  it('are looked for again when the settings name other files', async () => {
    const world = new World();
    world.open.push('rules.txt');
    world.documents.look();
    await nextTurn();
    world.named = /rules/;
    assert.equal(world.found, 0);
    world.settings.fire();
    await nextTurn();
    assert.equal(world.found, 1);
  });

  it('are nobody\'s business once this is disposed of', async () => {
    const world = new World();
    world.opened.fire('a.policy.json');
    world.documents.dispose();
    world.opened.fire('a.policy.json');
    world.open.push('a.policy.json');
    world.settings.fire();
    await nextTurn();
    assert.equal(world.found, 0);
  });
});
