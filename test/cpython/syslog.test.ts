import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { networkInterfaces } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { getLogger } from '../../lib/core.js';
import { SysLogHandler } from '../../lib/handlers.js';
import { resetLoggingAsPython } from '../support/reset-logging.js';

const hasIpv6 = Object.values(networkInterfaces()).some((addresses) =>
  addresses?.some(({ address }) => address === '::1'),
);
if (!hasIpv6) console.warn('there is no ::1 here: syslog over IPv6 is not tried');
const itOverIpv6 = hasIpv6 ? it : it.skip;

let server: Socket;
let received: string[];

async function listen(type: 'udp4' | 'udp6', host: string): Promise<[string, number]> {
  server = createSocket(type).bind(0, host);
  server.on('message', (message) => received.push(message.toString('latin1')));
  await once(server, 'listening');
  return [host, server.address().port];
}

/** Logs with a handler, and gives back what arrived of it. */
async function log(handler: SysLogHandler): Promise<string[]> {
  getLogger('slh').addHandler(handler);
  getLogger('slh').error('sp\u00e4m');
  await handler.flush();
  for (let tries = 0; received.length === 0 && tries < 100; tries += 1)
    await new Promise((go) => setTimeout(go, 10));
  return received.splice(0);
}

beforeEach(() => {
  resetLoggingAsPython();
  received = [];
});
afterEach(() => {
  server.close();
});

describe('SysLogHandler', () => {
  it('sends priority, ident, text and a NUL, the NUL only if it is to', async () => {
    const address = await listen('udp4', '127.0.0.1');
    const handler = new SysLogHandler({ address });
    expect(await log(handler)).toEqual(['<11>sp\u00c3\u00a4m\0']);
    handler.append_nul = false;
    expect(await log(handler)).toEqual(['<11>sp\u00c3\u00a4m']);
    handler.ident = 'h\u00e4m-';
    expect(await log(handler)).toEqual(['<11>h\u00c3\u00a4m-sp\u00c3\u00a4m']);
    await handler.close();
    getLogger('slh').removeHandler(handler);
    const withoutNul = new SysLogHandler({ address, append_nul: false });
    expect(await log(withoutNul)).toEqual(['<11>sp\u00c3\u00a4m']);
    await withoutNul.close();
  });

  itOverIpv6('sends to an address of IPv6', async () => {
    const handler = new SysLogHandler({ address: await listen('udp6', '::1') });
    expect(await log(handler)).toEqual(['<11>sp\u00c3\u00a4m\0']);
    await handler.close();
  });

  it('gives up a connection that does not come about within its timeout', async () => {
    await listen('udp4', '127.0.0.1');
    // An address that is kept for documentation: nobody answers there.
    const handler = new SysLogHandler({ address: ['192.0.2.1', 514], socktype: 'tcp', timeout: 0.05 });
    const start = Date.now();
    await expect(handler.createSocket()).rejects.toThrow();
    expect(Date.now() - start).toBeLessThan(4_000);
    await handler.close();
  });
});
