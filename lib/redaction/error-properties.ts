import { types } from 'node:util';
import { isSuppressedError } from '../runtime/error-chain.js';
import { fieldOf } from '../runtime/hostile-values.js';
import { isPlainObject } from '../runtime/plain-object.js';
import { defaultRedaction } from './redact-text.js';
import { Redactor } from './redactor.js';
import type { NameVerdict } from './secret-keys.js';
import { needsSearch } from './suspect-text.js';

/** Properties of one error that are shown. */
const MAX_PROPERTIES = 30;
/** Characters of a string that counts for nothing in what a redactor may search. */
const MAX_SHORT = 256;
/** Properties that a traceback or a JSON error shows elsewhere. */
const SHOWN_APART: ReadonlySet<string> = new Set(['name', 'message', 'stack', 'cause']);
const NONE: readonly (readonly [name: string, value: unknown])[] = [];

/**
 * The properties of an error besides its message, and the errors it refers to: `code`, `errno`, `statusCode`, a driver's
 * details.
 *
 * Of its own enumerable properties, as Node's `inspect` shows them; at most 30. Nobody chose to log them, so secrets
 * among them, recognised by their names as in fields, are removed here. Instances of classes other than dates and the
 * like (requests, responses, sockets) are left out: they hold secrets more often than help. Never throws.
 */
export function errorProperties(error: object): readonly (readonly [name: string, value: unknown])[] {
  let names: readonly string[];
  try {
    names = Object.keys(error);
  } catch {
    return NONE;
  }
  if (names.length === 0) return NONE;
  let redactor: Redactor | undefined;
  const properties: [string, unknown][] = [];
  for (const name of names) {
    if (SHOWN_APART.has(name) || isShownApart(error, name)) continue;
    if (properties.length >= MAX_PROPERTIES) break;
    const value = fieldOf(error as Record<string, unknown>, name);
    if (isHarmless(value, defaultRedaction.keys.of(name))) properties.push([name, value]);
    else if (isReporting(value)) {
      redactor ??= new Redactor(defaultRedaction);
      properties.push([name, redactor.under(name, value)]);
    }
  }
  return properties;
}

/** Whether a name is that of other errors, which are shown as errors and not as properties. */
function isShownApart(error: object, name: string): boolean {
  switch (name) {
    case 'errors':
      return hasMembers(error);
    case 'error':
    case 'suppressed':
      return isSuppressedError(error);
    default:
      return false;
  }
}

/** Whether an error has members, as an AggregateError: `errors` is a list. Of other errors it is a property like others. */
export function hasMembers(error: object): boolean {
  try {
    return Array.isArray((error as { errors?: unknown }).errors);
  } catch {
    return false;
  }
}

/** What a redactor would return as it is: to make one takes as long as all else that is done for a short value. */
function isHarmless(value: unknown, name: NameVerdict): boolean {
  switch (typeof value) {
    case 'string':
      return value.length <= MAX_SHORT && !name.isSecret && !needsSearch(value);
    case 'number':
      return !name.isSecretNumber;
    case 'boolean':
      return true;
    default:
      return value === null;
  }
}

function isReporting(value: unknown): boolean {
  if (typeof value === 'function' || value === undefined) return false;
  if (typeof value !== 'object' || value === null) return true;
  try {
    return (
      Array.isArray(value) ||
      isPlainObject(value) ||
      types.isNativeError(value) ||
      value instanceof Error ||
      types.isDate(value) ||
      isTemporal(value) ||
      types.isMap(value) ||
      types.isSet(value)
    );
  } catch {
    return false;
  }
}

/** Dates, times and durations of `Temporal`, the engine's or a package's. */
function isTemporal(value: object): boolean {
  return Object.prototype.toString.call(value).startsWith('[object Temporal.');
}
