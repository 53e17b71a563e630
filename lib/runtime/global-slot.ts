/**
 * One object per process, whatever the number of copies of this package.
 *
 * A second copy can appear through Jest's module registry, a bundler, or two versions in one tree; all of them
 * must see the same loggers. The first copy that asks creates the object, the others get it.
 *
 * @param key Name of the slot; shared by every copy, so it must change when the object's shape does.
 * @param create Makes the object on first use.
 */
export function globalSlot<T extends object>(key: string, create: () => T): T {
  const slot = Symbol.for(`nestjs-logging.${key}`);
  const holder = globalThis as unknown as Record<symbol, T | undefined>;
  let value = holder[slot];
  if (value === undefined) {
    value = create();
    // Jest clears global objects when a test file is done; a timer of ours that fires later would fail.
    Object.defineProperty(value, Symbol.for('$$jest-protect-from-deletion'), { value: [] });
    // Not enumerable, so that code that walks the global object does not find it.
    Object.defineProperty(globalThis, slot, {
      value,
      configurable: true,
      enumerable: false,
      writable: false,
    });
  }
  return value;
}
