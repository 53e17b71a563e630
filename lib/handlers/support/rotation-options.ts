import * as v from 'valibot';
import { lazy } from '../../internal/lazy.js';

/** Gives a rolled file another name than the default one. */
export type Namer = (defaultName: string) => string;

/** Brings the log file to its new name, and need not just rename it. Synchronous: logging goes on when it returns. */
export type Rotator = (source: string, dest: string) => void;

/** The keys of handlers that roll their files over, to be spread into the schema of each. */
export const rotationEntries = lazy(() => ({
  maxBytes: v.optional(
    v.pipe(
      v.number(),
      v.integer(),
      v.minValue(0),
      v.description(
        'Bytes: a record that would bring the file to this size goes into a new one. 0 for no bound.',
      ),
    ),
    0,
  ),
  backupCount: v.optional(
    v.pipe(v.number(), v.integer(), v.minValue(0), v.description('So many rolled files are kept.')),
    0,
  ),
  compress: v.optional(
    v.pipe(v.boolean(), v.description('Compress rolled files with gzip, in the background.')),
    false,
  ),
  namer: v.optional(
    v.nullable(
      v.pipe(
        v.custom<Namer>((value) => typeof value === 'function', 'expected a function'),
        v.description('Gives a rolled file another name than the default one.'),
      ),
    ),
  ),
  rotator: v.optional(
    v.nullable(
      v.pipe(
        v.custom<Rotator>((value) => typeof value === 'function', 'expected a function'),
        v.description('Brings the file to its new name, where renaming is not enough; synchronous.'),
      ),
    ),
  ),
}));
