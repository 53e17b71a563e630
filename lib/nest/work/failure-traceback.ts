import type { Logger } from '../../core/loggers/logger.js';
import { perManager } from '../../core/loggers/per-manager.js';
import { referringTraceback } from '../../core/records/logged-errors.js';

const settings = perManager('nest.tracebacks.1', () => ({ areRepeated: false }));

/** Sets whether the records of failures repeat the traceback of an error that the application has logged itself. */
export function repeatTracebacks(areRepeated: boolean): void {
  settings().areRepeated = areRepeated;
}

/**
 * The traceback for a failure's record if it refers to an earlier record, of an error that was logged in a `catch` and
 * thrown on.
 *
 * @param startedAt When the work in which it was thrown began, in milliseconds of `performance.now()`.
 * @returns `undefined` if formatters should make it as usual.
 */
export function referenceTo(
  thrown: unknown,
  logger: Logger,
  levelno: number,
  startedAt: number,
): string | undefined {
  if (thrown === undefined) return undefined;
  return settings().areRepeated ? undefined : referringTraceback(thrown, logger, levelno, startedAt);
}
