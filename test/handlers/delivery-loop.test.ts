import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, it } from '@jest/globals';
import { Backoff } from '../../lib/handlers/support/backoff.js';
import { BoundedQueue } from '../../lib/handlers/support/bounded-queue.js';
import { DeliveryFailure } from '../../lib/handlers/support/delivery-failure.js';
import { DeliveryLoop, type DeliveryLoopOptions } from '../../lib/handlers/support/delivery-loop.js';
import { DigestPace } from '../../lib/handlers/support/digest.js';
import { isExporting } from '../../lib/handlers/support/export-scope.js';

function make(options: Partial<DeliveryLoopOptions<number>> = {}) {
  const queue = new BoundedQueue<number>({ maxRecords: 100 });
  const faults: Error[] = [];
  const sent: number[][] = [];
  const loop = new DeliveryLoop<number>({
    queue,
    backoff: new Backoff({ initialMs: 4, maxMs: 8 }),
    turn: () => ({ waitMs: 0, records: 10 }),
    send: async (entries) => void sent.push(entries.map(({ item }) => item)),
    failed: (fault) => faults.push(fault),
    ...options,
  });
  return {
    queue,
    faults,
    sent,
    loop,
    push: (...items: number[]) => {
      for (const item of items) loop.push(item, 20, 1);
    },
  };
}

describe('DeliveryLoop', () => {
  it('sends nothing while the log call goes on, then in order', async () => {
    const { loop, push, sent } = make();
    push(1, 2, 3);
    expect(sent).toEqual([]);
    await loop.flush();
    push(4);
    await loop.flush();
    expect(sent).toEqual([[1, 2, 3], [4]]);
    expect(loop.flush()).toBeUndefined();
  });

  it('goes on when whoever is told of a failure throws', async () => {
    let attempts = 0;
    const { loop, push, queue } = make({
      send: async () => {
        attempts += 1;
        if (attempts < 3) throw new Error('no');
      },
      failed: () => {
        throw new Error('no listener either');
      },
    });
    push(1);
    await loop.flush();
    expect(queue.stats).toMatchObject({ delivered: 1, dropped: 0 });
  });

  it('retries without end what cannot be reached, and ten times what answers', async () => {
    let attempts = 0;
    const unreachable = make({
      send: async () => {
        attempts += 1;
        if (attempts <= 40) throw new DeliveryFailure('away', 'retry');
      },
    });
    unreachable.push(1);
    await unreachable.loop.flush();
    expect(unreachable.queue.stats.delivered).toBe(1);
    const unwell = make({
      send: async () => {
        throw new DeliveryFailure('unwell', 'retry', { isAnswered: true });
      },
    });
    unwell.push(1);
    await unwell.loop.flush();
    expect(unwell.queue.stats.droppedBy.failed).toBe(1);
    expect(unwell.faults).toHaveLength(11);
  });

  it('keeps the books when it is closed in the middle of a send', async () => {
    const { loop, push, queue } = make({
      send: () => new Promise(() => {}),
      turn: () => ({ waitMs: 0, records: 2 }),
    });
    push(1, 2, 3);
    const started = performance.now();
    await loop.close();
    expect(performance.now() - started).toBeLessThan(5_000);
    push(4);
    expect(queue.stats).toMatchObject({
      emitted: 4,
      delivered: 0,
      queued: 0,
      dropped: 4,
      droppedBy: { closed: 4 },
    });
  });

  it("works outside the context of the request that logged, and marked as the library's own", async () => {
    const requests = new AsyncLocalStorage<string>();
    const seen: unknown[] = [];
    const { loop, push } = make({ send: async () => void seen.push([requests.getStore(), isExporting()]) });
    requests.run('a request', () => push(1));
    await loop.flush();
    expect(seen).toEqual([[undefined, true]]);
    expect(isExporting()).toBe(false);
  });

  it('comes to a fresh record soon, however long it has backed off', async () => {
    let isAway = true;
    const { loop, push, sent } = make({
      backoff: new Backoff({ initialMs: 60_000, maxMs: 60_000, random: () => 0.9 }),
      send: async (entries) => {
        if (isAway) throw new DeliveryFailure('away', 'retry');
        sent.push(entries.map(({ item }) => item));
      },
    });
    push(1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    isAway = false;
    push(2);
    const started = performance.now();
    while (sent.length === 0 && performance.now() - started < 6_000)
      await new Promise((resolve) => setTimeout(resolve, 20));
    expect(sent[0]).toEqual([1]);
    expect(performance.now() - started).toBeLessThan(5_000);
    await loop.close();
  }, 10_000);
});

describe('DigestPace', () => {
  it('lets the first go alone, gathers the others, and calms down again', () => {
    const pace = new DigestPace({ intervalMs: 100, maxRecords: 10, after: 2 });
    const all = Number.POSITIVE_INFINITY;
    expect([pace.turn(false, 0), pace.turn(false, 1)]).toEqual([
      { waitMs: 0, records: 1 },
      { waitMs: 0, records: 1 },
    ]);
    expect(pace.turn(false, 2)).toMatchObject({ waitMs: 98 });
    expect(pace.turn(false, 100)).toEqual({ waitMs: 0, records: all });
    // The storm goes on: from here it is one mail an interval.
    expect(pace.turn(false, 101)).toMatchObject({ waitMs: 99 });
    expect(pace.turn(false, 200)).toEqual({ waitMs: 0, records: all });
    // Quiet for an interval.
    expect(pace.turn(false, 400)).toEqual({ waitMs: 0, records: 1 });
  });

  it('gives all at once when it is urgent', () => {
    const pace = new DigestPace({ intervalMs: 100, maxRecords: 10, after: 0 });
    expect(pace.turn(false, 0)).toMatchObject({ waitMs: 100 });
    expect(pace.turn(true, 5)).toEqual({ waitMs: 0, records: Number.POSITIVE_INFINITY });
  });
});
