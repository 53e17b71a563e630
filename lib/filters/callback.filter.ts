import * as v from 'valibot';
import { COMPONENT, declareComponent } from '../core/component.js';
import type { FilterResult } from '../core/filter-like.js';
import { checkOptions } from '../core/options.js';
import type { LogRecord } from '../core/records/log-record.js';
import { lazy } from '../runtime/lazy.js';

/** The keys of a {@link CallbackFilter} in a configuration. */
const callbackFilterSchema = lazy(() =>
  v.strictObject({
    callback: v.pipe(
      v.custom<(record: LogRecord) => unknown>((value) => typeof value === 'function', 'expected a function'),
      v.description('Called for each record; a falsy result drops it.'),
    ),
  }),
);

/** Options of {@link CallbackFilter}. */
export type CallbackFilterOptions = v.InferInput<ReturnType<typeof callbackFilterSchema>>;

/**
 * Passes the records that a function accepts.
 *
 * @example
 * new CallbackFilter({ callback: (record) => !(record.excInfo instanceof ClientClosedRequest) })
 * @see https://docs.djangoproject.com/en/stable/ref/logging/#django.utils.log.CallbackFilter
 */
export class CallbackFilter {
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: ReturnType<typeof callbackFilterSchema>;
  /** What configurations call it. */
  static readonly [COMPONENT] = declareComponent(CallbackFilter, {
    name: 'CallbackFilter',
    pythonNames: ['django.utils.log.CallbackFilter'],
    schema: callbackFilterSchema,
  });

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

  /** Calls the function. */
  filter(record: LogRecord): FilterResult {
    return Boolean(this.callback(record));
  }
}
