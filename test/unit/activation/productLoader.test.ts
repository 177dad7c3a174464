import assert from 'node:assert/strict';
import { ProductLoader } from '../../../src/activation/productLoader';
import { eventually } from '../../helpers/eventually';

class Product {
  disposed = 0;
  dispose(): void {
    this.disposed += 1;
  }
}

/** Loads that end when the test says so, and questions that it answers. */
class World {
  readonly made: { resolve: (product: Product) => void; reject: (error: Error) => void }[] = [];
  readonly questions: { error: unknown; answer: (again: boolean) => void }[] = [];
  readonly loader = new ProductLoader<Product>({
    make: async () => new Promise((resolve, reject) => this.made.push({ resolve, reject })),
    ask: async (error) => new Promise((answer) => this.questions.push({ error, answer })),
  });
}

describe('the loader of the product', () => {
  it('loads once for all who ask, and knows nothing before', async () => {
    const world = new World();
    assert.equal(world.loader.current, undefined);
    assert.equal(world.made.length, 0);
    const waiting = [world.loader.load(), world.loader.loadForPerson(), world.loader.load()];
    assert.equal(world.made.length, 1);
    const product = new Product();
    world.made[0]!.resolve(product);
    assert.deepEqual(await Promise.all(waiting), [product, product, product]);
    assert.equal(world.loader.current, product);
    assert.equal(await world.loader.load(), product);
    assert.equal(world.made.length, 1);
  });

  it('asks once about a failure, however many wait, and loads again when told so', async () => {
    const world = new World();
    const byItself = world.loader.load();
    const byPerson = [world.loader.loadForPerson(), world.loader.loadForPerson()];
    world.made[0]!.reject(new Error('gone'));
    await assert.rejects(byItself, /gone/);
    await eventually(() => assert.equal(world.questions.length, 1));
    assert.match(String(world.questions[0]!.error), /gone/);
    world.questions[0]!.answer(true);
    await eventually(() => assert.equal(world.made.length, 2));
    const product = new Product();
    world.made[1]!.resolve(product);
    assert.deepEqual(await Promise.all(byPerson), [product, product]);
    assert.equal(world.questions.length, 1);
  });

  it('asks again with the new reason when the second try fails too; whoever declines gets nothing', async () => {
    const world = new World();
    const person = world.loader.loadForPerson();
    world.made[0]!.reject(new Error('first'));
    await eventually(() => assert.equal(world.questions.length, 1));
    world.questions[0]!.answer(true);
    await eventually(() => assert.equal(world.made.length, 2));
    world.made[1]!.reject(new Error('second'));
    await eventually(() => assert.equal(world.questions.length, 2));
    assert.match(String(world.questions[1]!.error), /second/);
    world.questions[1]!.answer(false);
    assert.equal(await person, undefined);
    assert.equal(world.loader.current, undefined);
  });

  it('tells of what fails by itself one time only; a person is asked each time', async () => {
    const world = new World();
    for (const round of [0, 1]) {
      const load = world.loader.load();
      world.made[round]!.reject(new Error(`try ${String(round)}`));
      await assert.rejects(load, /try/);
      await eventually(() => assert.equal(world.questions.length, 1));
      world.questions[0]!.answer(false);
      await new Promise((resolve) => setImmediate(resolve));
    }
    const person = world.loader.loadForPerson();
    world.made[2]!.reject(new Error('try 2'));
    await eventually(() => assert.equal(world.questions.length, 2));
    world.questions[1]!.answer(false);
    assert.equal(await person, undefined);
  });

  it('disposes of the product with the window, also of one that comes too late, and asks nobody any more', async () => {
    const world = new World();
    const first = world.loader.load();
    const product = new Product();
    world.made[0]!.resolve(product);
    await first;
    world.loader.dispose();
    world.loader.dispose();
    assert.equal(product.disposed, 1);
    assert.equal(world.loader.current, undefined);

    const other = new World();
    const person = other.loader.loadForPerson();
    other.loader.dispose();
    const late = new Product();
    other.made[0]!.resolve(late);
    assert.equal(await person, undefined);
    assert.equal(late.disposed, 1);
    assert.equal(other.questions.length, 0);
  });
});
