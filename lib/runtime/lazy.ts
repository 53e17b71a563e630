/** A function that computes its value on the first call and returns the same one from then on. */
export function lazy<T>(compute: () => T): () => T {
  let known: { readonly value: T } | undefined;
  return () => {
    known ??= { value: compute() };
    return known.value;
  };
}

/**
 * A regular expression, made when it is first used: for those that name classes of Unicode. As a string, because V8 makes
 * a literal's classes when it reads the file: those of the core took 2 of the 34 ms that loading it took.
 */
export function lazyPattern(source: string, flags: string): () => RegExp {
  return lazy(() => new RegExp(source, flags));
}

/**
 * Gives an object a property whose value is computed when it is first read.
 *
 * It can be set like any other, on the object and on what inherits from it: compilers may turn a static field of a
 * derived class into an assignment, which a mere getter would refuse.
 */
export function lazyProperty<T extends object, Key extends keyof T>(
  target: T,
  key: Key,
  compute: () => T[Key],
): void {
  Object.defineProperty(target, key, {
    get: lazy(compute),
    set(this: object, value: unknown) {
      Object.defineProperty(this, key, { value, configurable: true, enumerable: true, writable: true });
    },
    configurable: true,
    enumerable: true,
  });
}
