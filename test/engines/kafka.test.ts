import { afterAll, beforeAll, expect, test } from '@jest/globals';
import kafkajs from 'kafkajs';
import { describeWithEngines } from './support/engine.js';
import { type Kafka, startKafka } from './support/kafka.js';

describeWithEngines(['kafka'], 'Kafka', () => {
  let engine: Kafka;
  beforeAll(async () => {
    engine = await startKafka();
  });
  afterAll(() => engine?.stop());

  async function send(key: string, value: string): Promise<void> {
    const client = new kafkajs.Kafka({ brokers: [engine.broker], logLevel: kafkajs.logLevel.NOTHING });
    const producer = client.producer();
    await producer.connect();
    await producer.send({ topic: 'logs', acks: -1, messages: [{ key, value, headers: { level: 'INFO' } }] });
    await producer.disconnect();
  }

  test('has what it acknowledged after a kill', async () => {
    await send('r-1', 'ordered: 3 × é');
    await engine.kill();
    await engine.restart();
    await send('r-2', 'after the kill');
    const headers = { level: 'INFO' };
    expect(await engine.received('logs', 2)).toEqual([
      expect.objectContaining({ partition: 0, offset: 0, key: 'r-1', value: 'ordered: 3 × é', headers }),
      expect.objectContaining({ partition: 0, offset: 1, key: 'r-2', value: 'after the kill', headers }),
    ]);
  });
});
