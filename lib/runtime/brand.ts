/**
 * Marks a prototype, so that objects of another copy of this package are recognised.
 *
 * `instanceof` fails across copies; a registered symbol on the prototype does not.
 */
export function brand(prototype: object, kind: string): void {
  Object.defineProperty(prototype, Symbol.for(`nestjs-logging.${kind}`), { value: true });
}

/** A test for objects whose prototype chain was marked with {@link brand} by any copy of this package. */
export function branded<T>(kind: string): (value: unknown) => value is T {
  // Looked up once: the symbol registry is slow.
  const mark = Symbol.for(`nestjs-logging.${kind}`);
  return (value): value is T =>
    typeof value === 'object' && value !== null && (value as Record<symbol, unknown>)[mark] === true;
}

const SELF: unique symbol = Symbol.for('nestjs-logging.self');

/** Lets an object be found behind a proxy of it. */
export function keepSelf(object: object): void {
  Object.defineProperty(object, SELF, { value: object });
}

/**
 * The object itself, of a proxy that passes everything on: such a proxy has none of the private fields. Any other value as
 * it is.
 */
export function selfOf<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  return ((value as { [SELF]?: T })[SELF] ?? value) as T;
}
