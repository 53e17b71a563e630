/** A field that objects of others may be given. */
export interface HiddenField<T> {
  /** The object's value; `undefined` if it has none. */
  get(object: object): T | undefined;
  /** Gives an object its value, for good: it must have none yet. */
  set(object: object, value: T): void;
}

/**
 * A field that nobody sees who does not have this: private, as `#name` is to the objects of a class.
 *
 * A WeakMap would do the same, but makes each garbage collection dearer where the objects live as short as requests do;
 * a property that is not enumerable takes twenty times as long to define.
 */
export function hiddenField<T>(): HiddenField<T> {
  return class Hidden extends Given {
    readonly #value: T;

    constructor(object: object, value: T) {
      super(object);
      this.#value = value;
    }

    static get(object: object): T | undefined {
      return #value in object ? object.#value : undefined;
    }

    static set(object: object, value: T): void {
      new Hidden(object, value);
    }
  };
}

/** What a class is derived from adds its fields to whatever the constructor below it returns. */
class Given {
  constructor(object: object) {
    // biome-ignore lint/correctness/noConstructorReturn: that is what it is for
    return object;
  }
}
