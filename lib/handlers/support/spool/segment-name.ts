/** What the name of a segment tells of it. */
export interface SegmentName {
  /** No record in it has a lower id. */
  readonly firstId: number;
  /** Its records are of this level, or above and below the next band. */
  readonly band: number;
  /** What its records are written as: segments of one kind are read by handlers that send that. */
  readonly kind: string;
  /** Drawn for each process that writes; part of each checksum, and of what a receiver tells records apart by. */
  readonly identity: string;
}

/** The bands of levels. Each has files of its own: to make room for what matters more, whole files of one go. */
export const BANDS: readonly number[] = [0, 10, 20, 30, 40, 50];

/** The band that a level belongs to. */
export function bandOf(levelno: number): number {
  return Math.max(0, Math.min(50, Math.floor(levelno / 10) * 10)) || 0;
}

/** `0000000000000001-20-syslog-9f86d081884c.spool` */
export function segmentFile({ firstId, band, kind, identity }: SegmentName): string {
  return `${String(firstId).padStart(16, '0')}-${String(band).padStart(2, '0')}-${kind}-${identity}.spool`;
}

/** What a file name stands for; `undefined` if it is no segment's. */
export function parseSegmentFile(file: string): SegmentName | undefined {
  const match = /^(\d{16})-(\d\d)-([a-z0-9.]+)-([0-9a-f]{12})\.spool$/.exec(file);
  if (match === null) return undefined;
  const [, firstId, band, kind = '', identity = ''] = match;
  return BANDS.includes(Number(band))
    ? { firstId: Number(firstId), band: Number(band), kind, identity }
    : undefined;
}
