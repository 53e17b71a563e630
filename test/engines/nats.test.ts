import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { jetstream } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { describeWithEngines } from './support/engine.js';
import { type NATS, startNATS } from './support/nats.js';

describeWithEngines(['nats'], 'NATS', () => {
  let engine: NATS;
  beforeAll(async () => {
    engine = await startNATS();
  });
  afterAll(() => engine?.stop());

  async function publish(msgID: string, data: string): Promise<boolean> {
    const connection = await connect({ servers: engine.url });
    const { duplicate } = await jetstream(connection).publish('logs.shop', data, { msgID });
    await connection.close();
    return duplicate;
  }

  test('has what it acknowledged after a kill, once', async () => {
    await engine.addStream('LOGS', ['logs.>']);
    expect(await engine.query('LOGS')).toEqual([]);
    expect(await publish('1', 'ordered: 3 × é')).toBe(false);
    await engine.kill();
    await engine.restart();
    expect(await publish('1', 'ordered: 3 × é')).toBe(true);
    expect(await publish('2', 'after the kill')).toBe(false);
    expect(await engine.received('LOGS', 2)).toEqual([
      { sequence: 1, subject: 'logs.shop', data: 'ordered: 3 × é', headers: { 'Nats-Msg-Id': '1' } },
      { sequence: 2, subject: 'logs.shop', data: 'after the kill', headers: { 'Nats-Msg-Id': '2' } },
    ]);
  });
});
