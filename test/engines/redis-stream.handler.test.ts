import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis as Client } from 'ioredis';
import { LogRecord } from '../../lib/core/records/log-record.js';
import { RedisStreamHandler } from '../../lib/handlers/shipping/brokers/redis-stream.handler.js';
import { collectStderr } from '../support/stderr-collector.js';
import { describeWithEngines, until } from './support/engine.js';
import { type Redis, startRedis } from './support/redis.js';
import { proveShipping } from './support/shipping-proof.js';

const hello = () => new LogRecord({ name: 'shop', levelno: 20, levelname: 'INFO', msg: 'hello' });

describeWithEngines(['redis'], 'Redis', () => {
  let engine: Redis;
  beforeAll(async () => {
    engine = await startRedis();
  });
  afterAll(() => engine?.stop());

  describe('gets from RedisStreamHandler', () => {
    proveShipping<Redis>({
      engine: () => engine,
      make: ({ url }, options) => new RedisStreamHandler({ ...options, url, key: 'logs' }),
      read: async (redis) => (await redis.query('logs')).map(({ fields }) => JSON.parse(fields.record ?? '')),
      dropsRepeats: false,
    });

    it('entries with the id, the level and the logger of each record, and keeps so many of them', async () => {
      const handler = new RedisStreamHandler({ url: engine.url, key: 'short', maxLength: 100 });
      for (let n = 0; n < 1_000; n++) handler.handle(hello());
      await handler.close();
      const entries = await engine.query('short');
      // Redis drops whole nodes of a stream, of 100 entries each.
      expect(entries.length).toBeLessThan(300);
      expect(entries.at(-1)?.fields).toMatchObject({ level: 'INFO', logger: 'shop' });
      expect(new Set(entries.map(({ fields }) => fields.id)).size).toBe(entries.length);
    });

    it('what a client of the application sends, which stays open', async () => {
      const client = new Client(engine.url);
      const handler = new RedisStreamHandler({ client, key: 'given' });
      handler.handle(hello());
      await handler.close();
      expect(await client.xlen('given')).toBe(1);
      client.disconnect();
    });

    it('nothing under a key that is no stream: records in a spool wait, others are counted as lost', async () => {
      const client = new Client(engine.url);
      await client.set('text', 'no stream');
      const stderr = collectStderr();
      const handler = new RedisStreamHandler({ client, key: 'text' });
      handler.handle(hello());
      await handler.flush();
      await until('it is refused', () => handler.stats.dropped === 1);
      await handler.close();
      stderr.stop();
      expect(stderr.text).toContain('WRONGTYPE');
      client.disconnect();
    });
  });
});
