import * as v from 'valibot';
import { lazy } from '../../runtime/lazy.js';

/** Keys of handlers that try again. */
export const retryEntries = lazy(() => ({
  maxRetries: v.optional(
    v.pipe(
      v.number(),
      v.integer(),
      v.minValue(0),
      v.description(
        'How often records are sent again before they are lost; default 10 where the server answers with an error, and without end while it cannot be reached, or where there is a spool.',
      ),
    ),
  ),
}));
