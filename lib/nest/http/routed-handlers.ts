import { RequestMethod, VersioningType } from '@nestjs/common';
import type { AbstractHttpAdapter, ApplicationConfig, ModulesContainer } from '@nestjs/core';
import { methodsOf } from '../messages/handler-names.js';
import { type RequestHandler, type RequestState, stateOf } from './request-state.js';

/** Nest's own marks on methods and classes; the same in every version since 5. */
const ROUTE = 'path';
const HOST = 'host';
/** Ours: whose handler a method is. Nest copies what methods are marked with to the functions that it gives the adapter. */
const ROUTED = 'nestjs-logging:handler';

/** What of the platforms' requests tells the route. */
export interface RoutedRequest {
  /** Express. */
  readonly route?: { readonly path?: unknown };
  readonly baseUrl?: string;
  /** Fastify. */
  readonly routeOptions?: { readonly url?: string };
}

/** A handler as Nest gives it to the platform's adapter. */
type RouteHandler = (this: unknown, request: RoutedRequest, response: unknown, next: unknown) => unknown;

/**
 * Has the handlers of an application's routes note that they have a request, before anything else of Nest runs.
 *
 * A guard would be told the same, and costs each request three promises more. Must be called before routes are made.
 *
 * @returns Whether it could be done. Not where one method serves several controllers, or where a route may turn out not
 * to be meant (by its host or version) after the handler has the request: a guard is needed there.
 */
export function noteRoutedHandlers(
  adapter: AbstractHttpAdapter,
  modules: ModulesContainer,
  config: ApplicationConfig,
): boolean {
  const { type = VersioningType.URI } = config.getVersioning() ?? {};
  if (type !== VersioningType.URI || !markHandlers(modules)) return false;
  const methods = adapter as unknown as Record<string, ((...args: unknown[]) => unknown) | undefined>;
  for (const name of Object.values(RequestMethod)) {
    if (typeof name !== 'string') continue;
    const method = name.toLowerCase();
    const register = methods[method];
    if (register === undefined) continue;
    methods[method] = (...args) => register.apply(adapter, [...args.slice(0, -1), noting(args.at(-1))]);
  }
  return true;
}

/** @returns False if a method cannot tell whose it is. */
function markHandlers(modules: ModulesContainer): boolean {
  const marked = new Set<object>();
  // By the name of the method: what a decorator has put in its place may have none of its own.
  for (const { type, method, name: handler } of methodsOf(modules)) {
    if (!Reflect.hasMetadata(ROUTE, method)) continue;
    if (marked.has(method) || Reflect.getMetadata(HOST, type) !== undefined) return false;
    marked.add(method);
    // The names, not what has them: to ask a class or a function for its name is a call into the engine.
    Reflect.defineMetadata(ROUTED, { controller: type.name, handler } satisfies RequestHandler, method);
  }
  return true;
}

/** A function that notes whose handler it is, if it is one of those marked; in all else it is the same. */
function noting(given: unknown): unknown {
  if (typeof given !== 'function') return given;
  const handler = Reflect.getMetadata(ROUTED, given) as RequestHandler | undefined;
  if (handler === undefined) return given;
  const handle = given as RouteHandler;
  const note = routeNoter(handler);
  const noted: RouteHandler = function (request, response, next) {
    const state = stateOf(request);
    if (state !== undefined) note(state, request);
    return handle.call(this, request, response, next);
  };
  // Adapters read a route's options from both.
  Object.assign(noted, given);
  for (const key of Reflect.getMetadataKeys(given)) {
    Reflect.defineMetadata(key, Reflect.getMetadata(key, given), noted);
  }
  return Object.defineProperty(noted, 'name', { value: given.name, configurable: true });
}

/** The template is the same for every request of a route, and telling it is not cheap. */
function routeNoter(handler: RequestHandler): (state: RequestState, request: RoutedRequest) => void {
  let known: string | null | undefined;
  let knownFor: string | undefined;
  return (state, request) => {
    if (known === undefined || request.baseUrl !== knownFor) {
      known = routeOf(request);
      knownFor = request.baseUrl;
    }
    state.reaches(handler, known);
  };
}

/** The template of the route that a request takes, as the platform tells it. */
export function routeOf({ route, baseUrl = '', routeOptions }: RoutedRequest): string | null {
  if (routeOptions?.url !== undefined) return routeOptions.url;
  return route?.path === undefined ? null : baseUrl + String(route.path);
}
