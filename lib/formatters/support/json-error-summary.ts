import { className, isErrorLike, messageOf } from '../../core/records/traceback.js';
import type { JsonBudget } from '../../python/json/json-budget.js';
import { jsonString } from '../../python/json/json-string.js';
import { propertiesJson } from '../../python/json/json-value.js';
import { str } from '../../python/python-text.js';
import { cutToBytes } from '../../runtime/cut-text.js';
import { causeOf } from '../../runtime/error-chain.js';
import { MAX_TEXT } from '../../runtime/limits.js';

/** How many nested causes are written. */
const MAX_CAUSES = 5;

/** Names of its own members. */
const TAKEN: ReadonlySet<string> = new Set(['type', 'message', 'cause']);

/** `{"type":"QueryError","message":"…","code":"23505","cause":{…}}`: an error to search by, without its stack. */
export function errorSummary(thrown: unknown, budget: JsonBudget, depth = 0): string {
  if (!isErrorLike(thrown))
    return `{"type":"${typeof thrown}","message":${jsonString(budget.takeText(str(thrown)))}}`;
  const text = messageOf(thrown);
  const message = jsonString(budget.takeText(cutToBytes(text === undefined ? '' : str(text), MAX_TEXT)));
  const own = propertiesJson(thrown, budget, TAKEN);
  const cause = causeOf(thrown);
  const below =
    cause == null || depth >= MAX_CAUSES ? '' : `,"cause":${errorSummary(cause, budget, depth + 1)}`;
  return `{"type":${jsonString(className(thrown))},"message":${message}${own === '' ? '' : `,${own}`}${below}}`;
}
