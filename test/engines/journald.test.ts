import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeWithEngines } from './support/engine.js';
import { type Journald, startJournald } from './support/journald.js';

describeWithEngines(['journald'], 'journald', () => {
  let engine: Journald;
  beforeAll(async () => {
    engine = await startJournald();
  });
  afterAll(() => engine?.stop());

  async function write(message: string): Promise<void> {
    const socket = connect(engine.stdoutPath);
    await once(socket, 'connect');
    socket.end(`shop\n\n6\n1\n0\n0\n0\n<4>${message}\n`);
    await once(socket, 'close');
  }
  const shop = ['SYSLOG_IDENTIFIER=shop'];

  test('has what it was sent, after a kill too', async () => {
    await write('ordered: 3 × é');
    expect(await engine.received(1, shop)).toEqual([
      expect.objectContaining({ MESSAGE: 'ordered: 3 × é', PRIORITY: '4', SYSLOG_IDENTIFIER: 'shop' }),
    ]);
    await engine.kill();
    await expect(write('while it is down')).rejects.toThrow('ECONNREFUSED');
    await engine.restart();
    await write('after the kill');
    expect((await engine.received(2, shop)).map(({ MESSAGE }) => MESSAGE)).toEqual([
      'ordered: 3 × é',
      'after the kill',
    ]);
  });
});
