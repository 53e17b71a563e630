/**
 * True for what an object literal or `JSON.parse` gives, of any realm, and for objects without a prototype.
 *
 * Never throws: a proxy that cannot be read is not a plain object.
 */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  try {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null) return true;
    // Another realm's `Object.prototype`.
    return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype as object, 'isPrototypeOf');
  } catch {
    return false;
  }
}
