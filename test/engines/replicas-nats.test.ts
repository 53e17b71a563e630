import { expect, test } from '@jest/globals';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { natsReplicas, type ReplicasStatus } from 'nestjs-logging/live';
import { NATSEngine } from '../../lib/live/replicas/nats-engine.js';
import { startLiveApp } from '../live/support/live-app.js';
import { describeWithEngines, until } from './support/engine.js';
import { startNATS } from './support/nats.js';
import { type SharedEngine, testReplicas } from './support/replica-suite.js';

describeWithEngines(['nats'], 'Replicas over NATS', () => {
  testReplicas(
    'natsReplicas',
    startEmptyable,
    (url) => ({ servers: url, bucket: 'shop' }),
    (url) => new NATSEngine(undefined, url, 'swap'),
  );

  test('a connection that the application has is used and left open, and its replicas are shown by the route', async () => {
    const nats = await startNATS();
    const connection = await connect({ servers: nats.url });
    const live = await startLiveApp('express', {
      replicas: natsReplicas({ connection }),
      instance: { name: 'pod 1: ä' },
    });
    try {
      await live.ask('overrides', { method: 'POST', body: { target: 'shop', level: 'DEBUG' } });
      await until('it has applied what it has written', async () => {
        const { version, instances } = (await live.ask('replicas')).body as ReplicasStatus;
        return version === 1 && instances[0]?.applied === 1;
      });
      expect((await live.ask('replicas')).body).toMatchObject({
        isShared: true,
        isConnected: true,
        instances: [{ name: 'pod 1: ä', isUp: true }],
      });
      await live.close();
      expect(connection.isClosed()).toBe(false);
    } finally {
      await connection.close();
      await nats.stop();
    }
  });
});

async function startEmptyable(): Promise<SharedEngine> {
  const nats = await startNATS();
  return {
    ...nats,
    async restartEmpty() {
      const connection = await connect({ servers: nats.url });
      const manager = await jetstreamManager(connection);
      await manager.streams.delete('KV_shop_instances');
      await manager.streams.delete('KV_shop').finally(() => nats.kill());
      await connection.close();
      await nats.restart();
    },
  };
}
