import { AsyncLocalStorage } from 'node:async_hooks';
import { type ContextLevels, type ContextStore, contexts } from '../../context/context-store.js';
import { globalSlot } from '../../runtime/global-slot.js';

/** A request, a message, a job: what an error can belong to. */
export interface Work {
  /** The context it runs in; its owner is the work itself. */
  readonly store: ContextStore;
}

interface Owners {
  /** Used where an application wants no contexts: errors still have to be attributed. */
  readonly storage: AsyncLocalStorage<object>;
}

const owners = globalSlot('nest.owners.1', (): Owners => ({ storage: new AsyncLocalStorage() }));

/**
 * Runs a function as part of a piece of work.
 *
 * @param usesContext Whether records that are made in it carry the fields of its context.
 * @param args What the function gets.
 */
export function runAs<T, Args extends unknown[]>(
  work: Work,
  usesContext: boolean,
  run: (...args: Args) => T,
  ...args: Args
): T {
  return usesContext
    ? contexts.storage.run(work.store, run, ...args)
    : owners.storage.run(work, run, ...args);
}

/** Runs a function of the application outside any work, as a record made in it would need the id that it is to make. */
export function runOutside<T>(run: () => T): T {
  return contexts.storage.exit(run);
}

/**
 * The levels of the token that the running work carries. Called for log calls that are not logged otherwise: a look at one
 * storage takes 15 to 50 ns, and a second one is asked only where applications want no contexts.
 */
export function runningLevels(): ContextLevels | undefined {
  return (
    contexts.storage.getStore()?.levels ??
    (owners.storage.getStore() as Partial<Work> | undefined)?.store?.levels
  );
}

/** The work that is running where this is called, if any. */
export function currentWork(): object | undefined {
  return contexts.storage.getStore()?.owner ?? owners.storage.getStore();
}
