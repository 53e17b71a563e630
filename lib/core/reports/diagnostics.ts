import { str } from '../../python/python-text.js';
import { redactText } from '../../redaction/redact-text.js';
import { cutText } from '../../runtime/cut-text.js';
import { propertyOf } from '../../runtime/hostile-values.js';
import { writeStderr } from '../../runtime/std-streams.js';
import { escapeControls, sanitizeTraceback } from '../formatting/sanitize.js';
import { callStackOf, type LogRecord } from '../records/log-record.js';
import { className, formatTraceback, isErrorLike } from '../records/traceback.js';
import { state } from '../state.js';
import { announceError } from './error-reports.js';
import { lookForLosses } from './loss-announcer.js';

/** How long a repeated error of one source is suppressed, in milliseconds. */
const REPEAT_MS = 10_000;

interface RepeatedError {
  /** Its code, or its message. */
  readonly kind: string;
  readonly reportedAt: number;
  suppressed: number;
}

const lastErrors = new WeakMap<object, RepeatedError>();

/**
 * Reports an error in the handling of a record on standard error; the log call never sees it.
 *
 * A message that cannot be formatted is reported each time, as in Python; a repeated input/output error of one handler
 * once per 10 s, with the number of suppressed ones. Nothing is printed when `raiseExceptions` is off; listeners are
 * still called. The output has no control characters, and no secrets that can be recognised.
 *
 * @param source The handler, filter or logger that failed.
 * @see https://docs.python.org/3/library/logging.html#logging.Handler.handleError
 */
export function reportLoggingError(source: object, record: LogRecord | undefined, error: unknown): void {
  report(source, record, error, systemCode(error));
}

/**
 * {@link reportLoggingError} for user code that fails for every record, such as a record factory: like an error of
 * input and output, it is printed once per 10 s.
 */
export function reportMisuse(source: object, record: LogRecord | undefined, error: unknown): void {
  report(
    source,
    record,
    error,
    safely(() => cutText(String(propertyOf(error, 'message') ?? error), MAX_SOURCE)),
  );
}

function report(
  source: object,
  record: LogRecord | undefined,
  error: unknown,
  kind: string | undefined,
): void {
  announce(source, record, error);
  if (!state.raiseExceptions) return;
  const repeated = kind === undefined ? 0 : countRepeats(source, kind);
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

/** The error shows what failed in the library; this shows which line of the application logged. */
function whereLogged(record: LogRecord): string {
  const stack = callStackOf(record);
  if (stack !== '') return `Call stack:\n${sanitizeTraceback(redactText(stack))}`;
  const { pathname, lineno } = record;
  return lineno > 0 ? `Logged from file ${oneLine(pathname)}, line ${lineno}` : '';
}

/**
 * Reports a misuse of the library that no record caused, in one line on standard error. The caller makes sure that it
 * is reported once. Nothing is printed when `raiseExceptions` is off.
 */
export function reportNotice(text: string): void {
  if (state.raiseExceptions) writeStderr(`nestjs-logging: ${oneLine(text)}\n`);
}

/** Errors are counted and passed to listeners whether or not they are printed. */
function announce(source: object, record: LogRecord | undefined, error: unknown): void {
  lookForLosses();
  const code = propertyOf(error, 'code');
  announceError({
    at: Date.now(),
    source: safely(() => oneLine(String(source), MAX_SOURCE)),
    type: safely(() => (isErrorLike(error) ? className(error) : typeof error)),
    message: safely(() => oneLine(isErrorLike(error) ? String(error.message) : str(error), MAX_MESSAGE)),
    code: typeof code === 'string' ? oneLine(code, MAX_SOURCE) : undefined,
    logger: record === undefined ? undefined : safely(() => oneLine(String(record.name), MAX_SOURCE)),
  });
}

/** Characters of an error that are remembered. */
const MAX_MESSAGE = 1_000;
const MAX_SOURCE = 200;

/** Any string, made safe for a terminal, and its beginning where only so many characters are wanted. */
function oneLine(text: string, length = Number.POSITIVE_INFINITY): string {
  return cutText(escapeControls(redactText(text), true), length);
}

/** How many equal errors were suppressed since the last report; `undefined` if this one is to be suppressed too. */
function countRepeats(source: object, kind: string): number | undefined {
  const last = lastErrors.get(source);
  const now = Date.now();
  if (last !== undefined && last.kind === kind && now - last.reportedAt < REPEAT_MS) {
    last.suppressed += 1;
    return undefined;
  }
  lastErrors.set(source, { kind, reportedAt: now, suppressed: 0 });
  return last?.kind === kind ? last.suppressed : 0;
}

/** The code of an input/output error. */
function systemCode(error: unknown): string | undefined {
  const code = propertyOf(error, 'code');
  return typeof code === 'string' && propertyOf(error, 'syscall') !== undefined ? code : undefined;
}

function safely(text: () => string): string {
  try {
    return text();
  } catch {
    return '[unprintable]';
  }
}
