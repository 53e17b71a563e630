import { IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { type ExpressPrototypes, makeWithPrototypes } from './express-prototypes.js';
import type { PlatformRequest, PlatformResponse, ResolvedHttpLogOptions } from './http-log-options.js';
import { RequestLog } from './request-log.js';
import { writeSinglePieces } from './single-writes.js';
import { countBytesOfAll } from './written-bytes.js';

/** Fastify's hook as Nest's adapter takes it: the first to run for a request, before CORS and middleware. */
type RequestHook = (
  this: unknown,
  request: PlatformRequest,
  reply: PlatformResponse,
  done: (error?: unknown) => void,
) => unknown;

/** What of the adapters is used here; both lines of Nest that are supported have it. */
interface EdgeAdapter extends Pick<AbstractHttpAdapter, 'getHttpServer' | 'getInstance' | 'getType' | 'use'> {
  onRequestHook?: RequestHook | undefined;
  setOnRequestHook(hook: RequestHook): void;
}

/**
 * Puts a request log where a platform first has a request.
 *
 * Must be called before the application registers its own middleware. Other platforms than Express and Fastify have
 * no access records.
 *
 * @param usesContext Whether requests have a context.
 */
export function mountRequestLog(
  adapter: AbstractHttpAdapter,
  options: ResolvedHttpLogOptions,
  usesContext: boolean,
): void {
  const edge = adapter as unknown as EdgeAdapter;
  const type = edge.getType();
  if (type === 'express') mountOnExpress(edge, options, usesContext);
  else if (type === 'fastify') mountOnFastify(edge, options, usesContext);
}

/**
 * Mends at the server what is slow about its requests whether they are logged or not. To be called when the adapter has
 * made it. See {@link makeWithPrototypes}, for Express, and {@link writeSinglePieces}, for Fastify.
 */
export function prepareServer(adapter: AbstractHttpAdapter, options: ResolvedHttpLogOptions): void {
  const edge = adapter as unknown as EdgeAdapter;
  if (edge.getType() === 'fastify' && options.singleWrites) writeSinglePieces(edge.getHttpServer());
  if (edge.getType() !== 'express' || !options.expressPrototypes) return;
  const application = edge.getInstance<Partial<ExpressApplication>>();
  if (isExpress(application)) makeWithPrototypes(edge.getHttpServer(), application);
}

/** What an application of Express does with a request, whoever hands it over: a server, a test, another application. */
type ExpressHandle = (request: PlatformRequest, response: PlatformResponse, ...rest: unknown[]) => unknown;

interface ExpressApplication extends ExpressPrototypes {
  handle: ExpressHandle;
  readonly response: ServerResponse;
}

/**
 * Before Express has the request: it gives request and response other prototypes, after which whatever is added to them
 * costs several times as much; and a middleware of its own costs as much as all the rest of the request log. It has to
 * be one where the adapter's application only looks like Express's.
 */
function mountOnExpress(adapter: EdgeAdapter, options: ResolvedHttpLogOptions, usesContext: boolean): void {
  const application = adapter.getInstance<Partial<ExpressApplication>>();
  if (!isExpress(application)) {
    const log = new RequestLog(options, usesContext, { countsBytes: true, addsToHead: false });
    adapter.use((request: PlatformRequest, response: PlatformResponse, next: () => void) => {
      log.follow(request, response, next);
    });
    return;
  }
  const log = new RequestLog(options, usesContext, { countsBytes: false, addsToHead: false });
  if (options.enabled) countBytesOfAll(application.response);
  const { handle } = application;
  application.handle = function (request, response, ...rest) {
    return log.follow(request, response, () => handle.call(this, request, response, ...rest));
  };
}

function isExpress(application: Partial<ExpressApplication>): application is ExpressApplication {
  return (
    typeof application.handle === 'function' &&
    application.request instanceof IncomingMessage &&
    application.response instanceof ServerResponse
  );
}

/**
 * The adapter has one place for a hook; an application's own goes on working behind ours. What Fastify's router turns
 * away (a malformed URL) meets no hook at all: the server sees it.
 */
function mountOnFastify(adapter: EdgeAdapter, options: ResolvedHttpLogOptions, usesContext: boolean): void {
  const log = new RequestLog(options, usesContext, { countsBytes: true, addsToHead: true });
  const { server } = adapter.getInstance<{ server: Server }>();
  // Returns nothing: what a listener returns, Node takes for a promise and looks after.
  server.prependListener('request', (request, response) => {
    log.takeUp(request, response);
  });
  const setHook = adapter.setOnRequestHook;
  const follow = (next: RequestHook | undefined): RequestHook =>
    function (request, reply, done) {
      const proceed = next === undefined ? done : () => next.call(this, request, reply, done);
      return log.follow<unknown>(request, reply, proceed);
    };
  const { onRequestHook } = adapter;
  adapter.setOnRequestHook = (hook) => setHook.call(adapter, follow(hook));
  setHook.call(adapter, follow(onRequestHook));
}
