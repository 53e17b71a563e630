import { COMPONENT, declareComponent } from '../core/component.js';
import { compileFormat } from '../core/formatting/format-style.js';
import { Formatter } from '../core/formatting/formatter.js';
import { checkingFormat } from '../core/formatting/formatter-options.js';
import { LEAN } from '../core/lean.js';
import { checkOptions, type OptionsSchema } from '../core/options.js';
import type { LogRecord } from '../core/records/log-record.js';
import { JsonBudget } from '../python/json/json-budget.js';
import { type PythonJsonStyle, pythonJson } from '../python/json/python-json.js';
import { defineField } from '../runtime/define-field.js';
import { MAX_RECORD } from '../runtime/limits.js';
import { isPlainObject } from '../runtime/plain-object.js';
import { answerOf, changedFields, entriesOf } from './support/json-hooks.js';
import { PythonJsonData } from './support/python-json-data.js';
import {
  type PythonJsonFormatterOptions,
  type PythonJsonSettings,
  pythonJsonFormatterSchema,
} from './support/python-json-options.js';

export type { PythonJsonFormatterOptions } from './support/python-json-options.js';

/**
 * python-json-logger's formatter: the same configuration gives the same fields, names and bytes in Node and Python.
 *
 * In configurations also `pythonjsonlogger.json.JsonFormatter` and `pythonjsonlogger.jsonlogger.JsonFormatter`.
 * A record whose message is a plain object contributes its entries as fields.
 *
 * Subclasses written for the package carry over: {@link add_fields}, {@link process_log_record}, {@link json_default}.
 *
 * Differs from Python: `exc_info` is a JavaScript traceback; there is no `json_encoder` or `json_serializer`; the
 * orjson and msgspec formatters write the same bytes as the `json` one.
 *
 * @example
 * new PythonJsonFormatter({ format: '%(asctime)s %(levelname)s %(message)s', rename_fields: { levelname: 'level' } })
 * @see https://nhairs.github.io/python-json-logger/
 */
export class PythonJsonFormatter extends Formatter {
  static override readonly [LEAN] = true;
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: OptionsSchema;
  /** What configurations call it. */
  static override readonly [COMPONENT] = declareComponent(PythonJsonFormatter, {
    name: 'PythonJsonFormatter',
    pythonNames: [
      'pythonjsonlogger.json.JsonFormatter',
      'pythonjsonlogger.jsonlogger.JsonFormatter',
      'pythonjsonlogger.orjson.OrjsonFormatter',
      'pythonjsonlogger.msgspec.MsgspecFormatter',
    ],
    schema: () => checkingFormat(pythonJsonFormatterSchema(), fieldsOf),
  });

  readonly #prefix: string;
  readonly #data: PythonJsonData;
  readonly #style: PythonJsonStyle;
  readonly #default: ((value: unknown) => unknown) | undefined;

  /** @throws {LoggingError} `ERR_LOGGING_OPTIONS`, `ERR_LOGGING_FORMAT` */
  constructor(options: PythonJsonFormatterOptions = {}) {
    const o = checkOptions(
      'PythonJsonFormatter',
      pythonJsonFormatterSchema(),
      options,
      new.target === PythonJsonFormatter,
    );
    super({ datefmt: o.datefmt, utc: o.utc, timeZone: o.timeZone });
    this.#prefix = o.prefix;
    this.#data = new PythonJsonData(o, fieldsOf(o));
    this.#style = {
      ensureAscii: o.json_ensure_ascii,
      indent: indentOf(o.json_indent),
    };
    this.#default = o.json_default ?? undefined;
  }

  /** Names of the fields that the format lists. */
  override get fields(): readonly string[] {
    return this.#data.required;
  }

  /** The record as JSON. @throws {TemplateError} If the message does not fit its arguments. */
  override format(record: LogRecord): string {
    const given = isPlainObject(record.msg) ? record.msg : undefined;
    record.message = given === undefined ? record.getMessage() : '';
    if (this.fields.includes('asctime')) record.asctime = this.formatTime(record, this.datefmt);
    const message = this.#data.messageOf({
      given,
      exception: this.traceback(record) ?? '',
      stack: record.stackInfo ? this.formatStack(record.stackInfo) : '',
    });
    const budget = new JsonBudget();
    budget.reset(MAX_RECORD);
    if (this.#default !== undefined) budget.convert = this.#default;
    else if (this.json_default !== PythonJsonFormatter.prototype.json_default)
      budget.convert = (value) => this.json_default(value);
    const json = pythonJson(this.#entries(record, message), this.#style, budget);
    return this.#prefix + (budget.isCut ? markCut(json, this.#style.indent) : json);
  }

  /** What is written, as changed by subclasses. */
  #entries(record: LogRecord, message: Record<string, unknown>): Map<string, unknown> {
    const { add_fields, process_log_record } = PythonJsonFormatter.prototype;
    if (this.add_fields === add_fields && this.process_log_record === process_log_record)
      return this.#data.addTo(new Map(), record, message);
    let fields = Object.create(null) as Record<string, unknown>;
    const added = answerOf('add_fields', this, record, () => this.add_fields(fields, record, message));
    // It failed before it added anything: the record must not be lost for that.
    if (added.isFailed && Object.keys(fields).length === 0) this.#addTo(fields, record, message);
    fields = changedFields('process_log_record', this, record, fields, () => this.process_log_record(fields));
    return entriesOf(fields);
  }

  #addTo(fields: Record<string, unknown>, record: LogRecord, message: Record<string, unknown>): void {
    // Existing entries keep their place.
    const entries = this.#data.addTo(new Map(Object.entries(fields)), record, message);
    for (const [key, value] of entries) defineField(fields, key, value);
  }

  /**
   * Adds a record's entries to those that are written; override it to add, compute or delete some, and call
   * `super.add_fields` for those that the options ask for.
   *
   * @param log_data The entries by name, under the names they are written under; an object without a prototype.
   * @param message_dict The entries of a message that is an object, `exc_info` and `stack_info`.
   * @see https://nhairs.github.io/python-json-logger/latest/reference/pythonjsonlogger/core/
   */
  add_fields(
    log_data: Record<string, unknown>,
    record: LogRecord,
    message_dict: Record<string, unknown>,
  ): void {
    this.#addTo(log_data, record, message_dict);
  }

  /** The last change of what is written: override it to change `log_data`, or to return another object. */
  process_log_record(log_data: Record<string, unknown>): Record<string, unknown> {
    return log_data;
  }

  /**
   * What is written for a value that JSON does not have (a date, a Set, an error, an instance of a class, a function),
   * at any depth; override it, or give the option of the same name. The value itself or `undefined` leaves it to the
   * formatter.
   */
  json_default(value: unknown): unknown {
    return value;
  }
}

function indentOf(given: number | string | boolean | null | undefined): string | undefined {
  if (typeof given === 'number') return ' '.repeat(given);
  if (typeof given === 'boolean') return given ? '  ' : undefined;
  return given ?? undefined;
}

/** Adds `"truncated": true` as the last entry. */
function markCut(json: string, indent: string | undefined): string {
  if (indent === undefined) return `${json.slice(0, -1)}, "truncated": true}`;
  return `${json.slice(0, -2)},\n${indent}"truncated": true\n}`;
}

function fieldsOf({ format, fmt, style, validate }: PythonJsonSettings): readonly string[] {
  return fieldNames(format ?? fmt ?? undefined, style, validate);
}

/** How python-json-logger finds field names in a format, by style. */
const PATTERNS = {
  '%': /%\((.+?)\)/g,
  '{': /\{(.+?)\}/g,
  $: /\$(?:\$|\{(.+?)\}|([_a-z][_a-z0-9]*))/gi,
} as const;

/** The languages of a field list: Python's three and a list with commas. */
export type FieldListStyle = keyof typeof PATTERNS | ',';

/**
 * The names of the fields that a format lists, in its order.
 *
 * @param format A format string, names in an array, or nothing for `message` alone.
 * @throws {LoggingError} `ERR_LOGGING_FORMAT`, if `validate` is on, for a format that does not fit the style.
 */
function fieldNames(
  format: string | readonly string[] | undefined,
  style: FieldListStyle,
  validate: boolean,
): readonly string[] {
  if (Array.isArray(format)) return format;
  const text = format as string | undefined;
  if (style === ',')
    return (text ?? '')
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '');
  const compiled = compileFormat({ format: text, style, validate, defaults: undefined, sanitize: 'none' });
  return [...compiled.format.matchAll(PATTERNS[style])].flatMap(([, name, bare]) => name ?? bare ?? []);
}
