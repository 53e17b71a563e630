import type { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { type Drainable, holdUntilExit, releaseFromExit } from '../../handlers/support/exit-drain.js';
import { writeTogether } from '../../handlers/support/joint-writes.js';
import { globalSlot } from '../../internal/global-slot.js';
import type { RequestState } from './request-state.js';

/** Requests that wait to be told at the most. */
const MAX_WAITING = 256;
/** Node's own, whatever a test puts in its place later: nothing would come to be told. */
const endOfTurn = setImmediate;

interface EndedRequests extends Drainable {
  /** Whether the event loop is known to be where it reads from sockets, and to come by `endTurn` before it does again. */
  isReading: boolean;
  /** Requests that are over and not told yet, in the order in which they ended. */
  waiting: RequestState[];
  endTurn(): void;
}

const ended = globalSlot(
  'nest.ended.1',
  (): EndedRequests => ({
    isReading: false,
    waiting: [],
    endTurn() {
      ended.isReading = false;
      tellEnded();
    },
    drainAtExit: tellEnded,
  }),
);

/** Notes that a request has come; to be called as soon as it has. */
export function requestBegun({ socket }: IncomingMessage): void {
  // Whoever makes up requests (tests, serverless platforms) may do so at any time.
  if (ended.isReading || !(socket instanceof Socket)) return;
  ended.isReading = true;
  endOfTurn(ended.endTurn);
}

/**
 * Has a request that is over told: together with the others that end before the event loop has read what has come in, and
 * at once where that cannot be known.
 *
 * The answer is out, and nobody can have read it before the event loop turns: within this process the record is there
 * first, as it is without waiting. For a server, telling requests one by one takes twice as long, each with a write
 * of its own, and with everything else a server does in between.
 */
export function requestEnded(state: RequestState): void {
  const { waiting } = ended;
  waiting.push(state);
  if (!ended.isReading || waiting.length >= MAX_WAITING) tellEnded();
  else if (waiting.length === 1) holdUntilExit(ended);
}

/** Tells all requests that are over. */
export function tellEnded(): void {
  const { waiting } = ended;
  if (waiting.length === 0) return;
  ended.waiting = [];
  releaseFromExit(ended);
  writeTogether(() => {
    for (const state of waiting) state.follower.tell(state);
  });
}
