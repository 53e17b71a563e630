import { logAtUnknownLevel } from '../../core/calls/call-reports.js';
import type { CallBoundary } from '../../core/calls/caller.js';
import type { LogArguments } from '../../core/calls/log-arguments.js';
import { CRITICAL, DEBUG, ERROR, findLevel, INFO, type Level, WARNING } from '../../core/levels.js';
import { getRootLogger } from '../../core/loggers/manager.js';
import { basicConfig } from './basic-config.js';

/** Logs with the root logger at DEBUG; calls `basicConfig()` first if the root has no handlers. */
export function debug<const M, A extends unknown[]>(msg: M, ...args: LogArguments<M, A>): void {
  logWithRoot(debug, DEBUG, msg, args);
}

/** Logs with the root logger at INFO; see {@link debug}. */
export function info<const M, A extends unknown[]>(msg: M, ...args: LogArguments<M, A>): void {
  logWithRoot(info, INFO, msg, args);
}

/** Logs with the root logger at WARNING; see {@link debug}. */
export function warning<const M, A extends unknown[]>(msg: M, ...args: LogArguments<M, A>): void {
  logWithRoot(warning, WARNING, msg, args);
}

/** The same as {@link warning}. */
export function warn<const M, A extends unknown[]>(msg: M, ...args: LogArguments<M, A>): void {
  logWithRoot(warn, WARNING, msg, args);
}

/** Logs with the root logger at ERROR; see {@link debug}. */
export function error<const M, A extends unknown[]>(msg: M, ...args: LogArguments<M, A>): void {
  logWithRoot(error, ERROR, msg, args);
}

/** Logs what was thrown, with its traceback, with the root logger at ERROR; see {@link debug}. */
export function exception<const M, A extends unknown[]>(msg: M, ...args: LogArguments<M, A>): void {
  logWithRoot(exception, ERROR, msg, args, true);
}

/** Logs with the root logger at CRITICAL; see {@link debug}. */
export function critical<const M, A extends unknown[]>(msg: M, ...args: LogArguments<M, A>): void {
  logWithRoot(critical, CRITICAL, msg, args);
}

/** The same as {@link critical}. */
export function fatal<const M, A extends unknown[]>(msg: M, ...args: LogArguments<M, A>): void {
  logWithRoot(fatal, CRITICAL, msg, args);
}

/** Logs with the root logger at any level; see {@link debug}. */
export function log<const M, A extends unknown[]>(level: Level, msg: M, ...args: LogArguments<M, A>): void {
  const levelno = findLevel(level);
  if (levelno === undefined) logAtUnknownLevel({ name: 'root', logFrom: logWithRoot }, log, level, msg, args);
  else logWithRoot(log, levelno, msg, args);
}

/** @see https://docs.python.org/3/library/logging.html#logging.debug */
function logWithRoot(
  boundary: CallBoundary,
  level: number,
  msg: unknown,
  args: unknown[],
  takesAnything = false,
): void {
  const root = getRootLogger();
  if (root.handlers.length === 0) basicConfig();
  root.logFrom(boundary, level, msg, args, takesAnything);
}
