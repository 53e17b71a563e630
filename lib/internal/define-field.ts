/**
 * Sets an own property, whatever its name: plain assignment to `__proto__` would change the prototype.
 */
export function defineField(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
}
