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
