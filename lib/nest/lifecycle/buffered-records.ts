import { type Drainable, registerForExit, unregisterForExit } from '../../core/exit-drain.js';
import { Formatter } from '../../core/formatting/formatter.js';
import { forgetOpen, Handler } from '../../core/handler.js';
import { getLastResort, setLastResort } from '../../core/last-resort.js';
import { LEAN } from '../../core/lean.js';
import { INFO, WARNING } from '../../core/levels.js';
import type { Logger } from '../../core/loggers/logger.js';
import { getLogger, getRootLogger } from '../../core/loggers/manager.js';
import { perManager } from '../../core/loggers/per-manager.js';
import { handOver } from '../../core/overrides.js';
import { keepFields } from '../../core/records/copy-record.js';
import type { LogRecord } from '../../core/records/log-record.js';
import { state } from '../../core/state.js';
import { writeStderr } from '../../runtime/std-streams.js';

/**
 * How much is buffered before a configuration is active: the oldest records are dropped first, and their number is
 * reported.
 */
const MAX_RECORDS = 10_000;
const MAX_CHARACTERS = 1_048_576;
/** The size of a record besides its message. */
const RECORD_WEIGHT = 100;

/** What is buffered now, and what to restore afterwards. */
interface Buffering {
  readonly handler: StartupBuffer;
  readonly root: Logger;
  readonly previous: Handler | null;
  readonly rootLevel: number;
  readonly atExit: Drainable;
}

interface Slot {
  /** `undefined` while nothing is buffered. */
  buffering: Buffering | undefined;
}

const currentSlot = perManager('nest.buffering.1', (): Slot => ({ buffering: undefined }));

/**
 * Buffers what is logged until a configuration is active, instead of letting the last resort print or drop it.
 *
 * Does nothing where handlers are configured already. If the process ends first, the buffer goes to standard error.
 */
export function bufferRecords(): void {
  const root = getRootLogger();
  const slot = currentSlot();
  if (slot.buffering !== undefined || root.handlers.length > 0) return;
  const handler = new StartupBuffer();
  // Like the last resort it replaces, it is in no list: shutdown must not close it.
  forgetOpen(handler);
  const atExit = { drainAtExit: () => printRecords(takeFrom(slot), WARNING) };
  slot.buffering = { handler, root, previous: getLastResort(), rootLevel: root.level, atExit };
  setLastResort(handler);
  root.setLevel(1);
  registerForExit(atExit);
}

/** Whether records are being buffered. */
export function isBufferingRecords(): boolean {
  return currentSlot().buffering !== undefined;
}

/**
 * Ends the buffering and returns the records, in order; the caller passes them to {@link replayRecords}.
 *
 * Level and last resort are as they were, so that a configuration finds what it would have found.
 */
export function takeBufferedRecords(): readonly LogRecord[] {
  return takeFrom(currentSlot());
}

function takeFrom(slot: Slot): readonly LogRecord[] {
  const { buffering } = slot;
  if (buffering === undefined) return [];
  slot.buffering = undefined;
  unregisterForExit(buffering.atExit);
  const { root } = buffering;
  if (root.level === 1) root.setLevel(buffering.rootLevel);
  if (state.lastResort === buffering.handler) setLastResort(buffering.previous);
  // Its records are counted where they go from here.
  state.recordCounters.forget([buffering.handler]);
  return buffering.handler.take();
}

/** Passes records to their loggers as if they were logged now; their time and caller stay. */
export function replayRecords(records: readonly LogRecord[]): void {
  for (const record of records) {
    const logger = getLogger(record.name);
    if (logger.isEnabledFor(record.levelno)) handOver(logger, record);
  }
}

/**
 * Ends the buffering and prints the records to standard error: no configuration will be activated.
 *
 * @param level Those below it are dropped; default INFO.
 */
export function printBufferedRecords(level: number = INFO): void {
  printRecords(takeBufferedRecords(), level);
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

/** Buffers records within the bounds above, with their caller and fields as they are during the log call. */
class StartupBuffer extends Handler {
  static readonly [LEAN] = true;
  #records: LogRecord[] = [];
  #weight = 0;
  #dropped = 0;

  emit(record: LogRecord): void {
    record.caller();
    keepFields(record);
    const weight = weigh(record);
    // It would not fit even alone, so it must not push out the others.
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
