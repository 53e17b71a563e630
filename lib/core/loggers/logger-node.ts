import { LoggingError } from '../errors.js';
import { Filterer } from '../filter.js';
import { assertHandler, type Handler } from '../handler.js';
import type { Level } from '../levels.js';
import type { LogRecordFactory } from '../records/log-record.js';
import type { LevelOverlay, RecordWatcher } from './level-overlay.js';

/** The tree a logger is in, which `Manager` keeps. */
export interface LoggerTree<L> {
  readonly root: L;
  /** Calls at this level and below are disabled for all loggers. */
  get disable(): number;
  set disable(level: Level);
  /** What makes the records of its loggers; `undefined` for what `setLogRecordFactory` set for all. */
  logRecordFactory: LogRecordFactory | undefined;
  /** Levels that override the loggers' own, as `nestjs-logging/live` sets them. */
  overlay: LevelOverlay | undefined;
  /** Sees records before handlers do. */
  watcher: RecordWatcher | undefined;
  /** Whether 'No handlers could be found' was printed. */
  emittedNoHandlerWarning: boolean;
  getLogger(name: string): L;
  loggers(): L[];
  childrenOf(logger: L): Set<L>;
  refresh(): void;
}

/**
 * What leads from a logger to all others and to their handlers. What goes through the keys of an object that has a logger
 * (JSON, class-transformer, a copy) meets none of them.
 */
const TREE = ['filters', 'parent', 'handlers', 'manager'] as const;
const HIDDEN: PropertyDescriptor = { enumerable: false };

/** A logger's place in the tree: what is above it, what is below it, and its own handlers. */
export abstract class LoggerNode<L extends LoggerNode<L>> extends Filterer {
  /** Name, with dots between the levels of the tree. */
  readonly name: string;
  /** The nearest logger above that exists; `null` for the root. */
  parent: L | null = null;
  /** Whether records go on to the handlers of the loggers above. */
  propagate = true;
  /** This logger's own handlers. */
  readonly handlers: Handler[] = [];
  /** The manager of the tree this logger is in. */
  manager: LoggerTree<L> | undefined = undefined;

  constructor(name: string) {
    super();
    this.name = name;
    for (const key of TREE) Object.defineProperty(this, key, HIDDEN);
  }

  /** Adds a handler, once. @throws {LoggingError} `ERR_LOGGING_ARGUMENT` */
  addHandler(handler: Handler): void {
    assertHandler(handler, 'addHandler');
    if (!this.handlers.includes(handler)) this.handlers.push(handler);
  }

  /** Removes a handler, which stays open; nothing happens if it is not there. */
  removeHandler(handler: Handler): void {
    const index = this.handlers.indexOf(handler);
    if (index >= 0) this.handlers.splice(index, 1);
  }

  /** Whether a record of this logger would reach any handler. */
  hasHandlers(): boolean {
    for (let logger: LoggerNode<L> | null = this; logger !== null; logger = above(logger)) {
      if (logger.handlers.length > 0) return true;
    }
    return false;
  }

  /** The logger below this one: `getLogger('a').getChild('b.c')` is `getLogger('a.b.c')`. */
  getChild(suffix: string): L {
    if (this.manager === undefined) {
      throw new LoggingError('ERR_LOGGING_ARGUMENT', `getChild: get '${this.name}' from getLogger, not new`);
    }
    return this.manager.getLogger(this.parent === null ? suffix : `${this.name}.${suffix}`);
  }

  /** The loggers directly below this one that exist. */
  getChildren(): Set<L> {
    return this.manager?.childrenOf(this as unknown as L) ?? new Set();
  }
}

/** The logger that gets a logger's records next. */
export function above<L extends LoggerNode<L>>(logger: LoggerNode<L>): L | null {
  return logger.propagate ? logger.parent : null;
}
