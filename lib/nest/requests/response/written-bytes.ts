import type { ServerResponse } from 'node:http';
import { type HeadWriter, type RequestState, stateOfResponse, type Writer } from '../request-state.js';

/**
 * Counts the bytes of a response's body; passes everything on as it is.
 *
 * On the response itself, not on a prototype: whichever application answers (one of Express that is mounted on the same
 * server gives its responses a prototype of its own), what it writes is counted.
 */
export function countBytes(response: ServerResponse, state: RequestState): void {
  // The same two functions for every response: the engine makes one fast call of them, and nothing for each request.
  const writers = response as { write: Writer; end: Writer };
  state.write = ownMethod(response, 'write') as Writer | undefined;
  state.end = ownMethod(response, 'end') as Writer | undefined;
  writers.write = countedWrite;
  writers.end = countedEnd;
}

const countedWrite: Writer = function (...args) {
  const state = stateOfResponse(this);
  const write = state?.write ?? inherited(this).write;
  // Some responses end by calling `write`, which is not to count it again.
  if (state === undefined || state.isEnding) return Reflect.apply(write, this, args);
  return counted(state, write, this, args);
};

const countedEnd: Writer = function (...args) {
  const state = stateOfResponse(this);
  const end = state?.end ?? inherited(this).end;
  if (state === undefined || state.isEnding) return Reflect.apply(end, this, args);
  state.isEnding = true;
  try {
    return counted(state, end, this, args);
  } catch (error) {
    // The body is not complete after all: an error page may go out instead.
    state.isEnding = false;
    throw error;
  }
};

/** Counted first, since the response may be over when it returns; what Node refuses was not written. */
function counted(state: RequestState, write: Writer, response: ServerResponse, args: unknown[]): unknown {
  const before = state.bytes;
  state.bytes = before + sizeOf(args[0], args[1]);
  try {
    return Reflect.apply(write, response, args);
  } catch (error) {
    state.bytes = before;
    throw error;
  }
}

function sizeOf(chunk: unknown, encoding: unknown): number {
  if (typeof chunk === 'string')
    return Buffer.byteLength(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8');
  return ArrayBuffer.isView(chunk) ? chunk.byteLength : 0;
}

/** A method of a response as it is before ours takes its place, if the response has one of its own. */
export function ownMethod(response: object, name: string): unknown {
  return Object.hasOwn(response, name) ? Reflect.get(response, name) : undefined;
}

/** The methods of a response that are replaced here. */
interface ResponseMethods {
  readonly write: Writer;
  readonly end: Writer;
  readonly writeHead: HeadWriter;
}

/**
 * The methods that a response inherits at the time of the call: an application of Express gives its responses another
 * prototype after it has them, and with it methods that may not go together with those of the one before.
 */
export function inherited(response: object): ResponseMethods {
  return Object.getPrototypeOf(response) as ResponseMethods;
}
