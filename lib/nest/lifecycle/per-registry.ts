import { getManager } from '../../core/loggers/manager.js';
import { globalSlot } from '../../runtime/global-slot.js';

/**
 * A value that exists once for each tree of loggers: tests may have their own trees.
 *
 * @param key Name of the slot, shared by every copy of the package.
 * @returns Returns the value of the current tree.
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
