import { Logger, type LoggerService, type LogLevel } from '@nestjs/common';

/** Where all of Nest's loggers log; `undefined` with `logger: false`. */
export function currentNestLogger(): LoggerService | undefined {
  return (Logger as unknown as { staticInstanceRef?: LoggerService }).staticInstanceRef;
}

/** The levels that an application has given Nest, if it has. */
export function nestLogLevels(): LogLevel[] | undefined {
  return (Logger as unknown as { logLevels?: LogLevel[] }).logLevels;
}

/** A call that Nest keeps for later, with `bufferLogs`. */
export interface BufferedCall {
  methodRef: (...args: unknown[]) => unknown;
}

/** The calls that Nest keeps. It takes a new list when it has handed them on. */
export function bufferedCalls(logger: object = Logger): BufferedCall[] | undefined {
  const { logBuffer } = logger as { logBuffer?: BufferedCall[] };
  return Array.isArray(logBuffer) ? logBuffer : undefined;
}

/** Whether a logger is the one of `@nestjs/testing`, by the name of its class: no application that starts has it. */
export function isTestingLogger(logger: object): boolean {
  return logger.constructor.name === 'TestingLogger';
}

/** Where Nest logs what failed in a request. */
export const FAILURE_CONTEXT = 'ExceptionsHandler';

/** Where Nest logs what failed in a request, a message or a job. */
export const FAILURE_CONTEXTS: ReadonlySet<string | undefined> = new Set([
  FAILURE_CONTEXT,
  'RpcExceptionsHandler',
  'Scheduler',
  'StreamableFile',
  'WsExceptionsHandler',
]);

/** Where Nest logs what broke an answer that was being sent: events, files. */
export const ANSWER_CONTEXTS: ReadonlySet<string | undefined> = new Set([
  'RouterResponseController',
  'StreamableFile',
]);

/** Where `@nestjs/event-emitter` logs what listeners throw. */
export const EVENT_CONTEXT = 'Event';

/**
 * Whether Nest logs, here and now, what an application could not start for.
 *
 * Its logger is named after a class, which a bundler may have renamed; the methods it is called from keep their names.
 */
export function isBootFailure(context: string | undefined, isBooting: () => boolean): boolean {
  if (context === 'ExceptionHandler') return true;
  return isBooting() && /\bhandle \(.*\n\s+at \S*\b(asyncRun|run) \(/.test(new Error().stack ?? '');
}

/** Whether an object of Nest's, or a class, logs in a context. */
export function hasLogger(owner: object, context: string): boolean {
  return (owner as { logger?: { context?: unknown } }).logger?.context === context;
}
