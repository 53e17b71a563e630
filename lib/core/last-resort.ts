import { writeStderr } from '../runtime/std-streams.js';
import { escapeControls } from './formatting/sanitize.js';
import { forgetOpen, Handler } from './handler.js';
import { LEAN } from './lean.js';
import { WARNING } from './levels.js';
import { handOver } from './overrides.js';
import type { LogRecord } from './records/log-record.js';
import { state } from './state.js';

/** Prints bare messages to standard error (looked up for each record); used while no handler is configured. */
export class LastResortHandler extends Handler {
  static readonly [LEAN] = true;

  emit(record: LogRecord): void {
    writeStderr(`${this.format(record)}\n`);
  }
}

/**
 * The handler for records without any handler: WARNING and above, to standard error.
 *
 * `null` after `setLastResort(null)`.
 *
 * @see https://docs.python.org/3/library/logging.html#logging.lastResort
 */
export function getLastResort(): Handler | null {
  if (state.lastResort === undefined) {
    const handler = new LastResortHandler({ level: WARNING });
    state.lastResort = handler;
    // Python's is not in any list either: shutdown must leave it usable.
    forgetOpen(handler);
  }
  return state.lastResort as Handler | null;
}

/** Replaces the last-resort handler; `null` switches it off, `undefined` restores the default. */
export function setLastResort(handler: Handler | null | undefined): void {
  state.lastResort = handler;
}

/** Gives a record that found no handler to the last-resort handler. */
export function emitLastResort(record: LogRecord): void {
  const handler = getLastResort();
  if (handler !== null) {
    if (record.levelno >= handler.level) handOver(handler, record);
    return;
  }
  const manager = state.manager;
  if (state.raiseExceptions && manager !== undefined && !manager.emittedNoHandlerWarning) {
    writeStderr(`No handlers could be found for logger "${escapeControls(String(record.name), true)}"\n`);
    manager.emittedNoHandlerWarning = true;
  }
}

/**
 * Whether errors inside logging are reported on standard error; default true. They never reach the log call.
 *
 * @see https://docs.python.org/3/library/logging.html#logging.raiseExceptions
 */
export function setRaiseExceptions(reports: boolean): void {
  state.raiseExceptions = reports;
}

/** The value of {@link setRaiseExceptions}. */
export function getRaiseExceptions(): boolean {
  return state.raiseExceptions;
}
