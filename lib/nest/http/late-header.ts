import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { type HeadWriter, type RequestState, stateOfResponse } from './request-state.js';

/**
 * Adds a header when the head of a response is written, whoever writes it, unless it has one of that name.
 *
 * For Fastify, which hands its headers over with the head: Node takes those as they are, but checks and copies each of
 * them once a single one was set before.
 */
export function addToHead(response: ServerResponse, state: RequestState, name: string): void {
  const head = response as { writeHead: HeadWriter };
  state.responseHeader = name;
  state.writeHead = head.writeHead;
  head.writeHead = writeHeadWithId;
}

function writeHeadWithId(this: ServerResponse, status: number, ...rest: unknown[]): ServerResponse {
  const { responseHeader: name, writeHead, id } = stateOfResponse(this) as RequestState;
  const last = rest.length - 1;
  const headers = rest[last];
  if (typeof headers === 'object' && headers !== null && !Array.isArray(headers)) {
    // Not Fastify's own, which have it. A copy: the object may be the application's, and serve for many responses.
    if (!hasHeader(headers, name) && !this.hasHeader(name))
      rest[last] = withHeader(headers as OutgoingHttpHeaders, name, id);
  } else if (!this.headersSent && !this.hasHeader(name)) {
    this.setHeader(name, id);
  }
  return (writeHead as HeadWriter).call(this, status, ...rest);
}

function withHeader(headers: OutgoingHttpHeaders, name: string, value: string): OutgoingHttpHeaders {
  const all = { ...headers };
  all[name] = value;
  return all;
}

function hasHeader(headers: object, name: string): boolean {
  if (Object.hasOwn(headers, name)) return true;
  const wanted = name.toLowerCase();
  for (const key in headers) {
    if (key.length === wanted.length && key.toLowerCase() === wanted) return true;
  }
  return false;
}
