import { Handler } from '../../../lib/core/handler.js';
import type { LogRecord } from '../../../lib/core/records/log-record.js';

/** A handler that keeps what it gets, and lets tests wait for it. */
export class Recorder extends Handler {
  readonly records: LogRecord[] = [];

  emit(record: LogRecord): void {
    record.message = record.getMessage();
    this.records.push(record);
  }

  /** The records of one logger. */
  of(name: string): LogRecord[] {
    return this.records.filter((record) => record.name === name);
  }

  /** The records that have a traceback. */
  get tracebacks(): LogRecord[] {
    return this.records.filter(({ excInfo }) => excInfo !== undefined);
  }

  clear(): void {
    this.records.length = 0;
  }

  /** Resolves once a logger has logged `count` records, and a moment more in which too many would show. */
  async settled(name: string, count: number, graceMs = 5): Promise<void> {
    const deadline = Date.now() + 45_000;
    while (this.of(name).length < count && Date.now() < deadline) await pause(2);
    await pause(graceMs);
  }
}

/** Waits. */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
