import { checkLevel, getLevelName } from '../core/levels.js';
import { type CaptureArguments, type CaptureOf, captureRun, readArguments } from './capture-logs.js';
import { describeRecords } from './describe-records.js';
import type { LogCapture } from './log-capture.js';
import { nameOf } from './record-tap.js';

/** Thrown by `assertLogs` and `assertNoLogs`: the test has failed. */
export class LogAssertionError extends Error {
  override readonly name: string = 'LogAssertionError';
}

/**
 * Fails unless a function logs at least one record; the logger's handlers are left out meanwhile.
 *
 * @param args Logger (name or logger, default all), level (default INFO), and the function.
 * @returns The capture, with `records` and `output`; for an async function a promise of it.
 * @throws {LogAssertionError} If nothing was logged; and whatever the function throws.
 * @example
 * const { output } = await assertLogs('shop.orders', 'WARNING', () => orders.pay(7));
 * expect(output).toEqual(['WARNING:shop.orders:order 7 paid late']);
 * @see https://docs.python.org/3/library/unittest.html#unittest.TestCase.assertLogs
 */
export function assertLogs<T>(...args: CaptureArguments<T>): CaptureOf<T> {
  const request = withDefaultLevel(args);
  const check = ({ records }: LogCapture) => {
    if (records.length > 0) return;
    const name = nameOf(request.logger);
    throw failure(`no logs of level ${request.levelname} or above triggered on ${name}`, assertLogs);
  };
  return captureRun(request, { isQuiet: true, check }) as CaptureOf<T>;
}

/**
 * Fails if a function logs anything; the logger's handlers are left out meanwhile.
 *
 * @param args Logger (name or logger, default all), level (default INFO), and the function.
 * @returns The capture, empty; for an async function a promise of it.
 * @throws {LogAssertionError} If something was logged, with all of it; and whatever the function throws.
 * @see https://docs.python.org/3/library/unittest.html#unittest.TestCase.assertNoLogs
 */
export function assertNoLogs<T>(...args: CaptureArguments<T>): CaptureOf<T> {
  const check = ({ records }: LogCapture) => {
    if (records.length > 0)
      throw failure(`Unexpected logs found:\n${describeRecords(records)}`, assertNoLogs);
  };
  return captureRun(withDefaultLevel(args), { isQuiet: true, check }) as CaptureOf<T>;
}

function withDefaultLevel<T>(args: CaptureArguments<T>) {
  const request = readArguments(args);
  const level = request.level ?? 'INFO';
  return { ...request, level, levelname: getLevelName(checkLevel(level)) };
}

/** An error whose stack starts at the assertion's caller, which is where test runners point. */
function failure(message: string, assertion: (...args: never[]) => unknown): LogAssertionError {
  const error = new LogAssertionError(message);
  Error.captureStackTrace(error, assertion);
  return error;
}
