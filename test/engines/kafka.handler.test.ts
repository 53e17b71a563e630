import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import kafkajs from 'kafkajs';
import { LogRecord } from '../../lib/core/records/log-record.js';
import { KafkaHandler } from '../../lib/handlers/shipping/brokers/kafka.handler.js';
import { describeWithEngines } from './support/engine.js';
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
  });
});
