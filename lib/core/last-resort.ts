import { writeStderr } from '../internal/std-streams.js';
import { Handler } from './handler.js';
import { LEAN } from './lean.js';
import { WARNING } from './levels.js';
import type { LogRecord } from './log-record.js';
import { escapeControls } from './sanitize.js';
import { state } from './state.js';

/** Prints bare messages to standard error, as it is at the time: what is used while no handler is configured. */
export class LastResortHandler extends Handler {
  static readonly [LEAN] = true;

  emit(record: LogRecord): void {
    writeStderr(`${this.format(record)}\n`);
  }
}

/**
 * The handler for records that no handler was found for: WARNING and above, to standard error.
 *
 * `null` after `setLastResort(null)`.
 *
 * @see https://docs.python.org/3/library/logging.html#logging.lastResort
 */
export function getLastResort(): Handler | null {
  if (state.lastResort === undefined) {
    state.lastResort = new LastResortHandler({ level: WARNING });
    // Python's is on nobody's list either: shutdown must leave it usable.
    state.openHandlers.pop();
  }
  return state.lastResort;
}

/** Replaces the last-resort handler; `null` switches it off, `undefined` brings the first one back. */
export function setLastResort(handler: Handler | null | undefined): void {
  state.lastResort = handler;
}

/** Gives a record that found no handler to the last-resort handler. */
export function emitLastResort(record: LogRecord): void {
  const handler = getLastResort();
  if (handler !== null) {
    if (record.levelno >= handler.level) handler.handle(record);
    return;
  }
  const manager = state.manager;
  if (state.raiseExceptions && manager !== undefined && !manager.emittedNoHandlerWarning) {
    writeStderr(`No handlers could be found for logger "${escapeControls(String(record.name), true)}"\n`);
    manager.emittedNoHandlerWarning = true;
  }
}

/**
 * Whether faults inside logging are reported on standard error; default true. They never reach the log call.
 *
 * @see https://docs.python.org/3/library/logging.html#logging.raiseExceptions
 */
export function setRaiseExceptions(reports: boolean): void {
  state.raiseExceptions = reports;
}

/** What {@link setRaiseExceptions} set. */
export function getRaiseExceptions(): boolean {
  return state.raiseExceptions;
}
