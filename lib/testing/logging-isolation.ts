import { AsyncLocalStorage } from 'node:async_hooks';
import { openHandlers } from '../core/handler.js';
import { closeHandlers } from '../core/shutdown.js';
import { freshState, type LoggingState, state } from '../core/state.js';
import { globalSlot } from '../runtime/global-slot.js';
import { afterwards } from './afterwards.js';
import { ASYNC_DISPOSE, DISPOSE } from './dispose-symbols.js';

/** Isolated logging, until the former state is restored. */
export interface LoggingIsolation {
  /**
   * Brings back what was there before, at once.
   *
   * @returns Resolves when the handlers opened meanwhile are flushed and closed.
   */
  restore(): Promise<void>;
  /** The same, for `using`; nothing waits for the handlers. */
  [Symbol.dispose](): void;
  /** The same, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Which of several states is the current one. */
interface Isolations {
  /** States of the callback form: each is seen by what its callback runs and awaits. */
  readonly scoped: AsyncLocalStorage<LoggingState>;
  /** States of the other form: the last one is everybody's. */
  readonly stack: LoggingState[];
  /** What was there before any isolation; `undefined` while there is none. */
  original: LoggingState | undefined;
  /** How many isolations are open. */
  open: number;
}

const isolations = globalSlot(
  'isolation.1',
  (): Isolations => ({
    scoped: new AsyncLocalStorage(),
    stack: [],
    original: undefined,
    open: 0,
  }),
);

/**
 * Gives a test its own logging, as in a process that has not used it yet: no loggers, no handlers, no levels
 * set, no record factory. What was there before comes back when the test is over, untouched.
 *
 * Loggers that were got before keep the handlers they have; get them again inside.
 *
 * @param run Sees the fresh logging, with all that it awaits; the rest of the process does not, so that tests may
 * run at the same time. Without it, the whole process does, until `restore()`.
 * @returns What `run` returns, once the handlers opened meanwhile are closed; without `run`, what ends the isolation.
 * @example
 * beforeEach(() => { isolation = isolateLogging(); });
 * afterEach(() => isolation.restore());
 */
export function isolateLogging(): LoggingIsolation;
/** Runs a function in a logging of its own. */
export function isolateLogging<T>(run: () => T): T;
export function isolateLogging<T>(run?: () => T): LoggingIsolation | T {
  return run === undefined ? isolateProcess() : isolateRun(run);
}

function isolateProcess(): LoggingIsolation {
  const own = freshState();
  isolations.stack.push(own);
  begin();
  let closing: Promise<void> | undefined;
  const restore = (): Promise<void> => {
    closing ??= end(own);
    return closing;
  };
  return { restore, [DISPOSE]: () => void restore(), [ASYNC_DISPOSE]: restore };
}

function isolateRun<T>(run: () => T): T {
  const own = freshState();
  begin();
  return afterwards(
    () => isolations.scoped.run(own, run),
    () => end(own),
  );
}

function begin(): void {
  isolations.open += 1;
  if (isolations.original === undefined) redirect();
}

function end(own: LoggingState): Promise<void> {
  const { stack } = isolations;
  const index = stack.indexOf(own);
  if (index >= 0) stack.splice(index, 1);
  // Closed where they were opened: their changes of names and lists must not affect the restored logging.
  return isolations.scoped.run(own, async () => {
    try {
      await closeHandlers(openHandlers(own));
    } finally {
      isolations.open -= 1;
      if (isolations.open === 0) redirectNoMore();
    }
  });
}

function current(): LoggingState {
  return isolations.scoped.getStore() ?? isolations.stack.at(-1) ?? (isolations.original as LoggingState);
}

/** Makes every read and write of the state one of whichever is current. */
function redirect(): void {
  isolations.original = { ...state };
  for (const key of Object.keys(state) as (keyof LoggingState)[]) {
    Object.defineProperty(state, key, {
      configurable: true,
      enumerable: true,
      get: () => current()[key],
      set: (value) => {
        Object.assign(current(), { [key]: value });
      },
    });
  }
}

/** Makes the state plain again, with what is the original's by now. */
function redirectNoMore(): void {
  for (const [key, value] of Object.entries(isolations.original as LoggingState)) {
    Object.defineProperty(state, key, { configurable: true, enumerable: true, writable: true, value });
  }
  isolations.original = undefined;
}
