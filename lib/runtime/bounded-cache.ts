import { flatCopy } from './flat-text.js';

/** A memory of computed values that never holds more than it was allowed to. */
export interface BoundedCache<Value> {
  /** The cached value of `key`, computed and cached if there is none. */
  get(key: string): Value;
}

/**
 * Caches the result of `compute` for each key, up to `maxEntries` of them; those not used for the longest go first.
 * A key of more than `maxKeyLength` characters is computed each time: a cache whose entries are bounded in
 * number alone can still fill the memory.
 *
 * In two generations: when the younger has half of the entries, it becomes the older, and what was the older is forgotten.
 * To delete one entry for each new one takes four times as long, because a Map passes over all deleted ones.
 *
 * @param compute pure function of the key
 * @param maxEntries at least 2
 * @param maxKeyLength in UTF-16 units
 */
export function boundedCache<Value extends object | string>(
  compute: (key: string) => Value,
  maxEntries: number,
  maxKeyLength: number,
): BoundedCache<Value> {
  const maxYoung = Math.floor(maxEntries / 2);
  let young = new Map<string, Value>();
  let old = new Map<string, Value>();
  const keep = (key: string, value: Value): Value => {
    if (young.size >= maxYoung) {
      old = young;
      young = new Map();
    }
    young.set(key, value);
    return value;
  };
  const computeOrRenew = (given: string): Value => {
    if (given.length > maxKeyLength) return compute(given);
    const known = old.get(given);
    // One that was cut out of a long text would keep all of that text in memory, and so would what is cut out of it.
    const key = flatCopy(given);
    return keep(key, known ?? compute(key));
  };
  return { get: (key) => young.get(key) ?? computeOrRenew(key) };
}
