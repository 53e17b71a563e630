import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect } from 'amqplib';
import { LogRecord } from '../../lib/core/records/log-record.js';
import { AMQPHandler } from '../../lib/handlers/shipping/brokers/amqp.handler.js';
import { collectStderr } from '../support/stderr-collector.js';
import { describeWithEngines, until } from './support/engine.js';
import { type RabbitMQ, startRabbitMQ } from './support/rabbitmq.js';
import { proveShipping } from './support/shipping-proof.js';

const hello = () => new LogRecord({ name: 'shop', levelno: 20, levelname: 'INFO', msg: 'hello' });

describeWithEngines(['rabbitmq'], 'RabbitMQ', () => {
  let engine: RabbitMQ;
  beforeAll(async () => {
    engine = await startRabbitMQ();
  });
  afterAll(() => engine?.stop());

  describe('gets from AMQPHandler', () => {
    proveShipping<RabbitMQ>({
      engine: () => engine,
      make: ({ url }, options) => new AMQPHandler({ ...options, url, queue: 'logs' }),
      read: async (broker) =>
        (await broker.query('logs')).map(({ content }) => JSON.parse(content.toString())),
      dropsRepeats: false,
    });

    it('what a connection of the application sends, which stays open', async () => {
      const client = await connect(engine.url);
      const handler = new AMQPHandler({ client, queue: 'given' });
      handler.handle(hello());
      await handler.close();
      const [message] = await engine.received('given', 1);
      expect(message?.properties).toMatchObject({
        deliveryMode: 2,
        type: 'INFO',
        messageId: expect.any(String),
      });
      const channel = await client.createChannel();
      await channel.close();
      await client.close();
    });

    it('nothing that no queue takes: it is set aside with the reason', async () => {
      const stderr = collectStderr();
      const handler = new AMQPHandler({ url: engine.url, routingKey: 'nowhere' });
      handler.handle(hello());
      await until('it is rejected', () => handler.stats.dropped === 1);
      await handler.close();
      expect(stderr.stop()).toContain('NO_ROUTE');
    });

    it('nothing for an exchange that is not there, which is said', async () => {
      const stderr = collectStderr();
      const handler = new AMQPHandler({ url: engine.url, exchange: 'nowhere' });
      handler.handle(hello());
      await until('it is refused', () => handler.stats.dropped === 1);
      await handler.close();
      expect(stderr.stop()).toContain('NOT_FOUND');
    });
  });
});
