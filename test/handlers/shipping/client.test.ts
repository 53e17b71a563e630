import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Client } from '../../../lib/handlers/shipping/brokers/client.js';
import { RedisStreamHandler } from '../../../lib/handlers.js';
import { LogRecord } from '../../../lib/index.js';

describe('the client of a destination', () => {
  it('sends nothing for attempts that were given up while the connection was made', async () => {
    let opened: (name: string) => void = () => undefined;
    const client = new Client<string>({
      open: () => new Promise((resolve) => (opened = resolve)),
      close: () => undefined,
    });
    const sent: string[] = [];
    const givenUp = new AbortController();
    const first = client.use(givenUp.signal, async () => sent.push('first'));
    givenUp.abort(new Error('no answer'));
    const second = client.use(new AbortController().signal, async () => sent.push('second'));
    opened('a connection');
    await expect(first).rejects.toThrow('no answer');
    await second;
    expect(sent).toEqual(['second']);
  });
});

describe('the client of a destination that keeps the process alive', () => {
  /** Longer than a client may be idle at first, and shorter than it may be the second time. */
  const IDLE_MS = 1_400;
  const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

  function make(keepsAlive = true) {
    const events: string[] = [];
    const client = new Client<string>({
      open: async () => {
        events.push('open');
        return 'a connection';
      },
      close: () => events.push('close'),
      keepsAlive,
    });
    const use = (waitMs = 0) =>
      client.use(new AbortController().signal, async () => {
        await sleep(waitMs);
        events.push('use');
      });
    return { client, events, use };
  }

  it('is closed when it is idle, later each time that it was needed again', async () => {
    const { client, events, use } = make();
    await Promise.all([use(IDLE_MS), use()]);
    expect(events).toEqual(['open', 'use', 'use']);
    await sleep(IDLE_MS);
    expect(events).toEqual(['open', 'use', 'use', 'close']);
    await use();
    await sleep(IDLE_MS);
    expect(events.slice(4)).toEqual(['open', 'use']);
    await client.drop();
    expect(events.slice(4)).toEqual(['open', 'use', 'close']);
  });

  it('stays while the process listens on a port, and so does one that is not ours', async () => {
    const [ours, given] = [make(), make(false)];
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    await Promise.all([ours.use(), given.use()]);
    await sleep(IDLE_MS);
    await new Promise((resolve) => server.close(resolve));
    expect([ours.events, given.events]).toEqual([
      ['open', 'use'],
      ['open', 'use'],
    ]);
    await ours.client.drop();
  });
});

describe('a Redis that takes the connection and answers nothing', () => {
  let server: Server;
  const sockets = new Set<Socket>();
  let connections = 0;

  beforeEach(async () => {
    server = createServer((socket) => {
      connections += 1;
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
      socket.resume();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  it('is connected to anew', async () => {
    const { port } = server.address() as { port: number };
    const handler = new RedisStreamHandler({
      url: `redis://127.0.0.1:${port}`,
      key: 'logs',
      timeoutMs: 200,
      flushIntervalMs: 1,
    });
    Object.assign(handler, { handleError: () => undefined });
    handler.emit(new LogRecord({ name: 'shop', levelno: 20, msg: 'hello' }));
    const end = Date.now() + 8_000;
    while (connections < 2 && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 50));
    await handler.close();
    expect(connections).toBeGreaterThan(1);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(sockets.size).toBe(0);
  }, 20_000);
});
