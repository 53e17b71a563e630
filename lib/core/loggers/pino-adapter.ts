import { type Censor, PathRedaction, parsePath } from '../../redaction/path-redaction.js';
import { CENSOR } from '../../redaction/redact-text.js';
import { UNREADABLE } from '../../runtime/hostile-values.js';
import { type LentFunctions, lendMethodsOf } from '../calls/bound-methods.js';
import { isError } from '../calls/call-options.js';
import type { CallBoundary } from '../calls/caller.js';
import { addEach, type PinoCallSettings, readPinoCall } from '../calls/pino-call.js';
import { LoggingError } from '../errors.js';
import {
  addLevelName,
  CRITICAL,
  checkLevel,
  DEBUG,
  ERROR,
  getLevelName,
  INFO,
  NOTSET,
  VERBOSE,
  WARNING,
} from '../levels.js';
import type { Fields } from '../records/log-record.js';
import { reportMisuse } from '../reports/diagnostics.js';
import type { Logger } from './logger.js';
import { above } from './logger-node.js';

/** Options of a {@link PinoAdapter} and of its children, as pino's `child` has them. Others of pino's have no effect. */
export interface PinoAdapterOptions {
  /** Its own level, by pino's name or ours; default that of the logger beneath, as it is at each call. */
  level?: string | undefined;
  /** By field: what is logged in place of its value. An Error is left as it is: it is the traceback. */
  serializers?: Readonly<Record<string, (value: never) => unknown>> | undefined;
  /** What messages begin with; that of a child follows its parent's. Default nothing. */
  msgPrefix?: string | undefined;
  /** Paths in pino's language whose values are replaced by `[REDACTED]`, by `censor`, or removed. */
  redact?:
    | readonly string[]
    | {
        paths: readonly string[];
        censor?: string | ((value: unknown, path: string[]) => unknown) | undefined;
        remove?: boolean | undefined;
      }
    | undefined;
}

/** pino's levels, the lowest first: its number, and ours. */
const LEVELS = {
  trace: [10, VERBOSE],
  debug: [20, DEBUG],
  info: [30, INFO],
  warn: [40, WARNING],
  error: [50, ERROR],
  fatal: [60, CRITICAL],
} as const;

/**
 * A logger in the shape of pino's, for a library that wants one: Fastify's `loggerInstance`, for example.
 *
 * Its calls take pino's arguments: an object or an Error first, then a message with Node's placeholders. What no
 * placeholder takes is not dropped, as pino does: an Error is the traceback, a plain object holds fields, anything else
 * follows the message; so it serves libraries that call a `console` too. `trace` logs at 5 (VERBOSE), `fatal` at CRITICAL,
 * `silent` not at all. A field named like an attribute of records, such as `name`, is `extra_name`.
 *
 * It has the members of pino's `BaseLogger`, and `child`, `bindings`, `setBindings`, `isLevelEnabled`, `levelVal` and `flush`.
 * No log call throws. It is no pino: what reads pino's own symbols, as pino-http does, does not take it.
 *
 * @example
 * new FastifyAdapter({ loggerInstance: new PinoAdapter(getLogger('lib.fastify')) })
 * @see https://getpino.io/#/docs/api?id=logger
 */
export class PinoAdapter {
  static {
    lendMethodsOf(PinoAdapter.prototype, Object.keys(LEVELS), (object) => {
      // To ask first, with `in`, takes twice as long.
      try {
        return (object as PinoAdapter).#lent;
      } catch {
        return undefined;
      }
    });
  }

  readonly #lent: LentFunctions = [];
  readonly #redactions: readonly PathRedaction[];
  #bindings: Record<string, unknown>;
  /** The least level that it logs; `undefined` for that of the logger. */
  #level: number | undefined;

  /** The logger beneath. */
  readonly logger: Logger;
  /** What is logged in place of the values of fields, by their names. */
  readonly serializers: NonNullable<PinoAdapterOptions['serializers']>;
  /** What messages begin with. */
  readonly msgPrefix: string | undefined;

  /**
   * @param bindings Fields of every record.
   * @throws {LoggingError} `ERR_LOGGING_UNKNOWN_LEVEL` for a level without meaning, `ERR_LOGGING_ARGUMENT` for a path without.
   */
  constructor(logger: Logger, bindings: Fields = {}, options: PinoAdapterOptions = {}, parent?: PinoAdapter) {
    const inherited = parent && { level: parent.#level, bindings: parent.#bindings };
    this.logger = logger;
    this.serializers = { ...parent?.serializers, ...options.serializers };
    this.msgPrefix = joinedPrefix(parent?.msgPrefix, options.msgPrefix);
    const redaction = redactionOf(options.redact);
    this.#redactions = [
      ...(parent === undefined ? [] : parent.#redactions),
      ...(redaction ? [redaction] : []),
    ];
    this.#level =
      options.level === undefined || options.level === '' ? inherited?.level : levelOf(options.level);
    this.#bindings = { ...inherited?.bindings };
    this.setBindings(bindings);
    if (getLevelName(VERBOSE) === `Level ${VERBOSE}`) addLevelName(VERBOSE, 'VERBOSE');
  }

  /** Logs at 5, VERBOSE. */
  trace(obj: unknown, ...args: unknown[]): void {
    this.#log(this.trace, VERBOSE, [obj, ...args]);
  }

  /** Logs at DEBUG. */
  debug(obj: unknown, ...args: unknown[]): void {
    this.#log(this.debug, DEBUG, [obj, ...args]);
  }

  /** Logs at INFO. */
  info(obj: unknown, ...args: unknown[]): void {
    this.#log(this.info, INFO, [obj, ...args]);
  }

  /** Logs at WARNING. */
  warn(obj: unknown, ...args: unknown[]): void {
    this.#log(this.warn, WARNING, [obj, ...args]);
  }

  /** Logs at ERROR. */
  error(obj: unknown, ...args: unknown[]): void {
    this.#log(this.error, ERROR, [obj, ...args]);
  }

  /** Logs at CRITICAL. Ends nothing, as pino's. */
  fatal(obj: unknown, ...args: unknown[]): void {
    this.#log(this.fatal, CRITICAL, [obj, ...args]);
  }

  /** Logs nothing. */
  silent(_obj?: unknown, ..._args: unknown[]): void {}

  /** One whose records have these fields too. Serializers and prefix are added to its own; the level is its own from here on. */
  child(bindings: Fields, options: PinoAdapterOptions = {}): PinoAdapter {
    return new PinoAdapter(this.logger, bindings ?? {}, options ?? {}, this);
  }

  /** A copy of the fields that its records have. */
  bindings(): Record<string, unknown> {
    return { ...this.#bindings };
  }

  /** Adds fields; where it has one of that name, the new one replaces it. */
  setBindings(bindings: Fields): void {
    const joined = { ...this.#bindings };
    addEach(joined, bindings, this.#serialize);
    this.#bindings = joined;
  }

  /**
   * The lowest of pino's levels that is logged, or `silent`. To set it concerns this object and the children that it has from
   * then on, not the logger beneath, whose level no longer counts for it; what `disable()` disables stays disabled.
   *
   * @throws {LoggingError} `ERR_LOGGING_UNKNOWN_LEVEL`
   */
  get level(): string {
    for (const [name, [, levelno]] of Object.entries(LEVELS)) if (this.#enables(levelno)) return name;
    return 'silent';
  }
  set level(level: string) {
    this.#level = levelOf(level);
  }

  /** {@link PinoAdapter.level} as pino's number: 10 for `trace` to 60 for `fatal`, and infinity. */
  get levelVal(): number {
    return entryOf(this.level)?.[0] ?? Number.POSITIVE_INFINITY;
  }

  /** Whether a call at this level would make a record; false for an unknown level. */
  isLevelEnabled(level: string): boolean {
    const entry = entryOf(level);
    return entry !== undefined && this.#enables(entry[1]);
  }

  /** Flushes the handlers that its records go to, then calls the function, with the first error if there is one. */
  flush(callback?: (error?: Error) => void): void {
    const flushed: Promise<void>[] = [];
    for (let logger: Logger | null = this.logger; logger !== null; logger = above(logger))
      for (const handler of logger.handlers) flushed.push((async () => handler.flush())());
    void Promise.allSettled(flushed).then((results) => {
      const failed = results.find((result) => result.status === 'rejected');
      if (callback !== undefined) callback(failed?.reason as Error | undefined);
      else if (failed !== undefined) reportMisuse(this, undefined, failed.reason);
    });
  }

  toString(): string {
    return `<PinoAdapter ${this.logger.name} (${this.level})>`;
  }

  #enables(levelno: number): boolean {
    if (this.#level === undefined) return this.logger.isEnabledFor(levelno);
    const { disabled, manager } = this.logger;
    return levelno >= this.#level && !disabled && levelno > (manager?.disable ?? NOTSET);
  }

  #log(boundary: CallBoundary, levelno: number, given: readonly unknown[]): void {
    if (!this.#enables(levelno)) return;
    const call = readPinoCall(given, {
      bindings: this.#bindings,
      prefix: this.msgPrefix ?? '',
      serialize: this.#serialize,
    });
    if (this.#level === undefined) this.logger.logRead(boundary, levelno, call);
    else this.logger.logEnabled(boundary, levelno, call.msg, call.args, false, call);
  }

  /** A field as the serializers and `redact` leave it. */
  readonly #serialize: PinoCallSettings['serialize'] = (name, value) => {
    let kept = value;
    if (!isError(value) && Object.hasOwn(this.serializers, name)) {
      try {
        kept = this.serializers[name]?.(value as never);
      } catch (error) {
        // The value itself may be what must not be logged.
        kept = UNREADABLE;
        reportMisuse(this, undefined, error);
      }
    }
    for (const redaction of this.#redactions) kept = redaction.field(name, kept);
    return kept;
  };
}

function entryOf(level: string): readonly [number, number] | undefined {
  return Object.hasOwn(LEVELS, level) ? LEVELS[level as keyof typeof LEVELS] : undefined;
}

function levelOf(level: string): number {
  if (level === 'silent') return Number.POSITIVE_INFINITY;
  return entryOf(level)?.[1] ?? checkLevel(level, 'PinoAdapter.level');
}

function joinedPrefix(first: string | undefined, second: string | undefined): string | undefined {
  return first === undefined && second === undefined ? undefined : `${first ?? ''}${second ?? ''}`;
}

function redactionOf(redact: PinoAdapterOptions['redact']): PathRedaction | undefined {
  if (redact === undefined || redact === null) return undefined;
  const { paths, censor, remove } = 'paths' in redact ? redact : { paths: redact };
  const wrong = paths.find((path) => parsePath(path) === undefined);
  if (wrong !== undefined)
    throw new LoggingError('ERR_LOGGING_ARGUMENT', `PinoAdapter.redact: no path: ${JSON.stringify(wrong)}`);
  return new PathRedaction({
    paths,
    censor: (censor as Censor | undefined) ?? CENSOR,
    remove: remove ?? false,
  });
}
