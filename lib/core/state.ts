import { globalSlot } from '../runtime/global-slot.js';
import { CallErrors } from './calls/call-errors.js';
import type { CountedHandler } from './reports/handler-counters.js';
import { LoggingCounters } from './reports/record-counts.js';

/** Returns the fields of the running request or job for every record, or nothing outside one. */
export type ContextProvider = () => Readonly<Record<string, unknown>> | undefined;

/** A logger, as far as the state knows it: the target of reports about logging itself. */
export interface KnownLogger {
  readonly name: string;
  readonly handlers: readonly CountedHandler[];
  readonly propagate: boolean;
  readonly parent: KnownLogger | null;
  isEnabledFor(levelno: number): boolean;
  filter(record: never): unknown;
}

/** The tree of loggers, as far as the state knows it. */
export interface KnownManager {
  readonly root: KnownLogger;
  emittedNoHandlerWarning: boolean;
  getLogger(name: string): object;
  loggers(): readonly KnownLogger[];
}

/**
 * The state that exists once per process: what Python keeps in module globals.
 *
 * Parts that would import other modules (the manager, the last-resort handler) are filled in when first used.
 */
export interface LoggingState {
  readonly levelToName: Map<number, string>;
  readonly nameToLevel: Map<string, number>;
  readonly handlersByName: Map<string, CountedHandler>;
  /** Every open handler in order of creation, held weakly as Python does; `shutdown` walks it backwards. */
  openHandlers: Set<WeakRef<CountedHandler>>;
  /** The counters of all records. */
  readonly recordCounters: LoggingCounters;
  /** Log calls whose arguments did not fit. */
  readonly callErrors: CallErrors;
  /** Whether log calls are as strict as Python's. */
  strictCalls: boolean;
  /** See `getManager`, `getLogRecordFactory`, `getLoggerClass` and `getLastResort`, which know their types. */
  manager: KnownManager | undefined;
  recordFactory: ((options: never) => object) | undefined;
  loggerClass: (new (name: string) => object) | undefined;
  contextProvider: ContextProvider | undefined;
  /** What text formatters print for a context field outside any context. */
  contextDefaults: Record<string, string>;
  raiseExceptions: boolean;
  /** `null`: switched off. `undefined`: not made yet. */
  lastResort: CountedHandler | null | undefined;
  /** Seconds since the epoch when logging was loaded; the zero of `relativeCreated`. */
  readonly startTime: number;
}

/** The one state of this process, shared by every copy of the package. */
export const state: LoggingState = globalSlot('state.3', freshState);

/** The initial state of a process. */
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
    openHandlers: new Set(),
    recordCounters: new LoggingCounters(),
    callErrors: new CallErrors(),
    strictCalls: false,
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
