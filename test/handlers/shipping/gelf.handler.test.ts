import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { LogRecord } from '../../../lib/core/records/log-record.js';
import { Backoff } from '../../../lib/handlers/delivery/backoff.js';
import type { GELFHandlerOptions } from '../../../lib/handlers/shipping/gelf/gelf.handler.js';
import { GELFHandler } from '../../../lib/handlers/shipping/gelf/gelf.handler.js';
import { type CorpusRecord, corpus } from '../../engines/support/record-corpus.js';
import { type GelfMessage, GelfServer } from '../../support/gelf-server.js';
import { collectStderr } from '../../support/stderr-collector.js';
import { useTemporaryFolder } from '../../support/temporary-folder.js';

const COUNT = 2_000;
const folder = useTemporaryFolder();
let server: GelfServer | undefined;
let stderr: ReturnType<typeof collectStderr> | undefined;
afterEach(async () => {
  stderr?.stop();
  stderr = undefined;
  await server?.stop();
});

async function handlerOf(options: GELFHandlerOptions): Promise<[GELFHandler, GelfServer]> {
  server = await new GelfServer(options.protocol ?? 'udp').start();
  const { port } = server;
  return [new GELFHandler({ ...options, host: '127.0.0.1', port, maxBytes: 64 * 1024 * 1024 }), server];
}

const SEVERITIES: Readonly<Record<string, number>> = { DEBUG: 7, INFO: 6, WARNING: 4, ERROR: 3, CRITICAL: 2 };

function sent({ record, message, fields, error }: CorpusRecord): object {
  const { n, ratio, word, flag } = fields;
  return { message, level: SEVERITIES[record.levelname], logger: record.name, n, ratio, word, flag, error };
}

function found(message: GelfMessage): object {
  const { short_message, level, _logger, _n, _ratio, _word, _flag, _error_type } = message;
  const fields = { n: _n, ratio: _ratio, word: _word, flag: _flag };
  return { message: short_message, level, logger: _logger, ...fields, error: _error_type };
}

/** Waits until so many messages are there. */
async function arrived(messages: readonly GelfMessage[], count: number): Promise<void> {
  for (let round = 0; messages.length < count && round < 1_000; round++) await delay(10);
}

async function until(isSo: () => boolean): Promise<void> {
  for (let round = 0; !isSo() && round < 5_000; round++) await delay(10);
}

describe.each(['udp', 'tcp', 'http'] as const)('GELFHandler over %s', (protocol) => {
  it(`brings ${COUNT} records of all kinds, once, in order and field by field`, async () => {
    // A busy machine may take its time: what is sent again would be there twice.
    const [handler, { messages }] = await handlerOf({ protocol, timeoutMs: 300_000 });
    const all = [...corpus(COUNT)];
    for (const { record } of all) handler.handle(record);
    for (let round = 0; handler.stats.queued > 0 && round < 3_000; round++) await delay(10);
    await handler.close();
    await arrived(messages, COUNT);
    expect(handler.stats).toMatchObject({ emitted: COUNT, delivered: COUNT, dropped: 0 });
    // Several requests are under way at a time: there the order is that of the timestamps.
    if (protocol === 'http') messages.sort((one, other) => Number(one._n) - Number(other._n));
    expect(messages.map(found)).toEqual(all.map(sent));
    const times = messages.map(({ timestamp }) => Number(timestamp));
    expect(times).toEqual([...times].sort((one, other) => one - other));
    expect(messages[0]).toMatchObject({ version: '1.1', host: expect.any(String) });
  }, 60_000);
});

describe('GELFHandler', () => {
  const hello = (msg = 'hello') => new LogRecord({ name: 'shop', levelno: 20, levelname: 'INFO', msg });

  it.each([
    ['that no network splits', 1_000, 1_420],
    ['that no network splits', 75_000, 1_420],
    ['as long as they have to be', 120_000, 8_192],
  ])('sends what is too long for a datagram in parts %s: %i bytes', async (_, bytes, longest) => {
    const [handler, received] = await handlerOf({
      protocol: 'udp',
      compress: false,
      maxRecordBytes: 2 ** 20,
    });
    const long = randomBytes(bytes).toString('hex');
    handler.handle(hello(long));
    await handler.close();
    await arrived(received.messages, 1);
    expect(received.messages[0]?.short_message === long).toBe(true);
    expect(received.chunks).toBe(Math.min(128, Math.ceil((2 * bytes + 1) / (1_420 - 12))));
    expect(received.longest).toBeLessThanOrEqual(longest);
  });

  it.each(['tcp', 'http'] as const)(
    'loses nothing over %s while the server is away, with a spool',
    async (protocol) => {
      stderr = collectStderr();
      const options = { protocol, spool: { directory: folder.path }, batchSize: 20, flushIntervalMs: 10 };
      const [handler, received] = await handlerOf(options);
      for (let n = 0; n < 50; n++) handler.handle(hello(`one ${n}`));
      await arrived(received.messages, 50);
      await received.stop();
      for (let n = 0; n < 50; n++) handler.handle(hello(`two ${n}`));
      for (let round = 0; handler.health.isHealthy && round < 500; round++) await delay(10);
      expect(handler.health.isHealthy).toBe(false);
      await received.start();
      for (let round = 0; handler.stats.queued + (handler.stats.spooled ?? 0) > 0 && round < 2_000; round++)
        await delay(10);
      await handler.close();
      const texts = new Set(received.messages.map(({ short_message }) => short_message));
      expect(texts.size).toBe(100);
      expect(handler.stats.dropped).toBe(0);
    },
    60_000,
  );

  it('drains over http while a quarter of the requests fails, without a wait for each', async () => {
    stderr = collectStderr();
    const waits: number[] = [];
    const { next } = Backoff.prototype;
    const spy = jest.spyOn(Backoff.prototype, 'next').mockImplementation(function (this: Backoff, atLeastMs) {
      const wait = next.call(this, atLeastMs);
      waits.push(wait);
      return wait;
    });
    const [handler, received] = await handlerOf({ protocol: 'http', spool: { directory: folder.path } });
    const failures = [500, 'drop', 429, 503] as const;
    received.answer = ({ short_message }, attempt) => {
      const n = Number(`${short_message}`.slice('number '.length));
      return n % 4 === 3 && attempt === 1 ? (failures[((n - 3) / 4) % 4] ?? 202) : 202;
    };
    for (let n = 0; n < 1_000; n++) handler.handle(hello(`number ${n}`));
    await until(() => handler.stats.spooled === 0);
    await handler.close();
    spy.mockRestore();
    expect(new Set(received.messages.map(({ short_message }) => short_message)).size).toBe(1_000);
    expect(handler.stats).toMatchObject({ delivered: 1_000, dropped: 0 });
    expect(received.mostPending).toBeGreaterThan(1);
    // One wait a batch and not one a failure, and these are short.
    expect(waits.length).toBeLessThan(60);
    expect(Math.max(...waits)).toBeLessThanOrEqual(500);
    expect(waits.filter((wait) => wait > 20).length).toBeLessThan(10);
  }, 60_000);

  it('sends everything else over http while one message is never taken', async () => {
    stderr = collectStderr();
    const [handler, received] = await handlerOf({ protocol: 'http', spool: { directory: folder.path } });
    received.answer = ({ short_message }) => (short_message === 'number 0' ? 500 : 202);
    for (let n = 0; n < 500; n++) handler.handle(hello(`number ${n}`));
    await until(() => handler.stats.delivered === 499);
    expect(handler.stats).toMatchObject({ delivered: 499, spooled: 1, dropped: 0 });
    received.answer = () => 202;
    await until(() => handler.stats.delivered === 500);
    await handler.close();
    expect(received.messages).toHaveLength(500);
  }, 60_000);

  it('drains over http however long a server takes for each message', async () => {
    stderr = collectStderr();
    const [handler, received] = await handlerOf({ protocol: 'http', timeoutMs: 2_000 });
    received.delayMs = 200;
    // A batch of 100 takes longer than one request may.
    for (let n = 0; n < 100; n++) handler.handle(hello(`number ${n}`));
    await until(() => handler.stats.queued === 0);
    expect(handler.stats).toMatchObject({ delivered: 100, dropped: 0 });
    await handler.close();
  }, 60_000);

  it('tries again what a busy server refuses, and sets aside what is refused for good', async () => {
    stderr = collectStderr();
    const [handler, received] = await handlerOf({ protocol: 'http', flushIntervalMs: 10 });
    received.status = 503;
    handler.handle(hello());
    for (let round = 0; handler.health.isHealthy && round < 500; round++) await delay(10);
    received.status = 202;
    await handler.flush();
    expect(received.messages).toHaveLength(1);
    received.status = 400;
    handler.handle(hello('bad'));
    await handler.flush();
    expect(handler.stats).toMatchObject({ delivered: 1, dropped: 1 });
    await handler.close();
  });
});
