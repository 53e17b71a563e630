import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { makeLogRecord } from 'nestjs-logging/core';
import { BoundedQueue } from '../../../lib/handlers/delivery/bounded-queue.js';
import type { QueueEntry } from '../../../lib/handlers/delivery/delivery-queue.js';
import { PackedEntries, type Packing } from '../../../lib/handlers/delivery/packed-entries.js';
import { packingOf, sizeOf } from '../../../lib/handlers/shipping/shipping-entry.js';

const INFO = 20;
const ERROR = 40;
const texts = { ...packingOf.text, few: 256 } as Packing<string>;

function shown(entry: QueueEntry<string> | undefined) {
  return entry && { item: entry.item, bytes: entry.bytes, sequence: entry.sequence, levelno: entry.levelno };
}

describe('packed entries', () => {
  it('are what they were, in their order, whatever their lengths', () => {
    const lengths = fc.oneof(fc.nat(300), fc.integer({ min: 60_000, max: 300_000 }));
    const step = fc.oneof(
      { weight: 3, arbitrary: lengths },
      { weight: 1, arbitrary: fc.constant('shift' as const) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const packed = new PackedEntries<string>(INFO, texts);
        const model: { item: string; bytes: number; sequence: number; levelno: number }[] = [];
        for (const [sequence, one] of steps.entries()) {
          if (one === 'shift') {
            expect(shown(packed.peek())).toEqual(model.shift());
            packed.shift();
          } else {
            const item = `${sequence} ${'é💳\u0000x'.repeat(one / 4)}`;
            const bytes = Buffer.byteLength(item);
            packed.push(item, bytes, sequence, undefined);
            model.push({ item, bytes, sequence, levelno: INFO });
          }
          expect(packed.length).toBe(model.length);
          expect(shown(packed.peek())).toEqual(model[0]);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('keep what they are read from after others took their place in the queue', () => {
    const packed = new PackedEntries<string>(INFO, texts);
    packed.push('first', 5, 1, undefined);
    const first = packed.peek();
    packed.shift();
    packed.push('other', 5, 2, undefined);
    expect(first?.item).toBe('first');
    expect(packed.peek()?.item).toBe('other');
  });

  it('have the sequences that a queue comes to in years, and the records that were given with them', () => {
    const packed = new PackedEntries<string>(INFO, texts);
    const record = makeLogRecord({ msg: 'kept' });
    packed.push('a', 1, 2 ** 52 + 1, undefined);
    packed.push('b', 1, 2 ** 52 + 2, record);
    packed.push('c', 1, 2 ** 52 + 3, undefined);
    const found = [1, 2, 3].map(() => {
      const entry = packed.peek();
      packed.shift();
      return [entry?.sequence, entry?.logRecord];
    });
    expect(found).toEqual([
      [2 ** 52 + 1, undefined],
      [2 ** 52 + 2, record],
      [2 ** 52 + 3, undefined],
    ]);
    expect(packed.peek()).toBeUndefined();
  });

  it.each([
    ['text', 'Grüße 💳 \u2028 "x"'],
    ['text', ''],
    ['latin1', Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)).toString('latin1')],
    ['bytes', Buffer.from([0, 255, 10])],
  ] as const)('have the item of a destination of the kind %s as it was', (kind, item) => {
    const packed = new PackedEntries(INFO, packingOf[kind] as Packing<string | Buffer>);
    for (const sequence of [1, 2]) packed.push(item, sizeOf(item, kind), sequence, undefined);
    packed.shift();
    expect(packed.peek()?.item).toEqual(item);
  });
});

describe('a bounded queue whose entries are packed', () => {
  const filled = (count: number) => {
    const queue = new BoundedQueue<string>({ maxRecords: 1_000 }, undefined, texts);
    for (let at = 0; at < count; at++) {
      const item = `item ${at}`;
      queue.push(item, at % 100 === 99 ? ERROR : INFO, item.length);
    }
    return queue;
  };
  const numbers = (entries: readonly QueueEntry<string>[]) =>
    entries.map(({ item }) => Number(item.replace('item ', '')));
  const upTo = (count: number, from = 0) => Array.from({ length: count - from }, (_, at) => from + at);

  it('gives them back in the order they came, also after some were put back', () => {
    const queue = filled(800);
    const batch = queue.take(500);
    expect(numbers(batch)).toEqual(upTo(500));
    queue.putBack(batch);
    expect(queue.length).toBe(800);
    const next = queue.take(100);
    queue.deliver(next.slice(0, 50));
    queue.putBack(next.slice(50));
    expect(numbers(queue.take(1_000))).toEqual(upTo(800, 50));
  });

  it('drops the oldest of the lowest level for others, and counts all', () => {
    const queue = filled(900);
    for (let at = 900; at < 1_200; at++) queue.push(`item ${at}`, ERROR, `item ${at}`.length);
    const { emitted, queued, dropped, queuedBytes } = queue.stats;
    expect({ emitted, queued, dropped }).toEqual({ emitted: 1_200, queued: 1_000, dropped: 200 });
    const left = numbers(queue.take(1_000));
    const first = upTo(203).filter((at) => at % 100 !== 99);
    expect(left).toEqual(upTo(1_200).filter((at) => !first.slice(0, 200).includes(at)));
    expect(queuedBytes).toBe(left.reduce((sum, at) => sum + `item ${at}`.length, 0));
  });

  it('has room again when all were dropped at once', () => {
    const queue = filled(800);
    expect(queue.clear('closed')).toBe(800);
    expect(queue.stats).toMatchObject({
      queued: 0,
      queuedBytes: 0,
      dropped: 800,
      droppedBy: { closed: 800 },
    });
    expect(queue.push('item 0', INFO, 6)).toBe(true);
    expect(numbers(queue.take(10))).toEqual([0]);
  });
});
