import { UseFilters } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';
import { globalSlot } from '../internal/global-slot.js';
import { LoggingExceptionFilter } from './logging-exception.filter.js';
import { methodsOf } from './messages/handler-names.js';

/** Nest's own marks on methods; the same in every version since 5. */
const FILTERS = '__exceptionFilters__';
const ROUTE = 'path';
/** What marks the handlers of messages, events, gateways and GraphQL. */
const MESSAGES = [
  'microservices:pattern',
  'websockets:message_mapping',
  'graphql:resolver_type',
  'graphql:resolve_property',
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
  for (const { method } of methodsOf(modules)) {
    if (marks.some((mark) => Reflect.hasMetadata(mark, method))) watchHandler(method);
  }
}

function watchHandler(handler: object): void {
  const bound = (Reflect.getMetadata(FILTERS, handler) ?? []) as readonly unknown[];
  if (bound.includes(exceptionFilter)) return;
  UseFilters(exceptionFilter)(handler, '', { value: handler });
}
