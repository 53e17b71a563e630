import { RequestMethod, VersioningType } from '@nestjs/common';
import type { AbstractHttpAdapter, ApplicationConfig, ModulesContainer } from '@nestjs/core';
import { mark, replaceMethod, share, type Undo, UndoList } from '../instrumentation.js';
import { expectInternal } from '../internals/expected-internals.js';
import { MARKS } from '../internals/marks.js';
import { methodsOf } from '../work/handler-names.js';
import { type RequestHandler, type RequestState, stateOf } from './request-state.js';

/** Ours: whose handler a method is. Nest copies what methods are marked with to the functions that it gives the adapter. */
const ROUTED = 'nestjs-logging:handler';

/** The parts of the platforms' requests that have the route. */
export interface RoutedRequest {
  /** Express. */
  readonly route?: { readonly path?: unknown };
  readonly baseUrl?: string;
  /** Fastify. */
  readonly routeOptions?: { readonly url?: string };
}

/** A handler as Nest gives it to the platform's adapter. */
type RouteHandler = (this: unknown, request: RoutedRequest, ...rest: unknown[]) => unknown;

/**
 * Makes the handlers of an application's routes note their request before anything else of Nest runs.
 *
 * A guard could do the same, but costs each request three more promises. Must be called before routes are made.
 *
 * @returns The undo; `undefined` if it could not be done. Not where one method serves several controllers, or
 * where a route may turn out not to be meant (by its host or version) after the handler has the request: a guard is
 * needed there.
 */
export function noteRoutedHandlers(
  adapter: AbstractHttpAdapter,
  modules: ModulesContainer,
  config: ApplicationConfig,
): Undo | undefined {
  const { type = VersioningType.URI } = config.getVersioning() ?? {};
  const handlers = type === VersioningType.URI ? routedHandlers(modules) : undefined;
  if (handlers === undefined) return undefined;
  const marks = [...handlers].map(([method, handler]) =>
    share(method, 'routed', () => mark(method, ROUTED, handler)),
  );
  const verbs = Object.values(RequestMethod).filter((name) => typeof name === 'string');
  const routing: Routing = { hasRoutes: hasRoutes(modules), isNoted: false };
  routings.set(adapter, routing);
  return new UndoList(...marks, ...verbs.map((name) => noteRoutes(adapter, name.toLowerCase(), routing)))
    .undo;
}

/** What is known of the routes of an application's controllers. */
interface Routing {
  readonly hasRoutes: boolean;
  /** Whether the handler of any was seen on its way to the adapter. */
  isNoted: boolean;
}

const routings = new WeakMap<object, Routing>();

/** Checks that handlers note their requests. To be called when the routes are made. */
export function checkRoutedHandlers(adapter: object | undefined): void {
  const routing = adapter && routings.get(adapter);
  if (routing?.hasRoutes) expectInternal('copiedMarks', routing.isNoted);
}

function hasRoutes(modules: ModulesContainer): boolean {
  const controllers = [...modules.values()].flatMap((module) => [...module.controllers.values()]);
  const types = new Set<unknown>(controllers.map(({ metatype }) => metatype));
  return [...methodsOf(modules)].some(
    ({ type, method }) => types.has(type) && Reflect.hasMetadata(MARKS.route, method),
  );
}

/** The names of each method. They are copied, as reading the name of a class or a function is a slow call into the engine. */
function routedHandlers(modules: ModulesContainer): Map<object, RequestHandler> | undefined {
  const handlers = new Map<object, RequestHandler>();
  // By the name of the method: what a decorator has put in its place may have none of its own.
  for (const { type, method, name: handler } of methodsOf(modules)) {
    if (!Reflect.hasMetadata(MARKS.route, method)) continue;
    if (handlers.has(method) || Reflect.getMetadata(MARKS.host, type) !== undefined) return undefined;
    handlers.set(method, { controller: type.name, handler });
  }
  return handlers;
}

function noteRoutes(adapter: AbstractHttpAdapter, verb: string, routing: Routing): Undo {
  return replaceMethod(
    adapter,
    verb,
    (register: (...args: unknown[]) => unknown) =>
      function (this: unknown, ...args: unknown[]) {
        return Reflect.apply(register, this, [...args.slice(0, -1), noting(args.at(-1), routing)]);
      },
  );
}

/** Wraps a marked function so that it notes whose handler it is; in all else it is the same. */
function noting(given: unknown, routing: Routing): unknown {
  if (typeof given !== 'function') return given;
  const handler = Reflect.getMetadata(ROUTED, given) as RequestHandler | undefined;
  if (handler === undefined) return given;
  routing.isNoted = true;
  const handle = given as RouteHandler;
  const note = routeNoter(handler);
  const noted: RouteHandler = function (request, ...rest) {
    const state = stateOf(request);
    if (state !== undefined) note(state, request);
    return handle.call(this, request, ...rest);
  };
  // Adapters read a route's options from both.
  Object.assign(noted, given);
  for (const key of Reflect.getMetadataKeys(given)) {
    Reflect.defineMetadata(key, Reflect.getMetadata(key, given), noted);
  }
  return Object.defineProperty(noted, 'name', { value: given.name, configurable: true });
}

/** The template is the same for every request of a route, and computing it is not cheap. */
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

/** The template of the route that a request takes, as the platform reports it. */
export function routeOf({ route, baseUrl = '', routeOptions }: RoutedRequest): string | null {
  if (routeOptions?.url !== undefined) return routeOptions.url;
  return route?.path === undefined ? null : baseUrl + String(route.path);
}
