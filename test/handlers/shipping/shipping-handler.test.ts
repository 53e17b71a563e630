import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '../../../lib/core/loggers/logger.js';
import { LogRecord } from '../../../lib/core/records/log-record.js';
import type { Destination, SendResult } from '../../../lib/handlers/shipping/destination.js';
import type { ShippingEntry } from '../../../lib/handlers/shipping/shipping-entry.js';
import { ShippingHandler } from '../../../lib/handlers/shipping/shipping-handler.js';
import type { ShippingOptions } from '../../../lib/handlers/shipping/shipping-options.js';
import { delivered, rejected, retry } from '../../../lib/handlers/shipping/verdict.js';
import { collectStderr } from '../../support/stderr-collector.js';
import { useTemporaryFolder } from '../../support/temporary-folder.js';

/** A destination whose answers a test decides on. */
class Depot extends ShippingHandler {
  readonly batches: ShippingEntry[][] = [];
  answer: (texts: readonly string[], signal: AbortSignal) => SendResult | Promise<SendResult> = () =>
    delivered;

  constructor(options: ShippingOptions = {}, destination: Partial<Destination> = {}) {
    super(options, { name: 'depot', receiver: 'depot:1', secrets: ['hunter2hunter2'], ...destination });
  }

  protected override encode(record: LogRecord): string {
    return this.format(record);
  }

  protected override send(batch: readonly ShippingEntry[], signal: AbortSignal) {
    this.batches.push([...batch]);
    return this.answer(
      batch.map(({ item }) => item),
      signal,
    );
  }

  get texts(): string[][] {
    return this.batches.map((batch) => batch.map(({ item }) => item));
  }
}

const folder = useTemporaryFolder();
let stderr: ReturnType<typeof collectStderr>;
const open: Depot[] = [];
beforeEach(() => {
  stderr = collectStderr();
  // The wait before an attempt is drawn at random, from zero up to seconds.
  jest.spyOn(Math, 'random').mockReturnValue(0.01);
});
afterEach(async () => {
  jest.restoreAllMocks();
  await Promise.all(open.splice(0).map((handler) => handler.close()));
  stderr.stop();
});

function depot(options: ShippingOptions = {}): Depot {
  const made = new Depot(options);
  open.push(made);
  return made;
}

function log(handler: Depot, ...messages: string[]): void {
  for (const msg of messages) handler.handle(new LogRecord({ msg, levelno: 20, levelname: 'INFO' }));
}

async function until(isSo: () => boolean): Promise<void> {
  const deadline = Date.now() + 45_000;
  while (!isSo()) {
    if (Date.now() > deadline) throw new Error('it never came to that');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('the batches of a destination', () => {
  it('leave with fewer records than fit into one where that is enough, and are full where these had to wait', async () => {
    const enough = { enoughRecords: 2, defaults: { batchSize: 5 } };
    const handler = new Depot({ flushIntervalMs: 60_000 }, enough);
    open.push(handler);
    log(handler, 'a', 'b');
    let answer = (_: SendResult) => {};
    handler.answer = () => new Promise<SendResult>((resolve) => (answer = resolve));
    await until(() => handler.batches.length === 1);
    log(handler, 'c', 'd', 'e', 'f', 'g', 'h', 'i');
    handler.answer = () => delivered;
    answer(delivered);
    await until(() => handler.stats.delivered === 9);
    expect(handler.texts).toEqual([
      ['a', 'b'],
      ['c', 'd', 'e', 'f', 'g'],
      ['h', 'i'],
    ]);

    const asked = new Depot({ flushIntervalMs: 300, batchSize: 4 }, enough);
    open.push(asked);
    log(asked, 'a', 'b', 'c');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(asked.batches).toEqual([]);
    log(asked, 'd');
    await until(() => asked.stats.delivered === 4);
    expect(asked.texts).toEqual([['a', 'b', 'c', 'd']]);
  });

  it('leave at once when there are enough records, and else after a while', async () => {
    const handler = depot({ batchSize: 3, flushIntervalMs: 100 });
    log(handler, 'a', 'b', 'c', 'd');
    await until(() => handler.batches.length === 1);
    expect(handler.texts).toEqual([['a', 'b', 'c']]);
    await until(() => handler.batches.length === 2);
    expect(handler.texts[1]).toEqual(['d']);
  });

  it('leave at once when there are enough bytes', async () => {
    const handler = depot({ maxBatchBytes: 10, flushIntervalMs: 3_600_000 });
    log(handler, 'aaaa', 'bbbb', 'cccc');
    await until(() => handler.batches.length === 1);
    expect(handler.texts).toEqual([['aaaa', 'bbbb']]);
    await handler.flush();
    expect(handler.texts[1]).toEqual(['cccc']);
  });

  it('are sent one after the other, in order', async () => {
    const handler = depot({ batchSize: 2 });
    let running = 0;
    handler.answer = async () => {
      expect(running++).toBe(0);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running -= 1;
      return undefined;
    };
    const messages = Array.from({ length: 20 }, (_, index) => String(index));
    log(handler, ...messages);
    await handler.flush();
    expect(handler.texts.flat()).toEqual(messages);
  });
});

describe('what becomes of the records of a batch', () => {
  it('is one thing for all, or one for each: those to be sent again go alone', async () => {
    const handler = depot();
    handler.answer = (texts) =>
      texts.map((text) => {
        if (text === 'poison') return rejected('a field of the wrong type');
        return text === 'busy' && handler.batches.length === 1 ? retry('not now') : delivered;
      });
    log(handler, 'a', 'busy', 'poison', 'b');
    await handler.flush();
    expect(handler.texts).toEqual([['a', 'busy', 'poison', 'b'], ['busy']]);
    expect(handler.stats).toMatchObject({ emitted: 4, delivered: 3, dropped: 1, droppedBy: { rejected: 1 } });
    expect(stderr.text).toContain('depot:1: 1 record was rejected: a field of the wrong type');
  });

  it('sets aside with its reason what is rejected, where there is a spool', async () => {
    const handler = depot({ spool: { directory: folder.path } });
    handler.answer = (texts) => texts.map((text) => (text === 'poison' ? rejected('no good') : delivered));
    log(handler, 'a', 'poison', 'b');
    await handler.flush();
    expect(handler.stats).toMatchObject({ delivered: 2, spooled: 0, dropped: 1, deadLetters: 1 });
    const letter = JSON.parse(readFileSync(join(folder.path, 'dead-letters.jsonl'), 'utf8')) as object;
    expect(letter).toMatchObject({ record: 'poison', reason: 'no good', id: handler.batches[0]?.[1]?.id });
  });

  it('halves what is not taken, until the bad record is found', async () => {
    const handler = depot();
    handler.answer = (texts) =>
      texts.includes('poison') ? { outcome: 'split', reason: 'bad request' } : delivered;
    log(handler, 'a', 'b', 'poison', 'c', 'd');
    await handler.flush();
    expect(handler.stats).toMatchObject({ delivered: 4, dropped: 1, droppedBy: { rejected: 1 } });
  });

  it('halves what is too large, and loses a single one as that', async () => {
    const handler = depot();
    handler.answer = (texts) =>
      texts.join('').length > 4 ? { outcome: 'split', reason: '413', isTooLarge: true } : delivered;
    log(handler, 'aa', 'bb', 'cc', 'too large');
    await handler.flush();
    expect(handler.stats).toMatchObject({ delivered: 3, dropped: 1, droppedBy: { oversize: 1 } });
  });

  it('keeps in the spool what is refused whole, and loses it without one', async () => {
    const refusing = () => ({ outcome: 'refused', reason: 'wrong key' }) as const;
    const [kept, lost] = [depot({ spool: { directory: folder.path } }), depot()];
    for (const handler of [kept, lost]) {
      handler.answer = refusing;
      log(handler, 'a');
      await handler.flush();
    }
    expect(kept.stats).toMatchObject({ spooled: 1, dropped: 0 });
    expect(lost.stats).toMatchObject({ queued: 0, dropped: 1, droppedBy: { rejected: 1 } });
  });

  it('counts what was rejected of a batch without being named, and sends none of it again', async () => {
    const handler = depot({ spool: { directory: folder.path } });
    handler.answer = () => ({ outcome: 'partly', rejected: 2, reason: 'too old' });
    log(handler, 'a', 'b', 'c');
    await handler.flush();
    expect(handler.batches).toHaveLength(1);
    expect(handler.stats).toMatchObject({ delivered: 1, spooled: 0, dropped: 2, deadLetters: 0 });
  });

  it('waits as long as it is asked to', async () => {
    const handler = depot();
    handler.answer = () => (handler.batches.length === 1 ? retry('busy', { delayMs: 300 }) : delivered);
    log(handler, 'a');
    const started = Date.now();
    await until(() => handler.stats.delivered === 1);
    expect(Date.now() - started).toBeGreaterThanOrEqual(290);
  });

  it('goes on without end while the destination is busy, and 10 times where it may be the records', async () => {
    const [busy, failing] = [depot(), depot()];
    for (const handler of [busy, failing]) {
      handler.answer = () => retry('no', { isLimited: handler === failing });
      log(handler, 'a');
      // Each back-off is cut short by a flush.
      for (let round = 0; round < 400 && handler.batches.length < 30; round++) {
        void handler.flush();
        await new Promise((resolve) => setTimeout(resolve, 1));
        if (handler === failing && handler.stats.dropped > 0) break;
      }
    }
    expect(failing.batches.length).toBeLessThanOrEqual(11);
    expect(busy.stats).toMatchObject({ queued: 1, dropped: 0 });
  });
});

describe('a client library that misbehaves', () => {
  it('is given up when it never answers, and asked again', async () => {
    const handler = depot({ timeoutMs: 50 });
    let wasAborted = false;
    handler.answer = (_, signal) => {
      if (handler.batches.length > 1) return delivered;
      signal.addEventListener('abort', () => {
        wasAborted = true;
      });
      return new Promise(() => undefined);
    };
    log(handler, 'a');
    await until(() => handler.stats.delivered === 1);
    expect(wasAborted).toBe(true);
    expect(stderr.text).toContain('depot:1: no answer within 50 ms');
  });

  it('may throw or reject with anything: the batch goes again', async () => {
    const handler = depot();
    const moods = [
      () => {
        throw new TypeError('x is not a function');
      },
      () => Promise.reject(null),
      () => Promise.reject(Object.create(null)),
      () => [] as never,
    ];
    handler.answer = () => moods[handler.batches.length - 1]?.() ?? delivered;
    log(handler, 'a');
    await until(() => handler.stats.delivered === 1);
    expect(handler.batches).toHaveLength(5);
    expect(handler.stats).toMatchObject({ delivered: 1, dropped: 0 });
  });

  it('does not have what it logs sent', async () => {
    const handler = depot();
    const logger = new Logger('client', 'DEBUG');
    logger.addHandler(handler);
    handler.answer = async () => {
      logger.info('publishing');
      await undefined;
      logger.info('published');
      return delivered;
    };
    logger.info('hello');
    await handler.flush();
    expect(handler.texts).toEqual([['hello']]);
  });
});

describe('a record that is too large', () => {
  it('is cut, and goes with its neighbours', async () => {
    const handler = depot({ maxRecordBytes: 2_000 });
    log(handler, 'before', `start${'x'.repeat(5_000)}`, 'after');
    await handler.flush();
    const [before, cut = '', after] = handler.texts.flat();
    expect([before, after]).toEqual(['before', 'after']);
    expect(cut.startsWith('startxxx')).toBe(true);
    expect(cut.length).toBeLessThanOrEqual(2_000);
    expect(handler.stats).toMatchObject({ emitted: 3, delivered: 3 });
  });

  it('is set aside alone where that does not help', async () => {
    const handler = depot({
      maxRecordBytes: 2_000,
      spool: { directory: folder.path },
      formatter: { format: ({ msg }: LogRecord) => `${String(msg).slice(0, 2)}${'y'.repeat(3_000)}` },
    });
    log(handler, 'huge');
    handler.setFormatter(null);
    log(handler, 'after');
    await handler.flush();
    expect(handler.texts).toEqual([['after']]);
    expect(handler.stats).toMatchObject({ emitted: 2, delivered: 1, dropped: 1, droppedBy: { oversize: 1 } });
    expect(readFileSync(join(folder.path, 'dead-letters.jsonl'), 'utf8')).toContain('longer than 2000');
  });
});

describe('the ids of records', () => {
  it('differ, and stay the same when a record is sent again', async () => {
    const [one, other] = [depot(), depot()];
    one.answer = () => (one.batches.length === 1 ? retry('busy') : delivered);
    log(one, 'a', 'b');
    log(other, 'a');
    await Promise.all([one.flush(), other.flush()]);
    const ids = one.batches.map((batch) => batch.map(({ id }) => id));
    expect(ids[0]).toEqual(ids[1]);
    expect(new Set([...ids.flat(), other.batches[0]?.[0]?.id]).size).toBe(3);
  });

  it('stay the same for the next process, where there is a spool', async () => {
    const first = depot({ spool: { directory: folder.path } });
    first.answer = () => retry('busy');
    log(first, 'a');
    await first.close();
    const second = depot({ spool: { directory: folder.path } });
    await until(() => second.stats.delivered === 1);
    expect(second.batches[0]?.[0]?.id).toBe(first.batches[0]?.[0]?.id);
  });
});

describe('what is said of a destination', () => {
  it('reports its health', async () => {
    const handler = depot();
    expect(handler.health).toEqual({
      isHealthy: true,
      lastDeliveredAt: undefined,
      failingSince: undefined,
      lastFailure: undefined,
    });
    let isWell = false;
    handler.answer = () => (isWell ? delivered : retry('busy'));
    log(handler, 'a');
    await until(() => !handler.health.isHealthy);
    expect(handler.health).toMatchObject({ failingSince: expect.any(Number), lastFailure: 'busy' });
    isWell = true;
    await handler.flush();
    expect(handler.health).toMatchObject({ isHealthy: true, lastDeliveredAt: expect.any(Number) });
  });

  it('holds no secrets, wherever an error has them', async () => {
    const handler = depot();
    const errors = [
      new Error('cannot log in with hunter2hunter2'),
      Object.assign(new Error('denied'), { request: { headers: { key: 'hunter2hunter2' } } }),
      new Error('denied', { cause: new Error('key hunter2hunter2') }),
    ];
    handler.answer = () => {
      const error = errors[handler.batches.length - 1];
      if (error !== undefined) throw error;
      return rejected('the key hunter2hunter2 is not known');
    };
    log(handler, 'a');
    for (let round = 0; round < 400 && handler.stats.dropped === 0; round++) {
      void handler.flush();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(stderr.text).toContain('cannot log in with [secret]');
    expect(stderr.text + String(handler) + inspect(handler, { depth: 9 })).not.toContain('hunter2');
  });

  it('comes at most once in 10 s', async () => {
    const handler = depot();
    handler.answer = (texts) => texts.map(() => rejected('no'));
    for (let round = 0; round < 5; round++) {
      log(handler, 'a');
      await handler.flush();
    }
    expect(stderr.text.match(/Logging error/g)).toHaveLength(1);
    expect(handler.stats.dropped).toBe(5);
  });
});

describe('memory', () => {
  it('stays within its bounds while the destination is down, and every loss is counted', async () => {
    const handler = depot({ maxRecords: 100, maxBytes: 10_000, timeoutMs: 50 });
    handler.answer = () => new Promise(() => undefined);
    for (let index = 0; index < 5_000; index++) log(handler, `message ${index}`);
    const { queued, queuedBytes, dropped, emitted } = handler.stats;
    expect(queued).toBeLessThanOrEqual(100);
    expect(queuedBytes).toBeLessThanOrEqual(10_000);
    expect(queued + dropped).toBe(emitted);
  });

  it('encodes no record for which there is no room, and counts it', async () => {
    let encoded = 0;
    class Counting extends Depot {
      protected override encode(record: LogRecord): string {
        encoded += 1;
        return super.encode(record);
      }
    }
    const handler = new Counting({ maxRecords: 100, timeoutMs: 50 });
    open.push(handler);
    handler.answer = () => new Promise(() => undefined);
    for (let index = 0; index < 500; index++) log(handler, `message ${index}`);
    expect(encoded).toBe(90);
    expect(handler.stats).toMatchObject({ emitted: 500, queued: 90, droppedBy: { overflow: 410 } });
    // One of a higher level takes the place of another.
    handler.handle(new LogRecord({ msg: 'error', levelno: 40, levelname: 'ERROR' }));
    handler.handle(new LogRecord({ msg: 'warning', levelno: 30, levelname: 'WARNING' }));
    expect(encoded).toBe(92);
    expect(stderr.text).toContain('the queue is full');
  });
});
