import { AsyncLocalStorage } from 'node:async_hooks';
import { type ContextStore, contexts } from '../context/context-store.js';
import { globalSlot } from '../internal/global-slot.js';

/** A request, a message, a job: what something thrown can belong to. */
export interface Work {
  /** The context it runs in; its owner is the work itself. */
  readonly store: ContextStore;
}

interface Owners {
  /** Where an application wants no contexts, what is thrown still has to be told from whom it is. */
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

/** The work that is running where this is called, if any. */
export function currentWork(): object | undefined {
  return contexts.storage.getStore()?.owner ?? owners.storage.getStore();
}
