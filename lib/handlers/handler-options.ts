import * as v from 'valibot';
import { filterObjectSchema, formatterObjectSchema, levelSchema } from '../core/options.js';
import { lazy } from '../runtime/lazy.js';

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

/** Options of a handler that has none of its own. */
export const handlerSchema = lazy(() => v.strictObject(handlerEntries()));

/** Options of a handler that has none of its own. */
export type HandlerSettings = v.InferInput<ReturnType<typeof handlerSchema>>;
