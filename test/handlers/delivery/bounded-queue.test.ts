import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BoundedQueue, type OverflowPolicy } from '../../../lib/handlers/delivery/bounded-queue.js';

const DEBUG = 10;
const INFO = 20;
const ERROR = 40;

function filled(overflow: OverflowPolicy, levels: readonly number[]): BoundedQueue<string> {
  const queue = new BoundedQueue<string>({ maxRecords: 10, overflow });
  for (const [index, level] of levels.entries()) queue.push(`${level}#${index}`, level, 1);
  return queue;
}

function contents<T>(queue: BoundedQueue<T>): T[] {
  return queue.take(100).map(({ item }) => item);
}

describe('a bounded queue', () => {
  it('gives items back in the order they came, whatever their levels', () => {
    const queue = filled('dropLowestLevel', [INFO, DEBUG, ERROR, INFO]);
    expect(contents(queue)).toEqual(['20#0', '10#1', '40#2', '20#3']);
  });

  it('keeps its last tenth for ERROR and above', () => {
    const queue = filled('dropNewest', new Array(12).fill(INFO));
    expect(queue.length).toBe(9);
    expect(queue.push('error', ERROR, 1)).toBe(true);
    expect(queue.push('one error more', ERROR, 1)).toBe(false);
    expect(queue.stats.droppedBy.overflow).toBe(4);
  });

  it('drops the oldest of the lowest level for one that matters more', () => {
    const queue = filled('dropLowestLevel', [DEBUG, INFO, DEBUG, ...new Array(6).fill(INFO)]);
    expect(queue.push('info', INFO, 1)).toBe(true);
    expect(contents(queue)[0]).toBe('20#1');
  });

  it('drops the newcomer where nothing that waits matters less', () => {
    const queue = filled('dropLowestLevel', new Array(9).fill(INFO));
    expect(queue.push('info', INFO, 1)).toBe(false);
    expect(queue.push('debug', DEBUG, 1)).toBe(false);
  });

  it("drops the oldest under 'dropOldest', but no error for less than an error", () => {
    const queue = filled('dropOldest', [ERROR, ...new Array(8).fill(INFO)]);
    queue.push('new', INFO, 1);
    expect(contents(queue)).toEqual(['40#0', ...Array.from({ length: 7 }, (_, n) => `20#${n + 2}`), 'new']);
    const errors = filled('dropOldest', new Array(10).fill(ERROR));
    expect(errors.push('info', INFO, 1)).toBe(false);
    expect(errors.push('error', ERROR, 1)).toBe(true);
    expect(contents(errors)[0]).toBe('40#1');
  });

  it('has an item made fit for a long wait only where many wait already, and not if it is dropped', () => {
    const kept: number[] = [];
    const queue = new BoundedQueue<number>({ maxRecords: 300 }, (item) => {
      kept.push(item);
      return -item;
    });
    for (let item = 0; item < 400; item++) queue.push(item, INFO, 1);
    expect(kept).toEqual(Array.from({ length: 270 - 256 }, (_, index) => 256 + index));
    expect(queue.take(300).at(-1)?.item).toBe(-269);
  });

  it('is bounded in bytes, and refuses what is larger than the whole', () => {
    const queue = new BoundedQueue<string>({ maxBytes: 100, overflow: 'dropNewest' });
    expect(queue.push('60', INFO, 60)).toBe(true);
    expect(queue.push('31', INFO, 31)).toBe(false);
    expect(queue.push('30', INFO, 30)).toBe(true);
    expect(queue.push('101', ERROR, 101)).toBe(false);
    expect(queue.stats.droppedBy).toMatchObject({ overflow: 1, oversize: 1 });
  });

  it('lets nothing go for a newcomer for which there is no room all the same', () => {
    const queue = new BoundedQueue<string>({ maxRecords: 100, maxBytes: 1_000 });
    queue.push('on its way', INFO, 450);
    queue.take();
    for (let count = 0; count < 9; count++) queue.push(`debug ${count}`, DEBUG, 10);
    expect(queue.push('info', INFO, 600)).toBe(false);
    expect(queue.stats).toMatchObject({ dropped: 1, droppedBy: { overflow: 1 } });
    expect(queue.length).toBe(9);
    // With a little less it fits once some of them have gone, and no more of them than that.
    expect(queue.push('info', INFO, 420)).toBe(true);
    expect(queue.stats.dropped).toBe(1 + 6);
  });

  it.each<OverflowPolicy>(['dropLowestLevel', 'dropNewest', 'dropOldest'])(
    'under %s, drops either the newcomer alone or others for it, never more than it has to',
    (overflow) => {
      const item = fc.record({ level: fc.constantFrom(10, 20, 30, 40, 50), bytes: fc.nat(70) });
      fc.assert(
        fc.property(fc.array(item, { maxLength: 40 }), fc.nat(5), (items, taken) => {
          const queue = new BoundedQueue<number>({ maxRecords: 8, maxBytes: 100, overflow });
          for (const [index, { level, bytes }] of items.entries()) {
            if (index === taken) queue.take(2);
            const before = queue.stats.dropped;
            const length = queue.length;
            const isAdmitted = queue.push(index, level, bytes);
            const lost = queue.stats.dropped - before;
            if (!isAdmitted) expect([lost, queue.length]).toEqual([1, length]);
            else expect(queue.length).toBe(length + 1 - lost);
          }
        }),
      );
    },
  );

  it('counts what is on its way until it is reported on, and puts it back where it was', () => {
    const queue = filled('dropNewest', new Array(9).fill(INFO));
    const batch = queue.take(5);
    expect(queue.push('more', INFO, 1)).toBe(false);
    queue.putBack(batch);
    expect(contents(queue)).toEqual(Array.from({ length: 9 }, (_, n) => `20#${n}`));
  });

  it('takes no more bytes than asked for, but always one item', () => {
    const queue = new BoundedQueue<string>();
    for (const bytes of [50, 30, 30]) queue.push(`${bytes}`, INFO, bytes);
    expect(queue.take(10, 10)).toHaveLength(1);
    expect(queue.take(10, 60)).toHaveLength(2);
  });

  it('takes the oldest of all levels, as many as there is room for', () => {
    const level = fc.constantFrom(10, 20, 20, 20, 40, Number.NaN, Number.POSITIVE_INFINITY);
    const item = fc.record({ level, bytes: fc.nat(9) });
    const room = fc.record({ records: fc.nat(6), bytes: fc.integer({ min: -1, max: 20 }) });
    fc.assert(
      fc.property(fc.array(item, { maxLength: 30 }), fc.array(room), (items, rooms) => {
        const queue = new BoundedQueue<number>();
        for (const [at, { level, bytes }] of items.entries()) queue.push(at, level, bytes);
        const left = items.map(({ bytes }, at) => ({ at, bytes }));
        for (const { records, bytes } of rooms) {
          const expected: number[] = [];
          for (let used = 0; expected.length < records && left.length > 0; ) {
            used += left[0]?.bytes as number;
            if (expected.length > 0 && used > bytes) break;
            expected.push(left.shift()?.at as number);
          }
          const batch = queue.take(records, bytes);
          expect(batch.map(({ item: taken }) => taken)).toEqual(expected);
          expect(queue.length).toBe(left.length);
          queue.deliver(batch);
          const queuedBytes = left.reduce((sum, one) => sum + one.bytes, 0);
          expect(queue.stats).toMatchObject({ queued: left.length, queuedBytes });
        }
      }),
    );
  });

  it('knows when everything up to an item is settled', () => {
    const queue = filled('dropNewest', [INFO, INFO]);
    const last = queue.lastSequence;
    queue.push('later', INFO, 1);
    const batch = queue.take(2);
    expect(queue.isSettledUpTo(last)).toBe(false);
    queue.deliver(batch);
    expect(queue.isSettledUpTo(last)).toBe(true);
  });

  it('accounts for every item, whatever happens', () => {
    const step = fc.oneof(
      fc.record({
        do: fc.constant('push' as const),
        level: fc.constantFrom(10, 20, 30, 40, 50),
        bytes: fc.nat(40),
      }),
      fc.record({
        do: fc.constantFrom('deliver' as const, 'putBack' as const, 'drop' as const),
        count: fc.nat(4),
      }),
    );
    const policy = fc.constantFrom<OverflowPolicy>('dropLowestLevel', 'dropNewest', 'dropOldest');
    fc.assert(
      fc.property(policy, fc.array(step, { maxLength: 60 }), (overflow, steps) => {
        const queue = new BoundedQueue<number>({ maxRecords: 8, maxBytes: 100, overflow });
        let pushed = 0;
        for (const one of steps) {
          if (one.do === 'push') queue.push(pushed++, one.level, one.bytes);
          else {
            const batch = queue.take(one.count);
            expect(batch.map(({ sequence }) => sequence)).toEqual(
              batch.map(({ sequence }) => sequence).sort((a, b) => a - b),
            );
            if (one.do === 'drop') queue.drop(batch, 'failed');
            else queue[one.do](batch);
          }
          const { emitted, delivered, dropped, queued, queuedBytes } = queue.stats;
          expect(emitted).toBe(pushed);
          expect(delivered + dropped + queued).toBe(emitted);
          expect(queued).toBeLessThanOrEqual(8);
          expect(queuedBytes).toBeLessThanOrEqual(100);
        }
        queue.clear('closed');
        expect(queue.stats).toMatchObject({ queued: 0, queuedBytes: 0 });
      }),
    );
  });

  it('is full for a level and those below it, until something leaves', () => {
    const queue = filled('dropLowestLevel', new Array(9).fill(INFO));
    expect([DEBUG, INFO, INFO, ERROR, Number.NaN].map((level) => queue.isFull(level))).toEqual([
      ...[true, true, true, false, true],
    ]);
    queue.dropNew();
    expect(queue.isFull(INFO)).toBe(true);
    for (const settled of ['deliver', 'drop'] as const) {
      const batch = queue.take(1);
      expect(queue.isFull(INFO)).toBe(true);
      queue[settled](batch, 'failed');
      expect(queue.isFull(INFO)).toBe(false);
      queue.push('again', INFO, 1);
      expect(queue.isFull(INFO)).toBe(true);
    }
    queue.clear('closed');
    expect(queue.isFull(INFO)).toBe(false);
    expect(queue.stats).toMatchObject({ emitted: 12, dropped: 11, delivered: 1 });
  });

  it('has room for what matters more once what matters less is back', () => {
    const queue = filled('dropLowestLevel', new Array(9).fill(DEBUG));
    const batch = queue.take(9);
    expect(queue.isFull(INFO)).toBe(true);
    queue.putBack(batch);
    expect(queue.isFull(INFO)).toBe(false);
    expect(queue.push('in place of the oldest', INFO, 1)).toBe(true);
  });

  it('has room for a large item that is replaced by a small one', () => {
    const queue = new BoundedQueue<string>({ maxBytes: 100 });
    queue.push('large', DEBUG, 89);
    queue.push('small', INFO, 1);
    expect(queue.isFull(DEBUG)).toBe(true);
    expect(queue.push('in place of the large', INFO, 2)).toBe(true);
    expect(queue.isFull(DEBUG)).toBe(false);
  });

  it('admits what it is not full for, whatever was asked before', () => {
    const level = fc.constantFrom(10, 20, 30, 40, 50, Number.NaN);
    const step = fc.record({ level, asked: fc.array(level), settled: fc.nat(2), isPutBack: fc.boolean() });
    const policy = fc.constantFrom<OverflowPolicy>('dropLowestLevel', 'dropNewest', 'dropOldest');
    fc.assert(
      fc.property(policy, fc.array(step, { maxLength: 40 }), (overflow, steps) => {
        const queue = new BoundedQueue<number>({ maxRecords: 4, overflow });
        for (const [item, { level, asked, settled, isPutBack }] of steps.entries()) {
          for (const each of asked) queue.isFull(each);
          const isFull = queue.isFull(level);
          expect(queue.push(item, level, 1)).toBe(!isFull);
          const batch = queue.take(settled);
          if (isPutBack) queue.putBack(batch);
          else queue.deliver(batch);
        }
      }),
      { numRuns: 500 },
    );
  });
});
