import type { LoggingConfig } from '../plan/logging-config.js';
import type { DefinedLogging } from './logging-config-types.js';

/**
 * Has the compiler check a configuration; gives it back as it is.
 *
 * A handler, formatter or filter that is named and not defined, an option that the `class` does not have and a value
 * that does not fit are compile errors where they stand. Names of your own classes are known once they are in
 * {@link RegisteredHandlers} and its like; a class itself needs nothing.
 *
 * Keys that only a `cfg://` reads are not known here; in TypeScript a constant serves that better.
 *
 * @example
 * export const logging = defineLogging({
 *   version: 1,
 *   formatters: { line: { format: '%(levelname)s %(message)s' } },
 *   handlers: { file: { class: 'logging.FileHandler', filename: 'app.log', formatter: 'line' } },
 *   root: { level: 'INFO', handlers: ['file'] },
 * });
 */
export function defineLogging<
  const TFormatters extends Record<string, unknown> = Record<never, never>,
  const TFilters extends Record<string, unknown> = Record<never, never>,
  const THandlers extends Record<string, unknown> = Record<never, never>,
>(config: DefinedLogging<TFormatters, TFilters, THandlers>): LoggingConfig {
  return config as object as LoggingConfig;
}
