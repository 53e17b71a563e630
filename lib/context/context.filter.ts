import * as v from 'valibot';
import { COMPONENT, declareComponent } from '../core/component.js';
import { LEAN } from '../core/lean.js';
import { checkOptions } from '../core/options.js';
import { CONTEXT, EXPOSED, type Fields, type LogRecord } from '../core/records/log-record.js';
import { brand } from '../runtime/brand.js';
import { defineField } from '../runtime/define-field.js';
import { lazy } from '../runtime/lazy.js';
import { getContext } from './context.js';
import { installContextDefaults } from './context-provider.js';
import { mergeFields } from './context-store.js';

/** The keys of a {@link ContextFilter} in a configuration. */
export const contextFilterSchema = lazy(() =>
  v.strictObject({
    defaults: v.optional(
      v.pipe(v.record(v.string(), v.unknown()), v.description('Fields of records made outside a context.')),
    ),
  }),
);

/** Options of {@link ContextFilter}. */
export type ContextFilterOptions = v.InferInput<ReturnType<typeof contextFilterSchema>>;

/**
 * Puts the running context's fields on records, and passes all of them. For handlers and loggers
 * where only some records should carry them.
 *
 * @example
 * { filters: { context: { '()': 'ContextFilter' } }, handlers: { file: { filters: ['context'], … } } }
 * @see https://docs.python.org/3/howto/logging-cookbook.html#using-filters-to-impart-contextual-information
 */
export class ContextFilter {
  static readonly [LEAN] = true;
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: ReturnType<typeof contextFilterSchema>;
  /** What configurations call it. */
  static readonly [COMPONENT] = declareComponent(ContextFilter, {
    name: 'ContextFilter',
    schema: contextFilterSchema,
  });

  readonly #defaults: Fields | undefined;

  /** @throws {LoggingError} `ERR_LOGGING_OPTIONS` */
  constructor(options: ContextFilterOptions = {}) {
    const { defaults } = checkOptions(
      'ContextFilter',
      contextFilterSchema(),
      options,
      new.target === ContextFilter,
    );
    this.#defaults = defaults === undefined ? undefined : mergeFields(undefined, defaults);
    installContextDefaults();
  }

  /** Always true. */
  filter(record: LogRecord): true {
    const fields = getContext() ?? this.#defaults;
    if (fields === undefined || record[CONTEXT] !== undefined) return true;
    record[CONTEXT] = fields;
    if (record[EXPOSED]) {
      for (const key of Object.keys(fields)) {
        if (!(key in record)) defineField(record, key, fields[key]);
      }
    }
    return true;
  }
}
brand(ContextFilter.prototype, 'filter');
