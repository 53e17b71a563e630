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

/** Any value as a text: a string as it is, all else as JSON. */
export function textField(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  return typeof value === 'number' && Number.isFinite(value) ? shortestText(value) : jsonField(value);
}

/** An object of texts in JSON, on one line, with nothing in it that a terminal obeys. */
export function textsJson(texts: Readonly<Record<string, string>>): string {
  let json = '';
  for (const name in texts)
    json += `${json === '' ? '' : ','}${jsonString(name)}:${jsonString(texts[name] as string)}`;
  return `{${json}}`;
}
