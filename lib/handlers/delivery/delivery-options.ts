import * as v from 'valibot';
import { lazy } from '../../runtime/lazy.js';

const positive = lazy(() =>
  v.pipe(v.number(), v.integer('expected an integer'), v.minValue(1, 'expected 1 or more')),
);

/** Bounds of what waits to be sent, to be spread into the schemas of handlers that have a queue. */
export const boundEntries = lazy(() => ({
  maxBytes: v.optional(
    v.pipe(positive(), v.description('The most bytes that wait to be sent; default 16 MiB.')),
  ),
  maxRecords: v.optional(
    v.pipe(positive(), v.description('The most records that wait to be sent; default 50 000.')),
  ),
  overflow: v.optional(
    v.pipe(
      v.picklist(
        ['dropLowestLevel', 'dropNewest', 'dropOldest'],
        "expected 'dropLowestLevel', 'dropNewest' or 'dropOldest'",
      ),
      v.description('Which record is dropped when that is reached; default dropLowestLevel.'),
    ),
  ),
}));

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
