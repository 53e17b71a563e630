import * as v from 'valibot';
import { levelSchema } from '../../../core/option-schemas.js';
import { lazy } from '../../../runtime/lazy.js';

const count = (least: number, what: string) =>
  v.pipe(v.number(), v.integer(), v.minValue(least, `expected ${least} or more`), v.description(what));

/** Schema of a spool: the directory that keeps records until they are delivered. */
export const spoolSchema = lazy(() =>
  v.strictObject({
    directory: v.pipe(
      v.string(),
      v.nonEmpty('expected the path of a directory'),
      v.description(
        'Where the files are; created if missing, with mode 0750. Each handler of each process needs its own.',
      ),
    ),
    maxBytes: v.optional(
      count(65_536, 'The most bytes on disk; then the policy of `overflow` decides, a segment at a time.'),
      268_435_456,
    ),
    fsync: v.optional(
      v.pipe(
        v.picklist(['never', 'interval', 'always'], "expected 'never', 'interval' or 'always'"),
        v.description(
          'When records are forced to the disk, in case the machine fails; the end of a process loses none.',
        ),
      ),
      'interval',
    ),
    fsyncIntervalMs: v.optional(count(1, "For fsync: 'interval': how often, in milliseconds."), 1_000),
    bufferSize: v.optional(
      count(0, 'Bytes to buffer before they are written together; 0 writes each record in its log call.'),
      0,
    ),
    flushIntervalMs: v.optional(
      count(1, 'Milliseconds after which buffered records are written, however few.'),
      100,
    ),
    flushLevel: v.optional(
      v.pipe(levelSchema(), v.description('A record of this level or above is written at once.')),
      'ERROR',
    ),
    deadLetterMaxBytes: v.optional(
      count(0, 'The most bytes of records that the receiver refused for good, in `dead-letters.jsonl`.'),
      16_777_216,
    ),
  }),
);

/** The key of handlers that can have a spool, to be spread into their schemas. */
export const spoolEntries = lazy(() => ({
  spool: v.optional(
    v.pipe(
      spoolSchema(),
      v.description(
        'Keeps records in files until they are delivered: `{ directory, maxBytes, fsync … }`. Makes delivery at-least-once.',
      ),
    ),
  ),
}));

/** Options of a spool. */
export type SpoolOptions = v.InferInput<ReturnType<typeof spoolSchema>>;
/** Options of a spool, with the defaults in place. */
export type SpoolSettings = v.InferOutput<ReturnType<typeof spoolSchema>>;
