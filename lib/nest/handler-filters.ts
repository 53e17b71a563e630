import { UseFilters } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';
import { globalSlot } from '../internal/global-slot.js';
import { LoggingExceptionFilter } from './logging-exception.filter.js';
import { methodsOf } from './messages/handler-names.js';

/** Nest's own marks on methods; the same in every version since 5. */
const FILTERS = '__exceptionFilters__';
const PARAMETERS = '__routeArguments__';
const ROUTE = 'path';
const FIELD = 'graphql:resolve_property';
const MIDDLEWARE = 'graphql:field_resolver_middleware';
/** What marks the handlers of messages, events, gateways and GraphQL. */
const MESSAGES = [
  'microservices:pattern',
  'websockets:message_mapping',
  'graphql:resolver_type',
  FIELD,
  'graphql:resolve_reference',
];

/** One for all applications: controllers' classes belong to the process. */
export const exceptionFilter = globalSlot('nest.filter.1', () => new LoggingExceptionFilter());

/**
 * Binds the exception filter to every handler, as `@UseFilters` would.
 *
 * Filters of the method are asked first of all, and the last one bound first; so it sees what the application's own
 * filters answer, on whatever level they are; and applications that share no configuration (a microservice connected to
 * an HTTP one) share their handlers.
 *
 * @param hasRoutes Whether those of HTTP are meant.
 * @param hasMessages Whether those of everything else are.
 */
export function watchHandlers(modules: ModulesContainer, hasRoutes: boolean, hasMessages: boolean): void {
  const marks = [...(hasRoutes ? [ROUTE] : []), ...(hasMessages ? MESSAGES : [])];
  for (const { type, method, name } of methodsOf(modules)) {
    if (!marks.some((mark) => Reflect.hasMetadata(mark, method))) continue;
    watchHandler(method);
    if (Reflect.hasMetadata(FIELD, method) && !Reflect.hasMetadata(PARAMETERS, type, name)) showField(method);
  }
}

/** Nest calls the resolvers of fields past everything if they take no parameters by decorator and have no middleware. */
function showField(method: object): void {
  const middleware = Reflect.getMetadata(MIDDLEWARE, method) as readonly unknown[] | undefined;
  if (middleware === undefined || middleware.length === 0)
    Reflect.defineMetadata(MIDDLEWARE, [passOn], method);
}

const passOn = (_field: unknown, next: () => unknown): unknown => next();

function watchHandler(handler: object): void {
  const bound = (Reflect.getMetadata(FILTERS, handler) ?? []) as readonly unknown[];
  if (bound.includes(exceptionFilter)) return;
  UseFilters(exceptionFilter)(handler, '', { value: handler });
}
