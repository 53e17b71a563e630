import * as v from 'valibot';
import { RESERVED_ATTRIBUTES } from '../../core/record-attributes.js';
import { suggestion } from '../../core/suggestion.js';
import { lazy } from '../../internal/lazy.js';

/** Names of the fields that the formatter writes itself. */
export const FIELD_NAMES = [
  'timestamp',
  'level',
  'logger',
  'message',
  'exception',
  'stack',
  'truncated',
] as const;
/** Names of the fields that say where the call was made. */
export const CALLER_NAMES = ['file', 'line', 'function'] as const;

const text = lazy(() => v.pipe(v.string(), v.nonEmpty('expected a text that is not empty')));
const ownName = lazy(() =>
  v.pipe(
    v.string(),
    v.check(
      (name) => [...FIELD_NAMES, ...CALLER_NAMES].includes(name as never) || RESERVED_ATTRIBUTES.has(name),
      (issue) => `not a field of this formatter${suggestion(issue.input, [...FIELD_NAMES, ...CALLER_NAMES])}`,
    ),
  ),
);

/** The keys of a `JsonFormatter` in a configuration. */
export const jsonFormatterSchema = lazy(() =>
  v.strictObject({
    rename_fields: v.optional(
      v.pipe(
        v.record(ownName(), text()),
        v.description("Other names: `{ timestamp: '@timestamp', level: 'severity' }`."),
      ),
      {},
    ),
    static_fields: v.optional(
      v.pipe(
        v.record(v.string(), v.unknown()),
        v.description('Fields of every line, such as service and version.'),
      ),
      {},
    ),
    attributes: v.optional(
      v.pipe(
        v.array(
          v.pipe(
            v.string(),
            v.check(
              (name) => RESERVED_ATTRIBUTES.has(name),
              (issue) =>
                `expected an attribute of records, such as "levelno" or "process", got "${issue.input}"`,
            ),
          ),
        ),
        v.description("Further attributes of the record, under Python's names: `['levelno', 'process']`."),
      ),
      [],
    ),
    includeCaller: v.optional(
      v.pipe(
        v.boolean(),
        v.description('Adds file, line and function of the call; costs about 10 µs a record.'),
      ),
      false,
    ),
    timestamp: v.optional(
      v.pipe(
        v.picklist(['iso', 'epoch-ms', 'epoch-s'], "expected 'iso', 'epoch-ms' or 'epoch-s'"),
        v.description('ISO 8601 in UTC with milliseconds, or a number since 1970.'),
      ),
      'iso',
    ),
    datefmt: v.nullish(v.pipe(v.string(), v.description('Timestamp in the language of strftime instead.'))),
    utc: v.optional(
      v.pipe(v.boolean(), v.description('Whether datefmt is in UTC or in the local zone.')),
      true,
    ),
    exception: v.optional(
      v.pipe(
        v.picklist(['text', 'object'], "expected 'text' or 'object'"),
        v.description(
          'The traceback as one text, or the error as an object with name, message, stack and cause.',
        ),
      ),
      'text',
    ),
    nestedKey: v.optional(
      v.pipe(
        text(),
        v.description('Puts context and extra fields in an object of this name, not at the top level.'),
      ),
    ),
  }),
);

/** Options of `JsonFormatter`. */
export type JsonFormatterOptions = v.InferInput<ReturnType<typeof jsonFormatterSchema>>;
