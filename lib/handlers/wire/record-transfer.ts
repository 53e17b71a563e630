import { safeFields } from '../../core/formatting/safe-fields.js';
import type { LogRecord } from '../../core/records/log-record.js';
import { tracebackText } from '../../core/records/record-traceback.js';
import { JsonBudget } from '../../python/json/json-budget.js';
import { jsonValue } from '../../python/json/json-value.js';
import { defineField } from '../../runtime/define-field.js';
import { type Picklable, type Pickler, PyFloat } from './pickle.js';
import { recordDict } from './record-dict.js';

/** The most characters of a record's fields. */
const MAX_CHARACTERS = 262_144;
/** Attributes that are `float` in Python whatever their value. */
const FLOATS = new Set(['created', 'msecs', 'relativeCreated']);

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

/**
 * A record as data that any thread can take: what `makeLogRecord` makes the same record of.
 *
 * @param hasCaller Whether the place of the call is included.
 */
export function portableRecord(record: LogRecord, hasCaller: boolean): Record<string, unknown> {
  const budget = new JsonBudget();
  budget.reset(MAX_CHARACTERS);
  const data: Record<string, unknown> = {
    name: record.name,
    levelno: record.levelno,
    levelname: record.levelname,
    msg: record.getMessage(),
    args: [],
    created: record.created,
    excText: tracebackText(record),
    stackInfo: record.stackInfo,
    relativeCreated: record.relativeCreated,
    thread: record.thread,
    threadName: record.threadName,
  };
  if (hasCaller) Object.assign(data, record.caller());
  for (const [key, value] of Object.entries(safeFields(record))) defineField(data, key, plain(value, budget));
  return data;
}

/** Plain data in place of any value, however hostile, within the budget. */
function plain(value: unknown, budget: JsonBudget): Picklable {
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
