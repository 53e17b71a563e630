import { JsonBudget } from '../../python/json/json-budget.js';
import { jsonValue } from '../../python/json/json-value.js';
import { cutText } from '../../runtime/cut-text.js';

/** Characters of a pattern that are logged. */
const MAX_PATTERN = 256;

/** A message's pattern as text: an object as JSON, whatever is in it. Throws nothing. */
export function patternText(pattern: unknown): string {
  if (typeof pattern !== 'object' || pattern === null) return cutPattern(String(pattern));
  const budget = new JsonBudget();
  budget.reset(MAX_PATTERN * 2);
  return cutPattern(jsonValue(pattern, budget) ?? '');
}

/** A pattern cut to the length that is logged. */
export function cutPattern(text: string): string {
  return cutText(text, MAX_PATTERN, '…');
}
