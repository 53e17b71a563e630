import type { ServerResponse } from 'node:http';
import { type RequestState, stateOfResponse, type Writer } from './request-state.js';

/** On a prototype whose responses are counted. */
const COUNTED = Symbol.for('nestjs-logging.counted');

/**
 * Counts what is written to the responses of an Express application, at the prototype they all get.
 *
 * Express gives each response another prototype, after which the engine is slow with every property it has of its own.
 */
export function countBytesOfAll(prototype: ServerResponse): void {
  const writers = prototype as { write: Writer; end: Writer };
  // Two applications of Nest may share one of Express.
  if (Object.hasOwn(prototype, COUNTED)) return;
  Object.defineProperty(prototype, COUNTED, { value: true });
  const { write, end } = writers;
  writers.write = function (chunk, encoding, callback) {
    const state = stateOfResponse(this);
    if (state?.isEnding === false) state.bytes += sizeOf(chunk, encoding);
    return write.call(this, chunk, encoding, callback);
  };
  writers.end = function (chunk, encoding, callback) {
    const state = stateOfResponse(this);
    if (state?.isEnding === false) state.bytes += sizeOf(chunk, encoding);
    if (state !== undefined) state.isEnding = true;
    return end.call(this, chunk, encoding, callback);
  };
}

/** Counts what is written to one response; passes everything on as it is. */
export function countBytes(response: ServerResponse, state: RequestState): void {
  // The same two functions for every response: the engine makes one fast call of them, and nothing for each request.
  const writers = response as { write: Writer; end: Writer };
  state.write = writers.write;
  state.end = writers.end;
  writers.write = countedWrite;
  writers.end = countedEnd;
}

function countedWrite(
  this: ServerResponse,
  chunk?: unknown,
  encoding?: unknown,
  callback?: unknown,
): unknown {
  const state = stateOfResponse(this) as RequestState;
  if (!state.isEnding) state.bytes += sizeOf(chunk, encoding);
  return (state.write as Writer).call(this, chunk, encoding, callback);
}

function countedEnd(this: ServerResponse, chunk?: unknown, encoding?: unknown, callback?: unknown): unknown {
  const state = stateOfResponse(this) as RequestState;
  if (!state.isEnding) state.bytes += sizeOf(chunk, encoding);
  state.isEnding = true;
  return (state.end as Writer).call(this, chunk, encoding, callback);
}

function sizeOf(chunk: unknown, encoding: unknown): number {
  if (typeof chunk === 'string')
    return Buffer.byteLength(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8');
  return ArrayBuffer.isView(chunk) ? chunk.byteLength : 0;
}
