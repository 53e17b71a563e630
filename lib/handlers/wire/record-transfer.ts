import type { LogRecord } from '../../core/records/log-record.js';
import { JsonBudget } from '../../python/json/json-budget.js';
import { jsonValue } from '../../python/json/json-value.js';
import { type Picklable, type Pickler, PyFloat } from './pickle.js';
import { recordDict } from './record-dict.js';

/** The most characters of a record's fields. */
export const MAX_CHARACTERS = 262_144;
/** Attributes that are `float` in Python whatever their value. */
export const FLOATS: ReadonlySet<string> = new Set(['created', 'msecs', 'relativeCreated']);

/**
 * What Python sends of a record: its attributes, the message with its arguments merged in as `msg`, no `args`, no
 * `exc_info` and no `message`, the traceback as `exc_text`.
 */
export function transferDict(record: LogRecord): Record<string, unknown> {
  let dict = recordDict(record);
  if (Object.hasOwn(dict, 'message')) {
    const { message: _, ...others } = dict;
    dict = others;
  }
  dict.msg = record.getMessage();
  dict.args = null;
  dict.exc_info = null;
  return dict;
}

/**
 * What {@link transferDict} gave as Python's `makePickle` has it, without the length; the dictionary is used up.
 *
 * @returns The pickle; good until `pickler` makes the next one.
 */
export function pickleDict(dict: Record<string, unknown>, pickler: Pickler): Buffer {
  const budget = new JsonBudget();
  budget.reset(MAX_CHARACTERS);
  // In place: each of the keys is the object's own by now, `__proto__` too.
  for (const key of Object.keys(dict)) {
    dict[key] = FLOATS.has(key) ? new PyFloat(Number(dict[key])) : plain(dict[key], budget);
  }
  return pickler.pickle(dict as Record<string, Picklable>);
}

/** Plain data in place of any value, however hostile, within the budget. */
export function plain(value: unknown, budget: JsonBudget): Picklable {
  switch (typeof value) {
    case 'number':
    case 'boolean':
    case 'bigint':
    case 'undefined':
      return value;
    case 'string':
      return budget.takeText(value);
    default: {
      if (value === null) return null;
      const json = jsonValue(value, budget);
      return json === undefined ? null : (JSON.parse(json) as Picklable);
    }
  }
}
