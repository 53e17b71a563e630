import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { type HeadWriter, type RequestState, stateOfResponse } from '../request-state.js';
import { inherited, ownMethod } from './written-bytes.js';

/**
 * Adds a header to a response when its head is written, by whatever code, unless it has one of that name.
 *
 * It does not call `setHeader` when the request comes. As long as no header was set, Node writes those that are passed
 * with the head as they are, repeated ones included; and Fastify, which always passes them, is faster that way.
 */
export function addToHead(response: ServerResponse, state: RequestState, name: string): void {
  const head = response as { writeHead: HeadWriter };
  state.responseHeader = name;
  state.writeHead = ownMethod(response, 'writeHead') as HeadWriter | undefined;
  head.writeHead = writeHeadWithId;
}

const writeHeadWithId: HeadWriter = function (...args) {
  const state = stateOfResponse(this);
  const writeHead = state?.writeHead ?? inherited(this).writeHead;
  return Reflect.apply(writeHead, this, state === undefined ? args : withId(this, args, state));
};

/**
 * What `writeHead` is to be called with. Arguments that are wrong are passed on unchanged, so that Node reports them.
 */
function withId(
  response: ServerResponse,
  args: unknown[],
  { responseHeader, sentId: id }: RequestState,
): unknown[] {
  try {
    const at = headersAt(args);
    const given = args[at];
    // Not Fastify's own, which have it.
    if (hasName(given, responseHeader) || response.hasHeader(responseHeader)) return args;
    const headers = withHeader(response, given, responseHeader, id);
    if (headers !== undefined) return args.with(at, headers);
    response.setHeader(responseHeader, id);
  } catch {
    // The connection may be gone, or a later Node may treat headers in another way.
  }
  return args;
}

/** The headers among `(status, reason, headers)` or `(status, headers)`; all but the status may be left out. */
function headersAt(args: readonly unknown[]): number {
  const [, reason, headers] = args;
  return (headers === undefined || headers === null) && typeof reason !== 'string' ? 1 : 2;
}

/**
 * A copy of headers with one more, as theirs may be the application's and serve for many responses; `undefined` where
 * the header is to be set on the response.
 */
function withHeader(response: ServerResponse, given: unknown, name: string, value: string): unknown {
  if (typeof given !== 'object' || given === null) return undefined;
  if (!Array.isArray(given))
    return isRecord(given) ? copyWith(given as OutgoingHttpHeaders, name, value) : undefined;
  // Once a header was set, Node sets those of a list too, and refuses pairs.
  if (response.getHeaderNames().length > 0) return undefined;
  if (Array.isArray(given[0])) return [...given, [name, value]];
  return given.length % 2 === 0 ? [...given, name, value] : undefined;
}

function copyWith(headers: OutgoingHttpHeaders, name: string, value: string): OutgoingHttpHeaders {
  const all = { ...headers };
  all[name] = value;
  return all;
}

/** Whether a copy of an object is equivalent: not where its class manages its content, as `Headers` does. */
function isRecord(object: object): boolean {
  const prototype = Object.getPrototypeOf(object);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Whether headers in whichever form have one of that name. */
function hasName(given: unknown, name: string): boolean {
  if (typeof given !== 'object' || given === null) return false;
  if (!Array.isArray(given)) return hasKey(given, name);
  const wanted = name.toLowerCase();
  const isWanted = (one: unknown): boolean => typeof one === 'string' && one.toLowerCase() === wanted;
  return Array.isArray(given[0])
    ? given.some((pair) => Array.isArray(pair) && isWanted(pair[0]))
    : given.some((one, index) => index % 2 === 0 && isWanted(one));
}

function hasKey(headers: object, name: string): boolean {
  if (Object.hasOwn(headers, name)) return true;
  const wanted = name.toLowerCase();
  for (const key in headers) {
    if (key.length === wanted.length && key.toLowerCase() === wanted) return true;
  }
  return false;
}
