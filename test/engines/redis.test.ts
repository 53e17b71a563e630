import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Redis as Client } from 'ioredis';
import { describeWithEngines } from './support/engine.js';
import { type Redis, startRedis } from './support/redis.js';

describeWithEngines(['redis'], 'Redis', () => {
  let engine: Redis;
  beforeAll(async () => {
    engine = await startRedis();
  });
  afterAll(() => engine?.stop());

  async function add(message: string): Promise<void> {
    const client = new Client(engine.url);
    await client.xadd('logs', '*', 'message', message, 'level', 'INFO');
    client.disconnect();
  }

  test('has what it acknowledged after a kill', async () => {
    await add('ordered: 3 × é');
    await engine.kill();
    await engine.restart();
    await add('after the kill');
    expect((await engine.received('logs', 2)).map(({ fields }) => fields)).toEqual([
      { message: 'ordered: 3 × é', level: 'INFO' },
      { message: 'after the kill', level: 'INFO' },
    ]);
  });
});
