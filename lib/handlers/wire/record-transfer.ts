import type { CallerInfo } from '../../core/calls/caller.js';
import { fieldSources } from '../../core/formatting/safe-fields.js';
import type { LogRecord } from '../../core/records/log-record.js';
import { madeRecord } from '../../core/records/record-factory.js';
import { tracebackText } from '../../core/records/record-traceback.js';
import { JsonBudget } from '../../python/json/json-budget.js';
import { jsonValue } from '../../python/json/json-value.js';
import { str } from '../../python/python-text.js';
import { defineField } from '../../runtime/define-field.js';
import { fieldOf, keysOf } from '../../runtime/hostile-values.js';
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

/** A record as data that any thread can take. A list, since names would be copied to the other thread with each record. */
export type PortableRecord = readonly [
  name: string,
  levelno: number,
  levelname: string,
  msg: string,
  created: number,
  relativeCreated: number,
  thread: number,
  threadName: string,
  excText: string | undefined,
  stackInfo: string | undefined,
  caller: CallerInfo | undefined,
  fields: Record<string, Picklable> | undefined,
];

/**
 * A record for another thread. A filter may have set its attributes to anything, also to what no other thread takes.
 *
 * @param hasCaller Whether the place of the call is included.
 * @throws What `getMessage` throws.
 */
export function portableRecord(record: LogRecord, hasCaller: boolean): PortableRecord {
  return [
    asText(record.name),
    asNumber(record.levelno),
    asText(record.levelname),
    asText(record.getMessage()),
    asNumber(record.created),
    asNumber(record.relativeCreated),
    asNumber(record.thread),
    asText(record.threadName),
    asText(tracebackText(record)),
    asText(record.stackInfo),
    hasCaller ? record.caller() : undefined,
    portableFields(record),
  ];
}

function asNumber<T>(value: T): T | number {
  return typeof value === 'number' || value == null ? value : Number(str(value));
}

function asText<T>(value: T): T | string {
  return typeof value === 'string' || value == null ? value : str(value);
}

/** The record again, in the thread that it was sent to; the fields are apart, as loggers have them. */
export function arrivedRecord(sent: PortableRecord): LogRecord {
  const [name, levelno, levelname, msg, created, relativeCreated, thread, threadName] = sent;
  const [, , , , , , , , excText, stackInfo, caller, extra] = sent;
  const about = { name, levelno, levelname, msg, created, excText, stackInfo, caller, extra };
  const record = madeRecord(about);
  record.relativeCreated = relativeCreated;
  record.thread = thread;
  record.threadName = threadName;
  return record;
}

function portableFields(record: LogRecord): Record<string, Picklable> | undefined {
  let fields: Record<string, Picklable> | undefined;
  let budget: JsonBudget | undefined;
  for (const source of fieldSources(record)) {
    if (source === undefined) continue;
    for (const key of keysOf(source) ?? []) {
      if (budget === undefined) {
        budget = new JsonBudget();
        budget.reset(MAX_CHARACTERS);
      }
      fields ??= {};
      const value = plain(fieldOf(source, key), budget);
      if (key === '__proto__') defineField(fields, key, value);
      else fields[key] = value;
    }
  }
  return fields;
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
