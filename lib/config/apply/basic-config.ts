import * as v from 'valibot';
import { collectActivations } from '../../core/activation.js';
import { LoggingError } from '../../core/errors.js';
import { Formatter } from '../../core/formatting/formatter.js';
import { type Handler, isHandler } from '../../core/handler.js';
import { checkLevel } from '../../core/levels.js';
import type { Logger } from '../../core/loggers/logger.js';
import { getRootLogger } from '../../core/loggers/manager.js';
import { levelSchema } from '../../core/option-schemas.js';
import { checkOptions } from '../../core/options.js';
import { closeHandlers, startFlushing } from '../../core/shutdown.js';
import { StreamHandler, type StreamHandlerOptions } from '../../handlers/console/stream.handler.js';
import { FileHandler, type FileHandlerOptions } from '../../handlers/file/file.handler.js';
import { lazy } from '../../runtime/lazy.js';
import { LoggingSnapshot } from './logging-snapshot.js';

/** Python's format for `basicConfig`, by style. */
const BASIC_FORMATS = {
  '%': '%(levelname)s:%(name)s:%(message)s',
  '{': '{levelname}:{name}:{message}',
  $: '${levelname}:${name}:${message}',
} as const;

/** The options of `basicConfig`; loose, since Python applies what it knows before it complains of the rest. */
const basicConfigSchema = lazy(() =>
  v.looseObject({
    filename: v.optional(v.union([v.string(), v.instance(URL)])),
    filemode: v.optional(v.string(), 'a'),
    format: v.optional(v.string()),
    datefmt: v.optional(v.string()),
    style: v.optional(v.picklist(['%', '{', '$']), '%'),
    level: v.optional(levelSchema()),
    stream: v.optional(v.any()),
    handlers: v.optional(v.array(v.custom<Handler>(isHandler, 'expected a handler'))),
    force: v.optional(v.boolean(), false),
    encoding: v.optional(v.string()),
    errors: v.optional(v.nullable(v.string()), 'backslashreplace'),
  }),
);

/** Options of {@link basicConfig}. */
export interface BasicConfigOptions {
  /** Log to this file; not together with `stream` or `handlers`. */
  filename?: string | URL | undefined;
  /** How the file is opened; default `'a'`, append. */
  filemode?: string | undefined;
  /** Format of the lines; default level, logger and message joined by colons. */
  format?: string | undefined;
  /** `strftime` format of `asctime`. */
  datefmt?: string | undefined;
  /** The language of `format`; default `'%'`. */
  style?: '%' | '{' | '$' | undefined;
  /** Level of the root logger. */
  level?: number | string | undefined;
  /** Log to this stream; default standard error. */
  stream?: StreamHandlerOptions['stream'];
  /** Handlers to add; those without a formatter get the one described here. */
  handlers?: readonly Handler[] | undefined;
  /** Whether the root logger's handlers are removed and closed first; default false. */
  force?: boolean | undefined;
  /** Encoding of the file; default UTF-8. */
  encoding?: string | undefined;
  /** What happens to characters that the encoding lacks; default `'backslashreplace'`. */
  errors?: string | null | undefined;
}

/**
 * Configures the root logger, once: does nothing if it has handlers, unless `force` is set.
 *
 * @throws {LoggingError} `ERR_LOGGING_OPTIONS` for options that exclude each other or do not exist.
 * @see https://docs.python.org/3/library/logging.html#logging.basicConfig
 */
export function basicConfig(options: BasicConfigOptions = {}): void {
  const given = checkOptions('basicConfig', basicConfigSchema(), options);
  const root = getRootLogger();
  if (!given.force && root.handlers.length > 0) return;
  checkTargets(given);
  setUpRoot(root, given);
  // As in Python, the configuration is applied before unknown options are rejected.
  const unknown = Object.keys(options).filter((key) => !Object.hasOwn(basicConfigSchema().entries, key));
  if (unknown.length > 0)
    throw new LoggingError(
      'ERR_LOGGING_OPTIONS',
      `basicConfig: unknown option${unknown.length > 1 ? 's' : ''} ${unknown.join(', ')}`,
    );
}

type Given = v.InferOutput<ReturnType<typeof basicConfigSchema>>;

/** Makes everything, then changes the root; if anything fails, it is as before, and old handlers are still open. */
function setUpRoot(root: Logger, given: Given): void {
  const snapshot = new LoggingSnapshot();
  const old = [...root.handlers];
  const { result: handlers, activations } = collectActivations(() => given.handlers ?? [makeHandler(given)]);
  // A new handler may empty the file of an old one: what that one has buffered must be written first.
  startFlushing(old);
  try {
    const formatter = new Formatter({
      format: given.format ?? BASIC_FORMATS[given.style],
      datefmt: given.datefmt,
      style: given.style,
    });
    for (const handler of old) root.removeHandler(handler);
    for (const handler of handlers) {
      if (handler.formatter === null) handler.setFormatter(formatter);
      root.addHandler(handler);
    }
    if (given.level !== undefined) root.setLevel(checkLevel(given.level, 'basicConfig.level'));
    activations.commit();
  } catch (error) {
    snapshot.restore();
    // As in Python a file that was opened stays, empty.
    void closeHandlers(handlers.filter((handler) => !snapshot.has(handler)));
    throw error;
  }
  void closeHandlers(old.filter((handler) => !handlers.includes(handler)));
}

function makeHandler(given: Given): Handler {
  if (given.filename !== undefined) return openFile(given);
  return new StreamHandler(given.stream == null ? {} : { stream: given.stream });
}

function checkTargets(given: Given): void {
  if (given.handlers === undefined) {
    if (given.stream != null && given.filename !== undefined) {
      throw new LoggingError(
        'ERR_LOGGING_OPTIONS',
        "basicConfig: 'stream' and 'filename' exclude each other; give one",
      );
    }
  } else if (given.stream != null || given.filename !== undefined) {
    throw new LoggingError(
      'ERR_LOGGING_OPTIONS',
      "basicConfig: 'handlers' excludes 'stream' and 'filename'; give the handlers alone",
    );
  }
}

function openFile(given: Given): FileHandler {
  return new FileHandler({
    filename: given.filename as string,
    mode: given.filemode as 'a',
    encoding: given.encoding,
    errors: given.errors as FileHandlerOptions['errors'],
  });
}
