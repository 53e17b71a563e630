import { types } from 'node:util';
import { propertyOf } from '../../runtime/hostile-values.js';
import { errorLine, str } from '../python-text.js';
import type { JsonBudget } from './json-budget.js';
import { jsonString, unicodeEscape } from './json-string.js';
import { convertedValue, hasText, unreadable } from './json-value.js';

/** How {@link pythonJson} writes: the arguments of Python's `json.dumps`. */
export interface PythonJsonStyle {
  /** Whether all that is not ASCII is escaped. */
  readonly ensureAscii: boolean;
  /** What each level is indented by; `undefined` for one line. */
  readonly indent: string | undefined;
}

/**
 * A value as `json.dumps` of Python writes it, byte for byte for what both languages have.
 *
 * Values that JSON does not have are written as by python-json-logger's encoder: dates in ISO 8601 with `+00:00`,
 * errors as `Name: message` (and their own properties and cause, which Python's do not have), bytes in base64 for URLs,
 * classes as their names. Never throws, and is bounded by `budget`.
 *
 * Differs from Python: NaN and the infinities are `null`, since JSON has none of them; a cycle is `"[Circular]"`.
 */
export function pythonJson(value: unknown, style: PythonJsonStyle, budget: JsonBudget): string {
  return new Writer(style, budget).value(value);
}

/** `isoformat()` of a moment in UTC: with microseconds where there are any, and `+00:00`. */
export function isoFormat(epochSeconds: number): string | null {
  const second = Math.floor(epochSeconds);
  const microseconds = Math.round((epochSeconds - second) * 1e6);
  const date = new Date((microseconds === 1e6 ? second + 1 : second) * 1000);
  if (Number.isNaN(date.getTime())) return null;
  const fraction = microseconds % 1e6 === 0 ? '' : `.${String(microseconds).padStart(6, '0')}`;
  return `${date.toISOString().slice(0, -5)}${fraction}+00:00`;
}

/** Bytes of a buffer that are written. */
const MAX_BYTES = 4_096;
const NOT_ASCII = /[^\x00-\x7e]/;
const ALL_NOT_ASCII = /[^\x00-\x7e]/g;

/** The name of a function or class; `undefined` for one that has none, or does not give it. */
function nameOf(value: unknown): string | undefined {
  const name = typeof value === 'function' ? propertyOf(value, 'name') : undefined;
  return typeof name === 'string' && name !== '' ? name : undefined;
}

class Writer {
  constructor(
    readonly style: PythonJsonStyle,
    readonly budget: JsonBudget,
  ) {}

  value(value: unknown): string {
    switch (typeof value) {
      case 'string':
        return this.text(value);
      case 'number':
        return Number.isFinite(value) ? str(value) : 'null';
      case 'boolean':
        return String(value);
      case 'bigint':
        return this.#bigint(String(value));
      case 'undefined':
        return 'null';
      case 'object':
        return value === null ? 'null' : this.#object(value);
      default:
        return this.#converted(value) ?? this.text(nameOf(value) ?? str(value));
    }
  }

  /** A number that is longer than a string may be becomes one, and is cut: the beginning of it would be another number. */
  #bigint(digits: string): string {
    return this.budget.takeWhole(digits.length) ? digits : this.text(digits);
  }

  /** A function or symbol by `json_default`. */
  #converted(value: unknown): string | undefined {
    try {
      const shown = convertedValue(value, this.budget);
      // If it returned the same kind again, this would never end.
      return shown === undefined || typeof shown === typeof value ? undefined : this.value(shown);
    } catch (reason) {
      return unreadable(reason, this.budget);
    }
  }

  text(text: string): string {
    const json = jsonString(this.budget.takeText(text));
    // Two `\u` for what lies beyond the basic plane, as Python has it: the expression has no flag `u`.
    return this.style.ensureAscii && NOT_ASCII.test(json) ? json.replace(ALL_NOT_ASCII, unicodeEscape) : json;
  }

  #object(given: object): string {
    const { ancestors } = this.budget;
    const depth = ancestors.length;
    try {
      // The outermost is the line itself.
      const shown = depth === 0 ? undefined : convertedValue(given, this.budget);
      if (shown === null || (shown !== undefined && typeof shown !== 'object')) return this.value(shown);
      const value = shown ?? given;
      if (ancestors.includes(value)) return '"[Circular]"';
      const special = this.#special(value);
      if (special !== undefined) return special;
      if (depth >= this.budget.maxDepth) return this.#cut(Array.isArray(value) ? '"[Array]"' : '"[Object]"');
      ancestors.push(value);
      const { toJSON } = value as { toJSON?: unknown };
      return this.#structure(typeof toJSON === 'function' ? toJSON.call(value, '') : value);
    } catch (reason) {
      return unreadable(reason, this.budget);
    } finally {
      ancestors.length = depth;
    }
  }

  #cut(text: string): string {
    this.budget.isCut = true;
    return text;
  }

  #special(value: object): string | undefined {
    if (types.isDate(value)) return this.value(isoFormat(Date.prototype.getTime.call(value) / 1000));
    if (types.isNativeError(value) || value instanceof Error) return this.text(errorLine(value));
    if (types.isAnyArrayBuffer(value)) return this.#bytes(new Uint8Array(value));
    if (ArrayBuffer.isView(value))
      return this.#bytes(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
    if (types.isBoxedPrimitive(value)) return this.value(value.valueOf());
    if (types.isRegExp(value) || types.isPromise(value)) return this.text(str(value));
    return undefined;
  }

  /** As `base64.urlsafe_b64encode`: with its padding. */
  #bytes(bytes: Uint8Array): string {
    const shown = bytes.subarray(0, MAX_BYTES);
    if (shown.length < bytes.length) this.budget.isCut = true;
    return this.text(Buffer.from(shown).toString('base64').replaceAll('+', '-').replaceAll('/', '_'));
  }

  #structure(value: unknown): string {
    if (typeof value !== 'object' || value === null) return this.value(value);
    if (Array.isArray(value)) return this.#array(value);
    if (types.isSet(value)) return this.#array(this.budget.first(Set.prototype.values.call(value)));
    if (types.isMap(value))
      return this.#members(
        this.budget.first(Map.prototype.entries.call(value)).map(([key, one]) => [str(key), () => one]),
      );
    const keys = Object.keys(value);
    if (keys.length === 0 && hasText(value)) return this.text(str(value));
    return this.#members(keys.map((key) => [key, () => (value as Record<string, unknown>)[key]]));
  }

  #array(array: readonly unknown[]): string {
    const items: string[] = [];
    for (let at = 0; at < array.length && this.budget.takeEntry(); at += 1)
      items.push(this.#read(() => array[at]));
    return this.#wrap('[', items, ']');
  }

  #members(entries: readonly (readonly [key: string, read: () => unknown])[]): string {
    const items: string[] = [];
    for (const [key, read] of entries) {
      if (!this.budget.takeEntry()) break;
      items.push(`${this.text(key)}: ${this.#read(read)}`);
    }
    return this.#wrap('{', items, '}');
  }

  #read(read: () => unknown): string {
    let value: unknown;
    try {
      value = read();
    } catch (reason) {
      return unreadable(reason, this.budget);
    }
    return this.value(value);
  }

  #wrap(open: string, items: readonly string[], close: string): string {
    const { indent } = this.style;
    if (items.length === 0) return open + close;
    if (indent === undefined) return open + items.join(', ') + close;
    // The object itself is among its ancestors while its items are written.
    const outer = `\n${indent.repeat(Math.max(0, this.budget.ancestors.length - 1))}`;
    return `${open}${outer}${indent}${items.join(`,${outer}${indent}`)}${outer}${close}`;
  }
}
