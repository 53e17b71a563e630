import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect } from '@nats-io/transport-node';
import { LogRecord } from '../../lib/core/records/log-record.js';
import { NATSHandler } from '../../lib/handlers/shipping/brokers/nats.handler.js';
import { collectStderr } from '../support/stderr-collector.js';
import { describeWithEngines, until } from './support/engine.js';
import { type NATS, startNATS } from './support/nats.js';
import { proveShipping } from './support/shipping-proof.js';

const hello = () => new LogRecord({ name: 'shop', levelno: 20, levelname: 'INFO', msg: 'hello' });

describeWithEngines(['nats'], 'NATS JetStream', () => {
  let engine: NATS;
  beforeAll(async () => {
    engine = await startNATS();
    await engine.addStream('LOGS', ['logs.>']);
  });
  afterAll(() => engine?.stop());

  describe('gets from NATSHandler', () => {
    proveShipping<NATS>({
      engine: () => engine,
      make: ({ url }, options) => new NATSHandler({ ...options, servers: url, subject: 'logs.shop' }),
      read: async (nats) => (await nats.query('LOGS')).map(({ data }) => JSON.parse(data)),
      dropsRepeats: true,
    });

    it('what a connection of the application sends, which stays open', async () => {
      await engine.addStream('GIVEN', ['given']);
      const client = await connect({ servers: engine.url });
      const handler = new NATSHandler({ client, subject: 'given' });
      handler.handle(hello());
      await handler.close();
      expect(await engine.query('GIVEN')).toHaveLength(1);
      expect(client.isClosed()).toBe(false);
      await client.close();
    });

    it('what waited for a stream that takes it', async () => {
      const stderr = collectStderr();
      const handler = new NATSHandler({ servers: engine.url, subject: 'later', flushIntervalMs: 10 });
      handler.handle(hello());
      await until('it is noticed', () => !handler.health.isHealthy);
      await engine.addStream('LATER', ['later']);
      await until('it is delivered', () => handler.stats.delivered === 1);
      await handler.close();
      expect(stderr.stop()).toContain('no stream of JetStream takes later');
      expect(await engine.query('LATER')).toHaveLength(1);
    });
  });
});
