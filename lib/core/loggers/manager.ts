import { LoggingError } from '../errors.js';
import { checkLevel, type Level, NOTSET, WARNING } from '../levels.js';
import { callableFactory } from '../overrides.js';
import type { LogRecordClass, LogRecordFactory } from '../records/log-record.js';
import { state } from '../state.js';
import type { LevelOverlay, RecordWatcher } from './level-overlay.js';
import { isLogger, Logger, type LoggerClass } from './logger.js';
import type { LoggerTree } from './logger-node.js';

/** The logger at the top of the tree; its level can never be inherited, so it starts at WARNING. */
export class RootLogger extends Logger {
  constructor(level: Level = WARNING) {
    super('root', level);
  }
}

/** A place holder for a logger that has children but was never requested itself. */
class PlaceHolder {
  readonly loggers = new Set<Logger>();
}

/**
 * Keeps the tree of loggers.
 *
 * @see https://docs.python.org/3/library/logging.html#logger-objects
 */
export class Manager implements LoggerTree<Logger> {
  /** Every logger that was requested, and place holders for those in between. */
  readonly loggerDict = new Map<string, Logger | PlaceHolder>();
  /** Whether 'No handlers could be found' was printed: once is enough. */
  emittedNoHandlerWarning = false;
  /** The class of this manager's new loggers; `undefined` for that of `setLoggerClass`. */
  loggerClass: LoggerClass | undefined = undefined;
  /** What makes the records of its loggers; `undefined` for what `setLogRecordFactory` set for all. */
  logRecordFactory: LogRecordFactory | undefined = undefined;
  /** Levels that override the loggers' own; `undefined` for none. Call `refresh()` after each change. */
  overlay: LevelOverlay | undefined = undefined;
  /** Sees every record on its way to the handlers; `undefined` for none. */
  watcher: RecordWatcher | undefined = undefined;
  /** The loggers of each group of the active configurations, by name. */
  groups: ReadonlyMap<string, readonly string[]> = new Map();
  #disable = 0;
  #changesUnderway = 0;
  #isStale = false;
  /** Loggers by the name directly above them; made on demand, dropped when one is added. */
  #byParentName: Map<string, Logger[]> | undefined;

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
    // A class may make loggers below its own.
    const below = placeHolder ?? this.loggerDict.get(name);
    this.loggerDict.set(name, logger);
    this.#byParentName = undefined;
    this.#linkParent(logger);
    if (below instanceof PlaceHolder) this.#adoptChildren(logger, below);
    logger.refresh();
    // It may also give its loggers a level, which those below inherit.
    if (below !== undefined && logger.level !== NOTSET) this.refresh();
    return logger;
  }

  /**
   * Makes the loggers of these names that do not exist yet, for a change that may have to be undone.
   *
   * @returns A function that removes them from the tree again.
   */
  createAll(names: Iterable<string>): () => void {
    const created = new Map<string, PlaceHolder | undefined>();
    const undo = () => this.#removeAll(created);
    try {
      for (const name of names) {
        const known = this.loggerDict.get(name);
        if (isLogger(known) || name === '' || name === this.root.name) continue;
        created.set(name, known);
        this.#create(name, known);
      }
    } catch (error) {
      undo();
      throw error;
    }
    return undo;
  }

  #removeAll(created: ReadonlyMap<string, PlaceHolder | undefined>): void {
    this.#byParentName = undefined;
    const gone = new Set<Logger>();
    for (const [name, placeHolder] of [...created].reverse()) {
      const logger = this.loggerDict.get(name);
      if (!isLogger(logger)) continue;
      gone.add(logger);
      if (placeHolder !== undefined) this.loggerDict.set(name, placeHolder);
      else this.loggerDict.delete(name);
      this.#unlink(logger);
    }
    // Loggers that user code made below one of them meanwhile stay.
    for (const logger of this.loggers()) {
      if (logger.parent !== null && gone.has(logger.parent)) this.#linkParent(logger);
    }
    this.refresh();
  }

  /** Removes a logger from the place holders above it, and those that are then empty. */
  #unlink(logger: Logger): void {
    const { name } = logger;
    for (let dot = name.lastIndexOf('.'); dot > 0; dot = name.lastIndexOf('.', dot - 1)) {
      const above = name.slice(0, dot);
      const entry = this.loggerDict.get(above);
      if (!(entry instanceof PlaceHolder)) return;
      entry.loggers.delete(logger);
      if (entry.loggers.size === 0) this.loggerDict.delete(above);
    }
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
    this.#byParentName ??= groupByParentName(this.loggers());
    const below = this.#byParentName.get(logger === this.root ? '' : logger.name) ?? [];
    return new Set(below.filter((child) => child.parent === logger));
  }

  /**
   * Changes many loggers; they recompute what is enabled once, when all are changed.
   *
   * @returns What `change` returns.
   */
  changeMany<T>(change: () => T): T {
    this.#changesUnderway += 1;
    try {
      return change();
    } finally {
      this.#changesUnderway -= 1;
      if (this.#changesUnderway === 0 && this.#isStale) this.refresh();
    }
  }

  /** Makes every logger recompute what is enabled: after a change of a level or of `disable`. */
  refresh(): void {
    this.#isStale = this.#changesUnderway > 0;
    if (this.#isStale) return;
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

  /**
   * Sets what makes the records of this manager's loggers: a function, or a class derived from `LogRecord`.
   *
   * Differs from Python: Python stores it and never uses it.
   *
   * @throws {LoggingError} `ERR_LOGGING_ARGUMENT` for anything else.
   */
  setLogRecordFactory(factory: LogRecordFactory | LogRecordClass | null | undefined): void {
    this.logRecordFactory = callableFactory(factory, 'setLogRecordFactory');
  }
}

function groupByParentName(loggers: readonly Logger[]): Map<string, Logger[]> {
  const groups = new Map<string, Logger[]>();
  for (const logger of loggers) {
    const above = logger.name.slice(0, Math.max(logger.name.lastIndexOf('.'), 0));
    const group = groups.get(above);
    if (group === undefined) groups.set(above, [logger]);
    else group.push(logger);
  }
  return groups;
}

/** The one manager of this process. */
export function getManager(): Manager {
  state.manager ??= new Manager(new RootLogger());
  return state.manager as Manager;
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
  const prototype: unknown = typeof loggerClass === 'function' ? loggerClass.prototype : undefined;
  if (prototype === Logger.prototype || prototype instanceof Logger) return;
  const reason = isLogger(prototype)
    ? ", but this one's Logger is of another copy of nestjs-logging: import both from the same copy"
    : '';
  throw new LoggingError(
    'ERR_LOGGING_ARGUMENT',
    `setLoggerClass: expected a class derived from Logger${reason}`,
  );
}

/** The class of new loggers. @see https://docs.python.org/3/library/logging.html#logging.getLoggerClass */
export function getLoggerClass(): LoggerClass {
  return (state.loggerClass as LoggerClass | undefined) ?? Logger;
}
