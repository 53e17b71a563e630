import { type LogRecord, PythonJsonFormatter } from '../../../lib/core.js';

/** The class of docs/from-python.md. */
export class StructlogFormatter extends PythonJsonFormatter {
  constructor() {
    super({ rename_fields: { message: 'event', exc_info: 'exception' } });
  }

  override add_fields(fields: Record<string, unknown>, record: LogRecord, message: Record<string, unknown>) {
    super.add_fields(fields, record, message);
    fields.logger = record.name;
    fields.level = record.levelname.toLowerCase();
    fields.timestamp = new Date(Math.round(record.created * 1_000)).toISOString();
  }
}
