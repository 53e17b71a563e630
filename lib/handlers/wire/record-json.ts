import { JsonBudget } from '../../python/json/json-budget.js';
import { jsonValue } from '../../python/json/json-value.js';
import { MAX_RECORD } from '../../runtime/limits.js';

/** Fields as one line of JSON, whatever they hold; at most 256 KiB of text, 64 KiB a field, 1,000 entries. */
export function dictJson(fields: Readonly<Record<string, unknown>>): string {
  const budget = new JsonBudget();
  budget.reset(MAX_RECORD);
  return jsonValue(fields, budget) ?? '{}';
}

/** Whether a text is a JSON object on one line. */
export function isJsonObject(text: string): boolean {
  if (!text.startsWith('{') || text.includes('\n')) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
