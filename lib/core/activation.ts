import { globalSlot } from '../internal/global-slot.js';

/** What a component does once its configuration stands, or if it is given up. */
export interface Activation {
  /** Takes effect on the world, for example empties a file that was opened with mode `'w'`. */
  commit(): void;
  /** Undoes what making the component did, for example removes an empty file it created. */
  rollback?(): void;
}

const slot = globalSlot('activation.1', (): { pending: Activation[] | undefined } => ({
  pending: undefined,
}));

/**
 * Runs an effect now, or, while a configuration is being put together, once all of it stands.
 *
 * A configuration that is refused half-way must leave no trace; so the parts that cannot be undone wait here.
 */
export function whenStanding(activation: Activation): void {
  if (slot.pending === undefined) activation.commit();
  else slot.pending.push(activation);
}

/** Effects collected while components were made. */
export interface PendingActivations {
  /** Runs them all. */
  commit(): void;
  /** Undoes them all, the last first. */
  rollback(): void;
}

/**
 * Makes components with their effects held back.
 *
 * @param make Makes the components; if it throws, what was made is rolled back.
 */
export function collectActivations<T>(make: () => T): { result: T; activations: PendingActivations } {
  const outer = slot.pending;
  const pending: Activation[] = [];
  slot.pending = pending;
  const activations = {
    commit: () => {
      for (const activation of pending) activation.commit();
    },
    rollback: () => {
      for (const activation of [...pending].reverse()) activation.rollback?.();
    },
  };
  try {
    return { result: make(), activations };
  } catch (error) {
    activations.rollback();
    throw error;
  } finally {
    slot.pending = outer;
  }
}
