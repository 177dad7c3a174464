import type { openLevelStore } from './levelStore';
import { MemoryStore } from './memoryStore';
import type { Store } from './store';

export interface OpenedStore {
  readonly store: Store;
  /** True when nothing of it outlives this process. */
  readonly volatile: boolean;
}

/**
 * The store of a state folder: LevelDB, or memory where this package carries no build of it for the platform (Windows on
 * ARM, Alpine on ARM, a package made for another platform). Throws StoreError when the folder cannot be used.
 * @param durable see openLevelStore
 */
export async function openStore(folder: string, durable: boolean): Promise<OpenedStore> {
  let level: { readonly openLevelStore: typeof openLevelStore };
  try {
    level = await import(/* webpackChunkName: "levelStore" */ './levelStore');
  } catch (error) {
    if (!lacksBuild(error)) throw error;
    return { store: new MemoryStore(), volatile: true };
  }
  return { store: await level.openLevelStore(folder, durable), volatile: false };
}

/** No file for the platform, by the words of node-gyp-build; or one that the platform cannot load, such as another libc's. */
function lacksBuild(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.message.startsWith('No native build was found') || ('code' in error && error.code === 'ERR_DLOPEN_FAILED');
}
