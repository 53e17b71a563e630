import { LoggingError } from './errors.js';
import { checkLevel, type Level } from './levels.js';
import { isLogger, Logger } from './logger.js';
import { RootLogger } from './root-logger.js';
import { type LoggerClass, type LogRecordFactory, state } from './state.js';

/** Stands where a logger has children but was never asked for itself. */
class PlaceHolder {
  readonly loggers = new Set<Logger>();
}

/**
 * Keeps the tree of loggers.
 *
 * @see https://docs.python.org/3/library/logging.html#logger-objects
 */
export class Manager {
  /** Every logger that was asked for, and place holders for those in between. */
  readonly loggerDict = new Map<string, Logger | PlaceHolder>();
  /** Whether 'No handlers could be found' was printed: once is enough. */
  emittedNoHandlerWarning = false;
  /** The class of this manager's new loggers; `undefined` for that of `setLoggerClass`. */
  loggerClass: LoggerClass | undefined = undefined;
  #disable = 0;

  constructor(readonly root: RootLogger) {
    root.manager = this;
    root.refresh();
  }

  /** Calls at this level and below are disabled for all loggers; 0 disables none. */
  get disable(): number {
    return this.#disable;
  }
  set disable(level: Level) {
    this.#disable = checkLevel(level, 'disable');
    this.refresh();
  }

  /**
   * The logger of that name; the same object each time.
   *
   * @throws {LoggingError} `ERR_LOGGING_LOGGER_NAME` if `name` is not a string.
   */
  getLogger(name: string): Logger {
    const known = this.loggerDict.get(name);
    if (known instanceof PlaceHolder || known === undefined) return this.#create(name, known);
    return known;
  }

  #create(name: string, placeHolder: PlaceHolder | undefined): Logger {
    if (typeof name !== 'string') {
      throw new LoggingError(
        'ERR_LOGGING_LOGGER_NAME',
        `getLogger: a logger's name is a string, got ${typeof name}`,
      );
    }
    const LoggerClass = this.loggerClass ?? getLoggerClass();
    const logger = new LoggerClass(name);
    logger.manager = this;
    this.loggerDict.set(name, logger);
    this.#linkParent(logger);
    if (placeHolder !== undefined) this.#adoptChildren(logger, placeHolder);
    logger.refresh();
    return logger;
  }

  /** Finds the nearest existing logger above, leaving place holders on the way. */
  #linkParent(logger: Logger): void {
    const { name } = logger;
    for (let dot = name.lastIndexOf('.'); dot > 0; dot = name.lastIndexOf('.', dot - 1)) {
      const above = name.slice(0, dot);
      const entry = this.loggerDict.get(above);
      if (isLogger(entry)) {
        logger.parent = entry;
        return;
      }
      const placeHolder = entry ?? new PlaceHolder();
      if (entry === undefined) this.loggerDict.set(above, placeHolder);
      placeHolder.loggers.add(logger);
    }
    logger.parent = this.root;
  }

  /** Puts the new logger between its descendants and what was above them. */
  #adoptChildren(logger: Logger, placeHolder: PlaceHolder): void {
    const prefix = `${logger.name}.`;
    for (const child of placeHolder.loggers) {
      if (child.parent?.name.startsWith(prefix)) continue;
      child.parent = logger;
    }
  }

  /** The loggers that exist, without the root, in order of creation of their names. */
  loggers(): Logger[] {
    return [...this.loggerDict.values()].filter((entry): entry is Logger => isLogger(entry));
  }

  /** The existing loggers exactly one level below. */
  childrenOf(logger: Logger): Set<Logger> {
    const depth = logger === this.root ? 0 : logger.name.split('.').length;
    return new Set(
      this.loggers().filter((child) => child.parent === logger && child.name.split('.').length === depth + 1),
    );
  }

  /** Makes every logger decide anew what is enabled: after a change of level, `disabled` or `disable`. */
  refresh(): void {
    this.root.refresh();
    for (const entry of this.loggerDict.values()) {
      if (!(entry instanceof PlaceHolder)) entry.refresh();
    }
  }

  /** Sets the class of this manager's new loggers. @throws {LoggingError} `ERR_LOGGING_ARGUMENT` */
  setLoggerClass(loggerClass: LoggerClass): void {
    assertLoggerClass(loggerClass);
    this.loggerClass = loggerClass;
  }

  /** See `setLogRecordFactory`, for this manager. */
  setLogRecordFactory(factory: LogRecordFactory): void {
    state.recordFactory = factory;
  }
}

/** The one manager of this process. */
export function getManager(): Manager {
  state.manager ??= new Manager(new RootLogger());
  return state.manager;
}

/** The logger at the top of the tree. */
export function getRootLogger(): Logger {
  return getManager().root;
}

/**
 * The logger of a name, made on first use; without a name, or for `'root'`, the root logger.
 *
 * @param name Dots make the tree: `'shop.orders'` is below `'shop'`.
 * @throws {LoggingError} `ERR_LOGGING_LOGGER_NAME` if `name` is not a string.
 * @see https://docs.python.org/3/library/logging.html#logging.getLogger
 */
export function getLogger(name?: string | null): Logger {
  const manager = getManager();
  if (name === undefined || name === null || name === '' || name === manager.root.name) return manager.root;
  return manager.getLogger(name);
}

/**
 * Disables calls at `level` and below for all loggers, whatever their own levels; `disable('NOTSET')` undoes it.
 *
 * @param level Default CRITICAL.
 * @see https://docs.python.org/3/library/logging.html#logging.disable
 */
export function disable(level: Level = 'CRITICAL'): void {
  getManager().disable = level;
}

/**
 * Sets the class of loggers that are made from now on.
 *
 * @throws {LoggingError} `ERR_LOGGING_ARGUMENT` if it is not derived from `Logger`.
 * @see https://docs.python.org/3/library/logging.html#logging.setLoggerClass
 */
export function setLoggerClass(loggerClass: LoggerClass): void {
  assertLoggerClass(loggerClass);
  state.loggerClass = loggerClass;
}

function assertLoggerClass(loggerClass: LoggerClass): void {
  if (typeof loggerClass === 'function' && (loggerClass === Logger || isLogger(loggerClass.prototype)))
    return;
  throw new LoggingError('ERR_LOGGING_ARGUMENT', 'setLoggerClass: expected a class derived from Logger');
}

/** The class of new loggers. @see https://docs.python.org/3/library/logging.html#logging.getLoggerClass */
export function getLoggerClass(): LoggerClass {
  return state.loggerClass ?? Logger;
}
