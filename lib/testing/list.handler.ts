import { Handler } from '../core/handler.js';
import type { LogRecord } from '../core/records/log-record.js';

/**
 * Keeps the records it gets, and their lines: to replace a real handler in a test.
 *
 * @example
 * const audit = new ListHandler({ level: 'WARNING', formatter: new Formatter({ format: '%(message)s' }) });
 */
export class ListHandler extends Handler {
  /** What has arrived, the oldest first. */
  readonly records: LogRecord[] = [];
  /** The same as text, by this handler's formatter. */
  readonly lines: string[] = [];

  override emit(record: LogRecord): void {
    const line = this.format(record);
    // Asked for now: later the stack of the call is gone.
    record.caller();
    this.records.push(record);
    this.lines.push(line);
  }

  /** Forgets what has arrived. */
  clear(): void {
    this.records.length = 0;
    this.lines.length = 0;
  }
}
