import { globalSlot } from '../../runtime/global-slot.js';
import { getManager, type Manager } from './manager.js';

/**
 * A value that exists once for each {@link Manager}, in all copies of the package: tests may have managers of their own.
 *
 * @param key The name of its slot, see {@link globalSlot}.
 * @param create Makes the value for a manager, when it is first asked for.
 * @returns Returns the value of the current manager.
 */
export function perManager<T extends object>(key: string, create: () => T): () => T {
  const slot = globalSlot(key, () => ({ byManager: new WeakMap<Manager, T>() }));
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
