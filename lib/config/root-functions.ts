import { CRITICAL, DEBUG, ERROR, INFO, type Level, levelOfCall, WARNING } from '../core/levels.js';
import type { CallBoundary } from '../core/log-record.js';
import { getRootLogger } from '../core/manager.js';
import { basicConfig } from './basic-config.js';

/** Logs with the root logger at DEBUG; calls `basicConfig()` first if the root has no handlers. */
export function debug(msg: unknown, ...args: unknown[]): void {
  logWithRoot(debug, DEBUG, msg, args);
}

/** Logs with the root logger at INFO; see {@link debug}. */
export function info(msg: unknown, ...args: unknown[]): void {
  logWithRoot(info, INFO, msg, args);
}

/** Logs with the root logger at WARNING; see {@link debug}. */
export function warning(msg: unknown, ...args: unknown[]): void {
  logWithRoot(warning, WARNING, msg, args);
}

/** The same as {@link warning}. */
export function warn(msg: unknown, ...args: unknown[]): void {
  logWithRoot(warn, WARNING, msg, args);
}

/** Logs with the root logger at ERROR; see {@link debug}. */
export function error(msg: unknown, ...args: unknown[]): void {
  logWithRoot(error, ERROR, msg, args);
}

/** Logs what was thrown, with its traceback, with the root logger at ERROR; see {@link debug}. */
export function exception(msg: unknown, ...args: unknown[]): void {
  logWithRoot(exception, ERROR, msg, args, true);
}

/** Logs with the root logger at CRITICAL; see {@link debug}. */
export function critical(msg: unknown, ...args: unknown[]): void {
  logWithRoot(critical, CRITICAL, msg, args);
}

/** The same as {@link critical}. */
export function fatal(msg: unknown, ...args: unknown[]): void {
  logWithRoot(fatal, CRITICAL, msg, args);
}

/** Logs with the root logger at any level; see {@link debug}. */
export function log(level: Level, msg: unknown, ...args: unknown[]): void {
  const levelno = levelOfCall(level);
  if (levelno !== undefined) logWithRoot(log, levelno, msg, args);
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
