import { globalSlot } from '../../runtime/global-slot.js';

interface Logged {
  readonly errors: WeakSet<object>;
  /** The last logged thrown value that is not an object. */
  primitive: { readonly value: unknown } | undefined;
  /** Stacks of logged errors whose stack Nest is about to log. */
  readonly stacks: Set<string>;
}

const logged = globalSlot(
  'nest.logged.2',
  (): Logged => ({ errors: new WeakSet(), primitive: undefined, stacks: new Set() }),
);

/** How many stacks are remembered until Nest logs them, which it does at once. */
const MAX_STACKS = 100;

/**
 * Notes that a failure has its record, or will get it, so that it is not logged again.
 *
 * @returns Whether it was noted before.
 */
export function markLogged(thrown: unknown): boolean {
  if (isObject(thrown)) {
    const isKnown = logged.errors.has(thrown);
    logged.errors.add(thrown);
    return isKnown;
  }
  const isKnown = logged.primitive !== undefined && logged.primitive.value === thrown;
  logged.primitive = { value: thrown };
  // Thrown strings have no identity: the same one may be thrown again, but not while this one is still being handled.
  queueMicrotask(() => {
    logged.primitive = undefined;
  });
  return isKnown;
}

/** Whether a failure was logged. */
export function wasLogged(thrown: unknown): boolean {
  return isObject(thrown)
    ? logged.errors.has(thrown)
    : logged.primitive !== undefined && logged.primitive.value === thrown;
}

/** Notes that Nest is about to log the stack of an error that has its record. */
export function markLoggedStack(thrown: unknown): void {
  const stack = (thrown as { stack?: unknown } | null | undefined)?.stack;
  if (typeof stack !== 'string') return;
  if (logged.stacks.size >= MAX_STACKS) logged.stacks.clear();
  logged.stacks.add(stack);
}

/** Whether a stack is that of a logged failure; true only once. */
export function takeLoggedStack(stack: string | undefined): boolean {
  return stack !== undefined && logged.stacks.delete(stack);
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
