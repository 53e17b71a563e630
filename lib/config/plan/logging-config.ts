import type { FilterLike } from '../../core/filter-like.js';
import type { Level } from '../../core/levels.js';

/** A class that makes a component out of its options, or a function that does. */
export type ComponentFactory<T = object> = (new (...args: never[]) => T) | ((...args: never[]) => T);

/** How a class is named: a registered name, the class or function itself, or, under Nest, an injection token. */
export type ComponentName = string | symbol | ComponentFactory;

/** An entry of `formatters`. */
export interface FormatterConfig {
  /** The class; default `logging.Formatter`. */
  class?: ComponentName;
  /** A factory in place of a class. */
  '()'?: ComponentName;
  /** Properties to set on what was made. */
  '.'?: Record<string, unknown>;
  /** The options of the class. */
  [option: string]: unknown;
}

/** An entry of `filters`. */
export interface FilterConfig {
  /** The class or factory; without one, `logging.Filter`, which lets the logger called `name` and its children pass. */
  '()'?: ComponentName;
  /** The same as `()`. */
  class?: ComponentName;
  '.'?: Record<string, unknown>;
  [option: string]: unknown;
}

/** An entry of `handlers`. */
export interface HandlerConfig {
  /** The class; this or `()` must be there. */
  class?: ComponentName;
  /** A factory in place of a class. */
  '()'?: ComponentName;
  /** Records below it are left out; default `NOTSET`. */
  level?: Level;
  /** Name of an entry of `formatters`. */
  formatter?: string;
  /** Names of entries of `filters`, or filters themselves. */
  filters?: readonly (string | FilterLike)[];
  /** Properties to set on what was made. */
  '.'?: Record<string, unknown>;
  /** The options of the class. */
  [option: string]: unknown;
}

/** The entry `root`. */
export interface RootLoggerConfig {
  /** The level; left as it is if not given. */
  level?: Level;
  /** Names of entries of `handlers`. */
  handlers?: readonly string[];
  /** Names of entries of `filters`, or filters themselves. */
  filters?: readonly (string | FilterLike)[];
}

/** An entry of `loggers`. */
export interface LoggerConfig extends RootLoggerConfig {
  /** Whether records go on to the loggers above; left as it is if not given. */
  propagate?: boolean;
}

/**
 * A whole configuration: Python's dictionary schema.
 *
 * @see https://docs.python.org/3/library/logging.config.html#dictionary-schema-details
 */
export interface LoggingConfig {
  /** The version of the schema. */
  version: 1;
  formatters?: Record<string, FormatterConfig>;
  filters?: Record<string, FilterConfig>;
  handlers?: Record<string, HandlerConfig>;
  loggers?: Record<string, LoggerConfig>;
  root?: RootLoggerConfig | null;
  /** Names for several loggers whose level is set together, by an entry of `loggers` with the group's name. */
  groups?: Record<string, readonly string[]>;
  /** Whether only levels and `propagate` of what exists are changed; default false. */
  incremental?: boolean;
  /** Whether loggers that exist and are not named here are switched off; default true. */
  disable_existing_loggers?: boolean;
  /** Other keys are allowed if a `cfg://` reads them. */
  [key: string]: unknown;
}
