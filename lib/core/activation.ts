import { globalSlot } from '../runtime/global-slot.js';

/** What a component does once its configuration is active, or if it is given up. */
export interface Activation {
  /** Starts what may fail and can be undone; runs before any `commit`. */
  start?(): void;
  /** Has outside effects, for example empties a file that was opened with mode `'w'`. */
  commit?(): void;
  /** Undoes what creating the component and `start` did, for example removes an empty file it created. */
  rollback?(): void;
}

const slot = globalSlot('activation.1', (): { pending: Activation[] | undefined } => ({
  pending: undefined,
}));

/**
 * Runs an effect now, or, while a configuration is being applied, once all of it is active.
 *
 * A configuration that fails half-way must leave no trace, so the steps that cannot be undone wait here.
 */
export function whenActive(activation: Activation): void {
  if (slot.pending !== undefined) {
    slot.pending.push(activation);
    return;
  }
  activation.start?.();
  activation.commit?.();
}

/** Effects collected while components were created. */
export interface PendingActivations {
  /** Runs them all: first those that can be undone. */
  commit(): void;
  /** Undoes them all, the last first; errors do not stop it. */
  rollback(): void;
}

/**
 * Creates components and defers their effects.
 *
 * @param make Creates the components; if it throws, they are rolled back.
 */
export function collectActivations<T>(make: () => T): { result: T; activations: PendingActivations } {
  const outer = slot.pending;
  const pending: Activation[] = [];
  slot.pending = pending;
  const activations = {
    commit: () => {
      for (const activation of pending) activation.start?.();
      for (const activation of pending) activation.commit?.();
    },
    rollback: () => {
      for (const activation of [...pending].reverse()) {
        try {
          activation.rollback?.();
        } catch {
          // The original error is what is reported.
        }
      }
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
