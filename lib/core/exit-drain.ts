import { globalSlot } from '../runtime/global-slot.js';
import { LEAN } from './lean.js';
import { reportLoggingError } from './reports/diagnostics.js';
import type { CountedHandler } from './reports/handler-counters.js';
import { drainAtSignals } from './signal-drain.js';
import { state } from './state.js';

/** A buffer of records that can be written at once. */
export interface Drainable {
  /** Writes what is buffered. Synchronous, and throws nothing. */
  drainAtExit(): void;
}

interface ExitDrain {
  /** Those that are not empty. */
  readonly buffers: Set<Drainable>;
  /** Those that could not write everything although the process was ending: waiting for them again is pointless. */
  readonly stuck: Set<Drainable>;
  /** Removes the listeners; `undefined` while there are none. */
  stopListening: (() => void) | undefined;
  isDraining: boolean;
  isEnding: boolean;
  /** Whether a signal may end the process before anything else runs: nothing is buffered then. */
  isWritingThrough: boolean;
  /** Users' handlers that were closed because the process ends; they may still get records. */
  readonly closedAtEnd: WeakSet<CountedHandler>;
  /** Removes the listener of {@link registerForTurn}, whichever copy of the package added it; `undefined` if there is none. */
  stopListeningForTurn: (() => void) | undefined;
}

const drain = globalSlot(
  'exit-drain.6',
  (): ExitDrain => ({
    buffers: new Set(),
    stuck: new Set(),
    stopListening: undefined,
    isDraining: false,
    isEnding: false,
    isWritingThrough: false,
    closedAtEnd: new WeakSet(),
    stopListeningForTurn: undefined,
  }),
);

/** The brand on the prototype of Handler. */
const HANDLER_BRAND = Symbol.for('nestjs-logging.handler');
/** Draining one may fill another; this bounds the rounds. */
const MAX_ROUNDS = 100;
/** How often our listener moves after others that are added later; another library may do the same. */
const MAX_MOVES = 100;

/**
 * Makes sure that a buffer is written before the process ends.
 *
 * All buffers share one `exit` listener, and listeners for the signals nobody else listens to. They are added when
 * something is buffered for the first time, so a process whose handlers write line by line never has them. Once the
 * process ends, for example in an `exit` listener of the application, buffers are written at once.
 *
 * Call it last: {@link Drainable.drainAtExit} may be called before this returns.
 */
export function registerForExit(buffer: Drainable): void {
  drain.buffers.add(buffer);
  if (!drain.isEnding) listen();
  if (drain.isEnding || drain.isWritingThrough) drainAll();
}

/** Undoes {@link registerForExit}: the buffer is empty. */
export function unregisterForExit(buffer: Drainable): void {
  if (!drain.buffers.delete(buffer)) return;
  drain.stuck.delete(buffer);
  stopListeningIfIdle();
}

/**
 * Like {@link registerForExit}, for what is buffered no longer than a turn of the event loop, until
 * {@link unregisterForTurn}.
 *
 * There is an `exit` listener only for that time, and none for signals: it would change what they do.
 */
export function registerForTurn(buffer: Drainable): void {
  drain.buffers.add(buffer);
  if (drain.isEnding || drain.isWritingThrough) drainAll();
  else if (drain.stopListening === undefined && drain.stopListeningForTurn === undefined) {
    process.on('exit', drainAll);
    drain.stopListeningForTurn = () => process.off('exit', drainAll);
  }
}

/** Undoes {@link registerForTurn}. */
export function unregisterForTurn(buffer: Drainable): void {
  drain.buffers.delete(buffer);
  drain.stuck.delete(buffer);
  // Another copy of the package may have registered a buffer too.
  if (drain.buffers.size > 0 && drain.stopListening === undefined) return;
  drain.stopListeningForTurn?.();
  drain.stopListeningForTurn = undefined;
}

/** Whether a handler may buffer records without our knowledge: its class is a user's and overrides `flush` or `close`. */
export function isUserBuffer(handler: CountedHandler): boolean {
  return isOverridden(handler, 'flush') || isOverridden(handler, 'close');
}

/** Makes sure that open handlers are flushed and closed before the process ends, if {@link isUserBuffer}. */
export function listenForExit(): void {
  if (!drain.isEnding) listen();
}

/** Whether the process is ending: nothing else will run. */
export function isEnding(): boolean {
  return drain.isEnding;
}

/** Flushes a user's handler that has just got a record, if the process is ending. */
export function flushIfEnding(handler: CountedHandler): void {
  if (!drain.isEnding && !drain.isWritingThrough) return;
  drainAll();
  if (drain.closedAtEnd.has(handler))
    attempt(handler, () => (isOverridden(handler, 'flush') ? handler.flush() : handler.close()));
}

/** Removes the listeners if they are not needed: no handler is open, and nothing is buffered. */
export function stopListeningIfIdle(): void {
  if (drain.isEnding || drain.stopListening === undefined || drain.buffers.size > 0) return;
  for (const _ of state.openHandlers) return;
  drain.stopListening();
  drain.stopListening = undefined;
}

function listen(): void {
  if (drain.stopListening !== undefined) return;
  let moves = 0;
  const end = (): void => endAll(process.rawListeners('exit').at(-1) === end);
  // The application's own listeners may log.
  const moveBehind = (event: string | symbol, listener: unknown): void => {
    if (event !== 'exit' || listener === end || moves++ >= MAX_MOVES) return;
    process.nextTick(() => {
      if (!process.listeners('exit').includes(end)) return;
      process.off('exit', end);
      process.on('exit', end);
    });
  };
  process.on('exit', end);
  process.on('newListener', moveBehind);
  const stopSignals = drainAtSignals({
    beginWritingThrough: () => {
      drain.isWritingThrough = true;
      drainAll();
    },
    endWritingThrough: () => {
      drain.isWritingThrough = false;
    },
    end: () => endAll(true),
  });
  drain.stopListening = () => {
    process.off('newListener', moveBehind);
    process.off('exit', end);
    stopSignals();
  };
}

/**
 * Writes what is buffered, and flushes users' handlers, the last made first. Then it closes those, as Python does.
 *
 * @param isLast Whether nothing can be logged afterwards. If something can, handlers that would buffer it stay open.
 */
function endAll(isLast: boolean): void {
  drain.isEnding = true;
  drainAll();
  for (const handler of userBuffers()) {
    if (!isOverridden(handler, 'close') || (!isLast && isOverridden(handler, 'flush'))) continue;
    drain.closedAtEnd.add(handler);
    attempt(handler, () => handler.close());
  }
  drainAll();
}

/** Writes what is buffered, repeatedly: what one writes may go into another's buffer. */
function drainAll(): void {
  if (drain.isDraining) return;
  drain.isDraining = true;
  try {
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const buffers = [...drain.buffers].filter((buffer) => !drain.stuck.has(buffer));
      if (round > 0 && buffers.length === 0) break;
      for (const buffer of buffers) {
        attempt(buffer, () => buffer.drainAtExit());
        if (drain.buffers.has(buffer)) drain.stuck.add(buffer);
      }
      for (const handler of userBuffers())
        if (flushesOnClose(handler)) attempt(handler, () => handler.flush());
    }
  } finally {
    drain.isDraining = false;
    // While the process goes on they may recover.
    if (!drain.isEnding) drain.stuck.clear();
  }
}

/** Users' handlers that are open, the last made first. */
function userBuffers(): CountedHandler[] {
  return [...state.openHandlers]
    .flatMap((reference) => reference.deref() ?? [])
    .filter(isUserBuffer)
    .reverse();
}

/** Whether closing a handler writes its buffer: a MemoryHandler may be configured to drop it. */
function flushesOnClose(handler: CountedHandler & { readonly flushOnClose?: boolean }): boolean {
  return handler.flushOnClose !== false;
}

function attempt(source: object, step: () => unknown): void {
  try {
    const pending = step();
    if (pending instanceof Promise) pending.catch((error) => reportLoggingError(source, undefined, error));
  } catch (error) {
    reportLoggingError(source, undefined, error);
  }
}

/** Whether a class derived from one of ours, or from Handler itself, overrides a method. */
function isOverridden(handler: object, method: 'flush' | 'close'): boolean {
  for (let at = Object.getPrototypeOf(handler); at !== null; at = Object.getPrototypeOf(at)) {
    if (isOurs(at)) return false;
    if (Object.hasOwn(at, method)) return true;
  }
  return false;
}

/** Handler itself, of any copy of this package, or a class that is marked as ours. */
function isOurs(prototype: object): boolean {
  return Object.hasOwn(prototype, HANDLER_BRAND) || Object.hasOwn(prototype.constructor, LEAN);
}
