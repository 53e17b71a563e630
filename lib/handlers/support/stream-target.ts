import type { DeliveryStats } from './bounded-queue.js';
import { ConsoleTarget } from './console-target.js';
import { CustomStreamTarget } from './custom-stream-target.js';
import type { Batching } from './text-writer.js';

/** Anything texts can be written to. */
export interface TextStream {
  write(text: string): unknown;
  /** Called after each text if it is there, as in Python. */
  flush?(): unknown;
}

/** Where a stream handler's texts go. */
export interface TextTarget {
  /**
   * @param writtenAt When the record was made, in milliseconds since the epoch.
   * @returns `undefined`, or the fault for which the text could not be written.
   */
  write(text: string, levelno: number, writtenAt: number): unknown;
  /** Writes what is held back. */
  flush(): void | Promise<void>;
  /** Lets go of the stream; does not close it. */
  detach(): void;
  /** What became of the records so far. */
  readonly stats: DeliveryStats;
}

/** The names of the standard streams in configurations. */
export const standardStreamNames = ['stdout', 'stderr', 'ext://sys.stdout', 'ext://sys.stderr'] as const;

/** The stream that an option names. */
export function findStream(
  stream: TextStream | (typeof standardStreamNames)[number] | null | undefined,
): TextStream {
  if (typeof stream === 'object' && stream !== null) return stream;
  return stream?.endsWith('stdout') ? process.stdout : process.stderr;
}

/** The way to write to a stream: past Node's streams where it is a standard one. */
export function targetOf(
  stream: TextStream,
  batching: Batching,
  onFault: (error: unknown) => void,
): TextTarget {
  if (stream === process.stdout) return new ConsoleTarget(process.stdout, batching, onFault);
  if (stream === process.stderr) return new ConsoleTarget(process.stderr, batching, onFault);
  return new CustomStreamTarget(stream, onFault);
}
