import { shortestText } from '../../python/decimal-digits.js';
import { JsonBudget } from '../../python/json/json-budget.js';
import { jsonString } from '../../python/json/json-string.js';
import { jsonValue } from '../../python/json/json-value.js';
import { MAX_RECORD } from '../../runtime/limits.js';

/** Any value as JSON, whatever it does when it is touched; `undefined` where there is nothing to write. */
export function jsonField(value: unknown): string | undefined {
  const budget = new JsonBudget(MAX_RECORD);
  budget.reset(MAX_RECORD);
  return jsonValue(value, budget);
}

/** Any value as a text: a string as it is, what JSON has as a string without quotes, all else as JSON. */
export function textField(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (typeof value === 'number') return Number.isFinite(value) ? shortestText(value) : String(value);
  const json = jsonField(value);
  // What JSON has as a string, such as a date or a BigInt.
  return json?.startsWith('"') ? (JSON.parse(json) as string) : json;
}

/** The escape of half a surrogate pair, or anything else that is escaped. */
const ESCAPES =
  /\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[dD][89a-fA-F][0-9a-fA-F]{2}|.)/gs;

/** JSON without halves of surrogate pairs, which UTF-8 does not have: some parsers refuse their escapes. */
export function withoutHalfPairs(json: string): string {
  // Most JSON has no escapes at all, and to find that out is one search.
  if (!json.includes('\\') || !(json.includes('\\ud') || json.includes('\\uD'))) return json;
  return json.replace(ESCAPES, (found) => (found.length === 6 ? '\\ufffd' : found));
}

/** An object of texts in JSON, on one line, with nothing in it that a terminal obeys. */
export function textsJson(texts: Readonly<Record<string, string>>): string {
  let json = '';
  for (const name in texts)
    json += `${json === '' ? '' : ','}${jsonString(name)}:${jsonString(texts[name] as string)}`;
  return `{${json}}`;
}
