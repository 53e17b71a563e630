import { readdirSync } from 'node:fs';
import type { SpoolLimits } from '../../lib/handlers/delivery/spool/spool.js';
import { Spool, type SpooledRecord } from '../../lib/handlers/delivery/spool/spool.js';

/** Opens the spool of a folder, as a process that starts does; nobody else uses it. */
export function openSpool(folder: string, limits: Partial<SpoolLimits> = {}): Spool {
  return new Spool(folder, 'test', { maxBytes: 1 << 28, overflow: 'dropLowestLevel', ...limits });
}

/** Appends records. @returns Their texts. */
export function fill(spool: Spool, texts: readonly string[], levelno = 20): readonly string[] {
  for (const text of texts) spool.append([{ id: spool.nextId(), levelno, payload: Buffer.from(text) }]);
  return texts;
}

/** Takes all that can be taken. */
export function takeAll(spool: Spool): SpooledRecord[] {
  const taken: SpooledRecord[] = [];
  for (let next = spool.take(Number.POSITIVE_INFINITY); next !== undefined; ) {
    taken.push(next);
    next = spool.take(Number.POSITIVE_INFINITY);
  }
  return taken;
}

/** The texts of records. */
export function textsOf(records: readonly SpooledRecord[]): string[] {
  return records.map(({ payload }) => payload.toString());
}

/** The names of the segments in a folder. */
export function segmentsIn(folder: string): string[] {
  return readdirSync(folder).filter((name) => name.endsWith('.spool'));
}

/** Texts of different lengths, in different scripts. */
export function someTexts(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `record ${index} ${'aé😀\n\0'.repeat(index % 7)}`);
}
