import { AsyncLocalStorage, createHook } from 'node:async_hooks';
import { describe, expect, it } from '@jest/globals';
import { Backoff } from '../../../lib/handlers/delivery/backoff.js';
import { BoundedQueue } from '../../../lib/handlers/delivery/bounded-queue.js';
import { DeliveryFailure } from '../../../lib/handlers/delivery/delivery-failure.js';
import { DeliveryLoop, type DeliveryLoopOptions } from '../../../lib/handlers/delivery/delivery-loop.js';
import { isExporting } from '../../../lib/handlers/delivery/export-scope.js';
import { DigestPace } from '../../../lib/handlers/mail/digest.js';

function make(options: Partial<DeliveryLoopOptions<number>> = {}) {
  const queue = new BoundedQueue<number>({ maxRecords: 100 });
  const errors: Error[] = [];
  const sent: number[][] = [];
  const loop = new DeliveryLoop<number>({
    queue,
    backoff: new Backoff({ initialMs: 4, maxMs: 8 }),
    turn: () => ({ waitMs: 0, records: 10 }),
    send: async (entries) => void sent.push(entries.map(({ item }) => item)),
    failed: (error) => errors.push(error),
    ...options,
  });
  return {
    queue,
    errors,
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

  it('leaves nothing behind once it is closed, that --detectOpenHandles of Jest would report', async () => {
    const open = new Set<number>();
    const hook = createHook({
      init: (id, type) => type === 'nestjs-logging.DeliveryLoop' && void open.add(id),
      destroy: (id) => void open.delete(id),
    }).enable();
    const [idle, used] = [make(), make()];
    used.push(1);
    expect(open.size).toBe(2);
    await Promise.all([idle.loop.close(), used.loop.close()]);
    await new Promise((resolve) => setImmediate(resolve));
    hook.disable();
    expect(open.size).toBe(0);
    expect(used.sent).toEqual([[1]]);
  });

  it('goes on when a listener of failures throws', async () => {
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
    expect(unwell.errors).toHaveLength(11);
  });

  it('counts towards ten only what answers, so that the end of an outage loses nothing', async () => {
    let attempts = 0;
    const { loop, push, queue } = make({
      send: async () => {
        attempts += 1;
        if (attempts <= 30) throw new DeliveryFailure('away', 'retry');
        if (attempts <= 35) throw new DeliveryFailure('starting', 'retry', { isAnswered: true });
      },
    });
    push(1);
    await loop.flush();
    expect(queue.stats).toMatchObject({ delivered: 1, dropped: 0 });
  });

  it('does not count quick retries towards ten: an outage may last as long as without them', async () => {
    let isUp = true;
    let attempts = 0;
    const { loop, push, queue } = make({
      backoff: new Backoff({ initialMs: 1, maxMs: 1, quickRetries: 3 }),
      turn: () => ({ waitMs: 0, records: 1 }),
      send: async () => {
        if (isUp) return;
        attempts += 1;
        throw new DeliveryFailure('down', 'retry', { isAnswered: true });
      },
    });
    push(...Array.from({ length: 10 }, (_, n) => n));
    await loop.flush();
    isUp = false;
    push(10);
    await loop.flush();
    expect(queue.stats).toMatchObject({ delivered: 10, droppedBy: { failed: 1 } });
    expect(attempts).toBe(14);
  });

  it('sends what waits although one of a batch is never taken, which is sent again ten times', async () => {
    const attempts: number[] = [];
    const { loop, push, queue, sent } = make({
      turn: () => ({ waitMs: 0, records: 4 }),
      send: async (entries) => {
        const items = entries.map(({ item }) => item);
        sent.push(items);
        const poison = items.indexOf(1);
        if (poison < 0) return;
        attempts.push(sent.length);
        const arrived = new Set(items.keys());
        arrived.delete(poison);
        throw new DeliveryFailure('never', 'retry', { isAnswered: true, arrived });
      },
    });
    push(...Array.from({ length: 30 }, (_, n) => n));
    await loop.flush();
    expect(sent.slice(0, 3)).toEqual([
      [0, 1, 2, 3],
      [1, 4, 5, 6],
      [1, 7, 8, 9],
    ]);
    expect(sent.flat().filter((n) => n !== 1)).toEqual([0, ...Array.from({ length: 28 }, (_, n) => n + 2)]);
    expect(attempts).toHaveLength(11);
    expect(queue.stats).toMatchObject({ delivered: 29, queued: 0, droppedBy: { failed: 1 } });
  });

  it('fills no batch up beyond its bytes', async () => {
    const { loop, queue, sent } = make({
      maxBatchBytes: 100,
      send: async (entries) => {
        sent.push(entries.map(({ item }) => item));
        if (sent.length === 1)
          throw new DeliveryFailure('one is late', 'retry', { arrived: new Set([1, 2]) });
      },
    });
    for (let n = 0; n < 8; n++) loop.push(n, 20, 30);
    await loop.flush();
    expect(sent).toEqual([
      [0, 1, 2],
      [0, 3, 4],
      [5, 6, 7],
    ]);
    expect(queue.stats).toMatchObject({ delivered: 8, queued: 0, queuedBytes: 0 });
  });

  it('loses what it took along, and counts it, when it is closed meanwhile', async () => {
    const { loop, push, queue } = make({
      turn: () => ({ waitMs: 0, records: 3 }),
      send: async () => {
        throw new DeliveryFailure('some are late', 'retry', { arrived: new Set([0]) });
      },
      backoff: new Backoff({ initialMs: 1, maxMs: 1 }),
    });
    const never = setInterval(() => push(1), 1);
    await loop.close();
    clearInterval(never);
    const { emitted, delivered, dropped, queued } = queue.stats;
    expect(queued).toBe(0);
    expect(emitted).toBe(delivered + dropped);
  }, 15_000);

  it('keeps the recordCounters when it is closed in the middle of a send', async () => {
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

describe('what should never fail in a DeliveryLoop', () => {
  const broken = <T extends unknown[], R>(real: (...args: T) => R, times: number) => {
    let left = times;
    return (...args: T): R => {
      left -= 1;
      if (left >= 0) throw new Error('injected');
      return real(...args);
    };
  };
  /** What goes wrong once; the turn itself is the last. */
  const injections: Record<string, (made: ReturnType<typeof make>, backoff: Backoff) => void> = {
    take: ({ queue }) => {
      queue.take = broken(queue.take.bind(queue), 1);
    },
    deliver: ({ queue }) => {
      queue.deliver = broken(queue.deliver.bind(queue), 1);
    },
    drop: ({ queue }) => {
      queue.drop = broken(queue.drop.bind(queue), 1);
    },
    backoff: (_, backoff) => {
      backoff.next = broken(backoff.next.bind(backoff), 1);
    },
  };

  it.each([
    ['take', [], 4],
    ['deliver', [], 1],
    ['drop', [new DeliveryFailure('never', 'reject')], 1],
    ['backoff', [new Error('away')], 4],
    ['turn', [], 4],
  ] as const)(
    'neither ends the process nor the delivery: %s',
    async (name, failures, delivered) => {
      const rejections: unknown[] = [];
      const note = (reason: unknown) => rejections.push(reason);
      process.on('unhandledRejection', note);
      const backoff = new Backoff({ initialMs: 4, maxMs: 8 });
      const left: Error[] = [...failures];
      const sent: number[] = [];
      const turn = broken(() => ({ waitMs: 0, records: 10 }), name === 'turn' ? 1 : 0);
      const send = async (entries: readonly { readonly item: number }[]) => {
        const failure = left.shift();
        if (failure !== undefined) throw failure;
        sent.push(...entries.map(({ item }) => item));
      };
      const made = make({ backoff, send, turn });
      injections[name]?.(made, backoff);
      made.push(1, 2, 3);
      await made.loop.flush();
      made.push(4);
      await made.loop.flush();
      await new Promise((resolve) => setImmediate(resolve));
      process.off('unhandledRejection', note);
      expect(rejections).toEqual([]);
      expect(made.queue.length).toBe(0);
      expect(made.errors.some(({ message }) => message.includes('injected'))).toBe(true);
      const stats = made.queue.stats;
      expect(stats.delivered + stats.queued + stats.dropped).toBe(stats.emitted);
      expect(stats.delivered).toBe(delivered);
      // What was sent, or given up, is not sent once more because that could not be noted down.
      expect(sent).toEqual(name === 'drop' ? [4] : [1, 2, 3, 4]);
    },
    20_000,
  );

  it('counts what is left when it is closed before it could try again', async () => {
    const made = make();
    made.queue.take = broken(made.queue.take.bind(made.queue), 1);
    made.push(1, 2);
    await new Promise((resolve) => setImmediate(resolve));
    const closed = made.loop.close();
    await closed;
    const { emitted, delivered, dropped, queued } = made.queue.stats;
    expect([emitted, queued, delivered + dropped]).toEqual([2, 0, 2]);
  }, 20_000);
});

describe('a failure of a DeliveryLoop', () => {
  it('names the receiver and the reason in its one line, also for several addresses', async () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED 10.0.0.1:9020'), {
      code: 'ECONNREFUSED',
      syscall: 'connect',
    });
    const errors = [
      refused,
      Object.assign(new AggregateError([refused, new Error('connect ETIMEDOUT ::1:9020')]), {
        code: 'ECONNREFUSED',
      }),
      new DeliveryFailure('the connection broke', 'retry', { cause: new Error('write EPIPE\n') }),
    ];
    const left = [...errors];
    const made = make({
      receiver: () => 'logs.example.com:9020',
      send: async () => {
        const error = left.shift();
        if (error !== undefined) throw error;
      },
    });
    made.push(1);
    await made.loop.flush();
    expect(made.errors.map(({ message }) => message)).toEqual([
      'logs.example.com:9020: the delivery failed: connect ECONNREFUSED 10.0.0.1:9020',
      'logs.example.com:9020: the delivery failed: connect ECONNREFUSED 10.0.0.1:9020, connect ETIMEDOUT ::1:9020',
      'logs.example.com:9020: the connection broke: write EPIPE',
    ]);
    expect(made.errors.map((error) => (error as DeliveryFailure).code)).toEqual([
      'ECONNREFUSED',
      'ECONNREFUSED',
      undefined,
    ]);
  });

  it('reports with a loss the receiver of the records and the reason', async () => {
    const made = make({
      receiver: () => 'logs.example.com:9020',
      backoff: new Backoff({ initialMs: 10_000, maxMs: 10_000 }),
      send: async () => {
        throw new Error('connect ECONNREFUSED 10.0.0.1:9020');
      },
    });
    made.push(1);
    await made.loop.close();
    expect(made.errors.at(-1)?.message).toBe(
      'closed before all was sent: 1 record lost so far; last failure: logs.example.com:9020: the delivery failed: connect ECONNREFUSED 10.0.0.1:9020',
    );
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
