import { types } from 'node:util';
import { defineField } from './define-field.js';
import { isNamedByTheOneBefore, namedField } from './named-values.js';
import { MAX_TEXT, type RedactTextOptions, redactText } from './redact-text.js';
import { emptyError, isPlainObject, readField, shownText, UNREADABLE, withText } from './redacted-copy.js';

/** What is deeper is left out: formatters print ten levels. */
const MAX_DEPTH = 12;
/** Values of one record that are looked at; those beyond are left out. */
const MAX_VALUES = 10_000;
/** Characters of one record that are scanned; texts beyond are left out. */
const MAX_CHARACTERS = 1_048_576;
/** Keys that long may be secrets themselves. */
const LONG_KEY = 11;
/** Characters of a text that is read as JSON. */
const MAX_JSON = 65_536;
const LEFT_OUT = '[left out]';

/**
 * Copies values without their secrets; what holds none is given back as it is. Nothing that it is given is changed.
 *
 * One redactor serves one record: what it has seen it knows again, cycles included, and its work is bounded.
 */
export class Redactor {
  readonly #options: RedactTextOptions;
  readonly #seen = new Map<object, unknown>();
  /** Those on the way down: what leads back to one of them. */
  readonly #open = new Set<object>();
  #values = 0;
  #characters = 0;
  #jsonDepth = 0;

  constructor(options: RedactTextOptions) {
    this.#options = options;
  }

  /** A text without its secrets; JSON is read as such. */
  text(text: string): string {
    this.#characters += Math.min(text.length, MAX_TEXT);
    if (this.#characters > MAX_CHARACTERS) return LEFT_OUT;
    return redactText(this.#json(text) ?? text, this.#options);
  }

  /** A text that is JSON, by what it holds; `undefined` for any other, and for one without a secret. */
  #json(text: string): string | undefined {
    const first = text.charCodeAt(0);
    if ((first !== 0x7b && first !== 0x5b) || text.length > MAX_JSON || this.#jsonDepth > 2) return undefined;
    this.#jsonDepth += 1;
    try {
      const value: unknown = JSON.parse(text);
      const redacted = this.value(value, 1);
      return redacted === value ? undefined : JSON.stringify(redacted);
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

  /** What stands under a name. */
  under(name: string, value: unknown, depth = 0): unknown {
    return this.#isSecret(name, value) ? this.#options.censor : this.value(value, depth);
  }

  #isSecret(name: string, value: unknown): boolean {
    const { keys } = this.#options;
    switch (typeof value) {
      case 'undefined':
      case 'boolean':
      case 'function':
        return false;
      case 'number':
      case 'bigint':
        return keys.isSecretNumber(name);
      case 'string':
        return value !== '' && keys.isSecret(name);
      default:
        return value !== null && keys.isSecret(name);
    }
  }

  #object(value: object, depth: number): unknown {
    if (this.#seen.has(value)) return this.#seen.get(value);
    if (this.#open.has(value)) return '[Circular]';
    this.#values += 1;
    if (depth > MAX_DEPTH || this.#values > MAX_VALUES) return LEFT_OUT;
    this.#open.add(value);
    try {
      const copy = this.#copy(value, depth + 1);
      this.#seen.set(value, copy);
      return copy;
    } catch {
      // A getter, a trap or a `toJSON` that throws: what cannot be looked at is not printed either.
      return UNREADABLE;
    } finally {
      this.#open.delete(value);
    }
  }

  #copy(value: object, depth: number): unknown {
    if (types.isProxy(value)) {
      // What its traps say to the next who asks may be something else.
      const copy = this.#fields(value, Object.keys(value), depth, true);
      return copy === value ? {} : copy;
    }
    if (types.isNativeError(value) || value instanceof Error) return this.#error(value as Error, depth);
    if (Array.isArray(value)) return this.#array(value, depth);
    if (types.isMap(value)) return this.#map(value, depth);
    if (types.isSet(value)) return this.#set(value, depth);
    if (ArrayBuffer.isView(value)) return this.#bytes(value);
    if (types.isBoxedPrimitive(value)) return this.#unboxed(value);
    if (types.isDate(value) || types.isRegExp(value) || types.isPromise(value)) return value;
    return this.#instance(value, depth);
  }

  #unboxed(value: object): unknown {
    const primitive: unknown = value.valueOf();
    const redacted = this.value(primitive);
    return redacted === primitive ? value : redacted;
  }

  /** Bytes that are a text with a secret become that text without it. */
  #bytes(view: ArrayBufferView): unknown {
    if (view.byteLength < 5) return view;
    const text = Buffer.from(view.buffer, view.byteOffset, Math.min(view.byteLength, 65_536)).toString(
      'latin1',
    );
    const redacted = this.text(text);
    return redacted === text ? view : redacted;
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

  /** An object by its `toJSON`, by its own text, and by its fields: by whatever a formatter may ask it. */
  #instance(value: object, depth: number): unknown {
    const isPlain = isPlainObject(value);
    const { toJSON } = value as { toJSON?: unknown };
    const source: unknown = typeof toJSON === 'function' ? toJSON.call(value, '') : value;
    if (typeof source !== 'object' || source === null) {
      const shown = this.value(source, depth);
      const text = shownText(value);
      const isHarmless =
        shown === source && (text === undefined || text === shown || this.text(text) === text);
      return isHarmless ? value : shown;
    }
    const shown =
      source === value ? this.#fields(value, Object.keys(value), depth, isPlain) : this.value(source, depth);
    if (isPlain && source === value) return shown;
    const text = shownText(value);
    const redactedText = text === undefined ? undefined : this.text(text);
    if (shown === source && redactedText === text) return value;
    return redactedText === undefined ? shown : withText(shown, source, redactedText);
  }

  #fields(value: object, names: readonly string[], depth: number, isPlain: boolean): object {
    const fields = value as Record<string, unknown>;
    const named = namedField(fields, names, this.#options.keys);
    let copy: Record<string, unknown> | undefined;
    const begin = (upTo: string): Record<string, unknown> => {
      const started = isPlain ? {} : (Object.create(Object.getPrototypeOf(value)) as Record<string, unknown>);
      for (const name of names) {
        if (name === upTo) break;
        defineField(started, name, fields[name]);
      }
      return started;
    };
    for (const name of names) {
      this.#values += 1;
      if (this.#values > MAX_VALUES) {
        copy ??= begin(name);
        defineField(copy, LEFT_OUT, names.length);
        break;
      }
      const { item, isFixed } = readField(fields, name);
      const shown =
        name === named && typeof item !== 'boolean' ? this.#options.censor : this.under(name, item, depth);
      const shownName = name.length < LONG_KEY ? name : this.text(name);
      // What a getter gave may be something else the next time.
      if (shown !== item || shownName !== name || !isFixed) copy ??= begin(name);
      if (copy !== undefined) defineField(copy, shownName, shown);
    }
    return copy ?? value;
  }

  /** An error of the same class with message, stack, cause, members and own fields redacted. */
  #error(error: Error, depth: number): unknown {
    const names = ['message', 'stack', 'cause', 'errors'].filter(
      (name) => readField(error as never, name).item !== undefined,
    );
    const own = Object.keys(error).filter((name) => !names.includes(name));
    const message = readField(error as never, 'message').item;
    const shownMessage = this.value(message, depth);
    const shown = new Map<string, unknown>();
    let isChanged = false;
    for (const name of [...names, ...own]) {
      const { item } = readField(error as never, name);
      const redacted =
        name === 'stack' && typeof item === 'string'
          ? this.#stack(item, message, shownMessage)
          : name === 'message'
            ? shownMessage
            : this.under(name, item, depth);
      isChanged ||= redacted !== item;
      shown.set(name, redacted);
    }
    if (!isChanged) return error;
    const copy = emptyError(error);
    for (const [name, item] of shown) {
      Object.defineProperty(copy, name, {
        value: item,
        writable: true,
        configurable: true,
        enumerable: own.includes(name),
      });
    }
    return copy;
  }

  /** The stack repeats the message, which may tell a secret only as a whole. */
  #stack(stack: string, message: unknown, shown: unknown): string {
    const isRepeated =
      typeof message === 'string' && typeof shown === 'string' && message !== shown && message !== '';
    return this.text(isRepeated ? stack.replaceAll(message, () => shown) : stack);
  }
}
