import * as v from 'valibot';
import { Formatter } from '../core/formatter.js';
import { LEAN } from '../core/lean.js';
import type { LogRecord } from '../core/log-record.js';
import { checkOptions } from '../core/options.js';
import { JsonBudget } from '../internal/json-budget.js';
import { lazy, lazyProperty } from '../internal/lazy.js';
import { str } from '../internal/python-text.js';
import { timestampWriter } from './support/json-timestamp.js';
import { bare, keyValues } from './support/key-values.js';

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
  }),
);

/** Options of {@link LogfmtFormatter}. */
export type LogfmtFormatterOptions = v.InferInput<ReturnType<typeof logfmtFormatterSchema>>;

/**
 * Writes each record as one line of `key=value` pairs, as Heroku, Grafana Loki and Go's tools read it:
 * `timestamp=… level=INFO logger=shop message="order paid" user_id=7`.
 *
 * Values with spaces, quotes or control characters come as JSON strings; so the line is one line, whatever is logged.
 */
export class LogfmtFormatter extends Formatter {
  static override readonly [LEAN] = true;
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: ReturnType<typeof logfmtFormatterSchema>;
  static {
    lazyProperty(LogfmtFormatter, 'optionsSchema', logfmtFormatterSchema);
  }

  readonly #time = timestampWriter('', { timestamp: 'iso', utc: true });
  readonly #static: string;

  /** @throws {LoggingError} `ERR_LOGGING_OPTIONS` */
  constructor(options: LogfmtFormatterOptions = {}) {
    super();
    const o = checkOptions(
      'LogfmtFormatter',
      logfmtFormatterSchema(),
      options,
      new.target === LogfmtFormatter,
    );
    this.#static = Object.entries(o.static_fields)
      .map(([key, value]) => ` ${bare(key)}=${bare(str(value))}`)
      .join('');
  }

  /** The record as one line, without a newline at its end. @throws {TemplateError} If the message does not fit its arguments. */
  override format(record: LogRecord): string {
    const message = record.getMessage();
    record.message = message;
    const budget = new JsonBudget();
    budget.reset(MAX_LINE);
    const text = (value: string): string => bare(budget.takeText(value));
    // The time comes in JSON's quotes.
    let line = `timestamp=${this.#time(record.created).replaceAll('"', '')} level=${text(str(record.levelname))} logger=${text(str(record.name))}`;
    line += `${this.#static} message=${text(message)}`;
    line += keyValues(record, nameOf, budget, (key, value) => `${key}=${value}`);
    if (record.excInfo !== undefined && !record.excText)
      record.excText = this.formatException(record.excInfo);
    if (record.excText) line += ` exception=${text(record.excText)}`;
    if (record.stackInfo) line += ` stack=${text(this.formatStack(record.stackInfo))}`;
    return budget.isCut ? `${line} truncated=true` : line;
  }
}

function nameOf(key: string): string {
  return TAKEN.has(key) ? `extra_${key}` : key;
}
