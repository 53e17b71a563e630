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

/** What is shown of the fields of an object, from the first one on that is not shown as it is. */
export interface ShownFields {
  /** The index of the first. */
  readonly from: number;
  readonly names: string[];
  readonly items: unknown[];
  /** Whether the object has fields of all these names, and none is a getter. */
  isFixed: boolean;
}

/** A copy of an object, with what is shown. @param isPlain Whether it is a plain object, not one of the same class. */
export function copyWith(
  shown: ShownFields,
  fields: Record<string, unknown>,
  names: readonly string[],
  isPlain: boolean,
): object {
  if (isPlain && shown.isFixed && Object.getOwnPropertySymbols(fields).length === 0)
    return spreadWith(shown, fields);
  const copy = isPlain ? {} : (Object.create(Object.getPrototypeOf(fields)) as Record<string, unknown>);
  for (let at = 0; at < shown.from; at += 1) {
    const name = names[at] as string;
    defineField(copy, name, fields[name]);
  }
  for (let at = 0; at < shown.names.length; at += 1)
    defineField(copy, shown.names[at] as string, shown.items[at]);
  return copy;
}

/** All fields at once, which the engine does fastest. */
function spreadWith({ names, items }: ShownFields, fields: Record<string, unknown>): object {
  const copy = { ...fields };
  for (let at = 0; at < names.length; at += 1) {
    const name = names[at] as string;
    if (name === '__proto__') Object.defineProperty(copy, name, { value: items[at] });
    else if (copy[name] !== items[at]) copy[name] = items[at];
  }
  return copy;
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
