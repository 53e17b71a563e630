import { Handler, type HandlerOptions } from '../../lib/core/handler.js';
import type { LogRecord } from '../../lib/core/log-record.js';

/** Keeps what it gets. */
export class ListHandler extends Handler {
  readonly records: LogRecord[] = [];
  readonly lines: string[] = [];

  // biome-ignore lint/complexity/noUselessConstructor: Handler's is that of an abstract class
  constructor(options: HandlerOptions = {}) {
    super(options);
  }

  emit(record: LogRecord): void {
    this.records.push(record);
    this.lines.push(this.format(record));
  }
}
