import type { Manager } from '../../core/loggers/manager.js';
import type { LogRecord } from '../../core/records/log-record.js';
import { reportLoggingError } from '../../core/reports/diagnostics.js';
import { RedactionFilter } from '../../filters/redaction.filter.js';
import { JsonFormatter } from '../../formatters/json.formatter.js';
import { cutText } from '../../runtime/cut-text.js';
import { lazy } from '../../runtime/lazy.js';
import { redactAsHandlersDo } from './handlers-redaction.js';
import { watchRecords } from './watch-records.js';

/** Characters of one record that are kept. */
const MAX_ENTRY = 65_536;
/** Characters of the message that are kept of a longer record. */
const MAX_CUT_MESSAGE = 8_192;
/** How long records are kept after the last one looked, in milliseconds. */
const LINGER_MS = 60_000;

/** A record as it is shown: without secrets, as JSON. */
export interface RingEntry {
  /** Grows from record to record, also from one process to the next: pages stay open over a restart. */
  readonly seq: number;
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly levelno: number;
  readonly logger: string;
  /** What `JsonFormatter` writes: timestamp, level, logger, message, fields, exception. */
  readonly json: string;
}

/** Called with each entry. */
export type RingListener = (entry: RingEntry) => void;

/** How much a ring keeps. */
export interface RingOptions {
  /** Records; default 50,000. */
  readonly capacity: number;
  /** Characters of all of them. */
  readonly maxCharacters: number;
  /** Whether it keeps records while nobody watches. */
  readonly keepsAlways: boolean;
}

/**
 * The last records of a tree of loggers. It observes the loggers only while somebody watches, or if it always keeps
 * records.
 */
export class RecordRing {
  #entries: (RingEntry | undefined)[] = [];
  #first = 0;
  #characters = 0;
  #seq = Date.now() * 1_000;
  readonly #listeners = new Set<RingListener>();
  #stop: (() => void) | undefined;
  #linger: NodeJS.Timeout | undefined;
  #isEncoding = false;

  constructor(
    private readonly manager: Manager,
    readonly options: RingOptions,
  ) {}

  /** Keeps records from now on, whether or not somebody watches. */
  open(): void {
    this.#start();
  }

  /** Whether it keeps records now. */
  get isKeeping(): boolean {
    return this.#stop !== undefined;
  }

  /** Number of the last record. */
  get seq(): number {
    return this.#seq;
  }

  /** Records that are kept. */
  get size(): number {
    return this.#entries.length - this.#first;
  }

  /** Called when somebody looks: records are kept for the next minute. */
  look(): void {
    this.#start();
    if (this.options.keepsAlways || this.#listeners.size > 0) return;
    clearTimeout(this.#linger);
    this.#linger = setTimeout(() => this.#end(), LINGER_MS).unref();
  }

  /** Calls a function for each record from now on. @returns A function that removes it. */
  listen(listener: RingListener): () => void {
    this.#listeners.add(listener);
    clearTimeout(this.#linger);
    this.#start();
    return () => {
      this.#listeners.delete(listener);
      if (this.isKeeping) this.look();
    };
  }

  /** The records, the newest first. Others may come and go while they are read. */
  *newestFirst(): Generator<RingEntry> {
    const entries = this.#entries;
    for (let at = entries.length - 1; at >= 0; at -= 1) {
      const entry = entries[at];
      if (entry !== undefined) yield entry;
    }
  }

  /** Drops all records and stops. */
  close(): void {
    this.#listeners.clear();
    clearTimeout(this.#linger);
    this.#end();
  }

  #start(): void {
    this.#stop ??= watchRecords(this.manager, this.#take);
  }

  #end(): void {
    this.#stop?.();
    this.#stop = undefined;
    this.#entries = [];
    this.#first = 0;
    this.#characters = 0;
  }

  readonly #take = (record: LogRecord): void => {
    // A `toJSON` that logs while it is called.
    if (this.#isEncoding) return;
    this.#isEncoding = true;
    try {
      this.#keep({
        seq: ++this.#seq,
        time: record.created * 1_000,
        levelno: record.levelno,
        logger: record.name,
        json: encode(record),
      });
    } catch (error) {
      reportLoggingError(this, record, error);
    } finally {
      this.#isEncoding = false;
    }
  };

  #keep(entry: RingEntry): void {
    const { capacity, maxCharacters } = this.options;
    this.#entries.push(entry);
    this.#characters += entry.json.length;
    while (this.size > capacity || (this.#characters > maxCharacters && this.size > 1)) {
      this.#characters -= this.#entries[this.#first]!.json.length;
      this.#entries[this.#first] = undefined;
      this.#first += 1;
    }
    if (this.#first > capacity) {
      this.#entries = this.#entries.slice(this.#first);
      this.#first = 0;
    }
    for (const listener of this.#listeners) listener(entry);
  }

  toString(): string {
    return '<records of nestjs-logging/live>';
  }
}

const writers = lazy(() => ({ redaction: new RedactionFilter(), formatter: new JsonFormatter() }));

/** A record as JSON, without secrets. Nothing in the record is changed. */
function encode(record: LogRecord): string {
  const { redaction, formatter } = writers();
  const { message } = record;
  const json = formatter.format(redaction.filter(redactAsHandlersDo(record)));
  record.message = message;
  return json.length <= MAX_ENTRY ? json : cut(json);
}

function cut(json: string): string {
  const { timestamp, level, logger, message } = JSON.parse(json) as Record<string, unknown>;
  return JSON.stringify({
    timestamp,
    level,
    logger,
    message: cutText(String(message), MAX_CUT_MESSAGE, '…'),
    truncated: true,
  });
}
