import type { LogRecord } from '../../../core/records/log-record.js';
import { recordFacts } from '../../../formatters/support/record-facts.js';
import { syslogSeverity } from '../../../formatters/support/severities.js';
import { textField } from '../field-values.js';

/** A field of an entry of the journal. */
export type JournalField = readonly [name: string, value: string];

/** The longest name that the journal takes, and the most fields of an entry that are the record's own. */
const MAX_NAME = 64;
const MAX_FIELDS = 900;
/** Fields that mean something to the journal or are ours: those of a record do not take their place. */
const TAKEN: ReadonlySet<string> = new Set([
  ...['MESSAGE', 'PRIORITY', 'LEVEL', 'LOGGER', 'TIMESTAMP', 'EXCEPTION_TYPE'],
  ...['CODE_FILE', 'CODE_LINE', 'CODE_FUNC', 'OBJECT_PID'],
]);

/**
 * A record in the fields of the journal, with the names that python-systemd's handler gives them.
 *
 * @param message What the formatter makes of it.
 * @see https://www.freedesktop.org/software/systemd/man/latest/systemd.journal-fields.html
 */
export function journalEntry(
  record: LogRecord,
  message: string,
  identifier: string,
  hasCaller: boolean,
): JournalField[] {
  // Traces and requests are fields like any other here.
  const { error, fields } = recordFacts(record, { has: () => true });
  const entry: JournalField[] = [
    ['MESSAGE', message],
    ['PRIORITY', String(syslogSeverity(record.levelno))],
    ['SYSLOG_IDENTIFIER', identifier],
    ['LEVEL', String(record.levelname)],
    ['LOGGER', String(record.name)],
  ];
  if (Number.isFinite(record.created)) entry.push(['TIMESTAMP', isoTime(record.created)]);
  if (error !== undefined) entry.push(['EXCEPTION_TYPE', error.type]);
  if (hasCaller) {
    const { pathname, lineno, funcName } = record.caller();
    entry.push(['CODE_FILE', pathname], ['CODE_LINE', String(lineno)], ['CODE_FUNC', funcName]);
  }
  for (const [name, value] of fields) {
    if (entry.length >= MAX_FIELDS) break;
    const text = textField(value);
    if (text !== undefined) entry.push([journalName(name), text]);
  }
  return entry;
}

/** To the microsecond; a time that no calendar has is left as a number. */
function isoTime(created: number): string {
  const time = new Date(Math.floor(created) * 1_000);
  if (Number.isNaN(time.getTime())) return String(created);
  const microseconds = String(Math.floor((created - Math.floor(created)) * 1e6)).padStart(6, '0');
  return time.toISOString().replace('000Z', `${microseconds}Z`);
}

/** A name that the journal takes: capitals, digits and `_`, of which it keeps a leading one for itself. */
function journalName(name: string): string {
  const plain = name
    .toUpperCase()
    .replace(/[^A-Z0-9_]/g, '_')
    .replace(/^_+/, '');
  const isOurs = TAKEN.has(plain) || plain.startsWith('SYSLOG_') || !/^[A-Z]/.test(plain);
  return (isOurs ? `FIELD_${plain}` : plain).slice(0, MAX_NAME);
}

/**
 * An entry in the native protocol: a value with a newline in it comes after its length, so nothing in a value can pass
 * for another field.
 *
 * @see https://systemd.io/JOURNAL_NATIVE_PROTOCOL/
 */
export function toNative(entry: readonly JournalField[]): Buffer {
  const parts: Buffer[] = [];
  for (const [name, value] of entry) {
    if (!value.includes('\n')) {
      parts.push(Buffer.from(`${name}=${value}\n`));
      continue;
    }
    const bytes = Buffer.from(value);
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(bytes.length));
    parts.push(Buffer.from(`${name}\n`), length, bytes, Buffer.from('\n'));
  }
  return Buffer.concat(parts);
}

/** The fields of what {@link toNative} made. */
export function fromNative(bytes: Buffer): JournalField[] {
  const entry: JournalField[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf('\n', at);
    const line = bytes.toString('utf8', at, end);
    const equals = line.indexOf('=');
    if (equals >= 0) {
      entry.push([line.slice(0, equals), line.slice(equals + 1)]);
      at = end + 1;
      continue;
    }
    const start = end + 9;
    const length = Number(bytes.readBigUInt64LE(end + 1));
    entry.push([line, bytes.toString('utf8', start, start + length)]);
    at = start + length + 1;
  }
  return entry;
}
