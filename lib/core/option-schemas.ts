import * as v from 'valibot';
import { parsePath } from '../redaction/path-redaction.js';
import { lazy } from '../runtime/lazy.js';
import { type FilterLike, isFilterLike } from './filter-like.js';
import { describeUnknownLevel, findLevel, type Level } from './levels.js';

/** Schema of a level: an integer, or a registered name in any case. */
export const levelSchema = lazy(
  (): v.GenericSchema<Level> =>
    v.custom<Level>(
      (value) => findLevel(value) !== undefined,
      (issue) => describeUnknownLevel(issue.input),
    ),
);

/** Schema of a formatter object: anything with a `format` method. */
export const formatterObjectSchema = lazy(() =>
  v.custom<{ format(record: never): string }>(
    (value) =>
      typeof value === 'object' &&
      value !== null &&
      typeof (value as { format?: unknown }).format === 'function',
    'expected a formatter: an object with a format(record) method',
  ),
);

/** Schema of a filter: a function, or an object with a `filter` method. */
export const filterObjectSchema = lazy(() =>
  v.custom<FilterLike>(
    isFilterLike,
    'expected a filter: a function, or an object with a filter(record) method',
  ),
);

/** Schema of a path to a field, in pino's language. */
export const fieldPathSchema = lazy(() =>
  v.pipe(
    v.string(),
    v.check(
      (path) => parsePath(path) !== undefined,
      (issue) =>
        `expected a path such as user.password, *.token, items[*].card or headers["x-api-key"], got "${issue.input}"`,
    ),
  ),
);
