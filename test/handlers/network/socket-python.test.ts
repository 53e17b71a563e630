import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { getLogger } from '../../../lib/core/loggers/manager.js';
import { DatagramHandler } from '../../../lib/handlers/network/datagram.handler.js';
import { SocketHandler } from '../../../lib/handlers/network/socket.handler.js';
import { hasPython } from '../../support/live-python.js';
import { type LogServer, startLogServer } from '../../support/log-server.js';
import { collectStderr } from '../../support/stderr-collector.js';

const describeLive = hasPython ? describe : describe.skip;
const servers: LogServer[] = [];
const logger = getLogger('shop.orders');
logger.setLevel('DEBUG');
logger.propagate = false;

async function start(...args: Parameters<typeof startLogServer>): Promise<LogServer> {
  const server = await startLogServer(...args);
  servers.push(server);
  return server;
}

/** Logs over one handler, and waits until all is sent. */
async function through(handler: SocketHandler, log: () => void): Promise<void> {
  logger.handlers.length = 0;
  logger.addHandler(handler);
  log();
  await handler.close();
}

afterEach(async () => {
  logger.handlers.length = 0;
  await Promise.all(servers.splice(0).map((server) => server.kill()));
});

describeLive("a record at Python's socket server", () => {
  it("is a LogRecord with Python's attributes, of Python's types", async () => {
    const server = await start('tcp');
    await through(new SocketHandler({ host: '127.0.0.1', port: server.port }), () =>
      logger.warning('order %d paid, 100%%', 17, { extra: { user_id: 123, tags: ['a'] } }),
    );
    const [received] = await server.received(1);
    expect(received).toMatchObject({
      name: 'shop.orders',
      levelname: 'WARNING',
      levelno: 30,
      msg: 'order 17 paid, 100%',
      'getMessage()': 'order 17 paid, 100%',
      args: null,
      filename: 'socket-python.test.ts',
      module: 'socket-python.test',
      exc_info: null,
      exc_text: null,
      stack_info: null,
      process: process.pid,
      processName: 'MainProcess',
      threadName: 'MainThread',
      taskName: null,
      user_id: 123,
      tags: ['a'],
    });
    expect(received?.types).toMatchObject({
      created: 'float',
      msecs: 'float',
      relativeCreated: 'float',
      levelno: 'int',
      lineno: 'int',
      process: 'int',
      args: 'NoneType',
    });
    expect(received).not.toHaveProperty('message');
  });

  it('has the traceback as exc_text', async () => {
    const server = await start('tcp');
    await through(new SocketHandler({ host: '127.0.0.1', port: server.port }), () =>
      logger.exception('failed', new TypeError('no', { cause: new Error('deeper') })),
    );
    const [received] = await server.received(1);
    expect(received).toMatchObject({ msg: 'failed', exc_info: null });
    expect(received?.exc_text).toMatch(/^TypeError: no\n(.*\n)*.*caused by Error: deeper/);
  });

  it('arrives whatever its fields hold', async () => {
    const server = await start('tcp');
    const cycle: Record<string, unknown> = { name: 'cycle' };
    cycle.self = cycle;
    const extra = {
      cycle,
      big: 2n ** 80n,
      date: new Date(0),
      map: new Map([['k', 1]]),
      nothing: undefined,
      fn: () => 1,
      lone: '\ud800',
      nan: Number.NaN,
      get hostile(): string {
        return 'fine';
      },
      proxy: new Proxy(
        {},
        {
          ownKeys: () => {
            throw new Error('no');
          },
        },
      ),
      __class__: 'harmless',
    };
    await through(new SocketHandler({ host: '127.0.0.1', port: server.port }), () => {
      logger.info('text\0\n\u2028 é 日本 😀', { extra });
      logger.info('after');
    });
    const [received, after] = await server.received(2);
    expect(received).toMatchObject({
      msg: 'text\0\n\u2028 é 日本 😀',
      date: '1970-01-01T00:00:00.000Z',
      nothing: null,
      map: { k: 1 },
    });
    expect(received?.types).toMatchObject({ big: 'int', cycle: 'dict', nan: 'float' });
    expect(after?.msg).toBe('after');
  });

  it('arrives as JSON, after its length or as a line', async () => {
    for (const [form, framing] of [
      ['json', 'length'],
      ['lines', 'newline'],
    ] as const) {
      const server = await start('tcp', 0, form);
      await through(
        new SocketHandler({ host: '127.0.0.1', port: server.port, format: 'json', framing }),
        () => {
          logger.info('one\ntwo', { extra: { n: 1 } });
          logger.info('three');
        },
      );
      expect((await server.received(2)).map(({ msg }) => msg)).toEqual(['one\ntwo', 'three']);
      expect(server.records[0]).toMatchObject({ n: 1, levelname: 'INFO', args: null });
    }
  });

  it('arrives over a unix socket', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'log-'));
    try {
      const file = path.join(folder, 'log.sock');
      const server = await start('unix', file);
      await through(new SocketHandler({ host: file, port: null }), () => logger.info('text'));
      expect((await server.received(1))[0]).toMatchObject({ msg: 'text' });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('arrives as a datagram', async () => {
    const server = await start('udp');
    await through(new DatagramHandler({ host: 'localhost', port: server.port }), () => {
      for (let count = 0; count < 100; count += 1) logger.info('%d of 100', count);
    });
    expect((await server.received(100)).map(({ msg }) => msg)).toEqual(
      Array.from({ length: 100 }, (_, count) => `${count} of 100`),
    );
  });

  it('is counted and reported where it is too large for a datagram', async () => {
    const stderr = collectStderr();
    const server = await start('udp');
    const handler = new DatagramHandler({ host: '127.0.0.1', port: server.port });
    await through(handler, () => {
      logger.info('x'.repeat(70_000), { extra: { more: 'y'.repeat(60_000) } });
      logger.info('after');
    });
    expect((await server.received(1))[0]).toMatchObject({ msg: 'after' });
    expect(handler.stats).toMatchObject({ delivered: 1, dropped: 1, droppedBy: { oversize: 1 } });
    expect(stderr.stop()).toContain('too many for a datagram');
  });

  it('arrives again after the server was killed and started anew', async () => {
    const stderr = collectStderr();
    const first = await start('tcp');
    const handler = new SocketHandler({
      host: '127.0.0.1',
      port: first.port,
      retryStart: 0.05,
      retryMax: 0.2,
    });
    logger.addHandler(handler);
    logger.info('before');
    await first.received(1);
    await first.kill();
    logger.info('meanwhile');
    const second = await start('tcp', first.port);
    await handler.flush();
    logger.info('after');
    await handler.close();
    stderr.stop();
    const { emitted, delivered, dropped } = handler.stats;
    expect(delivered + dropped).toBe(emitted);
    // What was written before the death of the first was noticed has gone with it.
    const arrived = () => second.records.map(({ msg }) => msg);
    while (!arrived().includes('after')) await second.received(second.records.length + 1);
    expect(arrived().at(-1)).toBe('after');
  });
});
