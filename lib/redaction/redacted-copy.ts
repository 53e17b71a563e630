import { inspect, types } from 'node:util';
import { ownText } from '../python/own-text.js';
import { defineField } from '../runtime/define-field.js';
import { UNREADABLE } from '../runtime/hostile-values.js';

/** A field; `isFixed` unless a getter gave it. @param isProxy Whether the fields are a proxy's. */
export function readField(
  fields: object,
  name: string,
  isProxy = types.isProxy(fields),
): { item: unknown; isFixed: boolean } {
  const descriptor = isProxy ? undefined : Object.getOwnPropertyDescriptor(fields, name);
  if (descriptor !== undefined && descriptor.get === undefined)
    return { item: descriptor.value, isFixed: true };
  try {
    return {
      item: (fields as Readonly<Record<string, unknown>>)[name],
      isFixed: !isProxy && descriptor === undefined,
    };
  } catch {
    return { item: UNREADABLE, isFixed: false };
  }
}

/** The first items of a list behind a proxy, each read once. */
export function itemsOf(list: readonly unknown[], most: number): unknown[] {
  const length = Math.min(list.length, most);
  return Array.from({ length }, (_, at) => readField(list, String(at), true).item);
}

/** A copy of an object in the making, begun at the first field that is not shown as it is. */
export class FieldsCopy {
  readonly #fields: Record<string, unknown>;
  readonly #names: readonly string[];
  readonly #isPlain: boolean;
  /** A copy of all fields, where one could be made at once. */
  readonly #data: Record<string, unknown> | undefined;
  /** Otherwise, and from the first field on that has another name: what is shown, beginning with the field at an index. */
  #shown: { readonly from: number; readonly names: string[]; readonly items: unknown[] } | undefined;

  /** @param isPlain Whether it is a plain object, not one of the same class. @param isFixed Whether no getter came so far. */
  constructor(fields: Record<string, unknown>, names: readonly string[], isPlain: boolean, isFixed: boolean) {
    this.#fields = fields;
    this.#names = names;
    this.#isPlain = isPlain;
    this.#data = isPlain && isFixed ? copyOfData(fields) : undefined;
  }

  /** A field. */
  read(name: string, isProxy: boolean): unknown {
    return this.#data === undefined ? readField(this.#fields, name, isProxy).item : this.#data[name];
  }

  /** Sets what is shown of the field at an index; each of them from the first on. */
  set(at: number, shownName: string, item: unknown): void {
    if (this.#shown === undefined && this.#data !== undefined && shownName === this.#names[at])
      this.#data[shownName] = item;
    else this.end(at, shownName, item);
  }

  /** The same; the fields behind it are only there if they are set. */
  end(at: number, shownName: string, item: unknown): void {
    this.#shown ??= { from: at, names: [], items: [] };
    this.#shown.names.push(shownName);
    this.#shown.items.push(item);
  }

  /** The copy. */
  get result(): object {
    const shown = this.#shown;
    if (shown === undefined && this.#data !== undefined) return this.#data;
    const fields = this.#data ?? this.#fields;
    const copy = this.#isPlain ? {} : (Object.create(Object.getPrototypeOf(fields)) as object);
    for (const name of this.#names.slice(0, shown?.from)) defineField(copy, name, fields[name]);
    shown?.names.forEach((name, at) => {
      defineField(copy, name, shown.items[at]);
    });
    return copy;
  }
}

/**
 * A copy of a plain object, made at once, which the engine does fastest: each field is read once, and is no getter in the
 * copy. `undefined` for one with symbols, or with a field that cannot be read.
 */
function copyOfData(fields: Record<string, unknown>): Record<string, unknown> | undefined {
  try {
    return Object.getOwnPropertySymbols(fields).length === 0 ? { ...fields } : undefined;
  } catch {
    return undefined;
  }
}

/** An empty error of the same class and name. @param shownName Its name as it is shown. */
export function emptyError(error: Error, shownName: (name: string) => string): Error {
  const { stackTraceLimit } = Error;
  Reflect.set(Error, 'stackTraceLimit', 0);
  try {
    const copy = new Error();
    Object.setPrototypeOf(copy, Object.getPrototypeOf(error) as object);
    const name = readField(error, 'name').item;
    // Not the prototype's: its own, or one that a getter gives to the original alone.
    if (typeof name === 'string' && readField(copy, 'name').item !== name)
      Object.defineProperty(copy, 'name', { value: shownName(name), writable: true, configurable: true });
    return copy;
  } finally {
    Reflect.set(Error, 'stackTraceLimit', stackTraceLimit);
  }
}

/** Fields that print their own text, like the object they were copied from. */
export function withText(shown: unknown, source: object, text: string): unknown {
  if (typeof shown !== 'object' || shown === null) return text;
  const copy: object = shown === source ? { ...shown } : shown;
  // On a prototype, which is where a class has it.
  const carrier = Object.create(Object.getPrototypeOf({}) as object, {
    toString: { value: () => text },
  }) as object;
  return Object.assign(Object.create(carrier) as object, copy);
}

/** The text that an instance gives for itself, as formatters read it; `undefined` if it has none. */
export function shownText(value: object): string | undefined {
  if (typeof (value as { [inspect.custom]?: unknown })[inspect.custom] !== 'function') return ownText(value);
  return inspect(value, { depth: 4, breakLength: Number.POSITIVE_INFINITY });
}
