import { JsonBudget } from '../../internal/json-budget.js';
import { jsonValue } from '../../internal/json-value.js';

/** Characters of one field. */
const MAX_FIELD = 8_192;

/** A field's value as text: texts as they are, everything else as JSON; cut at 8 KiB. */
export function fieldText(value: unknown): string {
  if (typeof value === 'string') return value.slice(0, MAX_FIELD);
  const budget = new JsonBudget();
  budget.reset(MAX_FIELD);
  return jsonValue(value, budget) ?? '';
}
