import { Socket } from 'node:net';
import { type Drainable, registerForTurn, unregisterForTurn } from '../../../core/exit-drain.js';
import { writeTogether } from '../../../handlers/output/joint-writes.js';
import { globalSlot } from '../../../runtime/global-slot.js';
import type { RequestState } from '../request-state.js';

/** The most ended requests that wait to be logged. */
const MAX_WAITING = 256;
/** Node's own function, even if a test replaces it later: otherwise nothing would be logged. */
const endOfTurn = setImmediate;

interface EndedRequests extends Drainable {
  /** Whether the event loop is reading from sockets, and is known to call `endTurn` before it reads again. */
  isReading: boolean;
  /** Ended requests that are not logged yet, in the order in which they ended. */
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
      reportEnded();
    },
    drainAtExit: reportEnded,
  }),
);

/** Notes that a request has come; to be called as soon as it has. */
export function requestBegun(state: RequestState): void {
  state.isOfServer = isOfServer(state.request.socket);
  if (ended.isReading || !state.isOfServer) return;
  ended.isReading = true;
  endOfTurn(ended.endTurn);
}

/**
 * Logs an ended request, together with the others that end before the event loop reads its input again. Where that
 * moment cannot be known, it is logged at once.
 *
 * The response is sent, but nobody in this process can read it before the event loop turns, so the record is still there
 * first. Logging requests one by one would take a server twice as long: a write for each, with other work in between.
 */
export function requestEnded(state: RequestState): void {
  const { waiting } = ended;
  waiting.push(state);
  if (!ended.isReading || waiting.length >= MAX_WAITING || !state.isOfServer) reportEnded();
  else if (waiting.length === 1) registerForTurn(ended);
}

/**
 * Whether a request came in by a server's socket. Whoever makes up requests (tests, serverless platforms) may do so at any
 * time, and may freeze the process as soon as such a request has its answer.
 */
function isOfServer(socket: unknown): boolean {
  return socket instanceof Socket && (socket as { server?: unknown }).server !== undefined;
}

/** Logs all ended requests. */
export function reportEnded(): void {
  const { waiting } = ended;
  if (waiting.length === 0) return;
  ended.waiting = [];
  unregisterForTurn(ended);
  writeTogether(() => {
    for (const state of waiting) state.follower.logEnded(state);
  });
}
