import { LoggingError } from '../core/errors.js';
import { Formatter } from '../core/formatter.js';
import { LEAN } from '../core/lean.js';
import { CONTEXT, EXPOSED, EXTRA, type LogRecord } from '../core/log-record.js';
import { checkOptions } from '../core/options.js';
import { keepByLoggerAndLevel } from '../core/repeated-text.js';
import { formatTraceback, type TracebackStyle } from '../core/traceback.js';
import { cutToBytes, JsonBudget } from '../internal/json-budget.js';
import { jsonLines, jsonMessageWriter, jsonString } from '../internal/json-string.js';
import { jsonValue } from '../internal/json-value.js';
import { lazyProperty } from '../internal/lazy.js';
import { str } from '../internal/python-text.js';
import { JsonFields } from './support/json-fields.js';
import {
  CALLER_NAMES,
  FIELD_NAMES,
  type JsonFormatterOptions,
  jsonFormatterSchema,
} from './support/json-options.js';
import { type TimestampWriter, timestampWriter } from './support/json-timestamp.js';

export type { JsonFormatterOptions } from './support/json-options.js';

/** Made ready for JSON piece by piece: made as text first, every line would be touched twice. */
const JSON_TRACEBACK: TracebackStyle = { newline: '\\n', lines: jsonLines };

/** Bytes of a message, and of a whole line, before they are cut. */
const MAX_MESSAGE = 65_536;
const MAX_LINE = 262_144;
/** Characters to try with in turn until the line fits: an escape is up to six times as long as what it stands for. */
const ROOM = [MAX_LINE, MAX_LINE / 4, MAX_LINE / 7, MAX_LINE / 16] as const;

/**
 * Writes each record as one line of JSON: `timestamp`, `level`, `logger`, `message`, then the context's and the
 * call's `extra` fields, `exception` (the traceback as text) and `stack` where there are any.
 *
 * Whatever is logged, the line is valid JSON, holds no control characters, and is at most 256 KiB long (64 KiB of
 * message, ten levels, 1,000 entries); `"truncated":true` where something was left out. A field that takes one of
 * the names above is written as `extra_<name>`.
 *
 * @example
 * new JsonFormatter({ rename_fields: { timestamp: 'time' }, static_fields: { service: 'shop' } })
 */
export class JsonFormatter extends Formatter {
  static override readonly [LEAN] = true;
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: ReturnType<typeof jsonFormatterSchema>;
  static {
    lazyProperty(JsonFormatter, 'optionsSchema', jsonFormatterSchema);
  }

  readonly #names: Readonly<Record<string, string>>;
  readonly #attributes: readonly (readonly [attribute: string, json: string])[];
  readonly #time: TimestampWriter;
  readonly #fields: JsonFields;
  readonly #nested: string | undefined;
  readonly #asObject: boolean;
  /** `,"level":"INFO","logger":"shop","message":`: the same for every record of a logger and level. */
  readonly #head: (record: LogRecord) => string;
  readonly #message = jsonMessageWriter();
  /** Lent to one record at a time; a `toJSON` that logs finds none and makes another. */
  #budget: JsonBudget | undefined;

  /** @throws {LoggingError} `ERR_LOGGING_OPTIONS` */
  constructor(options: JsonFormatterOptions = {}) {
    super();
    const o = checkOptions('JsonFormatter', jsonFormatterSchema(), options, new.target === JsonFormatter);
    const rename = (name: string): string =>
      Object.hasOwn(o.rename_fields, name) ? (o.rename_fields[name] as string) : name;
    this.#names = Object.fromEntries(FIELD_NAMES.map((name) => [name, jsonString(rename(name))]));
    const caller = o.includeCaller
      ? CALLER_NAMES.map((name, at) => [CALLER_ATTRIBUTES[at] as string, rename(name)] as const)
      : [];
    const attributes = [...caller, ...o.attributes.map((name) => [name, rename(name)] as const)];
    this.#attributes = attributes.map(([name, shown]) => [name, `,${jsonString(shown)}:`]);
    const { level, logger, message } = this.#names;
    const fixed = staticJson(o.static_fields);
    this.#head = keepByLoggerAndLevel(({ name, levelname }) => {
      const shown = jsonString(cutToBytes(str(name), 1_024));
      return `,${level}:${jsonString(str(levelname))},${logger}:${shown}${fixed},${message}:`;
    });
    this.#time = timestampWriter(`{${this.#names.timestamp}:`, o);
    this.#nested = o.nestedKey === undefined ? undefined : `,${jsonString(o.nestedKey)}:{`;
    this.#asObject = o.exception === 'object';
    const top = [
      ...FIELD_NAMES.map(rename),
      ...attributes.map(([, shown]) => shown),
      ...Object.keys(o.static_fields),
    ];
    checkUnique(top);
    this.#fields = new JsonFields(new Set(o.nestedKey === undefined ? top : []));
  }

  /** Names of the attributes that are read; handlers that keep records for later ask for them. */
  override get fields(): readonly string[] {
    return ['message', ...this.#attributes.map(([name]) => name)];
  }

  /** The record as one line, without a newline at its end. @throws {TemplateError} If the message does not fit its arguments. */
  override format(record: LogRecord): string {
    const message = record.getMessage();
    record.message = message;
    const cut = cutToBytes(message, MAX_MESSAGE);
    const budget = this.#budget ?? new JsonBudget();
    this.#budget = undefined;
    let line = '';
    for (const room of ROOM) {
      budget.reset(room);
      budget.isCut = cut.length < message.length;
      line = this.#line(record, cut, budget);
      if (line.length * 3 <= MAX_LINE || Buffer.byteLength(line) <= MAX_LINE) break;
    }
    this.#budget = budget;
    return line;
  }

  #line(record: LogRecord, message: string, budget: JsonBudget): string {
    let line = this.#time(record.created) + this.#head(record) + this.#message(budget.takeText(message));
    // Made first, so that a flood of fields does not leave it without room.
    const exception =
      record.excInfo === undefined && record.excText === undefined ? '' : this.#exception(record, budget);
    if (this.#attributes.length > 0) line += this.#attributesOf(record, budget);
    if (record[EXTRA] !== undefined || record[CONTEXT] !== undefined || record[EXPOSED]) {
      const fields = this.#fields.write(record, budget);
      line += this.#nested === undefined || fields === '' ? fields : `${this.#nested}${fields.slice(1)}}`;
    }
    line += exception;
    if (record.stackInfo)
      line += `,${this.#names.stack}:${jsonString(budget.takeText(this.formatStack(record.stackInfo)))}`;
    return budget.isCut ? `${line},${this.#names.truncated}:true}` : `${line}}`;
  }

  #exception(record: LogRecord, budget: JsonBudget): string {
    if (this.#asObject && record.excInfo !== undefined) {
      return `,${this.#names.exception}:${jsonValue(record.excInfo, budget)}`;
    }
    if (record.excText === undefined && this.formatException === Formatter.prototype.formatException) {
      const text = formatTraceback(record.excInfo, JSON_TRACEBACK);
      if (budget.takeWhole(text.length)) return `,${this.#names.exception}:"${text}"`;
    }
    record.excText ??= this.formatException(record.excInfo);
    return record.excText === ''
      ? ''
      : `,${this.#names.exception}:${jsonString(budget.takeText(record.excText))}`;
  }

  #attributesOf(record: LogRecord, budget: JsonBudget): string {
    let json = '';
    for (const [attribute, key] of this.#attributes) {
      json += key + (jsonValue(record.attribute(attribute), budget) ?? 'null');
    }
    return json;
  }
}

const CALLER_ATTRIBUTES = ['pathname', 'lineno', 'funcName'] as const;

function checkUnique(names: readonly string[]): void {
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice === undefined) return;
  throw new LoggingError(
    'ERR_LOGGING_OPTIONS',
    `JsonFormatter: two fields are called "${twice}"; rename one of them`,
  );
}

function staticJson(fields: Readonly<Record<string, unknown>>): string {
  const budget = new JsonBudget();
  budget.reset(MAX_LINE / 8);
  let json = '';
  for (const [key, value] of Object.entries(fields)) {
    const member = jsonValue(value, budget);
    if (member !== undefined) json += `,${jsonString(key)}:${member}`;
  }
  return json;
}
