import { types } from 'node:util';

/** What `Object.prototype.toString` gives, of this realm or of another: it says nothing worth printing. */
const UNINFORMATIVE = /^\[object [^\]]*\]$/;
const TAG = /^[\w$. -]{1,80}$/;

/**
 * The text an object gives for itself: an error's `Name: message`, a date's ISO form, or what the `toString` of
 * its class gives. Undefined where it has none worth reading, as with plain objects, arrays, functions,
 * buffers and proxies (whose traps must not run). May throw what `toString` throws.
 */
export function ownText(value: object): string | undefined {
  if (types.isProxy(value)) return undefined;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype && value.toString === Object.prototype.toString) return undefined;
  // A list, which is neither of these: to ask takes as long as to read a short one.
  if (prototype === Array.prototype && Array.isArray(value)) return undefined;
  if (types.isDate(value)) return dateText(value);
  if (types.isNativeError(value) || value instanceof Error) return errorText(value as Error);
  if (typeof value === 'function' || Array.isArray(value) || ArrayBuffer.isView(value)) return undefined;
  const makeText: unknown = value.toString;
  if (typeof makeText !== 'function' || makeText === Object.prototype.toString) return undefined;
  const text: unknown = makeText.call(value);
  return typeof text === 'string' && !UNINFORMATIVE.test(text) ? text : undefined;
}

/**
 * What a value is called where no class has its name: `Array Iterator`, `Generator`. Undefined where it has no such tag, or
 * a getter gives it.
 */
export function tagOf(value: object): string | undefined {
  for (let holder: object | null = value; holder !== null; holder = Object.getPrototypeOf(holder)) {
    const tag: unknown = Object.getOwnPropertyDescriptor(holder, Symbol.toStringTag)?.value;
    if (typeof tag === 'string' && TAG.test(tag)) return tag;
  }
  return undefined;
}

function dateText(date: Date): string {
  return Number.isNaN(Date.prototype.getTime.call(date))
    ? 'Invalid Date'
    : Date.prototype.toISOString.call(date);
}

function errorText(error: Error): string {
  const makeText: unknown = error.toString;
  const text: unknown = typeof makeText === 'function' ? makeText.call(error) : undefined;
  return typeof text === 'string' ? text : Error.prototype.toString.call(error);
}
