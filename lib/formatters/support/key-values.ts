import { CONTEXT, EXPOSED, EXTRA, type LogRecord } from '../../core/log-record.js';
import type { JsonBudget } from '../../internal/json-budget.js';
import { jsonString } from '../../internal/json-string.js';
import { jsonValue } from '../../internal/json-value.js';
import { safeFields } from './safe-fields.js';

/** What may stand without quotes. */
const BARE = /^[\w.@$/:,;+*!?#&%~()<>-]+$/;
/** The longest key that is shown whole. */
const MAX_KEY = 128;

/** What a field is called in the line; `undefined` for one that is shown elsewhere. */
export type FieldNaming = (key: string) => string | undefined;

/** Writes one field; key and value come quoted where they need to be. */
export type PairWriter = (key: string, value: string) => string;

/**
 * The context and `extra` fields of a record as ` key=value` pairs, each with a space before it; on one line, and
 * with nothing in them that a terminal obeys.
 *
 * @param name What a field is called; `undefined` leaves it out.
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
    const shown = name(key);
    if (shown === undefined) continue;
    if (!budget.takeEntry()) break;
    const value = valueText(fields[key], budget);
    if (value !== undefined) text += ` ${write(bare(shown.slice(0, MAX_KEY)), value)}`;
  }
  return text;
}

/** A text as it stands where nothing in it could be taken for something else, in quotes otherwise. */
export function bare(text: string): string {
  return BARE.test(text) ? text : jsonString(text);
}

function valueText(value: unknown, budget: JsonBudget): string | undefined {
  return typeof value === 'string' ? bare(budget.takeText(value)) : jsonValue(value, budget);
}
