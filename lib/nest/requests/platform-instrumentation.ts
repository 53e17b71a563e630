import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { replaceMethod, type Undo, UndoList } from '../instrumentation.js';
import { expectInternal } from '../internals/expected-internals.js';
import type { RoutedApplication } from './excluded-requests.js';
import { noteFailure } from './failures/failure-record.js';
import type { PlatformRequest, PlatformResponse, ResolvedHttpLogOptions } from './http-log-options.js';
import type { RequestIds } from './request-id.js';
import { RequestLog } from './request-log.js';
import { stateOf } from './request-state.js';

/** Fastify's hook as Nest's adapter takes it: the first to run for a request, before CORS and middleware. */
type RequestHook = (
  this: unknown,
  request: PlatformRequest,
  reply: PlatformResponse,
  done: (error?: unknown) => void,
  ...rest: unknown[]
) => unknown;

/** The part of Nest's adapters that is used here; Nest 11 and 12 have it. */
interface PlatformAdapter extends Pick<AbstractHttpAdapter, 'getInstance' | 'getType' | 'use'> {
  onRequestHook?: RequestHook | undefined;
  setOnRequestHook(hook: RequestHook | undefined): void;
}

/**
 * Installs a request log at the first point where a platform has a request.
 *
 * Must be called before the application registers its own middleware. Other platforms than Express and Fastify have
 * no access records.
 *
 * @param usesContext Whether requests have a context.
 * @returns The undo: later requests are not followed.
 */
export function mountRequestLog(
  application: RoutedApplication,
  options: ResolvedHttpLogOptions,
  ids: RequestIds,
  usesContext: boolean,
): Undo {
  const adapter = application.adapter as unknown as PlatformAdapter;
  const type = adapter.getType();
  if (type !== 'express' && type !== 'fastify') return () => {};
  const log = new RequestLog(options, application, ids, usesContext);
  return type === 'express' ? mountOnExpress(adapter, log) : mountOnFastify(adapter, log);
}

/** What an Express application does with a request, whoever passes it in: a server, a test, another application. */
type ExpressHandle = (request: PlatformRequest, response: PlatformResponse, ...rest: unknown[]) => unknown;

interface ExpressApplication {
  handle: ExpressHandle;
  use(...args: unknown[]): unknown;
  readonly request: object;
  readonly response: object;
}

/**
 * Runs before Express has the request. Express gives request and response other prototypes, after which everything added to
 * them costs several times as much. A middleware would cost as much as the rest of the request log; it is used only where
 * the adapter's application is not Express's own.
 */
function mountOnExpress(adapter: PlatformAdapter, log: RequestLog): Undo {
  const application = adapter.getInstance<Partial<ExpressApplication>>();
  if (isExpress(application)) {
    const follow = (handle: ExpressHandle): ExpressHandle =>
      function (this: unknown, request, response, ...rest) {
        return log.follow(request, response, () => handle.call(this, request, response, ...rest));
      };
    return new UndoList(replaceMethod(application, 'handle', follow), noteMiddlewareErrors(application)).undo;
  }
  // Express has no way to take a middleware back.
  let isMounted = true;
  adapter.use((request: PlatformRequest, response: PlatformResponse, next: () => void) => {
    if (isMounted) log.follow(request, response, next);
    else next();
  });
  return () => {
    isMounted = false;
  };
}

function isExpress(application: Partial<ExpressApplication>): application is ExpressApplication {
  return (
    typeof application.handle === 'function' &&
    typeof application.use === 'function' &&
    application.request instanceof IncomingMessage &&
    application.response instanceof ServerResponse
  );
}

/** A middleware of Express that handles errors: it is recognised by its four parameters. */
type ErrorMiddleware = (
  this: unknown,
  error: unknown,
  request: PlatformRequest,
  response: PlatformResponse,
  next: unknown,
) => unknown;

/**
 * Nest never sees what an application's own middleware answers. What it passes on is noted again, which changes
 * nothing.
 */
function noteMiddlewareErrors(application: ExpressApplication): Undo {
  return replaceMethod(
    application,
    'use',
    (use: ExpressApplication['use']) =>
      function (this: unknown, ...args: unknown[]) {
        return Reflect.apply(use, this, notingErrors(args));
      },
  );
}

/** Functions, in lists of any depth, as Express takes them. */
function notingErrors(given: readonly unknown[]): unknown[] {
  return given.map((one) => {
    if (Array.isArray(one)) return notingErrors(one);
    return typeof one === 'function' && one.length === 4 ? notingError(one as ErrorMiddleware) : one;
  });
}

function notingError(handle: ErrorMiddleware): ErrorMiddleware {
  const noted: ErrorMiddleware = function (error, request, response, next) {
    const state = stateOf(request);
    if (state !== undefined) noteFailure(error, state);
    return handle.call(this, error, request, response, next);
  };
  Object.assign(noted, handle);
  return Object.defineProperty(noted, 'name', { value: handle.name, configurable: true });
}

/**
 * The adapter has one place for a hook; an application's own hook still runs, after ours. Fastify's router rejects some
 * requests (a malformed URL) before any hook: only the server sees these.
 */
function mountOnFastify(adapter: PlatformAdapter, log: RequestLog): Undo {
  const { server } = adapter.getInstance<{ server: Server }>();
  // Returns nothing: Node would treat what a listener returns as a promise.
  const takeUp = (request: IncomingMessage, response: ServerResponse): void => {
    log.takeUp(request, response);
  };
  server.prependListener('request', takeUp);
  subscribe(FASTIFY_ERRORS, noteRouteError);
  return new UndoList(
    () => server.removeListener('request', takeUp),
    () => unsubscribe(FASTIFY_ERRORS, noteRouteError),
    hookOnFastify(adapter, log),
  ).undo;
}

/** Where Fastify passes what a route's handler or hooks threw: a route may have its own error handler. */
const FASTIFY_ERRORS = 'tracing:fastify.request.handler:error';

function noteRouteError(message: unknown): void {
  const { request, error } = message as { request?: unknown; error?: unknown };
  const state = stateOf(request);
  // Without one, it is the route of an application that has no log.
  if (state !== undefined) noteFailure(error, state);
}

function hookOnFastify(adapter: PlatformAdapter, log: RequestLog): Undo {
  if (!expectInternal('fastifyHook', typeof adapter.setOnRequestHook === 'function')) return () => {};
  let own = adapter.onRequestHook;
  // In Nest 11 there is no such property until somebody sets a hook.
  const hadProperty = Object.hasOwn(adapter, 'onRequestHook');
  let isMounted = true;
  const hook: RequestHook = function (request, reply, done, ...rest) {
    const next = own;
    const proceed = next === undefined ? done : () => next.call(this, request, reply, done, ...rest);
    return isMounted ? log.follow<unknown>(request, reply, proceed) : proceed();
  };
  const undoSetter = replaceMethod(
    adapter,
    'setOnRequestHook',
    (set: PlatformAdapter['setOnRequestHook']) =>
      function (this: unknown, next: RequestHook | undefined, ...rest: unknown[]) {
        own = next;
        return Reflect.apply(set, this, [hook, ...rest]);
      },
  );
  // Not through `setOnRequestHook`: another log has replaced it too, would take this hook for the application's, and
  // each would call the other.
  adapter.onRequestHook = hook;
  return () => {
    undoSetter();
    isMounted = false;
    if (adapter.onRequestHook !== hook) return;
    adapter.onRequestHook = own;
    if (own === undefined && !hadProperty) Reflect.deleteProperty(adapter, 'onRequestHook');
  };
}
