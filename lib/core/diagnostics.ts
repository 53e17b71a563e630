import { str } from '../internal/python-text.js';
import { writeStderr } from '../internal/std-streams.js';
import type { LogRecord } from './log-record.js';
import { escapeControls, sanitizeTraceback } from './sanitize.js';
import { state } from './state.js';
import { formatTraceback } from './traceback.js';

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
 * handler once per 10 s, with the number of those in between. Nothing is said when `raiseExceptions` is off.
 *
 * @param source The handler, filter or logger that failed.
 * @see https://docs.python.org/3/library/logging.html#logging.Handler.handleError
 */
export function reportLoggingError(source: object, record: LogRecord | undefined, error: unknown): void {
  if (!state.raiseExceptions) return;
  const repeated = countRepeats(source, error);
  if (repeated === undefined) return;
  const lines = [
    '--- Logging error ---',
    sanitizeTraceback(formatTraceback(error)),
    `In: ${safely(() => String(source))}`,
  ];
  if (record !== undefined) {
    lines.push(`Message: ${safely(() => escapeControls(str(record.msg), true))}`);
    lines.push(`Arguments: ${safely(() => escapeControls(str(record.args), true))}`);
    lines.push(`Logger: ${safely(() => escapeControls(record.name, true))}`);
  }
  if (repeated > 0) lines.push(`Repeated: ${repeated} more since the last report`);
  writeStderr(`${lines.join('\n')}\n`);
}

/**
 * Says on standard error, in one line, that the library is used in a way that cannot work; for what nobody's record
 * is to blame for. The caller sees to it that it is said once. Nothing is said when `raiseExceptions` is off.
 */
export function reportNotice(text: string): void {
  if (state.raiseExceptions) writeStderr(`nestjs-logging: ${escapeControls(text, true)}\n`);
}

/** How many equal faults were kept silent since the last report; `undefined` if this one is to be silent too. */
function countRepeats(source: object, error: unknown): number | undefined {
  const code = (error as NodeJS.ErrnoException | null | undefined)?.code;
  const isSystemFault = typeof code === 'string' && (error as NodeJS.ErrnoException).syscall !== undefined;
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
