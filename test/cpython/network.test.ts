import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'node:querystring';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { getLogger } from '../../lib/core.js';
import { DatagramHandler, HTTPHandler, SocketHandler } from '../../lib/handlers.js';
import { type Certificates, hasOpenssl, makeCertificates } from '../support/certificates.js';
import { freePort } from '../support/free-port.js';
import { HttpSink } from '../support/http-sink.js';
import { hasPython } from '../support/live-python.js';
import { type LogServer, startLogServer } from '../support/log-server.js';
import { resetLoggingAsPython } from '../support/reset-logging.js';

const itLive = hasPython ? it : it.skip;
const folder = mkdtempSync(path.join(tmpdir(), 'log-'));
const undo: (() => unknown)[] = [];

beforeEach(resetLoggingAsPython);
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
  jest.restoreAllMocks();
  resetLoggingAsPython();
});

async function serve(...args: Parameters<typeof startLogServer>): Promise<LogServer> {
  const server = await startLogServer(...args);
  undo.push(() => server.kill());
  return server;
}

/** Sends as the tests of CPython do, by a logger below the root, which has the handler. */
async function spamAndEggs(handler: SocketHandler, server: LogServer, name: string): Promise<unknown[]> {
  const root = getLogger();
  root.setLevel('DEBUG');
  root.addHandler(handler);
  undo.push(() => handler.close());
  getLogger(name).error('spam');
  await server.received(1);
  getLogger(name).debug('eggs');
  return (await server.received(2)).map(({ msg }) => msg);
}

describe("Python's socket servers", () => {
  itLive('receive what is logged, over TCP', async () => {
    const server = await serve('tcp');
    const handler = new SocketHandler({ host: 'localhost', port: server.port });
    expect(await spamAndEggs(handler, server, 'tcp')).toEqual(['spam', 'eggs']);
  });

  itLive('receive what is logged, over a unix socket', async () => {
    const file = path.join(folder, 'log.sock');
    const server = await serve('unix', file);
    const handler = new SocketHandler({ host: file, port: null });
    expect(await spamAndEggs(handler, server, 'tcp')).toEqual(['spam', 'eggs']);
    undo.push(() => rmSync(folder, { recursive: true, force: true }));
  });

  itLive('receive what is logged, as datagrams', async () => {
    const server = await serve('udp');
    const handler = new DatagramHandler({ host: 'localhost', port: server.port });
    expect(await spamAndEggs(handler, server, 'udp')).toEqual(['spam', 'eggs']);
  });
});

describe('a SocketHandler without a server', () => {
  const places = {
    'over TCP': async () => ({ host: '127.0.0.1', port: await freePort() }),
    'over a unix socket': async () => ({
      host: path.join(mkdtempSync(path.join(tmpdir(), 'log-')), 'no.sock'),
      port: null,
    }),
  };

  it.each(Object.keys(places) as (keyof typeof places)[])(
    'takes what is logged and sends it when there is one, %s',
    async (name) => {
      jest.spyOn(process.stderr, 'write').mockReturnValue(true);
      const place = await places[name]();
      const handler = new SocketHandler({ ...place, retryStart: 0.05, format: 'json', framing: 'newline' });
      const log = getLogger();
      log.addHandler(handler);
      expect(() => {
        log.exception('sent later', new Error('Deliberate mistake'));
        log.error('sent later, too');
      }).not.toThrow();
      await new Promise((go) => setTimeout(go, 30));
      expect([handler.sock, handler.stats.queued]).toEqual([null, 2]);
      let text = '';
      const server: Server = createServer((socket) => socket.on('data', (chunk) => (text += chunk)));
      server.listen(place.port === null ? place.host : place);
      await once(server, 'listening');
      undo.push(() => server.close());
      await handler.close();
      for (let tries = 0; !text.includes('too') && tries < 200; tries += 1)
        await new Promise((go) => setTimeout(go, 10));
      expect(text).toMatch(/"msg": ?"sent later"[\s\S]*"msg": ?"sent later, too"/);
    },
  );
});

describe('an HTTPHandler', () => {
  let certificates: Certificates | undefined;
  const kinds = hasOpenssl ? [false, true] : [false];

  it.each(kinds)('sends by the method that it is given at the time; over TLS: %p', async (secure) => {
    if (secure) certificates ??= makeCertificates();
    const sink = await new HttpSink(secure ? certificates?.good : undefined).listen();
    undo.push(() => sink.close());
    const handler = new HTTPHandler({
      ...{ host: `localhost:${sink.host.split(':')[1]}`, url: '/frob', credentials: ['foo', 'bar'] },
      ...(secure ? { secure: true, context: { ca: certificates?.ca.cert } } : {}),
    } as never);
    undo.push(() => handler.close());
    getLogger().addHandler(handler);
    jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    for (const method of ['GET', 'POST'] as const) {
      handler.method = method;
      (function test_output() {
        getLogger('http').error('sp\u00e4m');
      })();
      await handler.flush();
      const request = sink.requests.at(-1);
      const form = parse((method === 'GET' ? request?.url.split('?')[1] : request?.body) ?? '');
      expect([request?.method, request?.url.split('?')[0]]).toEqual([method, '/frob']);
      expect(form).toMatchObject({ name: 'http', funcName: 'test_output', msg: 'sp\u00e4m' });
    }
    expect(sink.requests).toHaveLength(2);
  });
});
