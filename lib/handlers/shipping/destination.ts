import type { EntryKind } from './shipping-entry.js';
import type { BatchVerdict, RecordVerdict } from './verdict.js';

/** What a destination declares to {@link ShippingHandler}. */
export interface Destination {
  /**
   * Its short name, in small letters and digits: `'loki'`. What is left in a spool is sent only by handlers of the same
   * name, so it must stay the same.
   */
  readonly name: string;
  /**
   * The result of `encode`: `'text'`, which is the default, a string; `'bytes'` a Buffer; `'json'` an object that JSON
   * can hold; `'latin1'` bytes as a string, a character for each, which takes less time to make and to keep than many
   * small Buffers do. Anything else is an error: it would come back from a spool as something else.
   */
  readonly entries?: EntryKind | undefined;
  /**
   * Whether it acknowledges records, or delivery can be known otherwise; default true. Where it does not, delivery is
   * `at-most-once` with a spool too.
   */
  readonly isAnswered?: boolean | undefined;
  /** The receiver of records, as error messages name it, without path and secrets: `https://logs.example.com`. */
  readonly receiver?: string | undefined;
  /** Keys and passwords, which are removed from all messages about this destination. */
  readonly secrets?: readonly (string | undefined)[] | undefined;
  /** Other defaults of the options than the common ones. */
  readonly defaults?: Partial<BatchSettings> | undefined;
  /**
   * How many waiting records are sent without waiting for others, unless the option `batchSize` is given. Up to the
   * default of that option are sent together if they waited for an answer. For a client whose time for a batch grows
   * faster than the batch.
   */
  readonly enoughRecords?: number | undefined;
  /** Bounds that the destination itself has, whatever the options say. */
  readonly limits?: Partial<BatchSettings> | undefined;
}

/** How records are batched; see the options of these names. */
export interface BatchSettings {
  readonly batchSize: number;
  readonly maxBatchBytes: number;
  readonly flushIntervalMs: number;
  readonly maxRecordBytes: number;
  readonly timeoutMs: number;
}

/** Defaults of {@link BatchSettings}. */
const BATCH_DEFAULTS: BatchSettings = {
  batchSize: 1_000,
  maxBatchBytes: 1_048_576,
  flushIntervalMs: 1_000,
  maxRecordBytes: 262_144,
  timeoutMs: 10_000,
};

/** For destinations that take many records in one request: at 200 ms for an answer still 25,000 a second. */
export const LARGE_BATCHES: Partial<BatchSettings> = { batchSize: 5_000 };

/** What `send` may answer: nothing for delivered, one verdict for all records, or one for each, in their order. */
export type SendResult = BatchVerdict | readonly RecordVerdict[] | undefined;

/** How a destination is doing. */
export interface DestinationHealth {
  /** Whether the last attempt got through; true before the first. */
  readonly isHealthy: boolean;
  /** When something was delivered last, in milliseconds since the epoch; `undefined` if nothing was. */
  readonly lastDeliveredAt: number | undefined;
  /** Since when every attempt has failed, in milliseconds since the epoch; `undefined` if the last one did not. */
  readonly failingSince: number | undefined;
  /** What the last attempt failed with; `undefined` if it did not. */
  readonly lastFailure: string | undefined;
}

/** The settings of a destination: from the options, else its own defaults, else the common ones, within its limits. */
export function batchSettings(
  options: Partial<{ readonly [Key in keyof BatchSettings]: BatchSettings[Key] | undefined }>,
  { defaults = {}, limits = {} }: Pick<Destination, 'defaults' | 'limits'>,
): BatchSettings {
  const setting = (key: keyof BatchSettings) =>
    Math.min(options[key] ?? defaults[key] ?? BATCH_DEFAULTS[key], limits[key] ?? Number.POSITIVE_INFINITY);
  return {
    batchSize: setting('batchSize'),
    maxBatchBytes: setting('maxBatchBytes'),
    flushIntervalMs: setting('flushIntervalMs'),
    maxRecordBytes: setting('maxRecordBytes'),
    timeoutMs: setting('timeoutMs'),
  };
}
