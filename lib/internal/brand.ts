/**
 * Marks a prototype, so that objects of another copy of this package are recognised.
 *
 * `instanceof` fails across copies; a registered symbol on the prototype does not.
 */
export function brand(prototype: object, kind: string): void {
  Object.defineProperty(prototype, Symbol.for(`nestjs-logging.${kind}`), { value: true });
}

/** True for objects whose prototype chain was marked with {@link brand} by any copy of this package. */
export function isBranded(value: unknown, kind: string): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    (value as Record<symbol, unknown>)[Symbol.for(`nestjs-logging.${kind}`)] === true
  );
}
