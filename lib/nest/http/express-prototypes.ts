import { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Server as SecureServer } from 'node:https';

/** What of an application of Express is used here: the prototypes that it gives each request and response. */
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
 * Has a server make requests and responses with the prototypes that Express would give them, so that it need not.
 *
 * Express changes the prototypes of each request and response, after which V8 gives each of them a shape of its own and
 * looks up every property of it anew, for whoever uses it: two thirds of what a request takes with Nest. Where the
 * prototypes are right from the start, setting them does nothing.
 *
 * Only as long as Express is alone on the server. Other listeners (a WebSocket server) get a request before Express
 * would have changed it; from the first of them on, the server makes Node's own again. Servers with classes that somebody
 * chose (`IncomingMessage`, `ServerResponse` of `createServer`), and servers that are not Node's, are left as they are.
 *
 * @param application The application of Express, which is the server's listener.
 * @returns Whether it is done.
 */
export function makeWithPrototypes(server: unknown, application: ExpressPrototypes): boolean {
  if (!(server instanceof Server || server instanceof SecureServer)) return false;
  const listeners = [...REQUEST_EVENTS].flatMap((event) => server.listeners(event));
  if (listeners.length !== 1 || !Object.is(listeners[0], application)) return false;
  const requests = placeOf(server, IncomingMessage);
  const responses = placeOf(server, ServerResponse);
  if (requests === undefined || responses === undefined) return false;
  const Request = withPrototype(IncomingMessage, application.request);
  const Response = withPrototype(ServerResponse, application.response);
  if (!canMake(Request, Response)) return false;
  const place = server as unknown as Record<symbol, unknown>;
  place[requests] = Request;
  place[responses] = Response;
  const giveUp = (event: string | symbol): void => {
    if (!REQUEST_EVENTS.has(event)) return;
    server.removeListener('newListener', giveUp);
    place[requests] = IncomingMessage;
    place[responses] = ServerResponse;
  };
  server.on('newListener', giveUp);
  return true;
}

/** Where a server keeps one of its classes: under a symbol that Node does not export. */
function placeOf(server: Server, made: { readonly name: string }): symbol | undefined {
  return Object.getOwnPropertySymbols(server).find(
    (symbol) => symbol.description === made.name && Reflect.get(server, symbol) === made,
  );
}

/** A function rather than a class: what `Reflect.construct` makes with another prototype is as slow as what Express does. */
function withPrototype(base: unknown, prototype: object): new (...args: unknown[]) => object {
  const make = base as Maker;
  function Made(this: object, first: never, second: never): void {
    make.call(this, first, second);
  }
  Made.prototype = prototype;
  // So that the engine keeps as much room in each as for those of the base: with less it would have to do without a shape.
  Object.setPrototypeOf(Made, base as object);
  return Made as unknown as new (
    ...args: unknown[]
  ) => object;
}

/** Node may come to make its classes such that they can only be called with `new`. */
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
