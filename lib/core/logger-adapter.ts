import { isLogOptions, type LogOptions } from './call-arguments.js';
import { CRITICAL, DEBUG, ERROR, getLevelName, INFO, type Level, levelOfCall, WARNING } from './levels.js';
import type { CallBoundary, Fields } from './log-record.js';
import type { Logger } from './logger.js';
import type { Manager } from './manager.js';

/** What an adapter can stand on: a logger, or another adapter. */
export type AdapterTarget = Pick<
  Logger,
  'name' | 'manager' | 'logFrom' | 'isEnabledFor' | 'getEffectiveLevel' | 'setLevel' | 'hasHandlers'
>;

/** Options of {@link LoggerAdapter}. */
export interface LoggerAdapterOptions {
  /** Whether a call's own `extra` is merged with the adapter's (and wins); default false: the adapter's replaces it. */
  merge_extra?: boolean;
}

/**
 * A logger with fields of its own: everything logged through it carries `extra`.
 *
 * Override {@link LoggerAdapter.process} to change messages or options.
 *
 * @example
 * const log = new LoggerAdapter(getLogger('shop'), { tenant: 'acme' }, { merge_extra: true });
 * @see https://docs.python.org/3/library/logging.html#loggeradapter-objects
 */
export class LoggerAdapter {
  /** Whether a call's `extra` is merged with the adapter's. */
  readonly merge_extra: boolean;

  constructor(
    readonly logger: AdapterTarget,
    readonly extra?: Fields | undefined,
    options: LoggerAdapterOptions | boolean = {},
  ) {
    this.merge_extra = typeof options === 'boolean' ? options : (options.merge_extra ?? false);
  }

  /**
   * Says what is really logged.
   *
   * @returns The message and the options to go on with.
   * @see https://docs.python.org/3/library/logging.html#logging.LoggerAdapter.process
   */
  process(msg: unknown, options: LogOptions): [msg: unknown, options: LogOptions] {
    const extra =
      this.merge_extra && options.extra !== undefined ? { ...this.extra, ...options.extra } : this.extra;
    return [msg, extra === undefined ? options : { ...options, extra }];
  }

  debug(msg: unknown, ...args: unknown[]): void {
    this.logFrom(this.debug, DEBUG, msg, args);
  }

  info(msg: unknown, ...args: unknown[]): void {
    this.logFrom(this.info, INFO, msg, args);
  }

  warning(msg: unknown, ...args: unknown[]): void {
    this.logFrom(this.warning, WARNING, msg, args);
  }

  warn(msg: unknown, ...args: unknown[]): void {
    this.logFrom(this.warn, WARNING, msg, args);
  }

  error(msg: unknown, ...args: unknown[]): void {
    this.logFrom(this.error, ERROR, msg, args);
  }

  exception(msg: unknown, ...args: unknown[]): void {
    this.logFrom(this.exception, ERROR, msg, args, true);
  }

  critical(msg: unknown, ...args: unknown[]): void {
    this.logFrom(this.critical, CRITICAL, msg, args);
  }

  fatal(msg: unknown, ...args: unknown[]): void {
    this.logFrom(this.fatal, CRITICAL, msg, args);
  }

  log(level: Level, msg: unknown, ...args: unknown[]): void {
    const levelno = levelOfCall(level);
    if (levelno !== undefined) this.logFrom(this.log, levelno, msg, args);
  }

  /** See {@link Logger.logFrom}. */
  logFrom(
    boundary: CallBoundary,
    levelno: number,
    msg: unknown,
    args: unknown[],
    takesAnything = false,
  ): void {
    if (!this.logger.isEnabledFor(levelno)) return;
    const last = args[args.length - 1];
    const given = isLogOptions(last) ? last : undefined;
    if (given !== undefined) args.pop();
    const [processed, options] = this.process(msg, given ?? {});
    if (Object.keys(options).length > 0) args.push(options);
    this.logger.logFrom(boundary, levelno, processed, args, takesAnything);
  }

  get name(): string {
    return this.logger.name;
  }

  /** The manager of the logger beneath. */
  get manager(): Manager | undefined {
    return this.logger.manager;
  }
  set manager(manager: Manager | undefined) {
    this.logger.manager = manager;
  }

  isEnabledFor(level: Level): boolean {
    return this.logger.isEnabledFor(level);
  }

  getEffectiveLevel(): number {
    return this.logger.getEffectiveLevel();
  }

  setLevel(level: Level): void {
    this.logger.setLevel(level);
  }

  hasHandlers(): boolean {
    return this.logger.hasHandlers();
  }

  toString(): string {
    return `<${this.constructor.name} ${this.name} (${getLevelName(this.getEffectiveLevel())})>`;
  }
}
