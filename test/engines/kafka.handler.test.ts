import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import kafkajs from 'kafkajs';
import { LogRecord } from '../../lib/core/records/log-record.js';
import { KafkaHandler } from '../../lib/handlers/shipping/brokers/kafka.handler.js';
import { describeWithEngines, until } from './support/engine.js';
import { type Kafka, startKafka } from './support/kafka.js';
import { proveShipping } from './support/shipping-proof.js';

describeWithEngines(['kafka'], 'Kafka', () => {
  let engine: Kafka;
  beforeAll(async () => {
    engine = await startKafka();
  });
  afterAll(() => engine?.stop());

  describe('gets from KafkaHandler', () => {
    proveShipping<Kafka>({
      engine: () => engine,
      make: ({ broker }, options) => new KafkaHandler({ ...options, brokers: [broker], topic: 'logs' }),
      read: async (kafka) => (await kafka.query('logs')).map(({ value }) => JSON.parse(value ?? '')),
      dropsRepeats: false,
    });

    it('the request id as key and the trace as headers, from a producer of the application too', async () => {
      const kafka = new kafkajs.Kafka({ brokers: [engine.broker], logLevel: kafkajs.logLevel.NOTHING });
      const client = kafka.producer();
      await client.connect();
      const handler = new KafkaHandler({ client, topic: 'given' });
      const extra = { request_id: 'r-1', trace_id: 'a'.repeat(32), span_id: 'b'.repeat(16) };
      handler.handle(new LogRecord({ name: 'shop', levelno: 20, levelname: 'INFO', msg: 'hello', extra }));
      await handler.close();
      expect(await engine.received('given', 1)).toEqual([
        expect.objectContaining({
          key: 'r-1',
          headers: {
            id: expect.any(String),
            level: 'INFO',
            trace_id: extra.trace_id,
            span_id: extra.span_id,
          },
        }),
      ]);
      await client.disconnect();
    });

    it('no headers where these are not wanted, from its own producer and from one of the application', async () => {
      const kafka = new kafkajs.Kafka({ brokers: [engine.broker], logLevel: kafkajs.logLevel.NOTHING });
      const client = kafka.producer();
      const extra = { request_id: 'r-1', trace_id: 'a'.repeat(32), span_id: 'b'.repeat(16) };
      for (const way of [{ brokers: [engine.broker] }, { client }]) {
        const handler = new KafkaHandler({ ...way, topic: 'bare', includeHeaders: false });
        handler.handle(new LogRecord({ name: 'shop', levelno: 20, levelname: 'INFO', msg: 'paid', extra }));
        handler.handle(new LogRecord({ name: 'shop', levelno: 30, levelname: 'WARNING', msg: 'no key' }));
        await handler.close();
        expect(handler.stats).toMatchObject({ delivered: 2, dropped: 0 });
      }
      await client.disconnect();
      const messages = await engine.received('bare', 4);
      expect(messages.map(({ headers }) => headers)).toEqual([{}, {}, {}, {}]);
      expect(messages.map(({ key }) => key)).toEqual(['r-1', undefined, 'r-1', undefined]);
      expect(messages.map(({ value }) => JSON.parse(value ?? ''))).toEqual(
        [1, 2].flatMap(() => [
          expect.objectContaining({ level: 'INFO', message: 'paid', logger: 'shop', ...extra }),
          expect.objectContaining({ level: 'WARNING', message: 'no key', logger: 'shop' }),
        ]),
      );
    });

    it('every record, in order, across a kill, without headers too', async () => {
      const handler = new KafkaHandler({
        ...{ brokers: [engine.broker], topic: 'bare-killed', includeHeaders: false },
        ...{ flushIntervalMs: 20, batchSize: 50 },
      });
      const log = (from: number, to: number) => {
        for (let n = from; n < to; n++)
          handler.handle(new LogRecord({ name: 'shop', levelno: 20, levelname: 'INFO', msg: `m-${n}` }));
      };
      log(0, 500);
      await engine.kill();
      log(500, 1_000);
      await engine.restart();
      await until('the handler has sent all', () => handler.stats.queued === 0, 60_000);
      expect(handler.stats).toMatchObject({ emitted: 1_000, delivered: 1_000, dropped: 0 });
      await handler.close();
      const messages = await engine.received('bare-killed', 1_000);
      const first = [...new Set(messages.map(({ value }) => JSON.parse(value ?? '').message))];
      expect(first).toEqual(Array.from({ length: 1_000 }, (_, n) => `m-${n}`));
      expect(messages.every(({ headers }) => Object.keys(headers).length === 0)).toBe(true);
    });
  });
});
