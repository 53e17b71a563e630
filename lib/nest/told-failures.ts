import { globalSlot } from '../internal/global-slot.js';

interface Told {
  readonly errors: WeakSet<object>;
  /** The last thing told that was thrown and is no object. */
  primitive: { readonly value: unknown } | undefined;
  /** Stacks of errors that were told, and of which Nest is about to log no more than that. */
  readonly stacks: Set<string>;
}

const told = globalSlot(
  'nest.told.2',
  (): Told => ({ errors: new WeakSet(), primitive: undefined, stacks: new Set() }),
);

/** Stacks that are remembered until Nest logs them; it does so at once. */
const MAX_STACKS = 100;

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

/** Notes that Nest is about to log the stack of an error that has its record. */
export function markToldStack(thrown: unknown): void {
  const stack = (thrown as { stack?: unknown } | null | undefined)?.stack;
  if (typeof stack !== 'string') return;
  if (told.stacks.size >= MAX_STACKS) told.stacks.clear();
  told.stacks.add(stack);
}

/** Whether a stack is that of a failure that was told; asked once. */
export function takeToldStack(stack: string | undefined): boolean {
  return stack !== undefined && told.stacks.delete(stack);
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
