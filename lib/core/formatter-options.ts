import * as v from 'valibot';
import { lazy } from '../internal/lazy.js';
import { type CompiledFormat, compileFormat, type FormatStyle } from './format-style.js';
import type { OptionsSchema } from './options.js';
import type { FieldPainter } from './record-field.js';

/** The keys of a text formatter's entry in a configuration, to be spread into the schema of each. */
export const formatterEntries = lazy(() => ({
  format: v.nullish(v.pipe(v.string(), v.description('The format string; default the bare message.'))),
  fmt: v.nullish(v.pipe(v.string(), v.description("`format`, under the name of Python's constructor."))),
  datefmt: v.nullish(
    v.pipe(
      v.string(),
      v.description(
        "Format of `asctime` in strftime's language; default ISO 8601 with milliseconds after a comma.",
      ),
    ),
  ),
  style: v.optional(
    v.pipe(
      v.picklist(['%', '{', '$'], (issue) => `expected '%', '{' or '$', got ${issue.received}`),
      v.description('The language of `format`.'),
    ),
    '%',
  ),
  validate: v.optional(
    v.pipe(v.boolean(), v.description('Whether a format that does not fit its style is refused at once.')),
    true,
  ),
  defaults: v.nullish(
    v.pipe(
      v.record(v.string(), v.unknown()),
      v.description('Values for fields that a record does not have.'),
    ),
  ),
  utc: v.optional(
    v.pipe(v.boolean(), v.description('Whether times are in UTC and not in the local zone.')),
    false,
  ),
  sanitize: v.optional(
    v.pipe(
      v.picklist(
        ['escape', 'line', 'none'],
        (issue) => `expected 'escape', 'line' or 'none', got ${issue.received}`,
      ),
      v.description(
        "What becomes of control characters in interpolated text: 'escape' them and indent further lines, 'line' " +
          "escapes newlines too, 'none' leaves Python's bytes.",
      ),
    ),
    'escape',
  ),
}));

/** Options of a {@link Formatter}, without a look at the format itself. */
export const formatterSchema = lazy(() => v.strictObject(formatterEntries()));

/** Options of a {@link Formatter}; the keys of its entry in a configuration. */
export type FormatterOptions = v.InferInput<ReturnType<typeof formatterSchema>>;

/** Options of a text formatter with the defaults filled in. */
export type FormatterSettings = Pick<
  v.InferOutput<ReturnType<typeof formatterSchema>>,
  keyof ReturnType<typeof formatterEntries>
>;

/**
 * The schema of a text formatter that finds faulty formats too, so that a configuration is refused before anything
 * is made of it.
 */
export function checkingFormat(schema: v.GenericSchema<object, FormatterSettings>): OptionsSchema {
  return v.pipe(
    schema,
    v.rawCheck(({ dataset, addIssue }) => {
      if (!dataset.typed) return;
      const { value } = dataset;
      const message = formatFault(value);
      const key = value.format == null ? 'fmt' : 'format';
      if (message !== undefined) {
        addIssue({
          message,
          path: [{ type: 'object', origin: 'value', input: { ...value }, key, value: value[key] }],
        });
      }
    }),
  );
}

/**
 * Compiles the format of checked options.
 *
 * @param paint What is done to the finished text of fields.
 * @throws {LoggingError} `ERR_LOGGING_FORMAT`
 */
export function compileSettings(settings: FormatterSettings, paint?: FieldPainter): CompiledFormat {
  return compileFormat({
    format: settings.format ?? settings.fmt ?? undefined,
    style: settings.style as FormatStyle,
    validate: settings.validate,
    defaults: settings.defaults ?? undefined,
    sanitize: settings.sanitize,
    paint,
  });
}

function formatFault(settings: FormatterSettings): string | undefined {
  try {
    compileSettings(settings);
    return undefined;
  } catch (error) {
    return (error as Error).message.replace(/^format: /, '');
  }
}
