import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { type RequestState, stateOf } from './request-state.js';
import { type RoutedRequest, routeOf } from './routed-handlers.js';

/**
 * Notes which controller and handler a request reached; lets everything pass.
 *
 * For applications whose handlers cannot do so themselves, see {@link noteRoutedHandlers}. A guard, since it is the
 * cheapest that Nest calls for every handler (an interceptor costs 15 to 70 µs a request), and the first of all, so
 * that requests refused by others are known too. Internal.
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
  const names = { controller: context.getClass().name, handler: context.getHandler().name };
  state.reaches(names, routeOf(request));
  return state;
}
