import type { ModulesContainer } from '@nestjs/core';
import { globalSlot } from '../../runtime/global-slot.js';
import { mark, share, type Undo, UndoList } from '../instrumentation.js';
import { MARKS, RESOLVER_MARKS } from '../internals/marks.js';
import { FailureObserver } from '../module/logging-exception.filter.js';
import { methodsOf } from '../work/handler-names.js';

/** What marks the handlers of messages, events, gateways and GraphQL. */
const MESSAGES = [MARKS.rpcPattern, MARKS.wsHandler, ...RESOLVER_MARKS];

/** One for all applications: controllers' classes belong to the process. */
export const exceptionFilter = globalSlot('nest.filter.1', () => new FailureObserver());

/**
 * Binds the exception filter to every handler, as `@UseFilters` would.
 *
 * Filters of the method run first, the last one bound first; so it sees what the application's own
 * filters answer, at every level; and applications that share no configuration (a microservice connected to
 * an HTTP one) share their handlers.
 *
 * @param hasRoutes Whether those of HTTP are meant.
 * @param hasMessages Whether those of everything else are.
 */
export function watchHandlers(modules: ModulesContainer, hasRoutes: boolean, hasMessages: boolean): Undo {
  const kinds = [...(hasRoutes ? [MARKS.route] : []), ...(hasMessages ? MESSAGES : [])];
  const undos = new UndoList();
  for (const { type, method, name } of methodsOf(modules)) {
    if (!kinds.some((kind) => Reflect.hasMetadata(kind, method))) continue;
    undos.add(share(method, 'filter', () => watchHandler(method)));
    if (
      Reflect.hasMetadata(MARKS.fieldResolver, method) &&
      !Reflect.hasMetadata(MARKS.routeArguments, type, name)
    )
      undos.add(share(method, 'field', () => showField(method)));
  }
  return undos.undo;
}

/** Nest calls the resolvers of fields past everything if they take no parameters by decorator and have no middleware. */
function showField(method: object): Undo {
  const middleware = Reflect.getMetadata(MARKS.fieldMiddleware, method) as readonly unknown[] | undefined;
  return middleware === undefined || middleware.length === 0
    ? mark(method, MARKS.fieldMiddleware, [passOn])
    : () => {};
}

const passOn = (_field: unknown, next: () => unknown): unknown => next();

function watchHandler(handler: object): Undo {
  const boundTo = () => (Reflect.getMetadata(MARKS.filters, handler) ?? []) as readonly unknown[];
  const before = boundTo();
  if (before.includes(exceptionFilter)) return () => {};
  const undo = mark(handler, MARKS.filters, [...before, exceptionFilter]);
  return () => {
    undo();
    const others = boundTo().filter((one) => one !== exceptionFilter);
    if (others.length < boundTo().length) Reflect.defineMetadata(MARKS.filters, others, handler);
  };
}
