import { globalSlot } from '../internal/global-slot.js';

interface Told {
  readonly errors: WeakSet<object>;
  /** The last thing told that was thrown and is no object. */
  primitive: { readonly value: unknown } | undefined;
}

const told = globalSlot('nest.told.1', (): Told => ({ errors: new WeakSet(), primitive: undefined }));

/**
 * Notes that a failure has its record, or will get it, so that nobody tells it again.
 *
 * @returns Whether it was told before.
 */
export function markTold(thrown: unknown): boolean {
  if (isObject(thrown)) {
    const isKnown = told.errors.has(thrown);
    told.errors.add(thrown);
    return isKnown;
  }
  const isKnown = told.primitive !== undefined && told.primitive.value === thrown;
  told.primitive = { value: thrown };
  // Thrown strings have no identity: the same one may be thrown again, but not while this one is still being handled.
  queueMicrotask(() => {
    told.primitive = undefined;
  });
  return isKnown;
}

/** Whether a failure was told. */
export function wasTold(thrown: unknown): boolean {
  return isObject(thrown)
    ? told.errors.has(thrown)
    : told.primitive !== undefined && told.primitive.value === thrown;
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
