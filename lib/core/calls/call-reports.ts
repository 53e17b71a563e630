import { str } from '../../python/python-text.js';
import { TemplateError } from '../../python/template.js';
import { checkLevel, findLevel, INFO, WARNING } from '../levels.js';
import { state } from '../state.js';
import { type CallBoundary, type CallerInfo, findCaller } from './caller.js';

/** The parts of a record in a report. */
export interface ReportedRecord {
  readonly name: string;
  caller(): CallerInfo;
}

/** On records that were already reported: each handler merges the message again. */
const REPORTED: unique symbol = Symbol.for('nestjs-logging.record.misfit');

/** The messages about a value of the wrong type: they name types, and show nothing of the value. */
const WRONG_TYPE = /^(?:%[a-zA-Z] format: an? [a-z ]+ is|must be real number|%c) /;

/**
 * Reports that a record's arguments do not fit its message.
 *
 * @param error What merging them threw.
 */
export function reportMisfit(record: ReportedRecord, text: string, error?: unknown): void {
  if (Object.hasOwn(record, REPORTED)) return;
  Object.defineProperty(record, REPORTED, { value: true });
  const reason = wrongTypeOf(error);
  state.callErrors.report(
    {
      code: 'ERR_LOGGING_ARGUMENT',
      logger: str(record.name),
      about: text,
      problem: misfitText(reason),
      detail: reason,
      caller: () => record.caller(),
    },
    state.raiseExceptions,
  );
}

/** Why a value is of the wrong type; empty where something else is wrong. */
function wrongTypeOf(error: unknown): string {
  const reason = error instanceof TemplateError ? error.message : '';
  return WRONG_TYPE.test(reason) ? reason : '';
}

function misfitText(reason: string): string {
  return reason !== ''
    ? `the arguments do not fit the message and were written after it (${reason}); %s takes any value`
    : 'the arguments do not fit the message and were written after it; give each a placeholder, for example %s, ' +
        'or log them as fields: { extra: { … } }';
}

/** Reports that a field has the name of an attribute of records. */
export function reportClash(logger: string, name: string, boundary: CallBoundary): void {
  state.callErrors.report(
    {
      code: 'ERR_LOGGING_EXTRA_CLASH',
      logger,
      about: name,
      problem: `records have an attribute '${name}', so the field of that name was logged as 'extra_${name}'; rename it`,
      detail: name,
      caller: () => findCaller(boundary, 1),
    },
    state.raiseExceptions,
  );
}

/** Whatever logs for a public function of logging. */
interface CallTarget {
  readonly name: string;
  logFrom(boundary: CallBoundary, levelno: number, msg: unknown, args: unknown[]): void;
}

/**
 * Logs a call of `log` with an invalid level, together with that value: at the intended level where it is
 * a number as text, at INFO where the level was forgotten and the message is in its place, else at WARNING.
 *
 * @throws {LoggingError} `ERR_LOGGING_UNKNOWN_LEVEL` while calls are strict and `raiseExceptions` is on.
 */
export function logAtUnknownLevel(
  target: CallTarget,
  boundary: CallBoundary,
  level: unknown,
  msg: unknown,
  args: unknown[],
): void {
  if (state.strictCalls) {
    // Python passes over such a call while `raiseExceptions` is off.
    if (state.raiseExceptions) checkLevel(level);
    return;
  }
  const meant = typeof level === 'string' ? levelMeant(level) : undefined;
  const isAlone = msg === undefined && args.length === 0;
  const isNests = isNestsOrder(level, msg, args);
  const isMessage =
    isAlone || isNests || (typeof level === 'object' && level !== null) || /\s/.test(textOf(level));
  const levelno = meant ?? (isMessage ? INFO : WARNING);
  state.callErrors.report(
    {
      code: 'ERR_LOGGING_UNKNOWN_LEVEL',
      logger: str(target.name),
      about: str(level),
      problem:
        "the first argument of log is a level, an integer or a name such as 'INFO', but was none; the record " +
        `was logged at ${levelno} instead. As Nest's logger pass app.get(NestLogger), not a logger of the tree`,
      detail: '',
      caller: () => findCaller(boundary, 1),
    },
    state.raiseExceptions,
  );
  if (meant !== undefined) target.logFrom(boundary, levelno, msg, args);
  else if (isNests) target.logFrom(boundary, levelno, level, [{ context: msg }]);
  else if (isMessage) target.logFrom(boundary, levelno, level, isAlone ? [] : [msg, ...args]);
  else target.logFrom(boundary, levelno, msg, [...args, level]);
}

/** Nest calls `log('started', 'OrdersService')` on the logger that it was given. */
function isNestsOrder(level: unknown, msg: unknown, args: readonly unknown[]): boolean {
  return (
    typeof level === 'string' &&
    typeof msg === 'string' &&
    args.length === 0 &&
    /^[A-Z]\w*[a-z]\w*$/.test(msg) &&
    !/^[A-Z_0-9]+$/.test(level) &&
    !level.includes('%')
  );
}

function levelMeant(level: string): number | undefined {
  const name = level.trim();
  return /^\d{1,9}$/.test(name) ? Number(name) : findLevel(name);
}

function textOf(level: unknown): string {
  return typeof level === 'string' ? level : '';
}
