import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { dictConfig, getLogger, getLoggingStats } from 'nestjs-logging';
import { isolateLogging, type LoggingIsolation } from 'nestjs-logging/testing';
import { LogRecord } from '../../../lib/core/records/log-record.js';
import type { SendResult } from '../../../lib/handlers/shipping/destination.js';
import type { EntryKind } from '../../../lib/handlers/shipping/shipping-entry.js';
import { ShippingHandler } from '../../../lib/handlers/shipping/shipping-handler.js';
import type { ShippingOptions } from '../../../lib/handlers/shipping/shipping-options.js';
import { delivered, retry } from '../../../lib/handlers/shipping/verdict.js';

/** A destination whose author has read the docs in haste. */
class Hasty extends ShippingHandler {
  attempts = 0;
  readonly errors: string[] = [];
  answer: (count: number) => unknown = () => delivered;
  write: (record: LogRecord) => unknown = (record) => record.getMessage();

  constructor(options: ShippingOptions & { entries?: EntryKind | undefined } = {}) {
    super({ flushIntervalMs: 1, ...options }, { name: 'hasty', entries: options.entries });
  }

  protected override encode(record: LogRecord): string {
    return this.write(record) as string;
  }

  protected override async send(batch: readonly unknown[]): Promise<SendResult> {
    this.attempts += 1;
    return this.answer(batch.length) as SendResult;
  }

  override handleError(_record: LogRecord, error?: unknown): void {
    this.errors.push((error as Error).message);
  }
}

const open: Hasty[] = [];
beforeEach(() => {
  jest.spyOn(Math, 'random').mockReturnValue(0.002);
});
afterEach(async () => {
  jest.restoreAllMocks();
  for (const handler of open.splice(0)) {
    handler.answer = () => delivered;
    await handler.close();
  }
});

function hasty(answer: Hasty['answer']): Hasty {
  const handler = new Hasty();
  open.push(handler);
  handler.answer = answer;
  for (const msg of ['one', 'two', 'three'])
    handler.handle(new LogRecord({ name: 'shop', levelno: 20, levelname: 'INFO', msg }));
  return handler;
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('what send gives that is no verdict', () => {
  const answers: Readonly<Record<string, (count: number) => unknown>> = {
    'a boolean': () => true,
    'false, which may mean that it did not work': () => false,
    'the name of an outcome': () => 'delivered',
    'a status': () => 202,
    'a response': () => new Response(null, { status: 500 }),
    'a typo': () => ({ outcome: 'deliverd' }),
    'names of outcomes': (count) => Array.from({ length: count }, () => 'delivered'),
    'a verdict of a batch for a record': (count) =>
      Array.from({ length: count }, () => ({ outcome: 'split', reason: 'too many' })),
    'no number of rejected records': () => ({ outcome: 'partly', rejected: Number.NaN, reason: 'some' }),
  };
  it.each(Object.entries(answers))(
    '%s: sent again 10 times, then lost, counted and named',
    async (_, answer) => {
      const handler = hasty(answer);
      for (let round = 0; round < 400 && handler.stats.queued > 0; round++) {
        await handler.flush();
        await wait(5);
      }
      expect(handler.attempts).toBe(11);
      expect(handler.stats).toMatchObject({ emitted: 3, delivered: 0, queued: 0, dropped: 3 });
      expect(handler.errors[0]).toMatch(/^send: expected a verdict, got /);
    },
  );

  it('half a record: the counters stay exact', async () => {
    const handler = hasty(() => ({ outcome: 'partly', rejected: 1.5, reason: 'some' }));
    await handler.flush();
    expect(handler.stats).toMatchObject({ emitted: 3, delivered: 1, queued: 0, dropped: 2 });
  });

  it('nothing thrown: the error says so', async () => {
    const handler = hasty(() => {
      throw undefined;
    });
    await wait(50);
    expect(handler.errors[0]).toBe('send gave no reason');
  });
});

it.each([
  ['that is no number', Number.NaN],
  ['without end', Number.POSITIVE_INFINITY],
  ['that is more than timers can wait', 3e9],
  ['in the past', -5_000],
])('a delay %s does not make it send as fast as it can', async (_, delayMs) => {
  jest.spyOn(Math, 'random').mockReturnValue(0.2);
  const handler = hasty(() => retry('busy', { delayMs }));
  await wait(250);
  expect(handler.attempts).toBeGreaterThan(0);
  expect(handler.attempts).toBeLessThan(5);
});

describe('what encode gives', () => {
  let isolation: LoggingIsolation;
  beforeEach(() => {
    isolation = isolateLogging();
  });
  afterEach(() => isolation.restore());

  it.each<[string, EntryKind | undefined, unknown]>([
    ['a Buffer', undefined, Buffer.from('one')],
    ['an object', undefined, { message: 'one' }],
    ['a string', 'bytes', 'one'],
    ['a string', 'json', '{}'],
    ['a Buffer', 'json', Buffer.from('{}')],
  ])(
    '%s where entries is %s: an error, counted, for a spool would give something else back',
    (_, entries, item) => {
      const handler = new Hasty({ entries });
      open.push(handler);
      handler.write = () => item;
      dictConfig({
        version: 1,
        handlers: { hasty: { '()': () => handler } },
        root: { level: 'INFO', handlers: ['hasty'] },
      });
      getLogger('shop').info('one');
      expect(handler.errors).toEqual([
        expect.stringMatching(/^encode: expected an? \w+ at once, since its entries are '\w+', got /),
      ]);
      expect(getLoggingStats().handlers.find(({ name }) => name === 'hasty')).toMatchObject({
        emitted: 1,
        dropped: 1,
        queued: 0,
      });
    },
  );
});
