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
  readonly documents = new OwnDocuments<string>(
    { open: () => this.open, onDidOpen: (listener) => this.opened.event(listener), onDidChangeFileSettings: (listener) => this.settings.event(listener) },
    (document) => {
      this.looks += 1;
      return this.named.test(document);
    },
    () => (this.found += 1),
  );
}

describe('documents of ours', () => {
  it('are found among those that are open, told once', () => {
    const world = new World();
    world.open.push('package.json', 'a.policy.json', 'b.policy.json');
    assert.equal(world.found, 0);
    world.documents.look();
    assert.equal(world.found, 1);
  });

  it('are found when they are opened; others cost one look', () => {
    const world = new World();
    world.opened.fire('package.json');
    assert.deepEqual([world.found, world.looks], [0, 1]);
    world.opened.fire('a.policy.json');
    assert.equal(world.found, 1);
    // Loading may have failed: the next one tries again.
    world.opened.fire('a.policy.json');
    assert.equal(world.found, 2);
  });

  it('are looked for again when the settings name other files', () => {
    const world = new World();
    world.open.push('rules.txt');
    world.documents.look();
    world.named = /rules/;
    assert.equal(world.found, 0);
    world.settings.fire();
    assert.equal(world.found, 1);
  });

  it('are nobody\'s business once this is disposed of', () => {
    const world = new World();
    world.documents.dispose();
    world.opened.fire('a.policy.json');
    world.open.push('a.policy.json');
    world.settings.fire();
    assert.equal(world.found, 0);
  });
});
