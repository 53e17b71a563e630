import type { CallerInfo } from '../../core/calls/caller.js';
import { fieldSources } from '../../core/formatting/safe-fields.js';
import type { LogRecord } from '../../core/records/log-record.js';
import { madeRecord } from '../../core/records/record-factory.js';
import { tracebackText } from '../../core/records/record-traceback.js';
import { JsonBudget } from '../../python/json/json-budget.js';
import { str } from '../../python/python-text.js';
import { defineField } from '../../runtime/define-field.js';
import { fieldOf, keysOf } from '../../runtime/hostile-values.js';
import type { Picklable } from './pickle.js';
import { MAX_CHARACTERS, plain } from './record-transfer.js';

/** Lists of names that are looked through for those of a record; a record with others adds its own. */
const KNOWN_NAMES = 8;
const KNOWN_SOURCES = 16;

/** Where records came from: what those of a logger, a level and a thread share. */
type Source = readonly [name: string, levelno: number, levelname: string, thread: number, threadName: string];

/** What few records have. */
type Rare = readonly [
  excText: string | undefined,
  stackInfo: string | undefined,
  caller: CallerInfo | undefined,
];

/** Values of a record, before those of its fields. */
const VALUES = 6;

/**
 * Records as data that any thread can take.
 *
 * What takes time is to copy objects, and names: so all values are in one list, and what many records share is there once.
 */
export interface PortableRecords {
  readonly sources: readonly Source[];
  /** Names of fields. */
  readonly names: readonly (readonly string[])[];
  /**
   * Of each record: the place of its source, that of its fields' names, message, `created`, `relativeCreated`, what few
   * have, then the value of each field.
   */
  readonly values: readonly unknown[];
}

/** Collects records for another thread. A filter may have set their attributes to anything, also to what no other thread takes. */
export class RecordPacker {
  readonly #sources: Source[] = [];
  readonly #names: string[][] = [];
  readonly #values: unknown[] = [];
  /** The names of the record that is added. */
  readonly #own: string[] = [];
  readonly #budget = new JsonBudget();

  /** What was added. */
  get records(): PortableRecords {
    return { sources: this.#sources, names: this.#names, values: this.#values };
  }

  /**
   * Adds a record, or nothing if it throws.
   *
   * @param hasCaller Whether the place of the call is included.
   * @throws What `getMessage` throws.
   */
  add(record: LogRecord, hasCaller: boolean): void {
    const values = this.#values;
    const start = values.length;
    try {
      const message = asText(record.getMessage());
      const { created, relativeCreated } = record;
      values.push(this.#sourceOf(record), 0, message, asNumber(created), asNumber(relativeCreated));
      values.push(rareOf(record, hasCaller));
      this.#addFields(record);
      values[start + 1] = this.#placeOfNames();
    } catch (error) {
      values.length = start;
      throw error;
    }
  }

  #addFields(record: LogRecord): void {
    this.#own.length = 0;
    this.#budget.reset(MAX_CHARACTERS);
    for (const source of fieldSources(record)) {
      if (source === undefined) continue;
      for (const key of keysOf(source) ?? []) {
        this.#own.push(key);
        this.#values.push(plain(fieldOf(source, key), this.#budget));
      }
    }
  }

  /** Most records have the names of the one before. */
  #placeOfNames(): number {
    const names = this.#names;
    const own = this.#own;
    const least = Math.max(0, names.length - KNOWN_NAMES);
    for (let at = names.length - 1; at >= least; at -= 1) {
      if (areSame(names[at] as string[], own)) return at;
    }
    return names.push([...own]) - 1;
  }

  #sourceOf(record: LogRecord): number {
    const { name, levelno, levelname, thread, threadName } = record;
    const sources = this.#sources;
    const least = Math.max(0, sources.length - KNOWN_SOURCES);
    for (let at = sources.length - 1; at >= least; at -= 1) {
      const known = sources[at] as Source;
      if (
        known[0] === name &&
        known[1] === levelno &&
        known[2] === levelname &&
        known[3] === thread &&
        known[4] === threadName
      )
        return at;
    }
    return (
      sources.push([
        asText(name),
        asNumber(levelno),
        asText(levelname),
        asNumber(thread),
        asText(threadName),
      ]) - 1
    );
  }
}

/** The records again, in the thread that they were sent to; the fields are apart, as loggers have them. */
export function arrivedRecords({ sources, names, values }: PortableRecords): LogRecord[] {
  const records: LogRecord[] = [];
  let at = 0;
  while (at < values.length) {
    const [name, levelno, levelname, thread, threadName] = sources[values[at] as number] as Source;
    const own = names[values[at + 1] as number] as readonly string[];
    const [excText, stackInfo, caller] = (values[at + 5] as Rare | undefined) ?? NOTHING_RARE;
    const extra = fieldsOf(own, values, at + VALUES);
    const [msg, created] = [values[at + 2] as string, values[at + 3] as number];
    const record = madeRecord({ name, levelno, levelname, msg, created, excText, stackInfo, caller, extra });
    record.relativeCreated = values[at + 4] as number;
    record.thread = thread;
    record.threadName = threadName;
    records.push(record);
    at += VALUES + own.length;
  }
  return records;
}

const NOTHING_RARE: Rare = [undefined, undefined, undefined];

function rareOf(record: LogRecord, hasCaller: boolean): Rare | undefined {
  const excText = asText(tracebackText(record));
  const stackInfo = asText(record.stackInfo);
  const caller = hasCaller ? record.caller() : undefined;
  const isNothing = excText === undefined && stackInfo === undefined && caller === undefined;
  return isNothing ? undefined : [excText, stackInfo, caller];
}

/** Of two fields with one name the later wins, as on the record. */
function fieldsOf(
  names: readonly string[],
  values: readonly unknown[],
  start: number,
): Record<string, Picklable> | undefined {
  if (names.length === 0) return undefined;
  const fields: Record<string, Picklable> = {};
  for (let at = 0; at < names.length; at += 1) {
    const name = names[at] as string;
    const value = values[start + at] as Picklable;
    if (name === '__proto__') defineField(fields, name, value);
    else fields[name] = value;
  }
  return fields;
}

function areSame(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at += 1) if (a[at] !== b[at]) return false;
  return true;
}

function asNumber<T>(value: T): T | number {
  return typeof value === 'number' || value == null ? value : Number(str(value));
}

function asText<T>(value: T): T | string {
  return typeof value === 'string' || value == null ? value : str(value);
}
