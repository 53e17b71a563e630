import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { connect } from 'amqplib';
import { describeWithEngines } from './support/engine.js';
import { type RabbitMQ, startRabbitMQ } from './support/rabbitmq.js';

describeWithEngines(['rabbitmq'], 'RabbitMQ', () => {
  let engine: RabbitMQ;
  beforeAll(async () => {
    engine = await startRabbitMQ();
  });
  afterAll(() => engine?.stop());

  async function publish(text: string): Promise<void> {
    const connection = await connect(engine.url);
    const channel = await connection.createConfirmChannel();
    await channel.assertQueue('logs', { durable: true });
    channel.publish('', 'logs', Buffer.from(text), { persistent: true, messageId: text.slice(0, 3) });
    await channel.waitForConfirms();
    await connection.close();
  }

  test('has what it confirmed after a kill, however often it is asked', async () => {
    await engine.makeQueue('logs');
    await publish('ordered: 3 × é');
    await engine.kill();
    await engine.restart();
    await publish('after the kill');
    await engine.received('logs', 2);
    expect((await engine.query('logs')).map(({ content }) => content.toString())).toEqual([
      'ordered: 3 × é',
      'after the kill',
    ]);
  });
});
