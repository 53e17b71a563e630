import * as v from 'valibot';
import { timeZoneEntry } from '../../core/formatting/formatter-options.js';
import { fieldPathSchema } from '../../core/option-schemas.js';
import { RESERVED_ATTRIBUTES } from '../../core/records/record-attributes.js';
import type { PathRedactionOptions } from '../../redaction/path-redaction.js';
import { CENSOR } from '../../redaction/redact-text.js';
import { lazy } from '../../runtime/lazy.js';
import { MAX_RECORD, MAX_TEXT } from '../../runtime/limits.js';
import { NOTHING, type Shape } from './json-shape.js';
import { SHAPES } from './json-shapes.js';

/** Names of the fields that the formatter writes itself. */
export const FIELD_NAMES = [
  'timestamp',
  'level',
  'logger',
  'message',
  'exception',
  'error',
  'stack',
  'truncated',
] as const;
/** Names of the fields for the place of the call. */
export const CALLER_NAMES = ['file', 'line', 'function'] as const;

const text = lazy(() => v.pipe(v.string(), v.nonEmpty('expected a non-empty string')));
const names = (description: string) => v.optional(v.pipe(v.array(text()), v.description(description)), []);
const pathsSchema = lazy(() =>
  v.pipe(v.array(fieldPathSchema()), v.minLength(1, 'expected at least one path')),
);
const redactSchema = lazy(() =>
  v.pipe(
    v.union([
      pathsSchema(),
      v.strictObject({
        paths: pathsSchema(),
        censor: v.optional(
          v.union([
            v.string(),
            v.custom<(value: unknown, path: readonly string[]) => unknown>(
              (value) => typeof value === 'function',
              'expected a function',
            ),
          ]),
          CENSOR,
        ),
        remove: v.optional(v.boolean(), false),
      }),
    ]),
    v.description(
      "Paths to what is never written, in pino's language: `['user.password', '*.token', 'items[*].card']`; or `{ paths, censor, remove }`.",
    ),
  ),
);

const jsonFormatterEntries = lazy(() =>
  v.strictObject({
    shape: v.optional(
      v.pipe(
        v.picklist(
          ['ecs', 'gcp', 'datadog', 'otel', 'cloudwatch', 'gelf', 'logstash'],
          "expected 'ecs', 'gcp', 'datadog', 'otel', 'cloudwatch', 'gelf' or 'logstash'",
        ),
        v.description(
          'The convention of the product that reads the lines: names, severities, traces, requests and errors are where it looks for them.',
        ),
      ),
    ),
    nested: v.optional(
      v.pipe(
        v.boolean(),
        v.description('For a `shape`: names with dots as nested objects, `{ log: { level } }`.'),
      ),
      false,
    ),
    project: v.optional(
      v.pipe(text(), v.description("For `shape: 'gcp'`: the project that traces belong to.")),
    ),
    maxTextBytes: v.optional(
      v.pipe(
        v.number(),
        v.integer(),
        v.minValue(64),
        v.maxValue(MAX_RECORD),
        v.description('The most bytes of one string, such as the message; a line has at most 256 KiB.'),
      ),
      MAX_TEXT,
    ),
    rename_fields: v.optional(
      v.pipe(
        v.record(v.string(), text()),
        v.description(
          "New names of fields, context and extra fields included: `{ timestamp: '@timestamp', trace_id: 'dd.trace_id' }`.",
        ),
      ),
      {},
    ),
    drop_fields: names('Fields that are not written, wherever they come from.'),
    order: names('Fields that come first, in this order; the others follow in theirs.'),
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
        v.description("More attributes of the record, under Python's names: `['levelno', 'process']`."),
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
    datefmt: v.nullish(v.pipe(v.string(), v.description('Format of the timestamp for strftime, instead.'))),
    utc: v.optional(
      v.pipe(v.boolean(), v.description('Whether datefmt is in UTC or in the local zone.')),
      true,
    ),
    timeZone: timeZoneEntry(),
    exception: v.optional(
      v.pipe(
        v.picklist(['text', 'object'], "expected 'text' or 'object'"),
        v.description(
          'The traceback as one text, or the error as an object with name, message, stack and cause.',
        ),
      ),
      'text',
    ),
    includeError: v.optional(
      v.pipe(
        v.boolean(),
        v.description(
          'Adds `error` next to the traceback: type, message, own properties (`code`, `errno`) and cause of the error, to search by.',
        ),
      ),
      false,
    ),
    nestedKey: v.optional(
      v.pipe(
        text(),
        v.description('Puts context and extra fields in an object of this name, not at the top level.'),
      ),
    ),
    redact: v.nullish(redactSchema()),
    serializers: v.optional(
      v.pipe(
        v.record(
          v.string(),
          v.custom<(value: unknown) => unknown>(
            (value) => typeof value === 'function',
            'expected a function of the value',
          ),
        ),
        v.description(
          'Functions by field: the result is written instead of the value; the one for `exception` gets the error itself.',
        ),
      ),
      {},
    ),
  }),
);

/** The keys of a `JsonFormatter` in a configuration. */
export const jsonFormatterSchema = lazy(() =>
  v.pipe(
    jsonFormatterEntries(),
    v.check(
      (options) => doubleName(options) === undefined,
      ({ input }) => `two fields are called "${doubleName(input)}"; rename one of them`,
    ),
  ),
);

/** Options of `JsonFormatter`. */
export type JsonFormatterOptions = v.InferInput<ReturnType<typeof jsonFormatterSchema>>;

/** Checked options. */
export type JsonFormatterSettings = v.InferOutput<ReturnType<typeof jsonFormatterEntries>>;

/** The name under which a field is written. */
export function writtenName({ rename_fields }: JsonFormatterSettings, name: string): string {
  return Object.hasOwn(rename_fields, name) ? (rename_fields[name] as string) : name;
}

/** Whether a name is one of {@link FIELD_NAMES}. */
export function isFieldName(name: string): boolean {
  return (FIELD_NAMES as readonly string[]).includes(name);
}

/** Whether a name of `rename_fields` is that of a field that the formatter writes itself. */
export function isOwnField(
  { includeError, includeCaller, attributes }: JsonFormatterSettings,
  name: string,
): boolean {
  if (name === 'error') return includeError;
  return (
    isFieldName(name) ||
    (includeCaller && (CALLER_NAMES as readonly string[]).includes(name)) ||
    attributes.includes(name)
  );
}

/** The names that a line has besides context and extra fields. @param withError Whether `error` is one of them. */
export function namesOfLine(options: JsonFormatterSettings, withError: boolean): string[] {
  const { includeCaller, attributes, static_fields, nestedKey } = options;
  const own = [
    ...FIELD_NAMES.filter((name) => name !== 'error' || withError),
    ...(includeCaller ? CALLER_NAMES : []),
    ...attributes,
  ];
  return [
    ...own.map((name) => writtenName(options, name)),
    ...Object.keys(static_fields),
    ...(nestedKey === undefined ? [] : [nestedKey]),
  ];
}

/** A name that two fields would have; a field that is renamed may not get one that the formatter itself uses. */
function doubleName(options: JsonFormatterSettings): string | undefined {
  const names = namesOfLine(options, options.includeError);
  const double = firstTwice(names);
  if (double !== undefined || options.nestedKey !== undefined) return double;
  if (options.shape !== undefined) return doubleOfShape(options, SHAPES[options.shape]);
  return Object.entries(options.rename_fields).find(
    ([name, written]) => !isOwnField(options, name) && names.includes(written),
  )?.[1];
}

/** The same among the names that a product has. A field of the application gets another name beside them. */
function doubleOfShape(options: JsonFormatterSettings, shape: Shape): string | undefined {
  if (Object.keys(options.rename_fields).length === 0) return undefined;
  const names = Object.keys(shape.own(NOTHING)).map((name) => writtenName(options, name));
  return firstTwice(names);
}

function firstTwice(names: readonly string[]): string | undefined {
  return names.find((name, at) => names.indexOf(name) !== at);
}

/** The key of a formatter's redaction, for code that shows its records elsewhere. */
export const REDACTION: unique symbol = Symbol.for('nestjs-logging.redaction');

/** `redact` with all defaults filled in. */
export function redactionOf({ redact }: JsonFormatterSettings): PathRedactionOptions | undefined {
  if (redact === undefined || redact === null) return undefined;
  return Array.isArray(redact) ? { paths: redact, censor: CENSOR, remove: false } : redact;
}
