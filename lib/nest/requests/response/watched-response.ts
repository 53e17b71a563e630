import { type EventEmitter, errorMonitor } from 'node:events';
import { ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { globalSlot } from '../../../runtime/global-slot.js';
import { roundedMs } from '../../../runtime/units.js';
import { replaceMethod, UndoList } from '../../instrumentation.js';
import { noteFailure } from '../failures/failure-record.js';
import { type Emitter, type Outcome, type RequestState, stateOfResponse } from '../request-state.js';
import { requestEnded } from './ended-requests.js';

/**
 * Watches a response: whether all of it is sent, when it is over, and what breaks it.
 *
 * What does not change is read here: once Express has given a response a shape of its own, each property that is read of
 * it takes up to a microsecond.
 */
export function watchResponse(state: RequestState): void {
  const watched = state.response as { emit: Emitter };
  // At `emit`: a listener for each of the three events would cost a request half a microsecond more.
  state.emit = watched.emit;
  watched.emit = watchedEmit;
  // A pipelined response waits for its turn without a socket; if the connection closes first, it is not notified.
  if (state.response.socket === null) joinPipeline(state, endRequest);
  if ((state.request as { upgrade?: unknown }).upgrade === true) watchUpgrade(state);
  const { stream } = state.response as { stream?: Partial<ClosableStream> | null };
  if (typeof stream?.rstCode !== 'number') return;
  state.isOverHttp2 = true;
  watchStream(state, stream as ClosableStream);
}

/** The beginning of an answer over HTTP/1 that is not only an announcement, and as many characters as it has. */
const STATUS_LINE = /^HTTP\/1\.\d (101|[2-5]\d\d)\b/;
const STATUS_LENGTH = 16;

/** Code that takes a connection over (as for a WebSocket) answers on the socket itself: its first write has the status. */
function watchUpgrade(state: RequestState): void {
  const undos = new UndoList();
  for (const name of ['write', 'end'] as const) {
    const note = (method: AnyMethod): AnyMethod =>
      function (this: unknown, ...args) {
        undos.undo();
        const [first] = args;
        const text = Buffer.isBuffer(first) ? first.toString('latin1', 0, STATUS_LENGTH) : String(first);
        const [, status] = STATUS_LINE.exec(text) ?? [];
        if (status !== undefined && !state.response.headersSent) state.takenOverWith = Number(status);
        return Reflect.apply(method, this, args);
      };
    undos.add(replaceMethod(state.request.socket, name, note));
  }
}

/** A stream of HTTP/2, as far as it can be closed. */
interface ClosableStream {
  readonly rstCode: number;
  readonly closed: boolean;
  close: AnyMethod;
  destroy: AnyMethod;
}

type AnyMethod = (...args: unknown[]) => unknown;

/** A stream reports the code it was closed with, but not by whom: a client that closes it calls none of its methods. */
function watchStream(state: RequestState, stream: ClosableStream): void {
  for (const name of ['close', 'destroy'] as const) {
    const method = stream[name];
    stream[name] = function (this: ClosableStream, ...args) {
      if (!stream.closed) state.isStreamClosed = true;
      return Reflect.apply(method, this, args);
    };
  }
}

const watchedEmit: Emitter = function (event, ...args) {
  const state = stateOfResponse(this);
  if (state !== undefined) {
    if (event === 'finish') {
      state.isAnswered = !state.isOverHttp2 || isWhole(state.response);
      // Not only on `close`: made-up responses, as those of serverless platforms, finish and never close.
      endRequest(state);
    } else if (event === 'close') endRequest(state);
    else if (event === 'pipe') watchSource(state, args[0] as EventEmitter);
    else if (event === 'unpipe') ignoreSource(state, args[0] as EventEmitter);
  }
  const emit = state?.emit ?? ServerResponse.prototype.emit;
  return emit.call(this, event, ...args);
};

/** The parts of an HTTP/2 stream that show how it ended. */
interface EndedStream {
  readonly rstCode: number;
  readonly aborted: boolean;
  readonly writableFinished: boolean;
}

/** Whether all of a response is out: those of HTTP/2 finish however their stream ends. */
function isWhole(response: object): boolean {
  const { stream } = response as { stream?: Partial<EndedStream> | null };
  if (typeof stream?.rstCode !== 'number') return true;
  return stream.aborted === false && stream.writableFinished === true;
}

function endRequest(state: RequestState): void {
  if (state.outcome !== undefined) return;
  if (state.takenOverWith !== undefined) state.isAnswered = true;
  state.outcome = outcomeOf(state);
  leavePipeline(state);
  if (!state.isAnswered && !state.outcome.aborted) noteBreak(state);
  requestEnded(state);
}

function noteBreak(state: RequestState): void {
  const error = breakOf(state);
  if (error !== undefined) noteFailure(error, state, true);
}

/**
 * What the response's stream was destroyed with.
 *
 * Not the error with which Node, since 26, destroys a pipelined response whose connection closed before its turn: that
 * says nothing about which side closed, nor about the application.
 */
function breakOf({ response }: RequestState): unknown {
  const { errored } = response as { errored?: NodeJS.ErrnoException | null };
  if (!errored) return undefined;
  const { code, syscall, message } = errored;
  const isOfNode =
    response.socket === null && code === 'ECONNRESET' && syscall === undefined && message === 'aborted';
  return isOfNode ? undefined : errored;
}

/** An error while it is sent is a failure of the server, unless the client has gone. */
function watchSource(state: RequestState, source: EventEmitter): void {
  const { response } = state;
  const note = (error: unknown): void => {
    if (!response.closed && !response.destroyed) noteFailure(error, state, true);
  };
  state.sources ??= new Map();
  if (state.sources.has(source)) return;
  state.sources.set(source, note);
  source.once(errorMonitor, note);
}

/** One source may serve many responses, and outlive them. */
function ignoreSource({ sources }: RequestState, source: EventEmitter): void {
  const note = sources?.get(source);
  if (note === undefined) return;
  sources?.delete(source);
  source.removeListener(errorMonitor, note);
}

/** The responses of one connection that wait for their turn. */
interface Pipeline {
  readonly waiting: Set<RequestState>;
  readonly end: () => void;
}

const pipelines = globalSlot('nest.pipelines.1', () => ({ bySocket: new WeakMap<EventEmitter, Pipeline>() }));

/**
 * Ends a pipelined request if its connection closes before its response had its turn.
 *
 * One listener for each connection, however many requests a client sends on it ahead.
 */
function joinPipeline(state: RequestState, end: (state: RequestState) => void): void {
  const socket = state.request.socket as EventEmitter | null | undefined;
  if (typeof socket?.once !== 'function') return;
  let pipeline = pipelines.bySocket.get(socket);
  if (pipeline === undefined) {
    const waiting = new Set<RequestState>();
    const endAll = (): void => {
      for (const each of [...waiting]) end(each);
    };
    pipeline = { waiting, end: endAll };
    pipelines.bySocket.set(socket, pipeline);
    socket.once('close', endAll);
  }
  pipeline.waiting.add(state);
  state.isPipelined = true;
}

/** To be called when a response is over. */
function leavePipeline(state: RequestState): void {
  if (!state.isPipelined) return;
  const { socket } = state.request;
  const pipeline = pipelines.bySocket.get(socket);
  if (!pipeline?.waiting.delete(state) || pipeline.waiting.size > 0) return;
  pipelines.bySocket.delete(socket);
  socket.removeListener('close', pipeline.end);
}

/** No status was sent, as nginx numbers it: the client had gone; the server closed the connection. */
const CLIENT_CLOSED_REQUEST = 499;

const NO_RESPONSE = 444;

/** What a stream of HTTP/2 is reset with: by either side when it is done, and by a failing server. */
const NO_ERROR = 0;

const INTERNAL_ERROR = 2;

/** A response over HTTP/2, with the parts of its stream that show how it ended. */
interface OverHttp2 {
  readonly stream?: { readonly rstCode?: number } | null;
}

/** How a request ended, once its response is closed: whole, or cut off before all of it was given to the system. */
function outcomeOf(state: RequestState): Outcome {
  const { response, isAnswered } = state;
  const aborted = !isAnswered && hasClientGone(state);
  const unsent = aborted ? CLIENT_CLOSED_REQUEST : NO_RESPONSE;
  return {
    status: state.takenOverWith ?? (isAnswered || response.headersSent ? response.statusCode : unsent),
    aborted,
    durationMs: roundedMs(performance.now() - state.startedAt),
  };
}

/** Whether the client ended a connection: it said so, or the system did. When the server closes it, neither happens. */
function hasClientGone(state: RequestState): boolean {
  const { request, response } = state;
  if (breakOf(state) !== undefined) return false;
  const { stream } = response as OverHttp2;
  if (stream) return hasClientReset(state, stream.rstCode);
  const { socket } = request;
  if (!(socket instanceof Socket)) return true;
  return socket.readableEnded || (socket.errored !== null && isOfConnection(socket.errored));
}

/**
 * Either side may close a stream without an error. When the server does, it calls a method, which is noted in
 * `isStreamClosed`.
 */
function hasClientReset({ isStreamClosed }: RequestState, code = NO_ERROR): boolean {
  return code === NO_ERROR ? !isStreamClosed : code !== INTERNAL_ERROR;
}

/** An error that the system, TLS or Node's parser found, not one with which an application destroyed the socket. */
function isOfConnection(error: Error): boolean {
  const { syscall, code } = error as NodeJS.ErrnoException;
  return syscall !== undefined || (code !== undefined && /^(?:ERR_SSL|HPE_)/.test(code));
}
