import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { lazy } from '../../internal/lazy.js';
import { batchingEntries } from './batching-options.js';
import { handlerEntries } from './handler-options.js';
import { encodingErrors } from './text-codec.js';

/** The keys of every handler that writes a file, to be spread into the schema of each. */
export const fileEntries = lazy(() => ({
  ...handlerEntries(),
  filename: v.pipe(
    v.union([
      v.pipe(v.string(), v.minLength(1, 'expected a file name, got an empty string')),
      v.pipe(
        v.instance(URL),
        v.check(({ protocol }) => protocol === 'file:', 'expected a file: URL'),
      ),
    ]),
    v.description('Path or file: URL of the file. Its directory must be there.'),
  ),
  encoding: v.optional(
    v.nullable(
      v.pipe(
        v.string(),
        v.description('Encoding of the file. Others than UTF-8, UTF-16, Latin-1 and ASCII need iconv-lite.'),
      ),
    ),
  ),
  errors: v.optional(
    v.nullable(
      v.pipe(
        v.picklist(encodingErrors),
        v.description('What is done with characters the encoding has not; default "backslashreplace".'),
      ),
    ),
  ),
  delay: v.optional(v.pipe(v.boolean(), v.description('Open the file at the first record.')), false),
  followLinks: v.optional(
    v.pipe(
      v.boolean(),
      v.description('Log through a symbolic link, or into a file that has other names (hard links).'),
    ),
    false,
  ),
  ...batchingEntries(),
}));

/** The key of handlers that may empty or insist on making their file. */
export const modeEntry = lazy(() =>
  v.optional(
    v.pipe(
      v.string(),
      v.description('"a" appends, "w" empties the file first, "x" insists that it is not there.'),
    ),
    'a',
  ),
);

/** The absolute path that `filename` means. */
export function absolutePath(filename: string | URL): string {
  return resolve(filename instanceof URL ? fileURLToPath(filename) : filename);
}
