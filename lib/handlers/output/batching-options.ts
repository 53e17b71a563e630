import * as v from 'valibot';
import { levelSchema } from '../../core/option-schemas.js';
import { lazy } from '../../runtime/lazy.js';

/** The keys of handlers that can collect lines and write them together, to be spread into their schemas. */
export const batchingEntries = lazy(() => ({
  bufferSize: v.optional(
    v.pipe(
      v.number(),
      v.integer(),
      v.minValue(0),
      v.maxValue(16 * 1024 * 1024),
      v.description(
        'Bytes to buffer before they are written together; 0 writes each line at once. What is buffered is written before a signal that can be caught ends the process; SIGKILL and abort() lose it.',
      ),
    ),
    0,
  ),
  flushIntervalMs: v.optional(
    v.pipe(
      v.number(),
      v.integer(),
      v.minValue(1),
      v.maxValue(60_000),
      v.description('Milliseconds after which buffered lines are written, however few.'),
    ),
    100,
  ),
  flushLevel: v.optional(
    v.pipe(
      levelSchema(),
      v.description('A record of this level or above is written at once, with all before it.'),
    ),
    'ERROR',
  ),
}));
