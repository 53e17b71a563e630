import type { Level } from '../core/levels.js';
import { afterwards, isThenable } from './afterwards.js';
import { LogCapture } from './log-capture.js';
import { currentScope, type LoggerReference, runInScope } from './record-tap.js';

/** A capture that is over, with what the captured function returned. */
export type CapturedRun<T> = LogCapture & {
  /** What the function returned; of a promise, what it resolved to. */
  readonly result: T;
};

/** What capturing a function gives: for one that returns a promise, a promise too. */
export type CaptureOf<T> = T extends PromiseLike<infer Value> ? Promise<CapturedRun<Value>> : CapturedRun<T>;

/** The arguments of a capture: any of logger and level may be left out. */
export type CaptureArguments<T> =
  | [run: () => T]
  | [logger: LoggerReference, run: () => T]
  | [logger: LoggerReference, level: Level | undefined, run: () => T];

/**
 * Captures the records of a logger and of those below it.
 *
 * Levels are lowered as far as needed and restored at the end. Other handlers work as before: records that are made
 * only for the capture do not reach them. Captures nest, and survive a `dictConfig`.
 *
 * With a function, only what is logged in it and in what it awaits is captured, so tests may run at the same time;
 * without one, everything from then on in the whole process (inside such a function: in it), until `stop()` or the
 * end of a `using` block.
 *
 * @param logger A name or a logger; default all of them.
 * @param level Records below it are left out; default none is.
 * @returns The capture; with a function, once it is done.
 * @throws {LoggingError} `ERR_LOGGING_UNKNOWN_LEVEL`; and whatever the function throws.
 * @example
 * const logs = await captureLogs('shop.orders', 'WARNING', () => orders.pay(7));
 * expect(logs.messages).toEqual(['order 7 paid late']);
 * @example
 * using logs = captureLogs('shop.orders');
 */
export function captureLogs(logger?: LoggerReference, level?: Level): LogCapture;
/** Captures what is logged while a function runs. */
export function captureLogs<T>(...args: CaptureArguments<T>): CaptureOf<T>;
export function captureLogs(...args: unknown[]): unknown {
  if (typeof args.at(-1) === 'function') return captureRun(readArguments(args as CaptureArguments<unknown>));
  const [logger, level] = args as [LoggerReference?, Level?];
  return new LogCapture({ logger, level, scope: currentScope() });
}

/** The request of a capture. Internal. */
export interface CaptureRequest<T> {
  readonly logger: LoggerReference;
  readonly level: Level | undefined;
  readonly run: () => T;
}

/** Distinguishes the arguments of a capture. Internal. */
export function readArguments<T>(args: CaptureArguments<T>): CaptureRequest<T> {
  const run = args.at(-1) as () => T;
  const [logger, level] = args.slice(0, -1) as [LoggerReference?, Level?];
  return { logger, level, run };
}

/** Captures what a function logs, and looks at it at the end. Internal. */
export function captureRun<T>(
  { logger, level, run }: CaptureRequest<T>,
  { isQuiet = false, check }: { isQuiet?: boolean; check?: (capture: LogCapture) => void } = {},
): CapturedRun<unknown> | Promise<CapturedRun<unknown>> {
  const scope = { parent: currentScope() };
  const capture = new LogCapture({ logger, level, scope, isQuiet });
  const result: unknown = afterwards(
    () => runInScope(scope, run),
    () => capture.stop(),
  );
  const complete = (value: unknown): CapturedRun<unknown> => {
    check?.(capture);
    return Object.assign(capture, { result: value });
  };
  return isThenable(result) ? Promise.resolve(result).then(complete) : complete(result);
}
