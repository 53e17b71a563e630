import { str } from '../internal/python-text.js';
import { redactText } from '../internal/redact-text.js';
import { writeStderr } from '../internal/std-streams.js';
import { announceFault } from './fault-channel.js';
import { callStackOf, type LogRecord } from './log-record.js';
import { lookForLosses } from './loss-announcer.js';
import { escapeControls, sanitizeTraceback } from './sanitize.js';
import { state } from './state.js';
import { className, formatTraceback, isErrorLike } from './traceback.js';

/** How long a repeated system fault of one handler stays silent, in milliseconds. */
const REPEAT_MS = 10_000;

interface SystemFault {
  readonly code: string;
  readonly reportedAt: number;
  suppressed: number;
}

const lastFaults = new WeakMap<object, SystemFault>();

/**
 * Reports on standard error what went wrong while a record was handled; the caller of the log call never sees it.
 *
 * A message that cannot be formatted is reported each time, as in Python; a repeated input/output fault of one
 * handler once per 10 s, with the number of those in between. Nothing is said when `raiseExceptions` is off; listeners
 * of faults are told all the same. What is printed holds no control characters, and no secrets that can be told.
 *
 * @param source The handler, filter or logger that failed.
 * @see https://docs.python.org/3/library/logging.html#logging.Handler.handleError
 */
export function reportLoggingError(source: object, record: LogRecord | undefined, error: unknown): void {
  tellChannel(source, record, error);
  if (!state.raiseExceptions) return;
  const repeated = countRepeats(source, error);
  if (repeated === undefined) return;
  const lines = [
    '--- Logging error ---',
    sanitizeTraceback(redactText(formatTraceback(error))),
    `In: ${safely(() => oneLine(String(source)))}`,
  ];
  if (record !== undefined) {
    const place = safely(() => whereLogged(record));
    if (place !== '') lines.push(place);
    lines.push(`Message: ${safely(() => oneLine(str(record.msg)))}`);
    lines.push(`Arguments: ${safely(() => oneLine(str(record.args)))}`);
    lines.push(`Logger: ${safely(() => oneLine(record.name))}`);
  }
  if (repeated > 0) lines.push(`Repeated: ${repeated} more since the last report`);
  writeStderr(`${lines.join('\n')}\n`);
}

/** The error itself tells what failed in here; this tells which line of the application logged. */
function whereLogged(record: LogRecord): string {
  const stack = callStackOf(record);
  if (stack !== '') return `Call stack:\n${sanitizeTraceback(redactText(stack))}`;
  const { pathname, lineno } = record;
  return lineno > 0 ? `Logged from file ${oneLine(pathname)}, line ${lineno}` : '';
}

/**
 * Says on standard error, in one line, that the library is used in a way that cannot work; for what nobody's record
 * is to blame for. The caller sees to it that it is said once. Nothing is said when `raiseExceptions` is off.
 */
export function reportNotice(text: string): void {
  if (state.raiseExceptions) writeStderr(`nestjs-logging: ${oneLine(text)}\n`);
}

/** Faults are counted and told whether or not they are printed. */
function tellChannel(source: object, record: LogRecord | undefined, error: unknown): void {
  lookForLosses();
  const code = read(error, 'code');
  announceFault({
    at: Date.now(),
    source: safely(() => oneLine(String(source)).slice(0, MAX_SOURCE)),
    type: safely(() => (isErrorLike(error) ? className(error) : typeof error)),
    message: safely(() =>
      oneLine(isErrorLike(error) ? String(error.message) : str(error)).slice(0, MAX_MESSAGE),
    ),
    code: typeof code === 'string' ? oneLine(code).slice(0, MAX_SOURCE) : undefined,
    logger:
      record === undefined ? undefined : safely(() => oneLine(String(record.name)).slice(0, MAX_SOURCE)),
  });
}

/** Characters of a fault that are remembered. */
const MAX_MESSAGE = 1_000;
const MAX_SOURCE = 200;

/** A text of anybody's, fit for a terminal. */
function oneLine(text: string): string {
  return escapeControls(redactText(text), true);
}

/** How many equal faults were kept silent since the last report; `undefined` if this one is to be silent too. */
function countRepeats(source: object, error: unknown): number | undefined {
  const code = read(error, 'code');
  const isSystemFault = typeof code === 'string' && read(error, 'syscall') !== undefined;
  if (!isSystemFault) return 0;
  const last = lastFaults.get(source);
  const now = Date.now();
  if (last !== undefined && last.code === code && now - last.reportedAt < REPEAT_MS) {
    last.suppressed += 1;
    return undefined;
  }
  lastFaults.set(source, { code, reportedAt: now, suppressed: 0 });
  return last?.code === code ? last.suppressed : 0;
}

function safely(text: () => string): string {
  try {
    return text();
  } catch {
    return '[unprintable]';
  }
}

/** What was thrown may be anything, a revoked proxy included. */
function read(error: unknown, key: 'code' | 'syscall'): unknown {
  try {
    return (error as NodeJS.ErrnoException | null | undefined)?.[key];
  } catch {
    return undefined;
  }
}
