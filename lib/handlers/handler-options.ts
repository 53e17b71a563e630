import * as v from 'valibot';
import { filterObjectSchema, formatterObjectSchema, levelSchema } from '../core/option-schemas.js';
import { lazy } from '../runtime/lazy.js';
import { MAX_TIMER_SECONDS } from '../runtime/limits.js';

/**
 * The keys every handler takes, to be spread into the schema of each.
 *
 * In a configuration `formatter` and `filters` are names; they are resolved before the handler is made.
 */
export const handlerEntries = lazy(() => ({
  level: v.optional(v.pipe(levelSchema(), v.description('Records below it are left out.')), 0),
  formatter: v.optional(v.pipe(formatterObjectSchema(), v.description('Turns records into text.'))),
  filters: v.optional(
    v.pipe(v.array(filterObjectSchema()), v.description('Asked in turn; each may drop a record.')),
  ),
}));

/**
 * The option `includeCaller`: to find the caller costs about 10 µs a record, so it is off by default.
 *
 * @param adds What it adds to a record.
 */
export function includeCallerEntry(adds: string) {
  return v.optional(v.pipe(v.boolean(), v.description(`Adds ${adds}; costs about 10 µs a record.`)), false);
}

/** A port to connect to. */
export const portNumber = lazy(() => v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535)));

/** A time in seconds that a timer of Node can wait. */
export const timerSeconds = lazy(() =>
  v.pipe(v.number(), v.gtValue(0, 'expected a number above 0'), v.maxValue(MAX_TIMER_SECONDS)),
);

/** Options of a handler that has none of its own. */
export const handlerSchema = lazy(() => v.strictObject(handlerEntries()));

/** Options of a handler that has none of its own. */
export type HandlerSettings = v.InferInput<ReturnType<typeof handlerSchema>>;
