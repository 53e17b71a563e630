import * as v from 'valibot';
import { lazy } from '../internal/lazy.js';
import { captureWarnings } from './capture-warnings.js';
import { reportLoggingError } from './diagnostics.js';
import { openHandlers } from './handler.js';
import { CRITICAL } from './levels.js';
import { isLogger, type Logger } from './logger.js';
import { getLogger } from './manager.js';
import { checkOptions } from './options.js';
import { header, isErrorLike } from './traceback.js';

const crashSchema = lazy(() =>
  v.strictObject({
    uncaughtException: v.optional(
      v.pipe(v.boolean(), v.description('Whether an exception that nothing catches is recorded.')),
      false,
    ),
    unhandledRejection: v.optional(
      v.pipe(v.boolean(), v.description('Whether a rejected promise that ends the process is recorded.')),
      false,
    ),
    warnings: v.optional(
      v.pipe(
        v.boolean(),
        v.description("Whether Node's warnings are recorded, in place of its lines on standard error."),
      ),
      false,
    ),
    logger: v.optional(
      v.union([v.string(), v.custom<Logger>(isLogger)], 'expected a logger, or the name of one'),
      'node.crashes',
    ),
  }),
);

/** Options of {@link captureCrashes}; each kind is off unless asked for. */
export type CaptureCrashesOptions = v.InferInput<ReturnType<typeof crashSchema>>;

/**
 * Records what ends the process, with its traceback, at level CRITICAL.
 *
 * Nothing changes about the end itself: the process ends as it would have, with the same exit code and Node's own
 * report, or goes on where the application has a listener of its own. What handlers keep back is written before, as far
 * as that can be done at once: files and standard streams are, the network is not (a spool keeps it for the next start).
 *
 * Rejections are recorded where they end the process, which is Node's default; one that a listener of the application's
 * takes, or that `--unhandled-rejections=warn` turns into a warning, is not.
 *
 * @returns Takes it back.
 * @throws {LoggingError} `ERR_LOGGING_OPTIONS`
 * @example
 * captureCrashes({ uncaughtException: true, unhandledRejection: true });
 */
export function captureCrashes(options: CaptureCrashesOptions): () => void {
  const o = checkOptions('captureCrashes', crashSchema(), options);
  const record = (error: unknown, origin: string): void => {
    const isRejection = origin === 'unhandledRejection';
    if (isRejection ? o.unhandledRejection : o.uncaughtException) {
      recordCrash(typeof o.logger === 'string' ? getLogger(o.logger) : o.logger, error, isRejection);
    }
  };
  const listens = o.uncaughtException || o.unhandledRejection;
  // The monitor is told first and decides nothing; a listener for rejections would keep the process alive.
  if (listens) process.on('uncaughtExceptionMonitor', record);
  if (o.warnings) captureWarnings(true);
  return () => {
    if (listens) process.off('uncaughtExceptionMonitor', record);
    if (o.warnings) captureWarnings(false);
  };
}

function recordCrash(logger: Logger, error: unknown, isRejection: boolean): void {
  try {
    const what = isRejection ? 'unhandled rejection' : 'uncaught exception';
    const origin = isRejection ? 'unhandledRejection' : 'uncaughtException';
    const text = isErrorLike(error) ? header(error) : String(error);
    logger.logFrom(recordCrash, CRITICAL, `${what}: %s`, [text, { excInfo: error, extra: { origin } }]);
    drain();
  } catch (fault) {
    reportLoggingError(logger, undefined, fault);
  }
}

/** Writes what can be written at once; nobody is there to wait for the rest. */
function drain(): void {
  for (const handler of openHandlers().reverse()) {
    try {
      const pending = handler.flush();
      if (pending instanceof Promise) pending.catch(() => undefined);
    } catch (fault) {
      reportLoggingError(handler, undefined, fault);
    }
  }
}
