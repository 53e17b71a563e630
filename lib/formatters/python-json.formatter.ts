import * as v from 'valibot';
import { Formatter } from '../core/formatter.js';
import { LEAN } from '../core/lean.js';
import type { LogRecord } from '../core/log-record.js';
import { checkOptions } from '../core/options.js';
import { JsonBudget } from '../internal/json-budget.js';
import { isoFormat, pythonJson, type PythonJsonStyle } from '../internal/python-json.js';
import { fieldNames } from './support/field-names.js';

/** Characters of all values of a line, before they are escaped. */
const MAX_LINE = 262_144;

/** Attributes that do not come as fields unless the format lists them; in the order of a record's dictionary. */
const RESERVED = [
  ...['name', 'msg', 'args', 'levelname', 'levelno', 'pathname', 'filename', 'module', 'exc_info', 'exc_text'],
  ...['stack_info', 'lineno', 'funcName', 'created', 'msecs', 'relativeCreated', 'thread', 'threadName'],
  ...['processName', 'process', 'taskName', 'message', 'asctime'],
] as const;

const texts = v.record(v.string(), v.string());
const values = v.record(v.string(), v.unknown());
const format = v.union([v.string(), v.array(v.string())], (issue) => `expected a text or an array of field names, got ${issue.received}`);
const flag = (text: string) => v.optional(v.pipe(v.boolean(), v.description(text)), false);

/** The keys of a {@link PythonJsonFormatter} in a configuration: those of python-json-logger. */
export const pythonJsonFormatterSchema = v.strictObject({
  format: v.nullish(v.pipe(format, v.description('The fields, as a format string, a list with commas or an array.'))),
  fmt: v.nullish(v.pipe(format, v.description("`format`, under the name of Python's constructor."))),
  datefmt: v.nullish(v.pipe(v.string(), v.description("Format of `asctime` in strftime's language."))),
  style: v.optional(
    v.pipe(
      v.picklist(['%', '{', '$', ','], (issue) => `expected '%', '{', '$' or ',', got ${issue.received}`),
      v.description('How `format` lists fields.'),
    ),
    '%',
  ),
  validate: v.optional(v.pipe(v.boolean(), v.description('Whether a format that does not fit its style is refused.')), true),
  utc: flag('Whether `asctime` is in UTC.'),
  prefix: v.optional(v.pipe(v.string(), v.description('Text before the JSON.')), ''),
  rename_fields: v.nullish(v.pipe(texts, v.description("Other names of fields: `{ levelname: 'level' }`."))),
  rename_fields_keep_missing: flag('Whether renamed fields that a record lacks come as null.'),
  static_fields: v.nullish(v.pipe(values, v.description('Fields of every line.'))),
  reserved_attrs: v.nullish(
    v.pipe(v.array(v.string()), v.description('Attributes that do not come as fields; default those of every record.')),
  ),
  timestamp: v.optional(
    v.pipe(
      v.union([v.boolean(), v.string()], (issue) => `expected true, false or a name, got ${issue.received}`),
      v.description('Adds the time in ISO 8601 as `timestamp`, or under this name.'),
    ),
    false,
  ),
  defaults: v.nullish(v.pipe(values, v.description('Fields that anything else of their name replaces.'))),
  exc_info_as_array: flag('Whether the traceback comes as an array of its lines.'),
  stack_info_as_array: flag('Whether the stack comes as an array of its lines.'),
  json_indent: v.nullish(
    v.pipe(
      v.union([v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(32)), v.string()]),
      v.description('Spaces, or the text, each level is indented by; default all on one line.'),
    ),
  ),
  json_ensure_ascii: v.optional(v.pipe(v.boolean(), v.description('Whether what is not ASCII is escaped.')), true),
});

/** Options of {@link PythonJsonFormatter}. */
export type PythonJsonFormatterOptions = v.InferInput<typeof pythonJsonFormatterSchema>;

/**
 * python-json-logger's formatter: the same configuration gives the same fields, names and bytes in Node and Python.
 *
 * In configurations also `pythonjsonlogger.json.JsonFormatter` and `pythonjsonlogger.jsonlogger.JsonFormatter`.
 * A record whose message is a plain object gives its entries as fields.
 *
 * Differs from Python: `exc_info` is a JavaScript traceback; no `json_default`, `json_encoder`, `json_serializer`.
 *
 * @example
 * new PythonJsonFormatter({ format: '%(asctime)s %(levelname)s %(message)s', rename_fields: { levelname: 'level' } })
 * @see https://nhairs.github.io/python-json-logger/
 */
export class PythonJsonFormatter extends Formatter {
  static override readonly [LEAN] = true;
  /** The keys of its entry in a configuration. */
  static override readonly optionsSchema = pythonJsonFormatterSchema;

  readonly #options: v.InferOutput<typeof pythonJsonFormatterSchema>;
  readonly #required: readonly string[];
  readonly #skipped: ReadonlySet<string>;
  readonly #style: PythonJsonStyle;

  /** @throws {LoggingError} `ERR_LOGGING_OPTIONS`, `ERR_LOGGING_FORMAT` */
  constructor(options: PythonJsonFormatterOptions = {}) {
    const o = checkOptions('PythonJsonFormatter', pythonJsonFormatterSchema, options, new.target === PythonJsonFormatter);
    super({ datefmt: o.datefmt, utc: o.utc });
    this.#options = o;
    this.#required = fieldNames(o.format ?? o.fmt ?? undefined, o.style, o.validate);
    this.#skipped = new Set([...this.#required, ...(o.reserved_attrs ?? RESERVED)]);
    const indent = o.json_indent ?? undefined;
    this.#style = { ensureAscii: o.json_ensure_ascii, indent: typeof indent === 'number' ? ' '.repeat(indent) : indent };
  }

  /** Names of the fields that the format lists. */
  override get fields(): readonly string[] {
    return this.#required;
  }

  /** The record as JSON. @throws {TemplateError} If the message does not fit its arguments. */
  override format(record: LogRecord): string {
    const given = isPlainObject(record.msg) ? record.msg : undefined;
    record.message = given === undefined ? record.getMessage() : '';
    if (this.#required.includes('asctime')) record.asctime = this.formatTime(record, this.datefmt);
    const budget = new JsonBudget();
    budget.reset(MAX_LINE);
    const json = pythonJson(this.#data(record, given ?? {}), this.#style, budget);
    return this.#options.prefix + (budget.isCut ? markCut(json, this.#style.indent) : json);
  }

  /** Entries in the order in which python-json-logger adds them; one that is there already keeps its place. */
  #data(record: LogRecord, given: Readonly<Record<string, unknown>>): Map<string, unknown> {
    const { defaults, static_fields, timestamp, rename_fields, rename_fields_keep_missing } = this.#options;
    const data = new Map<string, unknown>();
    const names = rename_fields ?? {};
    const add = (key: string, value: unknown): unknown => data.set(Object.hasOwn(names, key) ? (names[key] as string) : key, value);
    for (const [key, value] of Object.entries(defaults ?? {})) add(key, value);
    for (const key of this.#required) add(key, attribute(record, key));
    for (const [key, value] of Object.entries(static_fields ?? {})) add(key, value);
    for (const [key, value] of entriesOf(given)) add(key, value);
    this.#addDetails(record, given, add);
    for (const key of RESERVED) {
      if (!this.#skipped.has(key) && !(key === 'asctime' && record.asctime === undefined)) add(key, attribute(record, key));
    }
    for (const [key, value] of entriesOf(record.extraFields())) {
      if (!this.#skipped.has(key) && !key.startsWith('_')) add(key, value);
    }
    if (timestamp) add(timestamp === true ? 'timestamp' : timestamp, isoFormat(record.created));
    if (rename_fields_keep_missing) {
      for (const name of Object.values(names)) if (!data.has(name)) data.set(name, null);
    }
    return data;
  }

  #addDetails(record: LogRecord, given: Readonly<Record<string, unknown>>, add: (key: string, value: unknown) => unknown): void {
    const { exc_info_as_array, stack_info_as_array } = this.#options;
    if (!given['exc_info']) {
      if (record.excInfo !== undefined) add('exc_info', lines(this.formatException(record.excInfo), exc_info_as_array));
      else if (record.excText) add('exc_info', record.excText);
    }
    if (record.stackInfo && !given['stack_info']) add('stack_info', lines(this.formatStack(record.stackInfo), stack_info_as_array));
  }
}

/** Adds `"truncated": true` as the last entry. */
function markCut(json: string, indent: string | undefined): string {
  if (indent === undefined) return `${json.slice(0, -1)}, "truncated": true}`;
  return `${json.slice(0, -2)},\n${indent}"truncated": true\n}`;
}

const SPELLINGS: Readonly<Record<string, string>> = { exc_info: 'excInfo', exc_text: 'excText', stack_info: 'stackInfo' };

function attribute(record: LogRecord, key: string): unknown {
  return record.attribute(Object.hasOwn(SPELLINGS, key) ? (SPELLINGS[key] as string) : key) ?? null;
}

function lines(text: string, asArray: boolean): string | string[] {
  return asArray ? text.split('\n') : text;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Own entries; a getter that throws, or a proxy that does not tell, gives what it threw. */
function* entriesOf(fields: Readonly<Record<string, unknown>>): Generator<[string, unknown]> {
  for (const key of Object.keys(fields)) {
    let value: unknown;
    try {
      value = fields[key];
    } catch (reason) {
      value = reason;
    }
    yield [key, value];
  }
}
