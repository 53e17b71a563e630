import { Formatter } from '../core/formatter.js';
import { Handler } from '../core/handler.js';
import { getLastResort, setLastResort } from '../core/last-resort.js';
import { LEAN } from '../core/lean.js';
import { INFO, WARNING } from '../core/levels.js';
import type { LogRecord } from '../core/log-record.js';
import type { Logger } from '../core/logger.js';
import { getLogger, getRootLogger } from '../core/manager.js';
import { state } from '../core/state.js';
import { type Drainable, holdUntilExit, releaseFromExit } from '../handlers/support/exit-drain.js';
import { writeStderr } from '../internal/std-streams.js';
import { perRegistry } from './per-registry.js';

/** How much is held before a configuration stands: the oldest goes first, and how many went is told. */
const MAX_RECORDS = 10_000;
const MAX_CHARACTERS = 1_048_576;
/** What a record weighs beside its message. */
const RECORD_WEIGHT = 100;

interface Holding {
  readonly handler: HoldingHandler;
  readonly root: Logger;
  readonly previous: Handler | null;
  readonly rootLevel: number;
  readonly atExit: Drainable;
}

const held = perRegistry('nest.holding.2', (): { holding: Holding | undefined } => ({ holding: undefined }));

/**
 * Keeps what is logged until a configuration stands, instead of letting the last resort print or drop it.
 *
 * Does nothing where handlers are configured already. If the process ends first, what is held goes to standard error.
 */
export function holdRecords(): void {
  const root = getRootLogger();
  const slot = held();
  if (slot.holding !== undefined || root.handlers.length > 0) return;
  const handler = new HoldingHandler();
  // Like the last resort it stands in for, it is on nobody's list: shutdown must not close it.
  state.openHandlers.pop();
  const atExit = { drainAtExit: () => printRecords(takeFrom(slot), WARNING) };
  slot.holding = { handler, root, previous: getLastResort(), rootLevel: root.level, atExit };
  setLastResort(handler);
  root.setLevel(1);
  holdUntilExit(atExit);
}

/** Whether records are being held. */
export function isHoldingRecords(): boolean {
  return held().holding !== undefined;
}

/**
 * Ends the holding and gives back what was held, in order; the caller hands it on with {@link replayRecords}.
 *
 * Level and last resort are as they were, so that a configuration finds what it would have found.
 */
export function takeHeldRecords(): readonly LogRecord[] {
  return takeFrom(held());
}

function takeFrom(slot: { holding: Holding | undefined }): readonly LogRecord[] {
  const { holding } = slot;
  if (holding === undefined) return [];
  slot.holding = undefined;
  releaseFromExit(holding.atExit);
  const { root } = holding;
  if (root.level === 1) root.setLevel(holding.rootLevel);
  if (state.lastResort === holding.handler) setLastResort(holding.previous);
  return holding.handler.take();
}

/** Hands records to their loggers as if they were logged now, but for time and caller. */
export function replayRecords(records: readonly LogRecord[]): void {
  for (const record of records) {
    const logger = getLogger(record.name);
    if (logger.isEnabledFor(record.levelno)) logger.handle(record);
  }
}

/** Prints what is held to standard error: no configuration is going to stand. */
export function giveUpRecords(): void {
  printRecords(takeHeldRecords(), INFO);
}

function printRecords(records: readonly LogRecord[], level: number): void {
  const formatter = new Formatter({ format: '%(asctime)s %(levelname)s %(name)s: %(message)s' });
  for (const record of records) {
    if (record.levelno < level) continue;
    try {
      writeStderr(`${formatter.format(record)}\n`);
    } catch {
      // A record that cannot be formatted must not keep back those after it.
    }
  }
}

/** Keeps records, bounded, with what only the running call can tell. */
class HoldingHandler extends Handler {
  static readonly [LEAN] = true;
  #records: LogRecord[] = [];
  #weight = 0;
  #dropped = 0;

  emit(record: LogRecord): void {
    record.caller();
    this.#records.push(record);
    this.#weight += weigh(record);
    while (this.#records.length > MAX_RECORDS || this.#weight > MAX_CHARACTERS) {
      const oldest = this.#records.shift();
      if (oldest === undefined) break;
      this.#weight -= weigh(oldest);
      this.#dropped += 1;
    }
  }

  take(): LogRecord[] {
    const records = this.#records;
    this.#records = [];
    if (this.#dropped > 0) {
      writeStderr(
        `nestjs-logging: ${this.#dropped} records logged before the configuration stood were dropped\n`,
      );
    }
    return records;
  }
}

function weigh(record: LogRecord): number {
  return RECORD_WEIGHT + (typeof record.msg === 'string' ? record.msg.length : RECORD_WEIGHT);
}
