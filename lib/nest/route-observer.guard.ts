import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { type RequestState, stateOf } from './http/request-state.js';

/**
 * Notes which controller and handler a request reached; lets everything pass.
 *
 * A guard, since it is the cheapest that Nest asks for every handler (an interceptor costs 15 to 70 µs a request), and
 * the first of all, so that requests refused by others are known too. Internal.
 */
export class RouteObserver implements CanActivate {
  canActivate(context: ExecutionContext): true {
    if (context.getType() === 'http') observeRoute(context);
    return true;
  }
}

/** Notes where a request went. @returns What is known of it. */
export function observeRoute(context: ExecutionContext): RequestState | undefined {
  // Not `switchToHttp()`, which makes three functions each time.
  const request = context.getArgByIndex<RoutedRequest>(0);
  const state = stateOf(request);
  if (state === undefined) return undefined;
  state.controllerClass = context.getClass();
  state.handlerMethod = context.getHandler();
  state.route = routeOf(request);
  return state;
}

/** What of the platforms' requests tells the route. */
interface RoutedRequest {
  /** Express. */
  readonly route?: { readonly path?: unknown };
  readonly baseUrl?: string;
  /** Fastify. */
  readonly routeOptions?: { readonly url?: string };
}

function routeOf({ route, baseUrl = '', routeOptions }: RoutedRequest): string | null {
  if (routeOptions?.url !== undefined) return routeOptions.url;
  return route?.path === undefined ? null : baseUrl + String(route.path);
}
