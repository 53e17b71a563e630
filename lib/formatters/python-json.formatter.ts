import { Formatter } from '../core/formatter.js';
import { LEAN } from '../core/lean.js';
import type { LogRecord } from '../core/log-record.js';
import { checkOptions } from '../core/options.js';
import { JsonBudget } from '../internal/json-budget.js';
import { lazyProperty } from '../internal/lazy.js';
import { type PythonJsonStyle, pythonJson } from '../internal/python-json.js';
import { fieldNames } from './support/field-names.js';
import { PythonJsonData, type PythonJsonDetails } from './support/python-json-data.js';
import { type PythonJsonFormatterOptions, pythonJsonFormatterSchema } from './support/python-json-options.js';

export type { PythonJsonFormatterOptions } from './support/python-json-options.js';

/** Characters of all values of a line, before they are escaped. */
const MAX_LINE = 262_144;

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
  declare static readonly optionsSchema: ReturnType<typeof pythonJsonFormatterSchema>;
  static {
    lazyProperty(PythonJsonFormatter, 'optionsSchema', pythonJsonFormatterSchema);
  }

  readonly #prefix: string;
  readonly #data: PythonJsonData;
  readonly #style: PythonJsonStyle;

  /** @throws {LoggingError} `ERR_LOGGING_OPTIONS`, `ERR_LOGGING_FORMAT` */
  constructor(options: PythonJsonFormatterOptions = {}) {
    const o = checkOptions(
      'PythonJsonFormatter',
      pythonJsonFormatterSchema(),
      options,
      new.target === PythonJsonFormatter,
    );
    super({ datefmt: o.datefmt, utc: o.utc });
    this.#prefix = o.prefix;
    this.#data = new PythonJsonData(o, fieldNames(o.format ?? o.fmt ?? undefined, o.style, o.validate));
    const indent = o.json_indent ?? undefined;
    this.#style = {
      ensureAscii: o.json_ensure_ascii,
      indent: typeof indent === 'number' ? ' '.repeat(indent) : indent,
    };
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
    const details: PythonJsonDetails = {
      given: given ?? {},
      exception: record.excInfo === undefined ? (record.excText ?? '') : this.formatException(record.excInfo),
      stack: record.stackInfo ? this.formatStack(record.stackInfo) : '',
    };
    const budget = new JsonBudget();
    budget.reset(MAX_LINE);
    const json = pythonJson(this.#data.of(record, details), this.#style, budget);
    return this.#prefix + (budget.isCut ? markCut(json, this.#style.indent) : json);
  }
}

/** Adds `"truncated": true` as the last entry. */
function markCut(json: string, indent: string | undefined): string {
  if (indent === undefined) return `${json.slice(0, -1)}, "truncated": true}`;
  return `${json.slice(0, -2)},\n${indent}"truncated": true\n}`;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  try {
    const prototype: unknown = Object.getPrototypeOf(value);
    return prototype === Object.prototype || prototype === null;
  } catch {
    // A proxy that throws or is revoked.
    return false;
  }
}
