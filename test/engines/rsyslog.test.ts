import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Rsyslog, startRsyslog } from '../support/rsyslog.js';
import { describeWithEngines } from './support/engine.js';

describeWithEngines(['rsyslog'], 'rsyslog', () => {
  let engine: Rsyslog;
  beforeAll(async () => {
    engine = await startRsyslog();
  });
  afterAll(() => engine?.stop());

  async function write(text: string): Promise<void> {
    const socket = connect({ host: '127.0.0.1', port: engine.tcpPort });
    await once(socket, 'connect');
    socket.end(`<14>1 2026-01-02T03:04:05Z host shop 1 - - ${text}\n`);
    await once(socket, 'close');
  }

  test('has what it was sent, after a kill too', async () => {
    await write('ordered');
    await engine.received(1);
    await engine.kill();
    await expect(write('while it is down')).rejects.toThrow('ECONNREFUSED');
    await engine.start();
    await write('after the kill');
    expect((await engine.received(2)).map(({ msg }) => msg)).toEqual(['ordered', 'after the kill']);
  });
});
