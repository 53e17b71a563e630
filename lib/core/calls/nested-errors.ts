import { types } from 'node:util';
import { isError } from './call-options.js';

/** How deep Errors are looked for, in how many values, and how many are taken. */
const MAX_DEPTH = 4;
const MAX_VALUES = 200;
const MAX_ERRORS = 10;

/**
 * The Error for the traceback of a record whose message shows objects, as `error(results)` and
 * `error('failed', [first, second])` do. The message shows such an Error on one line, without its stack.
 *
 * Never throws, calls no getter and runs no trap of a proxy.
 *
 * @returns The Error found, or an AggregateError of several; `undefined` if there is none.
 */
export function errorWithin(values: readonly unknown[]): Error | undefined {
  if (!values.some(isObject)) return undefined;
  const search: Search = { seen: new Set(), errors: [] };
  for (const value of values) look(search, value, 0);
  const { errors } = search;
  return errors.length <= 1 ? errors[0] : together(errors);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

interface Search {
  readonly seen: Set<object>;
  readonly errors: Error[];
}

function look(search: Search, value: unknown, depth: number): void {
  const { seen, errors } = search;
  if (!isObject(value) || depth > MAX_DEPTH || seen.has(value)) return;
  if (seen.size >= MAX_VALUES || errors.length >= MAX_ERRORS || types.isProxy(value)) return;
  seen.add(value);
  if (isError(value)) errors.push(value);
  else if (!ArrayBuffer.isView(value)) for (const item of itemsOf(value)) look(search, item, depth + 1);
}

/**
 * The first `MAX_VALUES` items, since a list may be large. Nothing is read through the prototype of the value: it may
 * be a proxy.
 */
function itemsOf(value: object): unknown[] {
  const items: unknown[] = [];
  try {
    if (Array.isArray(value)) {
      const length = Math.min(value.length, MAX_VALUES);
      return Array.from({ length }, (_, at) => ownValue(value, at));
    }
    if (types.isMap(value)) takeFrom(Map.prototype.values.call(value), items);
    else if (types.isSet(value)) takeFrom(Set.prototype.values.call(value), items);
    else for (const key of Object.keys(value).slice(0, MAX_VALUES)) items.push(ownValue(value, key));
  } catch {
    // What was found so far counts.
  }
  return items;
}

/** Without calling a getter. */
function ownValue(object: object, key: string | number): unknown {
  return Object.getOwnPropertyDescriptor(object, key)?.value;
}

function takeFrom(values: Iterable<unknown>, items: unknown[]): void {
  for (const value of values) {
    if (items.length >= MAX_VALUES) break;
    items.push(value);
  }
}

/** Its own stack would be that of the log call. */
function together(errors: readonly Error[]): AggregateError {
  const error = new AggregateError(errors, `${errors.length} errors in the message`);
  Object.defineProperty(error, 'stack', { value: `${error.name}: ${error.message}`, configurable: true });
  return error;
}
