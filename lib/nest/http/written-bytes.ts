import type { ServerResponse } from 'node:http';
import type { RequestState } from './request-state.js';

/** `write` and `end` as they are called: the encoding may be left out. */
type Writer = (this: ServerResponse, chunk?: unknown, encoding?: unknown, callback?: unknown) => unknown;

/** Counts what is written to a response; passes everything on as it is. */
export function countBytes(response: ServerResponse, state: RequestState): void {
  const write = response.write as Writer;
  const end = response.end as Writer;
  // Some responses (HTTP/2, injected requests) end by calling write.
  let isEnding = false;
  const counted: { write: Writer; end: Writer } = {
    write(chunk, encoding, callback) {
      if (!isEnding) state.bytes += sizeOf(chunk, encoding);
      return write.call(this, chunk, encoding, callback);
    },
    end(chunk, encoding, callback) {
      if (!isEnding) state.bytes += sizeOf(chunk, encoding);
      isEnding = true;
      return end.call(this, chunk, encoding, callback);
    },
  };
  Object.assign(response, counted);
}

function sizeOf(chunk: unknown, encoding: unknown): number {
  if (typeof chunk === 'string')
    return Buffer.byteLength(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8');
  return ArrayBuffer.isView(chunk) ? chunk.byteLength : 0;
}
