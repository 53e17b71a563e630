import * as context from '../../context/components.js';
import { type ComponentsByName, componentsByName } from '../../core/component.js';
import * as filters from '../../filters/components.js';
import * as formatters from '../../formatters/components.js';
import * as handlers from '../../handlers/components.js';
import { lazy } from '../../runtime/lazy.js';
import type { ComponentFactory } from '../plan/logging-config.js';

/** The classes that configurations may name without registering them, by kind. */
export interface BuiltinComponents {
  readonly handler: ReadonlyMap<string, ComponentFactory>;
  readonly formatter: ReadonlyMap<string, ComponentFactory>;
  readonly filter: ReadonlyMap<string, ComponentFactory>;
}

/** The built-in handlers' classes by name, as types. */
export type BuiltinHandlers = ComponentsByName<typeof handlers>;
/** The built-in formatters' classes by name, as types. */
export type BuiltinFormatters = ComponentsByName<typeof formatters>;
/** The built-in filters' classes by name, as types. */
export type BuiltinFilters = ComponentsByName<typeof filters & typeof context>;

/** What the lists of components hold, by each of its names. */
export const builtinComponents = lazy(
  (): BuiltinComponents => ({
    handler: componentsByName(handlers),
    formatter: componentsByName(formatters),
    filter: componentsByName({ ...filters, ...context }),
  }),
);
