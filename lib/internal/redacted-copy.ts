import { inspect, types } from 'node:util';
import { ownText } from './own-text.js';

/** What stands in place of a value that throws when it is looked at. */
export const UNREADABLE = '[unreadable]';

/** A field; `isFixed` unless a getter gave it. */
export function readField(
  fields: Record<string, unknown>,
  name: string,
): { item: unknown; isFixed: boolean } {
  try {
    const isFixed =
      !types.isProxy(fields) && Object.getOwnPropertyDescriptor(fields, name)?.get === undefined;
    return { item: fields[name], isFixed };
  } catch {
    return { item: UNREADABLE, isFixed: false };
  }
}

/** True for what a literal or JSON gives. */
export function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** An error of the same class with nothing in it. */
export function emptyError(error: Error): Error {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    const copy = new Error();
    Object.setPrototypeOf(copy, Object.getPrototypeOf(error) as object);
    return copy;
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** Fields that print as a text of their own, as the object they were copied from did. */
export function withText(shown: unknown, source: object, text: string): unknown {
  if (typeof shown !== 'object' || shown === null) return text;
  const copy: object = shown === source ? { ...shown } : shown;
  // On a prototype, which is where a class has it.
  const carrier = Object.create(Object.getPrototypeOf({}) as object, {
    toString: { value: () => text },
  }) as object;
  return Object.assign(Object.create(carrier) as object, copy);
}

/** The text that an instance has of itself, as formatters ask for it; `undefined` if it has none. */
export function shownText(value: object): string | undefined {
  if (typeof (value as { [inspect.custom]?: unknown })[inspect.custom] !== 'function') return ownText(value);
  return inspect(value, { depth: 4, breakLength: Number.POSITIVE_INFINITY });
}
