import { defineField } from '../../runtime/define-field.js';
import { fieldOf, keysOf } from '../../runtime/hostile-values.js';
import {
  CONTEXT,
  EXPOSED,
  EXTRA,
  type Fields,
  isLogRecord,
  isTaken,
  type LogRecord,
} from '../records/log-record.js';
import { RESERVED_ATTRIBUTES } from '../records/record-attributes.js';

/**
 * The context and `extra` fields of a record, or the entries of an object; a getter that throws reads as
 * `[unreadable]`, a proxy that does not list its keys as empty. Never throws.
 */
export function safeFields(source: LogRecord | Fields): Fields {
  try {
    return { ...(isLogRecord(source) ? source.extraFields() : source) };
  } catch {
    const fields: Record<string, unknown> = {};
    for (const one of isLogRecord(source) ? sourcesOf(source) : [source]) copy(one, fields);
    return fields;
  }
}

/** The objects whose entries are the fields of a record, without merging them. Listing or reading entries may throw. */
export function fieldSources(record: LogRecord): readonly (Fields | undefined)[] {
  return record[EXPOSED] ? [safeFields(record)] : [record[CONTEXT], record[EXTRA]];
}

/**
 * The objects that hold the fields of a record. Once user code has seen the record, its fields are attributes, except
 * those whose name is taken.
 */
function sourcesOf(record: LogRecord): readonly (Fields | undefined)[] {
  const sources = [record[CONTEXT], record[EXTRA]];
  if (!record[EXPOSED]) return sources;
  const apart: Record<string, unknown> = {};
  for (const source of sources) copy(source, apart, isTaken);
  const attributes: Record<string, unknown> = {};
  copy(record, attributes, (name) => !RESERVED_ATTRIBUTES.has(name));
  return [apart, attributes];
}

function copy(
  from: Fields | undefined,
  to: Record<string, unknown>,
  takes: (name: string) => boolean = () => true,
): void {
  if (from === undefined) return;
  for (const key of keysOf(from) ?? []) if (takes(key)) defineField(to, key, fieldOf(from, key));
}
