import { Filter } from '../core/filter.js';
import { Formatter } from '../core/formatter.js';
import { NullHandler } from '../handlers/null.handler.js';
import { lazy } from '../internal/lazy.js';
import type { ComponentFactory } from './logging-config.js';

/** The classes that configurations may name without registering them, by kind. */
export interface BuiltinComponents {
  readonly handler: ReadonlyMap<string, ComponentFactory>;
  readonly formatter: ReadonlyMap<string, ComponentFactory>;
  readonly filter: ReadonlyMap<string, ComponentFactory>;
}

/** The table of built-in components; the one place that knows every plug-in. */
export const builtinComponents = lazy(
  (): BuiltinComponents => ({
    handler: names([[NullHandler, 'logging.NullHandler']]),
    formatter: names([[Formatter, 'logging.Formatter']]),
    filter: names([[Filter, 'logging.Filter']]),
  }),
);

/** Each class under its own name and under those that Python projects know it by. */
function names(rows: readonly [type: ComponentFactory, ...aliases: string[]][]): ReadonlyMap<string, ComponentFactory> {
  return new Map(rows.flatMap(([type, ...aliases]) => [type.name, ...aliases].map((name) => [name, type] as const)));
}
