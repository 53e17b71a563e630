import { Handler, type HandlerOptions } from '../../lib/core/handler.js';
import type { LogRecord } from '../../lib/core/records/log-record.js';

/** Keeps what it gets. */
export class ListHandler extends Handler {
  readonly records: LogRecord[] = [];
  readonly lines: string[] = [];

  constructor(options: HandlerOptions = {}) {
    super(options);
  }

  emit(record: LogRecord): void {
    this.records.push(record);
    this.lines.push(this.format(record));
  }
}
