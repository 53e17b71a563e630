import { inspect, types } from 'node:util';
import { errorProperties } from '../../redaction/error-properties.js';
import { cutText } from '../../runtime/cut-text.js';
import { freeName } from '../../runtime/define-field.js';
import { isSuppressedError, SUPPRESSION } from '../../runtime/error-chain.js';
import { propertyOf } from '../../runtime/hostile-values.js';
import { isPlainObject } from '../../runtime/plain-object.js';
import { ownText, tagOf } from '../own-text.js';
import { str } from '../python-text.js';
import { isoDate } from './iso-date.js';
import type { JsonBudget } from './json-budget.js';
import { numberJson } from './json-number.js';
import { jsonString } from './json-string.js';
import { plainItems } from './plain-items.js';

/** Bytes of a buffer, and numbers of a typed array, that are written. */
const MAX_BINARY = 96;
/** Characters of a key that are written. */
const MAX_KEY = 256;

/**
 * Any value as JSON, on one line; `undefined` where there is nothing to write.
 *
 * Always valid JSON, whatever the value does when touched: what throws reads `"[unreadable: reason]"`, a cycle
 * `"[Circular]"`, what is nested too deep `"[Object]"`. Dates are in ISO 8601, BigInts and symbols strings, Maps
 * objects (pairs where a key is an object), Sets arrays, buffers base64 of their first bytes, instances without keys the
 * text that their class gives; `toJSON` is honoured except of errors, which give name, message, stack, cause, members,
 * and their own plain values.
 */
export function jsonValue(value: unknown, budget: JsonBudget): string | undefined {
  switch (typeof value) {
    case 'string':
      return jsonString(budget.takeText(value));
    case 'number':
      return Number.isFinite(value) ? numberJson(value) : 'null';
    case 'boolean':
      return value ? 'true' : 'false';
    case 'undefined':
      return undefined;
    case 'object':
      return value === null ? 'null' : safeObject(value, budget);
    default:
      return budget.convert === undefined
        ? jsonString(budget.takeText(primitiveText(value)))
        : safeConverted(value, budget);
  }
}

/** A BigInt, a symbol or a function. */
function primitiveText(value: unknown): string {
  return typeof value === 'function' ? functionText(value) : String(value);
}

function safeConverted(value: unknown, budget: JsonBudget): string {
  try {
    const shown = convertedValue(value, budget);
    // If it returned the same kind again, this would never end.
    if (shown !== undefined && typeof shown !== typeof value) return jsonValue(shown, budget) ?? 'null';
  } catch (reason) {
    return unreadable(reason, budget);
  }
  return jsonString(budget.takeText(primitiveText(value)));
}

/**
 * What `budget.convert` makes of a value that JSON does not have: of all but strings, numbers, booleans, `null`, arrays
 * and plain objects. `undefined` where there is none, or it leaves the value to us. Throws what it throws.
 */
export function convertedValue(value: unknown, budget: JsonBudget): unknown {
  const { convert } = budget;
  if (convert === undefined || Array.isArray(value)) return undefined;
  if (isPlainObject(value)) return undefined;
  const shown = convert(value);
  return shown === value ? undefined : shown;
}

/** `"[unreadable: reason]"`, from whatever was thrown, which may be hostile itself. */
export function unreadable(reason: unknown, budget: JsonBudget): string {
  let text = '';
  try {
    const message: unknown = reason instanceof Error ? reason.message : reason;
    text = typeof message === 'string' ? `: ${cutText(message, 200)}` : '';
  } catch {
    // The reason is omitted.
  }
  return jsonString(budget.takeText(`[unreadable${text}]`));
}

function functionText(value: unknown): string {
  try {
    const name: unknown = Object.getOwnPropertyDescriptor(value, 'name')?.value;
    return typeof name === 'string' && name !== '' ? `[Function: ${name}]` : '[Function]';
  } catch {
    return '[Function]';
  }
}

function safeObject(value: object, budget: JsonBudget): string {
  const { ancestors } = budget;
  if (ancestors.includes(value)) return '"[Circular]"';
  try {
    if (ancestors.length >= budget.maxDepth) {
      if (isLeaf(value)) return leaf(value, budget);
      if (isOnlyText(value)) return jsonString(budget.takeText(str(value)));
      budget.isCut = true;
      return Array.isArray(value) ? '"[Array]"' : '"[Object]"';
    }
  } catch (reason) {
    return unreadable(reason, budget);
  }
  ancestors.push(value);
  try {
    const shown = budget.convert === undefined ? undefined : convertedValue(value, budget);
    return shown === undefined ? object(value, budget) : (jsonValue(shown, budget) ?? 'null');
  } catch (reason) {
    return unreadable(reason, budget);
  } finally {
    // As many as were pushed; to set the length takes longer.
    ancestors.pop();
  }
}

function object(value: object, budget: JsonBudget): string {
  const isArray = Array.isArray(value);
  if (!isArray && (types.isNativeError(value) || value instanceof Error))
    return errorJson(value as Error, budget);
  // Testing for leaves takes as long as writing a small object, and most values are not leaves.
  const isPlain = !isArray && Object.getPrototypeOf(value) === Object.prototype;
  if (!isArray && !isPlain) {
    if (types.isDate(value)) return dateJson(value);
    if (isLeaf(value)) return leaf(value, budget);
  }
  const { toJSON } = value as { toJSON?: unknown };
  if (typeof toJSON === 'function') {
    const shown: unknown = toJSON.call(value, '');
    if (typeof shown !== 'object' || shown === null) return jsonValue(shown, budget) ?? 'null';
    return structure(shown, budget);
  }
  if (isArray) return arrayJson(value, budget);
  return isPlain ? `{${entriesJson(value, Object.keys(value), budget)}}` : structure(value, budget);
}

function structure(value: object, budget: JsonBudget): string {
  if (isLeaf(value)) return leaf(value, budget);
  if (Array.isArray(value)) return arrayJson(value, budget);
  if (types.isSet(value)) return arrayJson(budget.first(Set.prototype.values.call(value)), budget);
  if (types.isMap(value)) return mapJson(value, budget);
  const keys = Object.keys(value);
  if (keys.length === 0 && hasText(value)) return jsonString(budget.takeText(str(value)));
  return `{${entriesJson(value, keys, budget)}}`;
}

/**
 * Whether a class says how its instances are shown, or what they are. Where they have no keys, as `Headers`,
 * `URLSearchParams`, iterators and classes with private fields have none, this is all there is of them.
 */
export function hasText(value: object): boolean {
  return (
    typeof (value as { [inspect.custom]?: unknown })[inspect.custom] === 'function' ||
    ownText(value) !== undefined ||
    tagOf(value) !== undefined
  );
}

/** Whether all there is of an object is a text: it takes no more room than a string, however deep it is. */
function isOnlyText(value: object): boolean {
  if (Array.isArray(value) || types.isNativeError(value) || isPlainObject(value)) return false;
  if (types.isMap(value) || types.isSet(value) || types.isProxy(value)) return false;
  return Object.keys(value).length === 0 && hasText(value);
}

/** What is written as one string or number: it has no entries worth showing. */
function isLeaf(value: object): boolean {
  return (
    types.isDate(value) ||
    ArrayBuffer.isView(value) ||
    types.isAnyArrayBuffer(value) ||
    types.isRegExp(value) ||
    types.isBoxedPrimitive(value) ||
    types.isPromise(value) ||
    types.isWeakMap(value) ||
    types.isWeakSet(value)
  );
}

function leaf(value: object, budget: JsonBudget): string {
  if (types.isDate(value)) return dateJson(value);
  if (types.isAnyArrayBuffer(value)) return bytesJson('ArrayBuffer', new Uint8Array(value), budget);
  if (ArrayBuffer.isView(value)) return viewJson(value, budget);
  if (types.isBoxedPrimitive(value)) return jsonValue(value.valueOf(), budget) ?? 'null';
  return jsonString(
    budget.takeText(types.isRegExp(value) ? RegExp.prototype.toString.call(value) : str(value)),
  );
}

function dateJson(date: Date): string {
  const time = Date.prototype.getTime.call(date);
  return Number.isNaN(time) ? 'null' : `"${isoDate(time)}"`;
}

function viewJson(view: ArrayBufferView, budget: JsonBudget): string {
  if (view instanceof Uint8Array || view instanceof DataView) {
    const name = Buffer.isBuffer(view) ? 'Buffer' : view instanceof DataView ? 'DataView' : 'Uint8Array';
    return bytesJson(name, new Uint8Array(view.buffer, view.byteOffset, view.byteLength), budget);
  }
  const numbers = view as unknown as ArrayLike<number | bigint>;
  const shown = Array.from({ length: Math.min(numbers.length, MAX_BINARY) }, (_, at) => numbers[at]);
  if (shown.length < numbers.length) budget.isCut = true;
  return arrayJson(shown, budget);
}

/** `"Buffer(5) base64:aGVsbG8="`, or the beginning of a long one. */
function bytesJson(name: string, bytes: Uint8Array, budget: JsonBudget): string {
  const isLong = bytes.length > MAX_BINARY;
  if (isLong) budget.isCut = true;
  const shown = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, MAX_BINARY)).toString(
    'base64',
  );
  return jsonString(budget.takeText(`${name}(${bytes.length}) base64:${shown}${isLong ? '…' : ''}`));
}

function arrayJson(array: readonly unknown[], budget: JsonBudget): string {
  const whole = plainItems(array, budget);
  if (whole !== undefined) return whole;
  let json = '';
  for (let at = 0; at < array.length; at += 1) {
    if (!budget.takeEntry()) break;
    json += `${at === 0 ? '' : ','}${property(array, at, budget) ?? 'null'}`;
  }
  return `[${json}]`;
}

function mapJson(map: ReadonlyMap<unknown, unknown>, budget: JsonBudget): string {
  const entries = budget.first(Map.prototype.entries.call(map));
  if (entries.some(([key]) => (typeof key === 'object' && key !== null) || typeof key === 'function')) {
    return arrayJson(entries, budget);
  }
  const texts = Object.create(null) as Record<string, unknown>;
  for (const [key, value] of entries) {
    const text = str(key);
    // Both `1` and `'1'` are keys.
    if (text in texts) return arrayJson(entries, budget);
    texts[text] = value;
  }
  return `{${entriesJson(texts, Object.keys(texts), budget)}}`;
}

function errorJson(error: Error, budget: JsonBudget): string {
  const parts = [entriesJson(error, ['name', 'message', 'stack'], budget), propertiesJson(error, budget)];
  const keys: string[] = Array.isArray(propertyOf(error, 'errors')) ? ['errors'] : [];
  if (isSuppressedError(error)) keys.push(...SUPPRESSION);
  if (propertyOf(error, 'cause') !== undefined) keys.push('cause');
  parts.push(entriesJson(error, keys, budget));
  return `{${parts.filter(Boolean).join(',')}}`;
}

const NONE_TAKEN: ReadonlySet<string> = new Set();

/**
 * Members of an object for the own properties of an error.
 *
 * @param taken Names of other members of that object: a property of such a name has `extra_` before it.
 */
export function propertiesJson(
  error: object,
  budget: JsonBudget,
  taken: ReadonlySet<string> = NONE_TAKEN,
): string {
  const given = errorProperties(error);
  const isTaken = (name: string) => taken.has(name) || given.some(([other]) => other === name);
  const properties = given.map(
    ([name, value]) => [taken.has(name) ? freeName(name, isTaken) : name, value] as const,
  );
  if (properties.length === 0) return '';
  return entriesJson(
    Object.fromEntries(properties),
    properties.map(([name]) => name),
    budget,
  );
}

function entriesJson(value: object, keys: readonly string[], budget: JsonBudget): string {
  let json = '';
  for (const key of keys) {
    const budgeted = budget.takeEntry();
    if (!budgeted) break;
    const text = property(value, key, budget);
    if (text !== undefined) json += keyLead(key, json === '', budget) + text;
  }
  return json;
}

/** A key and what separates it from its neighbours, as one piece: of small pieces it would be half of the object. */
function keyLead(key: string, isFirst: boolean, budget: JsonBudget): string {
  const { keys } = budget;
  const known = keys === undefined ? undefined : keys.leadOf(key);
  if (known !== undefined) {
    budget.charactersLeft -= key.length;
    return isFirst ? known[0] : known[1];
  }
  const json = jsonKey(key, budget);
  if (keys !== undefined) keys.remember(key, [`${json}:`, `,${json}:`]);
  return isFirst ? `${json}:` : `,${json}:`;
}

/** A key in its quotes; a very long one is cut. */
export function jsonKey(key: string, budget: JsonBudget): string {
  if (key.length <= MAX_KEY) {
    budget.charactersLeft -= key.length;
    return jsonString(key === '' ? budget.emptyKey : key);
  }
  budget.isCut = true;
  return jsonString(budget.takeText(cutText(key, MAX_KEY, '…')));
}

function property(holder: object, key: string | number, budget: JsonBudget): string | undefined {
  let value: unknown;
  try {
    value = (holder as Record<string | number, unknown>)[key];
  } catch (reason) {
    return unreadable(reason, budget);
  }
  return jsonValue(value, budget);
}
