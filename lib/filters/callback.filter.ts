import * as v from 'valibot';
import type { FilterResult } from '../core/filter-like.js';
import type { LogRecord } from '../core/log-record.js';
import { checkOptions } from '../core/options.js';
import { lazy, lazyProperty } from '../internal/lazy.js';

/** The keys of a {@link CallbackFilter} in a configuration. */
export const callbackFilterSchema = lazy(() =>
  v.strictObject({
    callback: v.pipe(
      v.custom<(record: LogRecord) => unknown>((value) => typeof value === 'function', 'expected a function'),
      v.description('Asked for each record; a falsy answer drops it.'),
    ),
  }),
);

/** Options of {@link CallbackFilter}. */
export type CallbackFilterOptions = v.InferInput<ReturnType<typeof callbackFilterSchema>>;

/**
 * Lets those records pass that a function lets pass.
 *
 * @example
 * new CallbackFilter({ callback: (record) => !(record.excInfo instanceof ClientClosedRequest) })
 * @see https://docs.djangoproject.com/en/stable/ref/logging/#django.utils.log.CallbackFilter
 */
export class CallbackFilter {
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: ReturnType<typeof callbackFilterSchema>;
  static {
    lazyProperty(CallbackFilter, 'optionsSchema', callbackFilterSchema);
  }

  /** The function. */
  readonly callback: (record: LogRecord) => unknown;

  constructor(options: CallbackFilterOptions) {
    this.callback = checkOptions(
      'CallbackFilter',
      callbackFilterSchema(),
      options,
      new.target === CallbackFilter,
    ).callback;
  }

  /** Asks the function. */
  filter(record: LogRecord): FilterResult {
    return Boolean(this.callback(record));
  }
}
