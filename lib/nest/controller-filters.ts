import { UseFilters } from '@nestjs/common';
import { MetadataScanner, type ModulesContainer } from '@nestjs/core';
import { globalSlot } from '../internal/global-slot.js';
import { LoggingExceptionFilter } from './logging-exception.filter.js';

/** Nest's own marks on methods; the same in every version since 5. */
const PATH = 'path';
const FILTERS = '__exceptionFilters__';

/** One for all applications: controllers' classes belong to the process. */
export const exceptionFilter = globalSlot('nest.filter.1', () => new LoggingExceptionFilter());

/**
 * Binds the exception filter to every route handler, as `@UseFilters` would.
 *
 * Filters of the method are asked first of all, and the last one bound first; so it sees what the application's own
 * filters answer, on whatever level they are.
 */
export function watchControllers(modules: ModulesContainer): void {
  const scanner = new MetadataScanner();
  for (const module of modules.values()) {
    for (const { metatype } of module.controllers.values()) {
      const prototype =
        typeof metatype === 'function'
          ? (metatype.prototype as Record<string, unknown> | undefined)
          : undefined;
      if (prototype === undefined) continue;
      for (const name of scanner.getAllMethodNames(prototype)) watchHandler(prototype[name]);
    }
  }
}

function watchHandler(handler: unknown): void {
  if (typeof handler !== 'function' || !Reflect.hasMetadata(PATH, handler)) return;
  const bound = (Reflect.getMetadata(FILTERS, handler) ?? []) as readonly unknown[];
  if (bound.includes(exceptionFilter)) return;
  UseFilters(exceptionFilter)(handler, '', { value: handler });
}
