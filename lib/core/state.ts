import { globalSlot } from '../internal/global-slot.js';
import type { Handler } from './handler.js';
import type { LogRecord, LogRecordOptions } from './log-record.js';
import type { Logger } from './logger.js';
import { LoggingBooks } from './logging-books.js';
import type { Manager } from './manager.js';

/** Gives the fields that the running request or job put on every record, or nothing outside of one. */
export type ContextProvider = () => Readonly<Record<string, unknown>> | undefined;

/** Makes the record of a log call. @see https://docs.python.org/3/library/logging.html#logging.setLogRecordFactory */
export type LogRecordFactory = (options: LogRecordOptions) => LogRecord;

/** The class new loggers are made of. @see https://docs.python.org/3/library/logging.html#logging.setLoggerClass */
export type LoggerClass = new (name: string, level?: number | string) => Logger;

/**
 * Everything of logging that is one per process: what Python keeps in module globals.
 *
 * Parts that would pull in other modules (the manager, the last-resort handler) are filled in when first used.
 */
export interface LoggingState {
  readonly levelToName: Map<number, string>;
  readonly nameToLevel: Map<string, number>;
  readonly handlersByName: Map<string, Handler>;
  /** Every open handler in order of creation, held weakly as Python does; `shutdown` walks it backwards. */
  openHandlers: WeakRef<Handler>[];
  /** What became of every record. */
  readonly books: LoggingBooks;
  manager: Manager | undefined;
  recordFactory: LogRecordFactory | undefined;
  loggerClass: LoggerClass | undefined;
  contextProvider: ContextProvider | undefined;
  /** What text formatters print for a context field outside of any context. */
  contextDefaults: Record<string, string>;
  raiseExceptions: boolean;
  /** `null`: switched off. `undefined`: not made yet. */
  lastResort: Handler | null | undefined;
  /** Seconds since the epoch when logging was loaded; the zero of `relativeCreated`. */
  readonly startTime: number;
}

/** The one state of this process, shared by every copy of the package. */
export const state: LoggingState = globalSlot('state.1', freshState);

/** Logging as it is in a process that has not used it yet. */
export function freshState(): LoggingState {
  return {
    levelToName: new Map([
      [50, 'CRITICAL'],
      [40, 'ERROR'],
      [30, 'WARNING'],
      [20, 'INFO'],
      [10, 'DEBUG'],
      [0, 'NOTSET'],
    ]),
    nameToLevel: new Map([
      ['CRITICAL', 50],
      ['FATAL', 50],
      ['ERROR', 40],
      ['WARN', 30],
      ['WARNING', 30],
      ['INFO', 20],
      ['DEBUG', 10],
      ['NOTSET', 0],
    ]),
    handlersByName: new Map(),
    openHandlers: [],
    books: new LoggingBooks(),
    manager: undefined,
    recordFactory: undefined,
    loggerClass: undefined,
    contextProvider: undefined,
    contextDefaults: Object.create(null) as Record<string, string>,
    raiseExceptions: true,
    lastResort: undefined,
    startTime: Date.now() / 1000,
  };
}
