import { Injectable, Logger, type LoggerService, type LogLevel } from '@nestjs/common';
import { CALLED_FOR } from '../core/caller.js';
import { addLevelName, CRITICAL, DEBUG, ERROR, getLevelName, INFO, WARNING } from '../core/levels.js';
import type { CallBoundary } from '../core/log-record.js';
import { getLogger, getManager } from '../core/manager.js';
import { reportBootFailure } from './boot.js';
import { describeCall, type NestCall, readErrorCall, readNestCall } from './nest-call.js';
import { takeToldStack, wasTold } from './told-failures.js';

/** Below DEBUG: Nest's `verbose`. The name is registered, so that configurations can use it. */
export const VERBOSE = 5;

/** Where Nest itself logs what failed in a request, a message or a job. */
const TELLERS: ReadonlySet<string | undefined> = new Set([
  'ExceptionsHandler',
  'RpcExceptionsHandler',
  'Scheduler',
  'StreamableFile',
  'WsExceptionsHandler',
]);

/** Contexts that get a logger of their own; beyond it they share `nest`, so that none can fill the memory. */
const MAX_CONTEXTS = 1_000;
const MAX_CONTEXT_LENGTH = 100;

/**
 * Brings what Nest and the loggers of `@nestjs/common` log into the tree: a context `Orders` logs as `nest.Orders`.
 *
 * Levels: `verbose` is 5 (VERBOSE), `log` INFO, `fatal` CRITICAL, the others those of the same name. Takes whatever
 * Nest's own ConsoleLogger takes.
 *
 * @example
 * app.useLogger(app.get(NestLogger));
 */
@Injectable()
export class NestLogger implements LoggerService {
  #levels: ReadonlySet<LogLevel> | undefined;

  constructor() {
    // Nest's Logger calls these for the application, whose frame is the one to tell.
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
    this.#write('log', INFO, this.log, readNestCall(message, optionalParams));
  }

  /** Logs at ERROR; what follows the message may be a stack, then a context. */
  error(message: unknown, ...optionalParams: unknown[]): void {
    const call = readErrorCall(message, optionalParams);
    if (TELLERS.has(call.context) && wasTold(message)) return;
    if (call.context === 'Event' && takeToldStack(call.stack)) return;
    const write = () => this.#write('error', ERROR, this.error, call);
    if (call.context === 'ExceptionHandler') reportBootFailure(write);
    else write();
  }

  /** Logs at WARNING. */
  warn(message: unknown, ...optionalParams: unknown[]): void {
    this.#write('warn', WARNING, this.warn, readNestCall(message, optionalParams));
  }

  /** Logs at DEBUG. */
  debug(message: unknown, ...optionalParams: unknown[]): void {
    this.#write('debug', DEBUG, this.debug, readNestCall(message, optionalParams));
  }

  /** Logs at VERBOSE, 5. */
  verbose(message: unknown, ...optionalParams: unknown[]): void {
    this.#write('verbose', VERBOSE, this.verbose, readNestCall(message, optionalParams));
  }

  /** Logs at CRITICAL; what follows the message may be a stack, then a context. */
  fatal(message: unknown, ...optionalParams: unknown[]): void {
    this.#write('fatal', CRITICAL, this.fatal, readErrorCall(message, optionalParams));
  }

  /** Lets only these of Nest's levels pass, before the levels of loggers and handlers are asked. */
  setLogLevels(levels: LogLevel[]): void {
    this.#levels = new Set(levels);
  }

  #write(nestLevel: LogLevel, levelno: number, boundary: CallBoundary, call: NestCall): void {
    if (this.#levels !== undefined && !isEnabled(nestLevel, this.#levels)) return;
    const logger = getLogger(loggerName(call.context));
    if (!logger.isEnabledFor(levelno)) return;
    const { messages, options } = describeCall(call);
    messages.forEach((message, index) => {
      // As with Nest, stack, error and parameters belong to the first message.
      logger.logFrom(boundary, levelno, message, index === 0 && options !== undefined ? [options] : []);
    });
  }
}

/** Nest's rule: a level passes if it is on the list, or above all that are. */
function isEnabled(level: LogLevel, enabled: ReadonlySet<LogLevel>): boolean {
  if (enabled.has(level)) return true;
  const highest = Math.max(...[...enabled].map((name) => SEVERITY.indexOf(name)));
  return SEVERITY.indexOf(level) >= highest && enabled.size > 0;
}

const SEVERITY: readonly LogLevel[] = ['verbose', 'debug', 'log', 'warn', 'error', 'fatal'];

/** `nest.Context`; the context may be anything, so what could not be a logger of its own shares `nest`. */
function loggerName(context: string | undefined): string {
  if (context === undefined || context === '' || context.length > MAX_CONTEXT_LENGTH) return 'nest';
  const name = `nest.${context}`;
  const { loggerDict } = getManager();
  return loggerDict.has(name) || loggerDict.size < MAX_CONTEXTS ? name : 'nest';
}
