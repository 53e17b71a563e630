/** A class, or a function that makes what a class would. */
export type Constructible = (new (...args: never[]) => object) | ((...args: never[]) => object);

/** Calls a class with `new`, a function without. */
export function construct(type: Constructible, options: Record<string, unknown>): unknown {
  return isClass(type)
    ? new (type as new (options: object) => object)(options)
    : (type as (options: object) => object)(options);
}

/** Distinguishes classes from plain functions, also where a compiler wrote the class as a function. */
export function isClass(type: object): boolean {
  const { prototype } = type as { prototype?: object };
  if (typeof prototype !== 'object' || prototype === null) return false;
  if (Object.getPrototypeOf(prototype) !== Object.prototype) return true;
  return (
    Object.getOwnPropertyNames(prototype).length > 1 ||
    /^class\b/.test(Function.prototype.toString.call(type))
  );
}
