import { safeFields } from '../../core/formatting/safe-fields.js';
import { CONTEXT, EXPOSED, EXTRA, type Fields, type LogRecord } from '../../core/records/log-record.js';
import type { JsonBudget } from '../../python/json/json-budget.js';
import { jsonString } from '../../python/json/json-string.js';
import { jsonValue } from '../../python/json/json-value.js';
import { cutText } from '../../runtime/cut-text.js';

/** Values that need no quotes. */
const BARE = /^[\w.@$/:,;+*!?#&%~()<>-]+$/;
/** The longest key that is shown whole. */
const MAX_KEY = 128;

/** The name of a field in the line; `undefined` for one that is shown elsewhere. */
export type FieldNaming = (key: string, fields: Fields) => string | undefined;

/** Writes one field; key and value are already quoted where needed. */
export type PairWriter = (key: string, value: string) => string;

/**
 * The context and `extra` fields of a record as ` key=value` pairs, each with a space before it; on one line, and
 * without terminal control characters.
 *
 * @param name The name of a field; `undefined` leaves it out.
 */
export function keyValues(
  record: LogRecord,
  name: FieldNaming,
  budget: JsonBudget,
  write: PairWriter,
): string {
  const context = record[CONTEXT];
  const extra = record[EXTRA];
  if (context === undefined && extra === undefined && !record[EXPOSED]) return '';
  const fields = safeFields(record);
  let text = '';
  for (const key of Object.keys(fields)) {
    const shown = name(key, fields);
    if (shown === undefined) continue;
    if (!budget.takeEntry()) break;
    const value = valueText(fields[key], budget);
    if (value !== undefined) text += ` ${write(bare(cutText(shown, MAX_KEY)), value)}`;
  }
  return text;
}

/** A string as it is where it is unambiguous, in quotes otherwise. */
export function bare(text: string): string {
  return BARE.test(text) ? text : jsonString(text);
}

function valueText(value: unknown, budget: JsonBudget): string | undefined {
  return typeof value === 'string' ? bare(budget.takeText(value)) : jsonValue(value, budget);
}
