import { types } from 'node:util';
import { errorChain } from '../../runtime/error-chain.js';
import { globalSlot } from '../../runtime/global-slot.js';
import { propertyOf } from '../../runtime/hostile-values.js';
import type { CountedHandler } from '../reports/handler-counters.js';
import type { KnownLogger } from '../state.js';
import { formatTraceback } from './traceback.js';

/** A record that had the traceback of an error. */
interface LoggedError {
  /** Name of its logger. */
  readonly logger: string;
  /** The handlers that took it. */
  readonly handlers: CountedHandler[];
  /** When last, in milliseconds of `performance.now()`. */
  at: number;
}

interface LoggedErrors {
  readonly byError: WeakMap<object, LoggedError[]>;
  /** Where only the stack of an error was logged, as with Nest's `logger.error(message, error.stack)`. */
  readonly byStack: Map<string, LoggedError[]>;
}

/** The most records of one error, and the most stacks, that are remembered. */
const MAX_RECORDS = 8;
const MAX_STACKS = 50;
/** How many errors of a chain of causes are looked at. */
const MAX_ERRORS = 10;

const logged = globalSlot(
  'logged-errors.1',
  (): LoggedErrors => ({ byError: new WeakMap(), byStack: new Map() }),
);

/** Remembers that a handler has the traceback of an error, from a record of this logger. Throws nothing. */
export function rememberError(thrown: unknown, logger: string, handler: CountedHandler): void {
  if (typeof thrown !== 'object' || thrown === null) return;
  const { byError, byStack } = logged;
  addTo(byError, thrown, logger, handler);
  if (types.isNativeError(thrown)) return;
  const stack = stackOf(thrown);
  if (stack === undefined) return;
  if (byStack.size >= MAX_STACKS && !byStack.has(stack)) byStack.clear();
  addTo(byStack, stack, logger, handler);
}

function addTo<K>(
  map: { get(key: K): LoggedError[] | undefined; set(key: K, value: LoggedError[]): unknown },
  key: K,
  logger: string,
  handler: CountedHandler,
): void {
  const at = performance.now();
  const records = map.get(key) ?? [];
  const known = records.find((record) => record.logger === logger);
  if (known === undefined) {
    if (records.length >= MAX_RECORDS) records.shift();
    records.push({ logger, handlers: [handler], at });
    map.set(key, records);
    return;
  }
  known.at = at;
  if (!known.handlers.includes(handler)) known.handlers.push(handler);
}

/**
 * The traceback of something thrown. The error, or a cause, that was logged before is replaced by a reference: class,
 * message, and `[logged above by shop.orders]`.
 *
 * @param logger The logger that is about to log it, at `levelno`: each handler that will take it must have the traceback.
 * @param since Errors logged earlier are not referred to; in milliseconds of `performance.now()`.
 * @returns `undefined` where there is nothing to refer to. Throws nothing.
 */
export function referringTraceback(
  thrown: unknown,
  logger: KnownLogger,
  levelno: number,
  since: number,
): string | undefined {
  try {
    const loggedBy = (error: object): string | undefined => findLogger(error, logger, levelno, since);
    return isAnyLogged(thrown, loggedBy) ? formatTraceback(thrown, undefined, loggedBy) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether an error or one of its causes was logged. */
function isAnyLogged(thrown: unknown, loggedBy: (error: object) => string | undefined): boolean {
  for (const error of errorChain(thrown, MAX_ERRORS))
    if (typeof error === 'object' && error !== null && loggedBy(error) !== undefined) return true;
  return false;
}

function findLogger(error: object, logger: KnownLogger, levelno: number, since: number): string | undefined {
  const { byError, byStack } = logged;
  const records = byError.get(error) ?? (byStack.size > 0 ? byStack.get(stackOf(error) ?? '') : undefined);
  const wanted = records && handlersOf(logger, levelno);
  return records?.find(
    (record) =>
      record.at >= since &&
      record.logger !== logger.name &&
      wanted?.every((handler) => record.handlers.includes(handler)),
  )?.logger;
}

/** The handlers that a logger's record of this level goes to. */
function handlersOf(logger: KnownLogger, levelno: number): CountedHandler[] {
  const handlers: CountedHandler[] = [];
  for (let at: KnownLogger | null = logger; at !== null; at = at.propagate ? at.parent : null)
    handlers.push(...at.handlers.filter((handler) => levelno >= handler.level));
  return handlers;
}

function stackOf(error: object): string | undefined {
  const stack = propertyOf(error, 'stack');
  return typeof stack === 'string' ? stack : undefined;
}
