import { AsyncLocalStorage } from 'node:async_hooks';
import { getLastResort, LastResortHandler } from '../core/last-resort.js';
import { isLogger, Logger } from '../core/loggers/logger.js';
import { isAtOrBelow } from '../core/loggers/logger-names.js';
import type { LogRecord } from '../core/records/log-record.js';
import { globalSlot } from '../runtime/global-slot.js';
import { isForCapturesOnly } from './level-claims.js';

/** An async context that a capture belongs to. */
export interface CaptureScope {
  /** The context around it. */
  readonly parent: CaptureScope | undefined;
}

/** Looks on at records on their way to the handlers. */
export interface RecordWatcher {
  /** Name of the logger whose records it sees, and those of the loggers below; `'root'` sees all. */
  readonly name: string;
  /** Records below it are not seen. */
  readonly level: number;
  /** Records made outside of it are not seen; `undefined`: wherever they are made. */
  readonly scope: CaptureScope | undefined;
  /** Whether what it has seen goes no further. */
  readonly isQuiet: boolean;
  /** What it has seen. */
  readonly records: readonly LogRecord[];
  /** Takes a record that it is to see. */
  take(record: LogRecord): void;
}

type CallHandlers = (this: Logger, record: LogRecord) => void;

const tap = globalSlot('record-tap.1', () => ({
  scopes: new AsyncLocalStorage<CaptureScope>(),
  watchers: [] as RecordWatcher[],
  remove: undefined as (() => void) | undefined,
}));

/**
 * Lets a watcher see records from now on.
 *
 * It observes where a logger passes a record to its handlers: after the logger's filters, whether or not loggers
 * propagate. A handler of its own would be lost with the next `dictConfig`, which an application under test does.
 */
export function watch(watcher: RecordWatcher): void {
  tap.watchers.push(watcher);
  tap.remove ??= tapLoggers();
}

/** Lets a watcher see no more. */
export function unwatch(watcher: RecordWatcher): void {
  const index = tap.watchers.indexOf(watcher);
  if (index >= 0) tap.watchers.splice(index, 1);
  if (tap.watchers.length > 0) return;
  tap.remove?.();
  tap.remove = undefined;
}

/** Those who look on here and now, the latest first. */
export function watchers(): RecordWatcher[] {
  const scope = currentScope();
  return tap.watchers.filter((watcher) => isWithin(scope, watcher.scope)).reverse();
}

/** The capture context that is running. */
export function currentScope(): CaptureScope | undefined {
  return tap.scopes.getStore();
}

/** Runs a function in a capture context. */
export function runInScope<T>(scope: CaptureScope, run: () => T): T {
  return tap.scopes.run(scope, run);
}

/** Puts a watched `callHandlers` in the place of the loggers' own. */
function tapLoggers(): () => void {
  const { prototype } = Logger;
  const original: CallHandlers = prototype.callHandlers;
  prototype.callHandlers = function callHandlers(this: Logger, record: LogRecord): void {
    const seen = show(this, record);
    if (seen === 'quiet' || isForCapturesOnly(this, record.levelno)) return;
    // A capture counts as a handler: nothing goes to the last resort, unless the user has set one.
    if (seen === 'seen' && !this.hasHandlers() && isNobodysLastResort()) return;
    original.call(this, record);
  };
  return () => {
    prototype.callHandlers = original;
  };
}

function show(logger: Logger, record: LogRecord): 'quiet' | 'seen' | undefined {
  const scope = currentScope();
  let seen: 'quiet' | 'seen' | undefined;
  for (const watcher of [...tap.watchers]) {
    if (
      record.levelno < watcher.level ||
      !isBelow(logger.name, watcher.name) ||
      !isWithin(scope, watcher.scope)
    )
      continue;
    watcher.take(record);
    if (watcher.isQuiet) seen = 'quiet';
    else seen ??= 'seen';
  }
  return seen;
}

function isNobodysLastResort(): boolean {
  const lastResort = getLastResort();
  return lastResort === null || lastResort instanceof LastResortHandler;
}

/** Whether a logger is the named one or below it. */
export function isBelow(name: string, above: string): boolean {
  return above === 'root' || isAtOrBelow(name, above);
}

function isWithin(scope: CaptureScope | undefined, outer: CaptureScope | undefined): boolean {
  if (outer === undefined) return true;
  for (let inner = scope; inner !== undefined; inner = inner.parent) {
    if (inner === outer) return true;
  }
  return false;
}

/** How the test kit takes a logger: by its name, or itself; default the root. */
export type LoggerReference = string | Logger | null | undefined;

/** The name of a logger. */
export function nameOf(logger: LoggerReference): string {
  if (isLogger(logger)) return logger.name;
  return logger === undefined || logger === null || logger === '' ? 'root' : logger;
}
