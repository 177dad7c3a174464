import { randomInt } from 'node:crypto';
import type { ResourceContext } from './provider';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/**
 * `<stack>-<logical id>-<12 random>`, both parts shortened to fit.
 * @param maximum greatest length that the service takes
 */
export function generatedName(context: ResourceContext, maximum: number): string {
  const random = Array.from({ length: 12 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  const room = maximum - random.length - 2;
  const logical = context.logicalId.slice(0, Math.max(Math.floor(room / 2), room - context.stackName.length));
  return `${context.stackName.slice(0, room - logical.length)}-${logical}-${random}`;
}
