import * as v from 'valibot';
import { COMPONENT, declareComponent } from '../core/component.js';
import { Formatter } from '../core/formatting/formatter.js';
import { timeZoneEntry } from '../core/formatting/formatter-options.js';
import { LEAN } from '../core/lean.js';
import { checkOptions } from '../core/options.js';
import type { LogRecord } from '../core/records/log-record.js';
import { JsonBudget } from '../python/json/json-budget.js';
import { jsonString } from '../python/json/json-string.js';
import { str } from '../python/python-text.js';
import { freeName } from '../runtime/define-field.js';
import { lazy } from '../runtime/lazy.js';
import { type TimestampWriter, timestampWriter } from './support/json-timestamp.js';
import { bare, type FieldNaming, keyValues } from './support/key-values.js';

/** Characters of all values of a line, before they are escaped. */
const MAX_LINE = 131_072;
const TAKEN: ReadonlySet<string> = new Set([
  'timestamp',
  'level',
  'logger',
  'message',
  'exception',
  'stack',
  'truncated',
]);

/** The keys of a {@link LogfmtFormatter} in a configuration. */
export const logfmtFormatterSchema = lazy(() =>
  v.strictObject({
    static_fields: v.optional(
      v.pipe(
        v.record(v.string(), v.unknown()),
        v.description('Fields of every line, such as service and version.'),
      ),
      {},
    ),
    timeZone: timeZoneEntry(),
  }),
);

/** Options of {@link LogfmtFormatter}. */
export type LogfmtFormatterOptions = v.InferInput<ReturnType<typeof logfmtFormatterSchema>>;

/**
 * Writes each record as one line of `key=value` pairs, as Heroku, Grafana Loki and Go's tools read it:
 * `timestamp=… level=INFO logger=shop message="order paid" user_id=7`.
 *
 * Values with spaces, quotes or control characters are JSON strings, so a record is always one line, and no value adds a
 * pair to it. A field named like one of the formatter's own, or like a static field, is written as `extra_<name>`.
 */
export class LogfmtFormatter extends Formatter {
  static override readonly [LEAN] = true;
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: ReturnType<typeof logfmtFormatterSchema>;
  /** What configurations call it. */
  static override readonly [COMPONENT] = declareComponent(LogfmtFormatter, {
    name: 'LogfmtFormatter',
    schema: logfmtFormatterSchema,
  });

  readonly #time: TimestampWriter;
  readonly #static: string;
  readonly #taken: ReadonlySet<string>;

  /** @throws {LoggingError} `ERR_LOGGING_OPTIONS` */
  constructor(options: LogfmtFormatterOptions = {}) {
    super();
    const o = checkOptions(
      'LogfmtFormatter',
      logfmtFormatterSchema(),
      options,
      new.target === LogfmtFormatter,
    );
    this.#time = timestampWriter('', { timestamp: 'iso', utc: true, timeZone: o.timeZone });
    this.#taken = new Set([...TAKEN, ...Object.keys(o.static_fields)]);
    this.#static = Object.entries(o.static_fields)
      .map(([key, value]) => ` ${bare(key)}=${bare(str(value))}`)
      .join('');
  }

  readonly #nameOf: FieldNaming = (key, fields) => {
    const isTaken = (name: string) => this.#taken.has(name) || Object.hasOwn(fields, name);
    return this.#taken.has(key) ? freeName(key, isTaken) : key;
  };

  /** The record as one line, without a newline at its end. @throws {TemplateError} If the message does not fit its arguments. */
  override format(record: LogRecord): string {
    const message = record.getMessage();
    record.message = message;
    const budget = new JsonBudget();
    budget.reset(MAX_LINE);
    const text = (value: string): string => bare(budget.takeText(value));
    // The time is quoted as in JSON.
    let line = `timestamp=${this.#time(record.created).replaceAll('"', '')} level=${text(str(record.levelname))} logger=${text(str(record.name))}`;
    line += `${this.#static} message=${text(message)}`;
    line += keyValues(record, this.#nameOf, budget, (key, value) => `${key}=${whole(value)}`);
    const traceback = this.traceback(record);
    if (traceback) line += ` exception=${text(traceback)}`;
    if (record.stackInfo) line += ` stack=${text(this.formatStack(record.stackInfo))}`;
    return budget.isCut ? `${line} truncated=true` : line;
  }
}

/** The JSON of an object or a list, in quotes where a reader would take it apart: `{"name":"x level=INFO"}`. */
function whole(value: string): string {
  return value.startsWith('"') || !/[\s"=]/.test(value) ? value : jsonString(value);
}
