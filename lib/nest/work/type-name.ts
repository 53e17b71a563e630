/** The name of an object's class; `fallback` for one that has none, as `Object.create(null)` makes. Throws nothing. */
export function typeName(instance: object, fallback = 'object'): string {
  try {
    const name: unknown = (instance as { constructor?: { name?: unknown } }).constructor?.name;
    return typeof name === 'string' && name !== '' ? name : fallback;
  } catch {
    return fallback;
  }
}
