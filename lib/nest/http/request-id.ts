import { randomUuid } from './random-uuid.js';

/** Short, and of characters that mean nothing to a terminal, a shell or a log format. */
const REQUEST_ID = /^[\w.:+/=@-]{1,128}$/;
/** W3C Trace Context: version, trace, parent and flags; a version of ff and a trace of zeros are none. */
const TRACEPARENT = /^(?!ff)[\da-f]{2}-(?!0{32})([\da-f]{32})-(?!0{16})[\da-f]{16}-[\da-f]{2}(?:-.*)?$/;

/** Headers, by their names in small letters. */
export type RequestHeaders = Readonly<Record<string, string | string[] | undefined>>;

/**
 * The id of a request: that of its `x-request-id` header, else the trace id of its `traceparent`, each if it is
 * well-formed, else a new one.
 */
export function requestIdOf(headers: RequestHeaders): string {
  const given = headers['x-request-id'];
  if (typeof given === 'string' && REQUEST_ID.test(given)) return given;
  const { traceparent } = headers;
  if (typeof traceparent === 'string' && traceparent.length <= 128) {
    const trace = TRACEPARENT.exec(traceparent)?.[1];
    if (trace !== undefined) return trace;
  }
  return randomUuid();
}
