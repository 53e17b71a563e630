import type { ServerResponse } from 'node:http';
import { type RequestState, stateOfResponse, type Writer } from './request-state.js';

/** Counts what is written to a response; passes everything on as it is. */
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
