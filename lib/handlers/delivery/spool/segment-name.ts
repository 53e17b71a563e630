/** The parts of a segment's name. */
export interface SegmentName {
  /** No record in it has a lower id. */
  readonly firstId: number;
  /** Its records have this level or above, below the next priority. */
  readonly priority: number;
  /** The encoding of its records: segments of one kind are read by handlers that send that encoding. */
  readonly kind: string;
  /** Drawn at random by each process that writes; part of each checksum, and of the ids that receivers get. */
  readonly identity: string;
}

/**
 * The priorities of levels. Each has files of its own: to make room for a higher priority, whole files of a lower one
 * are deleted.
 */
export const PRIORITIES: readonly number[] = [0, 10, 20, 30, 40, 50];

/** The priority that a level belongs to. */
export function priorityOf(levelno: number): number {
  return Math.max(0, Math.min(50, Math.floor(levelno / 10) * 10)) || 0;
}

/** `0000000000000001-20-syslog-9f86d081884c.spool` */
export function segmentFile({ firstId, priority, kind, identity }: SegmentName): string {
  return `${String(firstId).padStart(16, '0')}-${String(priority).padStart(2, '0')}-${kind}-${identity}.spool`;
}

/** The parts of a file name; `undefined` if it is not a segment's. */
export function parseSegmentFile(file: string): SegmentName | undefined {
  const match = /^(\d{16})-(\d\d)-([a-z0-9.]+)-([0-9a-f]{12})\.spool$/.exec(file);
  if (match === null) return undefined;
  const [, firstId, priority, kind = '', identity = ''] = match;
  return PRIORITIES.includes(Number(priority))
    ? { firstId: Number(firstId), priority: Number(priority), kind, identity }
    : undefined;
}
