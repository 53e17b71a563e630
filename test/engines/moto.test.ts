import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeWithEngines } from './support/engine.js';
import { type Moto, startMoto } from './support/moto.js';

describeWithEngines(['moto'], 'moto', () => {
  let engine: Moto;
  beforeAll(async () => {
    engine = await startMoto();
  });
  afterAll(() => engine?.stop());

  test('has what it was sent, until it is started again', async () => {
    const stream = { logGroupName: 'shop', logStreamName: 'one' };
    await engine.request('CreateLogGroup', { logGroupName: 'shop' });
    await engine.request('CreateLogStream', stream);
    const event = { timestamp: Date.now(), message: 'ordered: 3 × é' };
    await engine.request('PutLogEvents', { ...stream, logEvents: [event] });
    expect(await engine.received('shop', 1)).toEqual([
      expect.objectContaining({ ...event, logStreamName: 'one' }),
    ]);
    await engine.kill();
    await expect(engine.query('shop')).rejects.toThrow('fetch failed');
    await engine.restart();
    await expect(engine.query('shop')).rejects.toThrow('ResourceNotFoundException');
  });
});
