import { getManager } from '../core/manager.js';
import { globalSlot } from '../internal/global-slot.js';

/**
 * Something there is one of for each tree of loggers: tests may have trees of their own, beside that of the process.
 *
 * @param key Name of the slot, shared by every copy of the package.
 * @returns Gives the one of the tree that is in force where this is called.
 */
export function perRegistry<T extends object>(key: string, create: () => T): () => T {
  const slot = globalSlot(key, () => ({ byManager: new WeakMap<object, T>() }));
  return () => {
    const manager = getManager();
    let value = slot.byManager.get(manager);
    if (value === undefined) {
      value = create();
      slot.byManager.set(manager, value);
    }
    return value;
  };
}
