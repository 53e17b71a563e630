import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { inspect } from 'node:util';
import { afterAll, describe, expect, it } from '@jest/globals';
import { NATSHandler, RedisStreamHandler, type ShippingHandler } from '../../../lib/handlers.js';
import { LogRecord } from '../../../lib/index.js';
import { until } from '../../engines/support/engine.js';
import { ChildProgram } from '../../support/child-program.js';

const handlers: ShippingHandler[] = [];
const servers: (() => Promise<unknown>)[] = [];

// All at once: each waits for its server until its patience ends.
afterAll(async () => {
  await Promise.all(handlers.map((handler) => handler.close()));
  await Promise.all(servers.map((close) => close()));
});

/** A server that says something to whoever connects, and answers what comes. */
async function serve(
  greeting: string,
  answer: (said: string) => string,
): Promise<{ port: number; said: string[] }> {
  const said: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    if (greeting !== '') socket.write(greeting);
    socket.on('data', (data) => {
      said.push(String(data));
      socket.write(answer(String(data)));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return { port: (server.address() as { port: number }).port, said };
}

/** Logs once; the errors that the handler gets. */
function logTo(handler: ShippingHandler): unknown[] {
  const errors: unknown[] = [];
  Object.assign(handler, { handleError: (_: unknown, error: unknown) => void errors.push(error) });
  handlers.push(handler);
  handler.emit(new LogRecord({ name: 'shop', levelno: 20, msg: 'hello' }));
  return errors;
}

const INFO = 'INFO {"server_id":"x","version":"2.10.0","proto":1,"max_payload":1000000,"headers":true}\r\n';
const pong = (said: string) => (said.includes('PING') ? 'PONG\r\n' : '');
const soon = { flushIntervalMs: 1, timeoutMs: 3_000 };

describe('the address of a NATS server', () => {
  it.each([
    ['user and password', 'shop:p%40ss', { user: 'shop', pass: 'p@ss' }],
    ['a token', 'token1234', { auth_token: 'token1234' }],
  ])('says who we are: %s', async (_, who, expected) => {
    const { port, said } = await serve(INFO, pong);
    logTo(new NATSHandler({ servers: `nats://${who}@127.0.0.1:${port}`, subject: 'logs', ...soon }));
    await until('it has connected', () => said.length > 0);
    const [, options = ''] = /^CONNECT (.*)\r\n/.exec(said[0] ?? '') ?? [];
    expect(JSON.parse(options)).toMatchObject(expected);
  });

  it('is spoken to by TLS alone where it says so', async () => {
    const { port, said } = await serve(INFO, pong);
    const errors = logTo(
      new NATSHandler({ servers: `tls://shop:secret@127.0.0.1:${port}`, subject: 'logs', ...soon }),
    );
    await until('it has failed', () => errors.length > 0);
    expect(String(errors[0])).toContain("does not support 'tls'");
    expect(said).toEqual([]);
  });
});

describe('a password that Redis refuses', () => {
  it.each([
    ['with a backslash', ':back%5Cslash@', '', /back\\+slash/],
    ['with both quotes and a backquote', `:q'%22%60\\x1@`, '', /q\\?'\\?"\\?`/],
    ['in the query', '', '?password=hunter2', /hunter2/],
  ])('is in no error: one %s', async (_, who, query, secret) => {
    const wrong = '-WRONGPASS invalid username-password pair or user is disabled.\r\n';
    const { port, said } = await serve('', (text) => wrong.repeat(text.match(/^\*\d+\r$/gm)?.length ?? 0));
    const url = `redis://${who}127.0.0.1:${port}/0${query}`;
    const errors = logTo(new RedisStreamHandler({ url, key: 'logs', ...soon }));
    await until('it has failed', () => String(errors).includes('WRONGPASS'));
    expect(said.join('')).toMatch(secret);
    expect(inspect(errors, { depth: 9 })).not.toMatch(secret);
  });

  const program = new ChildProgram(`
    import { LogRecord } from 'lib/core/records/log-record';
    import { RedisStreamHandler } from 'lib/handlers/shipping/brokers/redis-stream.handler';
    const url = 'redis://:wrong@127.0.0.1:' + process.argv[2];
    const handler = new RedisStreamHandler({ url, key: 'logs', flushIntervalMs: 1, maxRetries: 0 });
    handler.handle(new LogRecord({ name: 'shop', levelno: 20, msg: 'hello' }));
    await handler.close();
    console.log(handler.stats.dropped);
  `);

  it('does not keep a process that has closed its handler', async () => {
    const wrong = '-WRONGPASS invalid username-password pair or user is disabled.\r\n';
    const { port } = await serve('', (text) => wrong.repeat(text.match(/^\*\d+\r$/gm)?.length ?? 0));
    const child = program.start([String(port)], { stdio: ['ignore', 'pipe', 'ignore'] });
    const ended = once(child, 'close').then(() => performance.now());
    const [dropped] = await once(child.stdout as Readable, 'data');
    const closed = performance.now();
    expect(String(dropped).trim()).toBe('1');
    expect((await ended) - closed).toBeLessThan(1_500);
  });
});
