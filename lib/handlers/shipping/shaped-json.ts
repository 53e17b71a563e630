import type { Handler } from '../../core/handler.js';
import { textBy } from '../../core/overrides.js';
import type { LogRecord } from '../../core/records/log-record.js';
import { JsonFormatter } from '../../formatters/json.formatter.js';
import type { ShapeName } from '../../formatters/support/json-shape.js';
import { MAX_RECORD } from '../../runtime/limits.js';
import { isJsonObject } from '../wire/record-json.js';
import { withoutHalfPairs } from './field-values.js';

/** What is true of every record of an application; what is `undefined` is left out. */
export interface ServiceFields {
  readonly service?: string | undefined;
  readonly [field: string]: unknown;
}

/** Records as JSON objects: as the handler's own formatter writes them, or in the shape that the product wants. */
export class ShapedJson {
  readonly #handler: Pick<Handler, 'formatter' | 'format'>;
  readonly #usual: JsonFormatter;

  /** @param Formatter What writes the shape. */
  constructor(
    handler: Pick<Handler, 'formatter' | 'format'>,
    shape: ShapeName | undefined,
    fields: ServiceFields,
    Formatter = JsonFormatter,
  ) {
    this.#handler = handler;
    const given = Object.entries(fields).filter(([, value]) => value !== undefined);
    this.#usual = new Formatter({
      shape,
      static_fields: Object.fromEntries(given),
      maxTextBytes: MAX_RECORD,
    });
  }

  /** The record as one JSON object, or whatever the formatter makes of it. */
  line(record: LogRecord): string {
    if (this.#handler.formatter === null) return withoutHalfPairs(this.#usual.format(record));
    return textBy(this.#handler.format(record), this.#handler, record);
  }

  /** The record as one JSON object, on one line; other output of the formatter is its `message`. */
  write(record: LogRecord): string {
    return withoutHalfPairs(this.#written(record));
  }

  #written(record: LogRecord): string {
    if (this.#handler.formatter === null) return this.#usual.format(record);
    const text = textBy(this.#handler.format(record), this.#handler, record);
    if (isJsonObject(text)) return text;
    const time = new Date(record.created * 1_000);
    const shown = (Number.isNaN(time.getTime()) ? new Date() : time).toISOString();
    return `{"@timestamp":"${shown}","message":${JSON.stringify(text)}}`;
  }
}
