import { CONTEXT, EXTRA, type Fields, isLogRecord, type LogRecord } from '../../core/log-record.js';
import { defineField } from '../../internal/define-field.js';

/**
 * The context and `extra` fields of a record, or the entries of an object; a getter that throws reads as
 * `[unreadable]`, a proxy that does not tell its keys as empty. Never throws.
 */
export function safeFields(source: LogRecord | Fields): Fields {
  try {
    return isLogRecord(source) ? source.extraFields() : { ...source };
  } catch {
    const fields: Record<string, unknown> = {};
    for (const one of isLogRecord(source) ? [source[CONTEXT], source[EXTRA]] : [source])
      copy(one ?? {}, fields);
    return fields;
  }
}

function copy(from: Fields, to: Record<string, unknown>): void {
  for (const key of keysOf(from)) {
    try {
      defineField(to, key, from[key]);
    } catch {
      defineField(to, key, '[unreadable]');
    }
  }
}

function keysOf(fields: Fields): string[] {
  try {
    return Object.keys(fields);
  } catch {
    return [];
  }
}
