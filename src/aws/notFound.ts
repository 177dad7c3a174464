import { isFleetError } from '../core/errors';

/** "Not found" is an answer for the describe calls of our ports, not a failure. */
export async function undefinedIfNotFound<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isFleetError(error) && error.category === 'notFound') return undefined;
    throw error;
  }
}
