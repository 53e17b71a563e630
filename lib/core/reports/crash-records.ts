import * as v from 'valibot';
import { str } from '../../python/python-text.js';
import { globalSlot } from '../../runtime/global-slot.js';
import { lazy } from '../../runtime/lazy.js';
import { openHandlers } from '../handler.js';
import { CRITICAL } from '../levels.js';
import { isLogger, type Logger } from '../loggers/logger.js';
import { getLogger } from '../loggers/manager.js';
import { checkOptions } from '../options.js';
import { header, isErrorLike } from '../records/traceback.js';
import { startFlushing } from '../shutdown.js';
import { captureWarningsFor } from './capture-warnings.js';
import { reportLoggingError } from './diagnostics.js';

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

/** Options of {@link captureCrashes}; each kind is off by default. */
export type CaptureCrashesOptions = v.InferInput<ReturnType<typeof crashSchema>>;

/**
 * Records what ends the process, with its traceback, at level CRITICAL.
 *
 * Nothing changes about the end itself: the process ends as it would have, with the same exit code and Node's own
 * report, or goes on where the application has a listener of its own. What handlers buffer is written before, as far as
 * that can be done at once: files and standard streams are, the network is not (a spool keeps it for the next start).
 *
 * Rejections are recorded where they end the process, which is Node's default; one that a listener of the application's
 * takes, or that `--unhandled-rejections=warn` turns into a warning, is not.
 *
 * It may be called more than once (by each of several applications, or of several copies of a module): a crash is
 * recorded once, under the logger of the last call that asked for its kind and was not undone.
 *
 * @returns Undoes it; Node's warnings go where they went before once all callers have undone it.
 * @throws {LoggingError} `ERR_LOGGING_OPTIONS`
 * @example
 * captureCrashes({ uncaughtException: true, unhandledRejection: true });
 */
export function captureCrashes(options: CaptureCrashesOptions): () => void {
  const request = checkOptions('captureCrashes', crashSchema(), options);
  capture.requests.add(request);
  update();
  return () => {
    if (capture.requests.delete(request)) update();
  };
}

type CrashRequest = v.InferOutput<ReturnType<typeof crashSchema>>;

interface CrashCapture {
  readonly requests: Set<CrashRequest>;
  /** Removes the listener, whichever copy of the package added it; `undefined` if there is none. */
  stopListening: (() => void) | undefined;
}

/** The active requests; shared by all copies of this package, so that each crash is recorded once. */
const capture = globalSlot(
  'crashes.2',
  (): CrashCapture => ({ requests: new Set(), stopListening: undefined }),
);

/** Adds the listeners that are needed, and no others. */
function update(): void {
  const requests = [...capture.requests];
  const listens = requests.some((one) => one.uncaughtException || one.unhandledRejection);
  if (listens) capture.stopListening ??= listen();
  else {
    capture.stopListening?.();
    capture.stopListening = undefined;
  }
  captureWarningsFor(
    'crashes',
    requests.some(({ warnings }) => warnings),
  );
}

/** The monitor is called first and decides nothing; a listener for rejections would keep the process alive. */
function listen(): () => void {
  process.on('uncaughtExceptionMonitor', record);
  return () => process.off('uncaughtExceptionMonitor', record);
}

function record(error: unknown, origin: string): void {
  const isRejection = origin === 'unhandledRejection';
  const request = [...capture.requests]
    .reverse()
    .find((one) => (isRejection ? one.unhandledRejection : one.uncaughtException));
  if (request === undefined) return;
  const { logger } = request;
  recordCrash(typeof logger === 'string' ? getLogger(logger) : logger, error, isRejection);
}

function recordCrash(logger: Logger, error: unknown, isRejection: boolean): void {
  try {
    const what = isRejection ? 'unhandled rejection' : 'uncaught exception';
    const origin = isRejection ? 'unhandledRejection' : 'uncaughtException';
    const text = isErrorLike(error) ? header(error) : str(error);
    logger.logRead(recordCrash, CRITICAL, {
      msg: `${what}: %s`,
      args: [text],
      extra: { origin },
      excInfo: error,
    });
    // Nobody is there to wait for what cannot be written at once.
    startFlushing(openHandlers());
  } catch (failure) {
    reportLoggingError(logger, undefined, failure);
  }
}
