import { types } from 'node:util';
import { ownText } from '../python/own-text.js';
import { isSuppressedError, SUPPRESSION } from '../runtime/error-chain.js';
import { fieldOf, UNREADABLE } from '../runtime/hostile-values.js';
import { MAX_TEXT } from '../runtime/limits.js';
import { isPlainObject } from '../runtime/plain-object.js';
import { isExactNumber, readExactJson, writeExactJson } from './exact-json.js';
import { isNamedByTheOneBefore, namedField } from './named-values.js';
import { type RedactTextOptions, redactText } from './redact-text.js';
import { emptyError, FieldsCopy, itemsOf, readField, shownText, withText } from './redacted-copy.js';
import type { NameVerdict } from './secret-keys.js';
import { framesBelow } from './stack-frames.js';
import { isLikeJson } from './suspect-text.js';

/** Deeper values are left out: formatters print ten levels. */
const MAX_DEPTH = 12;
/** Values of one record that are checked; the rest are left out. */
const MAX_VALUES = 10_000;
/** Characters of one record that are scanned; strings beyond are left out. */
const MAX_CHARACTERS = 1_048_576;
/** Keys of this length may be secrets themselves. */
const LONG_KEY = 11;
/** What errors have, hidden or not; the message first. */
const OF_ERRORS = ['message', 'stack', 'cause', 'errors'] as const;
const LEFT_OUT = '[left out]';
/** Objects that are found faster in a list than in a map. */
const FEW = 8;

/**
 * Copies values without their secrets; a value without secrets is returned as it is. Nothing it is given is changed.
 *
 * One redactor serves one record: it recognises what it has seen, cycles included, and its work is bounded.
 */
export class Redactor {
  readonly #options: RedactTextOptions;
  /** The first objects that were seen, and what is shown of each: to make a map takes longer than to search a few. */
  readonly #seen: object[] = [];
  readonly #copies: unknown[] = [];
  #seenMore: Map<object, unknown> | undefined;
  /** The objects on the way down, which `MAX_DEPTH` bounds: an object that leads back to one of them. */
  readonly #open: object[] = [];
  #values = 0;
  #characters = 0;
  #jsonDepth = 0;

  constructor(options: RedactTextOptions) {
    this.#options = options;
  }

  /** A string without its secrets; JSON is parsed. */
  text(text: string): string {
    if (!this.#takes(text)) return LEFT_OUT;
    return redactText(isLikeJson(text) ? (this.#json(text) ?? text) : text, this.#options);
  }

  /** The same for messages, of which many are the same. */
  message(text: string): string {
    const { patterns, hasPassed } = this.#options;
    return patterns.length === 0 && hasPassed?.(text) && this.#takes(text) ? text : this.text(text);
  }

  /** Counts a string. @returns Whether it may still be scanned. */
  #takes(text: string): boolean {
    this.#characters += Math.min(text.length, MAX_TEXT);
    return this.#characters <= MAX_CHARACTERS;
  }

  /** A JSON string, redacted by its content; `undefined` for any other, and for one without a secret. */
  #json(text: string): string | undefined {
    if (text.length > MAX_TEXT || this.#jsonDepth > 2) return undefined;
    this.#jsonDepth += 1;
    try {
      const value = readExactJson(text);
      const redacted = this.value(value, 1);
      return redacted === value ? undefined : writeExactJson(redacted);
    } catch {
      return undefined;
    } finally {
      this.#jsonDepth -= 1;
    }
  }

  /** A value without its secrets: itself if it has none. Throws nothing. */
  value(value: unknown, depth = 0): unknown {
    switch (typeof value) {
      case 'string':
        return this.text(value);
      case 'symbol': {
        const text = String(value);
        const redacted = this.text(text);
        return redacted === text ? value : redacted;
      }
      case 'object':
        return value === null ? null : this.#object(value, depth);
      default:
        return value;
    }
  }

  /** The value of a name. */
  under(name: string, value: unknown, depth = 0): unknown {
    return this.#under(this.#options.keys.of(name), value, depth);
  }

  #under(verdict: NameVerdict, value: unknown, depth: number): unknown {
    switch (typeof value) {
      case 'undefined':
      case 'boolean':
      case 'function':
        return value;
      case 'number':
      case 'bigint':
        return verdict.isSecretNumber ? this.#options.censor : value;
      case 'string':
        if (this.#jsonDepth > 0 && isExactNumber(value))
          return verdict.isSecretNumber ? this.#options.censor : this.text(value);
        return verdict.isSecret && value !== '' ? this.#options.censor : this.text(value);
      default:
        return verdict.isSecret && value !== null ? this.#options.censor : this.value(value, depth);
    }
  }

  /** The fields of a record, which formatters read one by one: `toJSON` is the name of a field like any other. */
  fields(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
    this.#open.push(fields);
    try {
      const isProxy = types.isProxy(fields);
      const copy = this.#fields(fields, Object.keys(fields), 1, true, isProxy);
      return (copy === fields && isProxy ? {} : copy) as Readonly<Record<string, unknown>>;
    } catch {
      return {};
    } finally {
      this.#open.pop();
    }
  }

  #object(value: object, depth: number): unknown {
    const known = this.#seen.indexOf(value);
    if (known >= 0) return this.#copies[known];
    if (this.#seenMore?.has(value)) return this.#seenMore.get(value);
    if (this.#open.includes(value)) return '[Circular]';
    this.#values += 1;
    if (depth > MAX_DEPTH || this.#values > MAX_VALUES) return LEFT_OUT;
    this.#open.push(value);
    try {
      const copy = this.#copy(value, depth + 1);
      this.#remember(value, copy);
      return copy;
    } catch {
      // A getter, a trap or a `toJSON` that throws: what cannot be checked is not printed.
      return UNREADABLE;
    } finally {
      this.#open.pop();
    }
  }

  #remember(value: object, copy: unknown): void {
    if (this.#seen.length < FEW) {
      this.#seen.push(value);
      this.#copies.push(copy);
      return;
    }
    this.#seenMore ??= new Map();
    this.#seenMore.set(value, copy);
  }

  #copy(value: object, depth: number): unknown {
    if (types.isProxy(value)) {
      // Its traps may return something else the next time.
      if (Array.isArray(value)) return this.#array(itemsOf(value, MAX_VALUES), depth);
      const copy = this.#fields(value, Object.keys(value), depth, true, true);
      return copy === value ? {} : copy;
    }
    if (types.isNativeError(value) || value instanceof Error) return this.#error(value as Error, depth);
    // Most values: to ask whether it is one of those below takes as long as to read it.
    if (Object.getPrototypeOf(value) === Object.prototype) return this.#instance(value, depth, true);
    if (Array.isArray(value)) return this.#array(value, depth);
    if (types.isMap(value)) return this.#map(value, depth);
    if (types.isSet(value)) return this.#set(value, depth);
    if (ArrayBuffer.isView(value)) return this.#bytes(value, value);
    if (types.isAnyArrayBuffer(value)) return this.#bytes(value, new Uint8Array(value));
    if (types.isBoxedPrimitive(value)) return this.#unboxed(value);
    if (types.isRegExp(value)) return this.#regExp(value);
    if (types.isDate(value) || types.isPromise(value))
      return this.#fields(value, Object.keys(value), depth, false);
    return this.#instance(value, depth, isPlainObject(value));
  }

  #unboxed(value: object): unknown {
    const primitive: unknown = value.valueOf();
    const redacted = this.value(primitive);
    return redacted === primitive ? value : redacted;
  }

  /** Bytes that are text with a secret become that text without it. */
  #bytes(value: object, view: ArrayBufferView): unknown {
    if (view.byteLength < 5) return value;
    const text = Buffer.from(view.buffer, view.byteOffset, Math.min(view.byteLength, MAX_TEXT)).toString(
      'latin1',
    );
    const redacted = this.text(text);
    return redacted === text ? value : redacted;
  }

  /** A search for what somebody typed has it in its source. */
  #regExp(value: RegExp): unknown {
    const text = RegExp.prototype.toString.call(value);
    const redacted = this.text(text);
    return redacted === text ? value : redacted;
  }

  #array(array: readonly unknown[], depth: number): unknown {
    const { length } = array;
    let copy: unknown[] | undefined;
    for (let at = 0; at < length; at += 1) {
      if (this.#values > MAX_VALUES) {
        copy ??= array.slice(0, at);
        copy.push(LEFT_OUT);
        break;
      }
      this.#values += 1;
      const item: unknown = array[at];
      const redacted = isNamedByTheOneBefore(array, at, this.#options.keys)
        ? this.under(String(array[at - 1]), item, depth)
        : this.value(item, depth);
      if (redacted !== item) copy ??= array.slice(0, at);
      copy?.push(redacted);
    }
    return copy ?? array;
  }

  #map(map: Map<unknown, unknown>, depth: number): unknown {
    const copy = new Map<unknown, unknown>();
    let isChanged = false;
    for (const [key, item] of Map.prototype.entries.call(map) as Iterable<[unknown, unknown]>) {
      this.#values += 1;
      if (this.#values > MAX_VALUES) {
        copy.set(LEFT_OUT, LEFT_OUT);
        isChanged = true;
        break;
      }
      const shownKey = this.value(key, depth);
      const shown = typeof key === 'string' ? this.under(key, item, depth) : this.value(item, depth);
      isChanged ||= shownKey !== key || shown !== item;
      copy.set(shownKey, shown);
    }
    return isChanged ? copy : map;
  }

  #set(set: Set<unknown>, depth: number): unknown {
    const items = [...(Set.prototype.values.call(set) as Iterable<unknown>)];
    const redacted = this.#array(items, depth) as unknown[];
    return redacted === items ? set : new Set(redacted);
  }

  /** An object by its `toJSON`, by its own text, and by its fields: everything a formatter may read. */
  #instance(value: object, depth: number, isPlain: boolean): unknown {
    const { toJSON } = value as { toJSON?: unknown };
    const source: unknown = typeof toJSON === 'function' ? toJSON.call(value, '') : value;
    // A text formatter prints what `toJSON` leaves out.
    const isHiding = source !== value && this.#fields(value, Object.keys(value), depth, isPlain) !== value;
    if (typeof source !== 'object' || source === null) {
      const shown = this.value(source, depth);
      const text = shownText(value);
      const isHarmless =
        shown === source && (text === undefined || text === shown || this.text(text) === text);
      return isHarmless && !isHiding ? value : shown;
    }
    const shown =
      source === value ? this.#fields(value, Object.keys(value), depth, isPlain) : this.value(source, depth);
    if (isPlain && source === value) return shown;
    const text = shownText(value);
    const redactedText = text === undefined ? undefined : this.text(text);
    if (shown === source && redactedText === text && !isHiding) return value;
    return redactedText === undefined ? shown : withText(shown, source, redactedText);
  }

  #fields(value: object, names: readonly string[], depth: number, isPlain: boolean, isProxy = false): object {
    const fields = value as Record<string, unknown>;
    const { keys, censor } = this.#options;
    const named = namedField(fields, names, keys);
    let copy: FieldsCopy | undefined;
    for (let at = 0; at < names.length; at += 1) {
      const name = names[at] as string;
      this.#values += 1;
      if (this.#values > MAX_VALUES) {
        copy ??= new FieldsCopy(fields, names, isPlain, false);
        copy.end(at, LEFT_OUT, names.length);
        break;
      }
      let item: unknown;
      let isFixed = true;
      if (copy !== undefined) item = copy.read(name, isProxy);
      // Nothing in JSON is a getter's.
      else if (this.#jsonDepth > 0) item = fields[name];
      else ({ item, isFixed } = readField(fields, name, isProxy));
      const verdict = keys.of(name);
      const shownItem =
        name === named && typeof item !== 'boolean' ? censor : this.#under(verdict, item, depth);
      const shownName = name.length < LONG_KEY ? name : this.#name(name, verdict);
      if (copy === undefined) {
        // A getter may return something else the next time.
        if (isFixed && shownItem === item && shownName === name) continue;
        copy = new FieldsCopy(fields, names, isPlain, isFixed);
      }
      copy.set(at, shownName, shownItem);
    }
    return copy?.result ?? value;
  }

  #name(name: string, verdict: NameVerdict): string {
    const isHarmless = !verdict.isSuspect && this.#options.patterns.length === 0 && this.#takes(name);
    return isHarmless ? name : this.text(name);
  }

  /** An error of the same class with message, stack, own fields, and the errors it refers to redacted. */
  #error(error: Error, depth: number): unknown {
    const fields = error as unknown as Readonly<Record<string, unknown>>;
    const names: string[] = OF_ERRORS.filter((name) => fieldOf(fields, name) !== undefined);
    if (isSuppressedError(error)) names.push(...SUPPRESSION);
    const own = Object.keys(error).filter((name) => !names.includes(name));
    names.push(...own);
    const items = names.map((name) => fieldOf(fields, name));
    const message = names[0] === 'message' ? items[0] : undefined;
    const shownMessage = this.value(message, depth);
    const shown = names.map((name, at) => {
      const item = items[at];
      if (name === 'message') return shownMessage;
      if (name === 'stack' && typeof item === 'string') return this.#stack(item, message, shownMessage);
      return this.under(name, item, depth);
    });
    const isChanged = shown.some((item, at) => item !== items[at]);
    const text = classText(error);
    const shownText = text === undefined ? undefined : this.text(text);
    if (!isChanged && shownText === text) return error;
    const copy = emptyError(error, (name) => this.text(name));
    if (shownText !== undefined) Object.defineProperty(copy, 'toString', { value: () => shownText });
    for (const [at, name] of names.entries()) {
      Object.defineProperty(copy, name, {
        value: shown[at],
        writable: true,
        configurable: true,
        enumerable: own.includes(name),
      });
    }
    return copy;
  }

  /** The stack repeats the message, which may be recognised as a secret only as a whole. */
  #stack(stack: string, message: unknown, shown: unknown): string {
    const isRepeated =
      typeof message === 'string' && typeof shown === 'string' && message !== shown && message !== '';
    if (isRepeated) return this.text(stack.replaceAll(message, () => shown));
    const { keys, patterns, areHarmless } = this.#options;
    const frames =
      patterns.length > 0 || areHarmless === undefined ? undefined : framesBelow(stack, message, keys);
    return frames !== undefined && areHarmless?.(frames) && this.#takes(stack) ? stack : this.text(stack);
  }
}

/** What the class of an error says of it, which may be more than its message; `undefined` where it says nothing. */
function classText(error: Error): string | undefined {
  try {
    return error.toString === Error.prototype.toString ? undefined : ownText(error);
  } catch {
    return undefined;
  }
}
