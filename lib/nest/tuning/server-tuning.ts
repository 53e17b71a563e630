import { executionAsyncResource } from 'node:async_hooks';
import { Socket } from 'node:net';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { share, type Undo, UndoList } from '../instrumentation.js';
import { type ExpressPrototypes, makeWithPrototypes } from './express-prototypes.js';
import { resolveTuning, type Tuning } from './tuning-options.js';

type Writev = NonNullable<Socket['_writev']>;

/** The part of a server that is used here. */
interface ConnectingServer {
  on(event: string, listener: (socket: unknown) => void): unknown;
  removeListener(event: string, listener: (socket: unknown) => void): unknown;
}

/**
 * Makes the connections of a server write a response in one piece where Node passes it as two, the second one empty.
 *
 * Node ends each response with an empty chunk, to learn when all of it is written. Two chunks go to the system through
 * `writev`, for which Node first allocates memory outside the heap; one chunk does not. This is a
 * fiftieth to a twentieth of the CPU time of a small request. The bytes are the same, and so are the events.
 *
 * @returns Stops changing new connections.
 */
export function writeSinglePieces(server: unknown): Undo {
  const { on, removeListener } = (server ?? {}) as Partial<ConnectingServer>;
  if (typeof on !== 'function' || typeof removeListener !== 'function') return () => {};
  // Where there is TLS, the latter are what answers are written to.
  const events = ['connection', 'secureConnection'];
  // A separate one for each call: the undo of one application must not affect another.
  const listener = (socket: unknown): void => leaveOutEmptyTail(socket);
  for (const event of events) on.call(server, event, listener);
  return () => {
    for (const event of events) removeListener.call(server, event, listener);
  };
}

function leaveOutEmptyTail(socket: unknown): void {
  // A socket with its own way of writing keeps it.
  if (socket instanceof Socket && socket._writev === Socket.prototype._writev)
    socket._writev = writevWithoutEmptyTail;
}

const writevWithoutEmptyTail: Writev = function (this: Socket, ...args) {
  const [chunks, callback] = args;
  const [first, second] = chunks;
  if (chunks.length === 2 && first !== undefined && second?.chunk === '')
    this._write(first.chunk, first.encoding, callback);
  else Reflect.apply(Socket.prototype._writev as Writev, this, args);
};

/**
 * Keeps one of Node's `process.nextTick` objects alive, so that all of them stay cheap to make.
 *
 * V8 forgets the shape of a kind of object if a full garbage collection finds none alive. Those of ticks have computed
 * keys; once their shape is forgotten, V8 makes each new one the slow way, permanently: 300 ns instead of 45 for each
 * tick, and a request has half a dozen ticks. Whether it happens is a matter of luck. It is more likely where there is
 * more garbage, as on a server that logs.
 *
 * @returns Releases it. Until then it keeps the object.
 */
export function keepTickShape(): Undo & { tick?: object | undefined } {
  const undo: Undo & { tick?: object | undefined } = () => {
    isKept = false;
    undo.tick = undefined;
  };
  let isKept = true;
  process.nextTick(() => {
    if (isKept) undo.tick = executionAsyncResource();
  });
  return undo;
}

/**
 * Applies the requested tuning to a server, whether its requests are logged or not.
 *
 * Call it when the adapter has made the server. See {@link makeWithPrototypes}, {@link writeSinglePieces} and
 * {@link keepTickShape}.
 *
 * @returns The undo function.
 */
export function tuneServer(adapter: AbstractHttpAdapter, tuning: boolean | Tuning): Undo {
  const { expressPrototypes, singleWrites, tickShape } = resolveTuning(tuning);
  const undos = new UndoList();
  const server: unknown = adapter.getHttpServer();
  if (expressPrototypes && adapter.getType() === 'express')
    undos.add(makeWithPrototypes(server, adapter.getInstance<ExpressPrototypes>()) ?? (() => {}));
  if (singleWrites) undos.add(writeSinglePieces(server));
  if (tickShape) undos.add(share(process, 'tick', keepTickShape));
  return undos.undo;
}
