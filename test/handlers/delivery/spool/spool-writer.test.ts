import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkOptions } from '../../../../lib/core/options.js';
import type { NewRecord, Spool } from '../../../../lib/handlers/delivery/spool/spool.js';
import { spoolSchema } from '../../../../lib/handlers/delivery/spool/spool-options.js';
import { SpoolWriter } from '../../../../lib/handlers/delivery/spool/spool-writer.js';

type Outcome = 'written' | 'full' | 'failed';

/** A writer whose disk takes or refuses each record, as the test says. */
function make(outcomeOf: (id: number) => Outcome, bufferSize = 1_000_000) {
  const written: number[] = [];
  const refused: Record<string, number> = {};
  const settings = checkOptions('spool', spoolSchema(), {
    directory: '/nowhere',
    bufferSize,
    flushIntervalMs: 60_000,
  });
  const writer = new SpoolWriter(
    settings,
    { maxRecords: 100 },
    {
      written: () => undefined,
      refused: (count, reason) => {
        refused[reason] = (refused[reason] ?? 0) + count;
      },
      failed: () => undefined,
    },
  );
  const append = (records: readonly NewRecord[]) => {
    const outcomes = new Set(records.map(({ id }) => outcomeOf(id)));
    if (records.length > 1 && outcomes.has('full')) return false;
    if (outcomes.has('failed')) throw Object.assign(new Error('EIO'), { code: 'EIO', syscall: 'write' });
    if (outcomes.has('full')) return false;
    written.push(...records.map(({ id }) => id));
    return true;
  };
  writer.open({ append, force: () => undefined } as unknown as Spool);
  const add = (...ids: number[]) => {
    for (const id of ids) writer.add({ id, levelno: 20, payload: Buffer.from('x') });
  };
  return { writer, written, refused, add };
}

describe('a spool whose disk fails while room is short', () => {
  it('keeps what the disk did not take, and drops only what there is no room for', () => {
    let isFailing = true;
    const { writer, written, refused, add } = make((id) =>
      id === 2 ? 'full' : id >= 3 && isFailing ? 'failed' : 'written',
    );
    add(1, 2, 3, 4);
    writer.drainAtExit();
    expect(written).toEqual([1]);
    expect(refused).toEqual({ overflow: 1 });
    expect(writer.memory.length).toBe(2);
    isFailing = false;
    writer.drainAtExit();
    expect(written).toEqual([1, 3, 4]);
    expect(refused).toEqual({ overflow: 1 });
    expect(writer.memory.stats).toMatchObject({ emitted: 4, queued: 0, dropped: 0 });
    writer.close();
  });

  it("counts as 'closed' what the disk has not taken to the end", () => {
    const { writer, refused, add } = make((id) => (id === 1 ? 'full' : 'failed'));
    add(1, 2, 3);
    expect(writer.close()).toBe(2);
    expect(refused).toEqual({ overflow: 1 });
    expect(writer.memory.stats.droppedBy).toMatchObject({ closed: 2, failed: 0 });
  });

  it('accounts for every record, in order, whatever the disk does', () => {
    const outcome = fc.constantFrom<Outcome>('written', 'full', 'failed');
    fc.assert(
      fc.property(fc.array(outcome, { maxLength: 12 }), fc.array(outcome, { maxLength: 12 }), (one, two) => {
        let outcomes = one;
        const { writer, written, refused, add } = make((id) => outcomes[id - 1] ?? 'written');
        const count = Math.max(one.length, two.length);
        add(...Array.from({ length: count }, (_, index) => index + 1));
        writer.drainAtExit();
        outcomes = two;
        writer.drainAtExit();
        const lost = writer.close();
        expect(written).toEqual([...written].sort((a, b) => a - b));
        expect(written.length + (refused.overflow ?? 0) + lost).toBe(count);
        expect(Object.keys(refused).filter((reason) => reason !== 'overflow')).toEqual([]);
        if (!two.includes('failed')) expect(lost).toBe(0);
      }),
    );
  });
});
