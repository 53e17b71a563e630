import { expect, test } from '@jest/globals';
import { Redis as Client } from 'ioredis';
import { type ReplicasStatus, redisReplicas } from 'nestjs-logging/live';
import { RedisEngine } from '../../lib/live/replicas/redis-engine.js';
import { startLiveApp } from '../live/support/live-app.js';
import { describeWithEngines, until } from './support/engine.js';
import { startRedis } from './support/redis.js';
import { type SharedEngine, testReplicas } from './support/replica-suite.js';

describeWithEngines(['redis'], 'Replicas over Redis', () => {
  testReplicas(
    'redisReplicas',
    startEmptyable,
    (url) => ({ url, key: 'shop' }),
    (url) =>
      new RedisEngine(async () => new Client(url, { lazyConnect: true, enableOfflineQueue: false }), 'swap'),
  );

  test('a client that the application has is copied, and its replicas are shown by the route', async () => {
    const redis = await startRedis();
    const client = new Client(redis.url, { keyPrefix: 'own:' });
    const live = await startLiveApp('express', {
      replicas: redisReplicas({ client }),
      instance: { name: 'pod-1' },
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
        instance: 'pod-1',
        instances: [{ name: 'pod-1', isUp: true }],
      });
      expect((await client.keys('*')).sort()).toEqual([
        'own:{nestjs-logging}:instances',
        'own:{nestjs-logging}:state',
      ]);
      await live.close();
      expect(await client.hlen('{nestjs-logging}:instances')).toBe(0);
      expect(client.status).toBe('ready');
    } finally {
      client.disconnect();
      await redis.stop();
    }
  });
});

async function startEmptyable(): Promise<SharedEngine> {
  const redis = await startRedis();
  return {
    ...redis,
    async restartEmpty() {
      const client = new Client(redis.url);
      // Emptied and killed in one go: nobody can have written between.
      await client.flushall().finally(() => redis.kill());
      client.disconnect();
      await redis.restart();
    },
  };
}
