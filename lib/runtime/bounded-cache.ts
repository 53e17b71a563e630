import { flatText } from './cut-text.js';

/** A memory of computed values that never holds more than it was allowed to. */
export interface BoundedCache<Value> {
  /** The cached value of `key`, computed and cached if there is none. */
  get(key: string): Value;
}

/**
 * Caches the result of `compute` for each key, up to `maxEntries` of them; the oldest goes first.
 * A key of more than `maxKeyLength` characters is computed each time: a cache whose entries are bounded in
 * number alone can still fill the memory.
 *
 * @param compute pure function of the key
 * @param maxEntries at least 1
 * @param maxKeyLength in UTF-16 units
 */
export function boundedCache<Value extends object | string>(
  compute: (key: string) => Value,
  maxEntries: number,
  maxKeyLength: number,
): BoundedCache<Value> {
  const entries = new Map<string, Value>();
  const computeAndKeep = (given: string): Value => {
    if (given.length > maxKeyLength) return compute(given);
    // One that was cut out of a long text would keep all of that text in memory, and so would what is cut out of it.
    const key = flatText(given);
    const value = compute(key);
    if (entries.size >= maxEntries) {
      for (const oldest of entries.keys()) {
        entries.delete(oldest);
        break;
      }
    }
    entries.set(key, value);
    return value;
  };
  return { get: (key) => entries.get(key) ?? computeAndKeep(key) };
}
