import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Client } from '../../../lib/handlers/shipping/brokers/client.js';
import {
  AMQPHandler,
  KafkaHandler,
  NATSHandler,
  RedisStreamHandler,
  type ShippingHandler,
} from '../../../lib/handlers.js';
import { LogRecord } from '../../../lib/index.js';
import { collectStderr } from '../../support/stderr-collector.js';

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

describe('a broker that takes connections and says nothing', () => {
  const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  const record = () => new LogRecord({ name: 'x', levelno: 20, levelname: 'INFO', msg: 'hello' });

  /** @param make A handler for its port. @returns Connections there were after three attempts, and after the end. */
  async function leftBehind(make: (port: number, timeoutMs: number) => ShippingHandler) {
    let connections = 0;
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      connections += 1;
      sockets.add(socket);
      socket.resume();
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      const quick = make(port, 200);
      quick.handle(record());
      for (let round = 0; connections < 3 && round < 500; round++) await sleep(20);
      const after = { attempts: connections, open: sockets.size };
      await quick.close();
      const slow = make(port, 60_000);
      slow.handle(record());
      await slow.close();
      for (let round = 0; sockets.size > 0 && round < 50; round++) await sleep(10);
      return { ...after, left: sockets.size };
    } finally {
      for (const socket of sockets) socket.destroy();
      server.close();
    }
  }

  it('is left with no connection, neither after an attempt nor at the end', async () => {
    const stderr = collectStderr();
    const left = await Promise.all([
      leftBehind(
        (port, timeoutMs) => new NATSHandler({ servers: `127.0.0.1:${port}`, subject: 's', timeoutMs }),
      ),
      leftBehind(
        (port, timeoutMs) =>
          new RedisStreamHandler({ url: `redis://127.0.0.1:${port}`, key: 'k', timeoutMs }),
      ),
      leftBehind(
        (port, timeoutMs) => new KafkaHandler({ brokers: [`127.0.0.1:${port}`], topic: 't', timeoutMs }),
      ),
      leftBehind(
        (port, timeoutMs) => new AMQPHandler({ url: `amqp://127.0.0.1:${port}`, queue: 'q', timeoutMs }),
      ),
    ]).finally(() => stderr.stop());
    for (const { attempts, open, left: atEnd } of left) {
      expect(attempts).toBeGreaterThanOrEqual(3);
      // One may be under way.
      expect(open).toBeLessThanOrEqual(1);
      expect(atEnd).toBe(0);
    }
  }, 60_000);
});
