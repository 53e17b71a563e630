import { type Drainable, registerForExit, unregisterForExit } from '../../../core/exit-drain.js';
import { globalSlot } from '../../../runtime/global-slot.js';
import type { RequestState } from '../request-state.js';

/** How long a failure waits for the status that the client gets. */
const MAX_WAIT_MS = 5_000;

interface UndecidedFailures extends Drainable {
  readonly requests: Set<RequestState>;
}

const undecided = globalSlot(
  'nest.undecided.1',
  (): UndecidedFailures => ({
    requests: new Set(),
    drainAtExit: logAllUndecided,
  }),
);

/**
 * Keeps the failures of a request until its status is known, which an exception filter decides. They are logged earlier if
 * the process ends, or if nobody answers within 5 seconds.
 */
export function awaitStatus(state: RequestState): void {
  if (state.undecidedTimer !== undefined) return;
  state.undecidedTimer = setTimeout(logUndecided, MAX_WAIT_MS, state).unref();
  undecided.requests.add(state);
  if (undecided.requests.size === 1) registerForExit(undecided);
}

/** The status is known. */
export function statusDecided(state: RequestState): void {
  if (state.undecidedTimer === undefined) return;
  clearTimeout(state.undecidedTimer);
  state.undecidedTimer = undefined;
  undecided.requests.delete(state);
  if (undecided.requests.size === 0) unregisterForExit(undecided);
}

/** Logs every failure that waits for its status. */
export function logAllUndecided(): void {
  for (const state of undecided.requests) logUndecided(state);
}

function logUndecided(state: RequestState): void {
  statusDecided(state);
  state.follower.logUndecided(state);
}
