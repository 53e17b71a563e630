import { type Drainable, holdUntilExit, releaseFromExit } from '../../core/exit-drain.js';
import { Formatter } from '../../core/formatting/formatter.js';
import { forgetOpen, Handler } from '../../core/handler.js';
import { getLastResort, setLastResort } from '../../core/last-resort.js';
import { LEAN } from '../../core/lean.js';
import { INFO, WARNING } from '../../core/levels.js';
import type { Logger } from '../../core/loggers/logger.js';
import { getLogger, getRootLogger } from '../../core/loggers/manager.js';
import { handOver } from '../../core/overrides.js';
import { keepFields } from '../../core/records/copy-record.js';
import type { LogRecord } from '../../core/records/log-record.js';
import { state } from '../../core/state.js';
import { writeStderr } from '../../runtime/std-streams.js';
import { perRegistry } from './per-registry.js';

/**
 * How much is buffered before a configuration is active: the oldest records are dropped first, and their number is
 * reported.
 */
const MAX_RECORDS = 10_000;
const MAX_CHARACTERS = 1_048_576;
/** The size of a record besides its message. */
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
 * Buffers what is logged until a configuration is active, instead of letting the last resort print or drop it.
 *
 * Does nothing where handlers are configured already. If the process ends first, the buffer goes to standard error.
 */
export function holdRecords(): void {
  const root = getRootLogger();
  const slot = held();
  if (slot.holding !== undefined || root.handlers.length > 0) return;
  const handler = new HoldingHandler();
  // Like the last resort it replaces, it is in no list: shutdown must not close it.
  forgetOpen(handler);
  const atExit = { drainAtExit: () => printRecords(takeFrom(slot), WARNING) };
  slot.holding = { handler, root, previous: getLastResort(), rootLevel: root.level, atExit };
  setLastResort(handler);
  root.setLevel(1);
  holdUntilExit(atExit);
}

/** Whether records are being buffered. */
export function isHoldingRecords(): boolean {
  return held().holding !== undefined;
}

/**
 * Ends the buffering and returns the records, in order; the caller passes them to {@link replayRecords}.
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
  // Its records are counted where they go from here.
  state.recordCounters.forget([holding.handler]);
  return holding.handler.take();
}

/** Hands records to their loggers as if they were logged now, but for time and caller. */
export function replayRecords(records: readonly LogRecord[]): void {
  for (const record of records) {
    const logger = getLogger(record.name);
    if (logger.isEnabledFor(record.levelno)) handOver(logger, record);
  }
}

/** Prints the buffer to standard error, from a level on: no configuration will be activated. */
export function giveUpRecords(level: number = INFO): void {
  printRecords(takeHeldRecords(), level);
}

function printRecords(records: readonly LogRecord[], level: number): void {
  const formatter = new Formatter({ format: '%(asctime)s %(levelname)s %(name)s: %(message)s' });
  for (const record of records) {
    if (record.levelno < level) continue;
    try {
      writeStderr(`${formatter.format(record)}\n`);
    } catch {
      // A record that cannot be formatted must not block those after it.
    }
  }
}

/** Buffers records, bounded, with what only the running call knows. */
class HoldingHandler extends Handler {
  static readonly [LEAN] = true;
  #records: LogRecord[] = [];
  #weight = 0;
  #dropped = 0;

  emit(record: LogRecord): void {
    record.caller();
    keepFields(record);
    const weight = weigh(record);
    // Nothing goes for a record that there will be no room for.
    if (weight > MAX_CHARACTERS) {
      this.#dropped += 1;
      return;
    }
    this.#insert(record);
    this.#weight += weight;
    while (this.#records.length > MAX_RECORDS || this.#weight > MAX_CHARACTERS) {
      const oldest = this.#records.shift();
      if (oldest === undefined) break;
      this.#weight -= weigh(oldest);
      this.#dropped += 1;
    }
  }

  /** By time: what Nest has buffered comes later than it was logged. */
  #insert(record: LogRecord): void {
    let at = this.#records.length;
    while (at > 0 && (this.#records[at - 1] as LogRecord).created > record.created) at -= 1;
    if (at === this.#records.length) this.#records.push(record);
    else this.#records.splice(at, 0, record);
  }

  take(): LogRecord[] {
    const records = this.#records;
    this.#records = [];
    if (this.#dropped > 0) {
      writeStderr(
        `nestjs-logging: ${this.#dropped} records logged before the configuration was active were dropped\n`,
      );
    }
    return records;
  }
}

function weigh(record: LogRecord): number {
  return RECORD_WEIGHT + (typeof record.msg === 'string' ? record.msg.length : RECORD_WEIGHT);
}
