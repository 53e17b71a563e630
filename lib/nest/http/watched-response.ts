import { type EventEmitter, errorMonitor } from 'node:events';
import { outcomeOf } from './access-record.js';
import { requestEnded } from './ended-requests.js';
import { noteFailure } from './failure-record.js';
import { type Emitter, type RequestState, stateOfResponse } from './request-state.js';

/** Watches how a response goes: whether all of it gets out, when it is over, and what breaks while it is sent. */
export function watchResponse(state: RequestState): void {
  const { request, response } = state;
  const watched = response as { emit: Emitter };
  // At the place where its events are made: with a listener for each of the three a request takes half a microsecond longer.
  state.emit = watched.emit;
  watched.emit = watchedEmit;
  // A pipelined response waits for its turn without a socket; if the connection goes first, nobody tells it.
  if (response.socket === null) {
    const { socket } = request;
    const end = (): void => endRequest(state);
    socket.once('close', end);
    response.once('close', () => socket.removeListener('close', end));
  }
}

const watchedEmit: Emitter = function (event, ...args) {
  const state = stateOfResponse(this) as RequestState;
  if (event === 'finish') state.isAnswered = true;
  else if (event === 'close') endRequest(state);
  else if (event === 'pipe') watchSource(state, args[0] as EventEmitter);
  return (state.emit as Emitter).call(this, event, ...args);
};

function endRequest(state: RequestState): void {
  if (state.outcome !== undefined) return;
  state.outcome = outcomeOf(state);
  requestEnded(state);
}

/** What breaks while it is sent is a failure of the request, unless the client has gone. */
function watchSource(state: RequestState, source: EventEmitter): void {
  const { response } = state;
  source.once(errorMonitor, (error: unknown) => {
    if (!response.closed && !response.destroyed) noteFailure(error, state);
  });
}
