import { className, isErrorLike, messageOf } from '../../core/records/traceback.js';
import type { JsonBudget } from '../../python/json/json-budget.js';
import { jsonString } from '../../python/json/json-string.js';
import { propertiesJson } from '../../python/json/json-value.js';
import { str } from '../../python/python-text.js';
import { cutToBytes } from '../../runtime/cut-text.js';
import { causeOf, isSuppressedError, SUPPRESSION } from '../../runtime/error-chain.js';
import { propertyOf } from '../../runtime/hostile-values.js';
import { MAX_TEXT } from '../../runtime/limits.js';

/** How deep the errors that it refers to are written. */
const MAX_DEPTH = 5;

/** Names of its own members. */
const TAKEN: ReadonlySet<string> = new Set(['type', 'message', 'cause']);

/** `{"type":"QueryError","message":"…","code":"23505","cause":{…}}`: an error to search by, without its stack. */
export function errorSummary(thrown: unknown, budget: JsonBudget, depth = 0): string {
  if (!isErrorLike(thrown))
    return `{"type":"${typeof thrown}","message":${jsonString(budget.takeText(str(thrown)))}}`;
  const text = messageOf(thrown);
  const message = jsonString(budget.takeText(cutToBytes(text === undefined ? '' : str(text), MAX_TEXT)));
  const own = propertiesJson(thrown, budget, TAKEN);
  const below = depth >= MAX_DEPTH ? '' : errorsBelow(thrown, budget, depth + 1);
  return `{"type":${jsonString(className(thrown))},"message":${message}${own === '' ? '' : `,${own}`}${below}}`;
}

/** Members for its cause, and for both errors of a SuppressedError. */
function errorsBelow(thrown: Error, budget: JsonBudget, depth: number): string {
  const cause = causeOf(thrown);
  let json = cause == null ? '' : `,"cause":${errorSummary(cause, budget, depth)}`;
  if (isSuppressedError(thrown))
    for (const name of SUPPRESSION)
      json += `,"${name}":${errorSummary(propertyOf(thrown, name), budget, depth)}`;
  return json;
}
