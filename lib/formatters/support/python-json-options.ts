import * as v from 'valibot';
import { timeZoneEntry } from '../../core/formatting/formatter-options.js';
import { lazy } from '../../runtime/lazy.js';

const texts = lazy(() => v.record(v.string(), v.string()));
const values = lazy(() => v.record(v.string(), v.unknown()));
const format = lazy(() =>
  v.union(
    [v.string(), v.array(v.string())],
    (issue) => `expected a string or an array of field names, got ${issue.received}`,
  ),
);
const flag = (text: string) => v.optional(v.pipe(v.boolean(), v.description(text)), false);

/** The keys of a `PythonJsonFormatter` in a configuration: those of python-json-logger. */
export const pythonJsonFormatterSchema = lazy(() =>
  v.strictObject({
    format: v.nullish(
      v.pipe(format(), v.description('The fields, as a format string, a list with commas or an array.')),
    ),
    fmt: v.nullish(v.pipe(format(), v.description("`format`, under the name of Python's constructor."))),
    datefmt: v.nullish(v.pipe(v.string(), v.description("Format of `asctime` in strftime's language."))),
    style: v.optional(
      v.pipe(
        v.picklist(['%', '{', '$', ','], (issue) => `expected '%', '{', '$' or ',', got ${issue.received}`),
        v.description('How `format` lists fields.'),
      ),
      '%',
    ),
    validate: v.optional(
      v.pipe(v.boolean(), v.description('Whether a format that does not fit its style is refused.')),
      true,
    ),
    utc: flag('Whether `asctime` is in UTC.'),
    timeZone: timeZoneEntry(),
    prefix: v.optional(v.pipe(v.string(), v.description('A string before the JSON.')), ''),
    rename_fields: v.nullish(
      v.pipe(texts(), v.description("Other names of fields: `{ levelname: 'level' }`.")),
    ),
    rename_fields_keep_missing: flag('Whether renamed fields that a record lacks are written as null.'),
    static_fields: v.nullish(v.pipe(values(), v.description('Fields of every line.'))),
    reserved_attrs: v.nullish(
      v.pipe(
        v.array(v.string()),
        v.description('Attributes that are not written as fields; default those of every record.'),
      ),
    ),
    timestamp: v.optional(
      v.pipe(
        v.union(
          [v.boolean(), v.string()],
          (issue) => `expected true, false or a name, got ${issue.received}`,
        ),
        v.description('Adds the time in ISO 8601 as `timestamp`, or under this name.'),
      ),
      false,
    ),
    defaults: v.nullish(v.pipe(values(), v.description('Fields with default values.'))),
    exc_info_as_array: flag('Whether the traceback is an array of its lines.'),
    stack_info_as_array: flag('Whether the stack is an array of its lines.'),
    json_indent: v.nullish(
      v.pipe(
        v.union([v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(32)), v.string(), v.boolean()]),
        v.description(
          'Indentation of each level, as a number of spaces or a string; `true`, as with orjson, is two spaces; default all on one line.',
        ),
      ),
    ),
    json_ensure_ascii: v.optional(
      v.pipe(v.boolean(), v.description('Whether non-ASCII characters are escaped.')),
      true,
    ),
    json_default: v.nullish(
      v.pipe(
        v.custom<(value: unknown) => unknown>(
          (value) => typeof value === 'function',
          'expected a function of a value',
        ),
        v.description(
          'Returns what is written for a value that JSON does not have, at any depth; replaces the method `json_default`.',
        ),
      ),
    ),
  }),
);

/** Options of `PythonJsonFormatter`. */
export type PythonJsonFormatterOptions = v.InferInput<ReturnType<typeof pythonJsonFormatterSchema>>;

/** Checked options. */
export type PythonJsonSettings = v.InferOutput<ReturnType<typeof pythonJsonFormatterSchema>>;
