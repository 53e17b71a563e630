import * as v from 'valibot';
import { LoggingError } from '../core/errors.js';
import { Formatter } from '../core/formatter.js';
import { type Handler, isHandler } from '../core/handler.js';
import { checkLevel } from '../core/levels.js';
import { getRootLogger } from '../core/manager.js';
import { checkOptions, levelSchema } from '../core/options.js';
import { closeHandlers } from '../core/shutdown.js';
import { FileHandler } from '../handlers/file.handler.js';
import { StreamHandler } from '../handlers/stream.handler.js';
import { lazy } from '../internal/lazy.js';

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
  stream?: ConstructorParameters<typeof StreamHandler>[0] extends { stream?: infer S } | undefined
    ? S
    : never;
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
  if (given.force) {
    const old = [...root.handlers];
    for (const handler of old) root.removeHandler(handler);
    void closeHandlers(old);
  }
  if (root.handlers.length > 0) return;
  checkTargets(given);
  const handlers = given.handlers ?? [
    given.filename === undefined
      ? new StreamHandler(given.stream == null ? {} : { stream: given.stream })
      : openFile(given),
  ];
  const formatter = new Formatter({
    format: given.format ?? BASIC_FORMATS[given.style],
    datefmt: given.datefmt,
    style: given.style,
  });
  for (const handler of handlers) {
    if (handler.formatter === null) handler.setFormatter(formatter);
    root.addHandler(handler);
  }
  if (given.level !== undefined) root.setLevel(checkLevel(given.level, 'basicConfig.level'));
  // As in Python, the configuration stands when unknown options are complained of.
  const unknown = Object.keys(options).filter((key) => !Object.hasOwn(basicConfigSchema().entries, key));
  if (unknown.length > 0)
    throw new LoggingError(
      'ERR_LOGGING_OPTIONS',
      `basicConfig: unknown option${unknown.length > 1 ? 's' : ''} ${unknown.join(', ')}`,
    );
}

type Given = v.InferOutput<ReturnType<typeof basicConfigSchema>>;

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
    errors: given.errors as never,
  });
}
