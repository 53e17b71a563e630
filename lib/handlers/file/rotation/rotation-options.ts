import * as v from 'valibot';
import { lazy } from '../../../runtime/lazy.js';
import { bytesExpected, parseDurationMs, parseSizeBytes } from '../../../runtime/units.js';

/** Gives a rolled file another name than the default one. */
export type Namer = (defaultName: string) => string;

/** Moves the log file to its new name, not necessarily by renaming it. Synchronous: logging goes on when it returns. */
export type Rotator = (source: string, dest: string) => void;

const SIZE_EXPECTED =
  "expected a size with its unit, such as '5GB' or '500MiB', or a number of bytes above 0";

/** Bytes that a `maxTotalSize` means; `undefined` if it is invalid. */
export function totalBytes(size: number | string): number | undefined {
  if (typeof size === 'string') return parseSizeBytes(size);
  return Number.isSafeInteger(size) ? size : undefined;
}

/** The keys of handlers that roll their files over, to be spread into the schema of each. */
export const rotationEntries = lazy(() => ({
  maxBytes: v.optional(
    v.pipe(
      v.number(bytesExpected),
      v.integer(),
      v.minValue(0),
      v.description(
        'Bytes: a record that would bring the file to this size goes into a new one. 0 for no bound.',
      ),
    ),
    0,
  ),
  backupCount: v.optional(
    v.pipe(v.number(), v.integer(), v.minValue(0), v.description('How many rolled files are kept.')),
    0,
  ),
  maxAge: v.nullish(
    v.pipe(
      v.string((issue) => `expected a duration with its unit, such as '30d' or '12h', got ${issue.received}`),
      v.check(
        (text) => (parseDurationMs(text) ?? 0) > 0,
        (issue) => `expected a duration with its unit, such as '30d' or '12h', got ${issue.received}`,
      ),
      v.description(
        "Rolled files are deleted at this age: '30d', '12h'; units ms, s, m, h, d, w. Default: no bound.",
      ),
    ),
  ),
  maxTotalSize: v.nullish(
    v.pipe(
      v.union([v.number(), v.string()], SIZE_EXPECTED),
      v.check((size) => (totalBytes(size) ?? 0) > 0, SIZE_EXPECTED),
      v.description(
        "The oldest rolled files are deleted while all together are larger: '5GB', '500MiB', or a number of bytes. Default: no bound.",
      ),
    ),
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
        v.description('Moves the file to its new name, where renaming is not enough; synchronous.'),
      ),
    ),
  ),
}));
