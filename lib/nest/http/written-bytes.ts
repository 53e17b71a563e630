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
    count(stateOfResponse(this), chunk, encoding);
    return write.call(this, chunk, encoding, callback);
  };
  writers.end = function (chunk, encoding, callback) {
    countLast(stateOfResponse(this), chunk, encoding);
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

const countedWrite: Writer = function (chunk, encoding, callback) {
  const state = stateOfResponse(this) as RequestState;
  count(state, chunk, encoding);
  return (state.write as Writer).call(this, chunk, encoding, callback);
};

const countedEnd: Writer = function (chunk, encoding, callback) {
  const state = stateOfResponse(this) as RequestState;
  countLast(state, chunk, encoding);
  return (state.end as Writer).call(this, chunk, encoding, callback);
};

function count(state: RequestState | undefined, chunk: unknown, encoding: unknown): void {
  if (state !== undefined && !state.isEnding) state.bytes += sizeOf(chunk, encoding);
}

function countLast(state: RequestState | undefined, chunk: unknown, encoding: unknown): void {
  count(state, chunk, encoding);
  // Some responses end by calling `write`, which is not to count it again.
  if (state !== undefined) state.isEnding = true;
}

function sizeOf(chunk: unknown, encoding: unknown): number {
  if (typeof chunk === 'string')
    return Buffer.byteLength(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8');
  return ArrayBuffer.isView(chunk) ? chunk.byteLength : 0;
}
