import { Injectable, Logger, type LoggerService, type LogLevel } from '@nestjs/common';
import { type LentFunctions, lendMethodsOf } from '../../core/calls/bound-methods.js';
import { addFields, type LogCall } from '../../core/calls/call-options.js';
import { CALLED_FOR, type CallBoundary } from '../../core/calls/caller.js';
import {
  addLevelName,
  CRITICAL,
  DEBUG,
  ERROR,
  getLevelName,
  INFO,
  VERBOSE,
  WARNING,
} from '../../core/levels.js';
import { getLogger, getManager } from '../../core/loggers/manager.js';
import { perManager } from '../../core/loggers/per-manager.js';
import { handOver, recordBy } from '../../core/overrides.js';
import type { LogRecord, LogRecordOptions } from '../../core/records/log-record.js';
import { getLogRecordFactory } from '../../core/records/record-factory.js';
import {
  ANSWER_CONTEXTS,
  EVENT_CONTEXT,
  FAILURE_CONTEXTS,
  isBootFailure,
} from '../internals/nest-loggers.js';
import { isBooting, reportBootFailure } from '../lifecycle/boot.js';
import { noteFailure } from '../requests/failures/failure-record.js';
import { currentRequest } from '../requests/request-state.js';
import { takeLoggedStack, wasLogged } from '../work/logged-failures.js';
import { describeCall, type NestCall, readErrorCall, readNestCall } from './nest-call.js';
import { timeOfBufferedCall } from './nest-log-buffer.js';

/** How many contexts get a logger of their own. Further ones share one, so that contexts cannot fill the memory. */
const MAX_CONTEXTS = 1_000;
const MAX_CONTEXT_LENGTH = 100;

/**
 * Logs the messages of Nest and of `@nestjs/common` loggers in the tree: a context `Orders` logs as `nest.Orders`.
 *
 * Levels: `verbose` is 5 (VERBOSE), `log` INFO, `fatal` CRITICAL, the others those of the same name. Takes all
 * arguments that Nest's ConsoleLogger takes.
 *
 * `LoggingModule.forRoot` installs it; an application need not, unless it set `replaceNestLogger: false` or chose
 * another logger before:
 *
 * @example
 * app.useLogger(app.get(NestLogger));
 */
@Injectable()
export class NestLogger implements LoggerService {
  static {
    lendMethodsOf(NestLogger.prototype, ['verbose', 'debug', 'log', 'warn', 'error', 'fatal'], (object) => {
      // To ask first, with `in`, takes twice as long.
      try {
        return (object as NestLogger).#lent;
      } catch {
        return undefined;
      }
    });
  }

  readonly #lent: LentFunctions = [];
  private nestLevels: ReadonlySet<LogLevel> | undefined;
  private parentName = 'nest';

  /** Serves as Nest's logger for a logger of the tree: a context `Orders` logs as `shop.Orders` below `shop`. */
  static below(logger: { readonly name: string }): NestLogger {
    const adapter = new NestLogger();
    adapter.parentName = logger.name;
    return adapter;
  }

  constructor() {
    // Nest's Logger calls these for the application, whose frame is the caller.
    for (const level of SEVERITY) {
      Object.defineProperty(this[level], CALLED_FOR, {
        value: [Logger.prototype[level], (Logger as unknown as LoggerService)[level]],
        configurable: true,
      });
    }
    if (getLevelName(VERBOSE) === `Level ${VERBOSE}`) addLevelName(VERBOSE, 'VERBOSE');
  }

  /** Logs at INFO. */
  log(message: unknown, ...optionalParams: unknown[]): void {
    this.writeCall('log', INFO, this.log, readNestCall(message, optionalParams));
  }

  /** Logs at ERROR; what follows the message may be a stack, then a context. */
  error(message: unknown, ...optionalParams: unknown[]): void {
    const call = readErrorCall(message, optionalParams);
    if (FAILURE_CONTEXTS.has(call.context) && wasLogged(message)) return;
    if (ANSWER_CONTEXTS.has(call.context) && noteBrokenAnswer(message)) return;
    if (call.context === EVENT_CONTEXT && takeLoggedStack(call.stack)) return;
    const write = () => this.writeCall('error', ERROR, this.error, call);
    if (isBootFailure(call.context, isBooting)) reportBootFailure(write);
    else write();
  }

  /** Logs at WARNING. */
  warn(message: unknown, ...optionalParams: unknown[]): void {
    this.writeCall('warn', WARNING, this.warn, readNestCall(message, optionalParams));
  }

  /** Logs at DEBUG. */
  debug(message: unknown, ...optionalParams: unknown[]): void {
    this.writeCall('debug', DEBUG, this.debug, readNestCall(message, optionalParams));
  }

  /** Logs at VERBOSE, 5. */
  verbose(message: unknown, ...optionalParams: unknown[]): void {
    this.writeCall('verbose', VERBOSE, this.verbose, readNestCall(message, optionalParams));
  }

  /** Logs at CRITICAL; what follows the message may be a stack, then a context. */
  fatal(message: unknown, ...optionalParams: unknown[]): void {
    this.writeCall('fatal', CRITICAL, this.fatal, readErrorCall(message, optionalParams));
  }

  /** Passes only these of Nest's levels, before the levels of loggers and handlers apply. */
  setLogLevels(levels: LogLevel[]): void {
    this.nestLevels = new Set(levels);
  }

  /** `nest.Context`; `undefined` for a context that is too long, or one too many. */
  private loggerNameFor(context: string | undefined): string | undefined {
    if (context === undefined || context === '') return this.parentName;
    if (context.length > MAX_CONTEXT_LENGTH) return undefined;
    const name = `${this.parentName}.${context}`;
    const known = contexts();
    if (known.has(name) || getManager().loggerDict.has(name)) return name;
    if (known.size >= MAX_CONTEXTS) return undefined;
    known.add(name);
    return name;
  }

  private writeCall(nestLevel: LogLevel, levelno: number, boundary: CallBoundary, call: NestCall): void {
    if (this.nestLevels !== undefined && !isEnabled(nestLevel, this.nestLevels)) return;
    const name = this.loggerNameFor(call.context);
    const logger = getLogger(name ?? this.parentName);
    if (!logger.isEnabledFor(levelno)) return;
    const calls = describeCall(call);
    // A context that cannot be part of a logger's name is not lost.
    if (name === undefined) for (const each of calls) addFields(each, { context: call.context });
    const created = timeOfBufferedCall();
    for (const each of calls) {
      if (created === undefined) logger.logRead(boundary, levelno, each);
      else handOver(logger, recordOf({ name: logger.name, levelno, created }, each));
    }
  }
}

/** The record of a call that Nest buffered: it has the time of the call, but not its place. */
function recordOf(made: LogRecordOptions, { msg, extra, excInfo }: LogCall): LogRecord {
  return recordBy(getLogRecordFactory(), { ...made, msg, ...(extra && { extra }), excInfo }, BUFFERED);
}

/** @returns Whether the running request logs it, with more than Nest knows. */
function noteBrokenAnswer(thrown: unknown): boolean {
  const request = currentRequest();
  if (request === undefined || !(thrown instanceof Error)) return false;
  noteFailure(thrown, request, true);
  return request.logsFailures;
}

/** For reports. */
const BUFFERED = { toString: () => 'NestLogger' };

/** Nest's rule: a level passes if it is on the list, or above all that are. */
function isEnabled(level: LogLevel, enabled: ReadonlySet<LogLevel>): boolean {
  if (enabled.has(level)) return true;
  const highest = Math.max(...[...enabled].map((name) => SEVERITY.indexOf(name)));
  return SEVERITY.indexOf(level) >= highest && enabled.size > 0;
}

const SEVERITY: readonly LogLevel[] = ['verbose', 'debug', 'log', 'warn', 'error', 'fatal'];

/** The contexts that have a logger of their own. */
const contexts = perManager('nest.contexts.1', () => new Set<string>());
