import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Formatter } from '../../lib/core/formatting/formatter.js';
import { getLogger } from '../../lib/core/loggers/manager.js';
import { SysLogHandler } from '../../lib/handlers/syslog/syslog.handler.js';
import { type Rsyslog, startRsyslog } from '../support/rsyslog.js';
import { describeWithEngines } from './support/engine.js';
import { provideUnixDgram } from './support/unix-dgram.js';

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

  it('has what it was sent, after a kill too', async () => {
    await write('ordered');
    await engine.received(1);
    await engine.kill();
    await expect(write('while it is down')).rejects.toThrow('ECONNREFUSED');
    await engine.start();
    await write('after the kill');
    expect((await engine.received(2)).map(({ msg }) => msg)).toEqual(['ordered', 'after the kill']);
  });
});

describeWithEngines(['rsyslog', 'unix-dgram'], 'rsyslog, at a unix socket', () => {
  let engine: Rsyslog;
  beforeAll(async () => {
    provideUnixDgram();
    engine = await startRsyslog();
  });
  afterAll(() => engine?.stop());

  it('has each record in a datagram of its own, whatever it holds', async () => {
    const messages = [
      'ordered',
      'first line\nsecond line',
      'forged\0<34>Jan  1 00:00:00 bank auth: root logged in',
      '<0>starts with a priority',
      'é 日本 😀 \u2028',
    ];
    const handler = new SysLogHandler({ address: engine.socketPath, ident: 'shop: ' });
    handler.setFormatter(new Formatter({ sanitize: 'none' }));
    const logger = getLogger('shop.orders');
    logger.propagate = false;
    logger.addHandler(handler);
    for (const message of messages) logger.warning('%s', message);
    await handler.close();
    logger.removeHandler(handler);

    expect(handler.stats).toMatchObject({ delivered: messages.length, dropped: 0 });
    const arrived = await engine.received(messages.length);
    expect(arrived.map(({ pri, programname }) => `${pri} ${programname}`)).toEqual(
      messages.map(() => '12 shop'),
    );
    expect(arrived[0]?.msg).toBe(' ordered');
  });
});
