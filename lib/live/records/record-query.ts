import { isAtOrBelow } from '../../core/loggers/logger-names.js';
import { readLevel } from '../overrides/make-override.js';
import type { RingEntry } from './record-ring.js';

/** Entries that are searched before other work gets its turn. */
const SLICE = 2_000;
const MAX_LIMIT = 1_000;
const MAX_TERM = 512;
const MAX_FIELDS = 10;

/** A query for records. */
export interface RecordQuery {
  /** Whether a record is one of them. */
  readonly matches: (entry: RingEntry) => boolean;
  /** Only records after the one of this number; 0 for all. */
  readonly after: number;
  /** Records that are given at most. */
  readonly limit: number;
}

/**
 * Reads a query: `level=warning`, `logger=shop` (with those below it), `text=…` (anywhere in the record, in any case),
 * `field=name=value` (repeatable; `a.b` for nested), `after=17`, `limit=200`.
 *
 * @throws {LoggingError} `ERR_LOGGING_UNKNOWN_LEVEL`
 */
export function readQuery(query: URLSearchParams): RecordQuery {
  const level = query.get('level') ?? '';
  const least = level === '' ? 0 : readLevel(/^\d+$/.test(level) ? Number(level) : level);
  const logger = query.get('logger') ?? '';
  const text = (query.get('text') ?? '').slice(0, MAX_TERM).toLowerCase();
  // As written in the JSON.
  const written = JSON.stringify(text).slice(1, -1);
  const fields = query.getAll('field').slice(0, MAX_FIELDS).map(readField);
  return {
    matches: (entry) =>
      entry.levelno >= least &&
      isBelow(entry.logger, logger) &&
      (text === '' || entry.json.toLowerCase().includes(written)) &&
      (fields.length === 0 || hasFields(entry, fields)),
    after: natural(query.get('after'), 0, Number.MAX_SAFE_INTEGER),
    limit: natural(query.get('limit'), 200, MAX_LIMIT),
  };
}

interface FieldTerm {
  readonly path: readonly string[];
  readonly value: string;
}

function readField(term: string): FieldTerm {
  const at = term.indexOf('=');
  const [name, value] = at < 0 ? [term, ''] : [term.slice(0, at), term.slice(at + 1)];
  return { path: name.slice(0, MAX_TERM).split('.'), value: value.slice(0, MAX_TERM) };
}

function isBelow(name: string, above: string): boolean {
  return above === '' || above === 'root' || isAtOrBelow(name, above);
}

function hasFields(entry: RingEntry, fields: readonly FieldTerm[]): boolean {
  // A value that is not in the text is in no field either, so most entries need not be parsed.
  if (!fields.every(({ path }) => entry.json.includes(JSON.stringify(path.at(-1))))) return false;
  const record: unknown = JSON.parse(entry.json);
  return fields.every(({ path, value }) => {
    let found: unknown = record;
    for (const key of path) {
      if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return false;
      found = (found as Record<string, unknown>)[key];
    }
    return (typeof found === 'object' ? JSON.stringify(found) : String(found)) === value;
  });
}

function natural(text: string | null, fallback: number, most: number): number {
  const number = text === null || text === '' ? fallback : Number(text);
  return Number.isInteger(number) && number >= 0 ? Math.min(number, most) : fallback;
}

/** The newest records that match, the oldest of them first; other work gets its turn in between. */
export async function findRecords(entries: Iterable<RingEntry>, query: RecordQuery): Promise<RingEntry[]> {
  const found: RingEntry[] = [];
  let seen = 0;
  for (const entry of entries) {
    if (entry.seq <= query.after || found.length >= query.limit) break;
    if (query.matches(entry)) found.push(entry);
    seen += 1;
    if (seen % SLICE === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  return found.reverse();
}

/** An entry as it is sent. */
export function entryText({ seq, time, levelno, json }: RingEntry): string {
  return `{"seq":${seq},"time":${time},"levelno":${levelno},"record":${json}}`;
}
