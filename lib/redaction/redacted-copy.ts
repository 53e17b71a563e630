import { inspect, types } from 'node:util';
import { ownText } from '../python/own-text.js';
import { UNREADABLE } from '../runtime/hostile-values.js';

/** A field; `isFixed` unless a getter gave it. @param isProxy Whether the fields are a proxy's. */
export function readField(
  fields: Record<string, unknown>,
  name: string,
  isProxy = types.isProxy(fields),
): { item: unknown; isFixed: boolean } {
  const descriptor = isProxy ? undefined : Object.getOwnPropertyDescriptor(fields, name);
  if (descriptor !== undefined && descriptor.get === undefined)
    return { item: descriptor.value, isFixed: true };
  try {
    return { item: fields[name], isFixed: !isProxy && descriptor === undefined };
  } catch {
    return { item: UNREADABLE, isFixed: false };
  }
}

/** An empty error of the same class. */
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
