import { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Server as SecureServer } from 'node:https';
import type { Undo } from '../instrumentation.js';

/** The part of an Express application that is used here: the prototypes that it gives each request and response. */
export interface ExpressPrototypes {
  readonly request: object;
  readonly response: object;
}

/** Events whose listeners get a request of Node's own. */
const REQUEST_EVENTS = new Set<string | symbol>([
  'request',
  'checkContinue',
  'checkExpectation',
  'connect',
  'upgrade',
  'dropRequest',
]);

/** A class of Node's as a server keeps it: called with `new`, or on an object that is to become one. */
type Maker = (this: object, ...args: never[]) => void;

/**
 * Makes a server create requests and responses with the prototypes that Express would give them later.
 *
 * Express changes the prototypes of each request and response, after which V8 gives each of them a shape of its own and
 * looks up each property again, for all code: two thirds of the CPU time of a request with Nest. Where the
 * prototypes are right from the start, setting them does nothing.
 *
 * Only as long as Express is alone on the server. Other listeners (a WebSocket server) get a request before Express
 * would have changed it; from the first of them on, the server makes Node's own again. Servers with custom classes
 * (`IncomingMessage`, `ServerResponse` of `createServer`), and servers that are not Node's, are left as they are.
 *
 * @param application The application of Express, which is the server's listener.
 * @returns The undo function, which does nothing if the classes have been replaced since; `undefined` where it is not
 * done.
 */
export function makeWithPrototypes(server: unknown, application: ExpressPrototypes): Undo | undefined {
  if (!(server instanceof Server || server instanceof SecureServer)) return undefined;
  const listeners = [...REQUEST_EVENTS].flatMap((event) => server.listeners(event));
  if (listeners.length !== 1 || !Object.is(listeners[0], application)) return undefined;
  if (!isRequest(application.request) || !isResponse(application.response)) return undefined;
  const requests = placeOf(server, IncomingMessage);
  const responses = placeOf(server, ServerResponse);
  if (requests === undefined || responses === undefined) return undefined;
  const Request = withPrototype(IncomingMessage, application.request);
  const Response = withPrototype(ServerResponse, application.response);
  if (!canMake(Request, Response)) return undefined;
  const place = server as unknown as Record<symbol, unknown>;
  place[requests] = Request;
  place[responses] = Response;
  const undo = (): void => {
    server.removeListener('newListener', giveUp);
    if (place[requests] === Request) place[requests] = IncomingMessage;
    if (place[responses] === Response) place[responses] = ServerResponse;
  };
  const giveUp = (event: string | symbol): void => {
    if (REQUEST_EVENTS.has(event)) undo();
  };
  server.on('newListener', giveUp);
  return undo;
}

const isRequest = (prototype: unknown): boolean => prototype instanceof IncomingMessage;
const isResponse = (prototype: unknown): boolean => prototype instanceof ServerResponse;

/** Where a server keeps one of its classes: under a symbol that Node does not export. */
function placeOf(server: Server, made: { readonly name: string }): symbol | undefined {
  return Object.getOwnPropertySymbols(server).find(
    (symbol) => symbol.description === made.name && Reflect.get(server, symbol) === made,
  );
}

/** A function, not a class: objects that `Reflect.construct` makes with another prototype are as slow as those of Express. */
function withPrototype(base: unknown, prototype: object): new (...args: unknown[]) => object {
  const make = base as Maker;
  function Made(this: object, ...args: never[]): void {
    make.apply(this, args);
  }
  Made.prototype = prototype;
  // So that the engine reserves as much space as for the base class: with less the objects would lose their shape.
  Object.setPrototypeOf(Made, base as object);
  return Made as unknown as new (
    ...args: unknown[]
  ) => object;
}

/** A later Node may only allow to call its classes with `new`. */
function canMake(
  Request: new (...args: unknown[]) => object,
  Response: new (...args: unknown[]) => object,
): boolean {
  try {
    const request = new Request(undefined);
    return request instanceof IncomingMessage && new Response(request, {}) instanceof ServerResponse;
  } catch {
    return false;
  }
}
