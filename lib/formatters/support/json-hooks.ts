import { settle, wrongAnswer } from '../../core/overrides.js';
import type { LogRecord } from '../../core/records/log-record.js';
import { reportMisuse } from '../../core/reports/diagnostics.js';
import { UNREADABLE } from '../../runtime/hostile-values.js';

/** Fields by name, as overridden methods of a JSON formatter see them. They have no prototype. */
export type JsonObject = Record<string, unknown>;

/** What user code returned, or that it threw. */
export interface Answer {
  readonly isFailed: boolean;
  readonly value?: unknown;
}

/** An object without a prototype, so that any name is safe. */
export function jsonObject(): JsonObject {
  return Object.create(null) as JsonObject;
}

/** Calls an overridden method. If it throws or returns a promise, that is reported, and the record is not lost. */
export function answerOf(name: string, source: object, record: LogRecord, ask: () => unknown): Answer {
  try {
    const value = ask();
    if (!settle(value, source, record)) return { isFailed: false, value };
    throw wrongAnswer(name, 'a synchronous result', value);
  } catch (error) {
    reportMisuse(source, record, error);
    return { isFailed: true };
  }
}

/**
 * The fields that an overridden method returns: the given ones if it throws, or returns nothing or
 * something that is not an object.
 */
export function changedFields(
  name: string,
  source: object,
  record: LogRecord,
  given: JsonObject,
  ask: () => unknown,
): JsonObject {
  const { value } = answerOf(name, source, record, () => {
    const answer = ask();
    if (answer === undefined || (typeof answer === 'object' && answer !== null && !Array.isArray(answer)))
      return answer;
    throw wrongAnswer(name, 'an object with the fields', answer);
  });
  return (value as JsonObject | undefined) ?? given;
}

/** The entries of an object or Map of fields, each read once; one that throws reads as `[unreadable]`. Throws nothing. */
export function entriesOf(fields: object): Map<string, unknown> {
  const entries = new Map<string, unknown>();
  try {
    if (fields instanceof Map) return new Map([...fields].map(([key, value]) => [String(key), value]));
    for (const key of Object.keys(fields)) entries.set(key, readField(fields as JsonObject, key));
  } catch {
    // A proxy that does not list its keys.
    entries.set('extra', UNREADABLE);
  }
  return entries;
}

function readField(fields: JsonObject, key: string): unknown {
  try {
    return fields[key];
  } catch {
    return UNREADABLE;
  }
}
