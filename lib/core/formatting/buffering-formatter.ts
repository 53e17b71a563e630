import type { LogRecord } from '../records/log-record.js';
import { defaultFormatter, type Formatter } from './formatter.js';

/**
 * Formats many records at once, with a header and a footer.
 *
 * @see https://docs.python.org/3/library/logging.html#logging.BufferingFormatter
 */
export class BufferingFormatter {
  /** Formatter of each record. */
  readonly linefmt: Pick<Formatter, 'format'>;

  /** @param linefmt Formatter of each record; default the bare message. */
  constructor(linefmt?: Pick<Formatter, 'format'> | null) {
    this.linefmt = linefmt ?? defaultFormatter();
  }

  /** Text before the records; empty unless overridden. */
  formatHeader(_records: readonly LogRecord[]): string {
    return '';
  }

  /** Text after the records; empty unless overridden. */
  formatFooter(_records: readonly LogRecord[]): string {
    return '';
  }

  /** Header, records and footer as one text; empty for no records. */
  format(records: readonly LogRecord[]): string {
    if (records.length === 0) return '';
    let text = this.formatHeader(records);
    for (const record of records) text += this.linefmt.format(record);
    return text + this.formatFooter(records);
  }
}
