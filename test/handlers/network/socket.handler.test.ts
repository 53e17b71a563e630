import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { LogRecord } from '../../../lib/core/records/log-record.js';
import { SocketHandler } from '../../../lib/handlers/network/socket.handler.js';
import { compiledProgram } from '../../support/compiled-sources.js';
import { collectStderr } from '../../support/stderr-collector.js';

function record(msg: string, levelno = 20): LogRecord {
  return new LogRecord({ levelno, msg });
}

/** A server in this process, so that the tests decide when it reads and when it goes away. */
class Sink {
  readonly sockets = new Set<Socket>();
  received = Buffer.alloc(0);
  reads = true;
  #server: Server | undefined;

  async listen(port = 0): Promise<number> {
    const server = createServer((socket) => {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => this.sockets.delete(socket));
      if (!this.reads) return void socket.pause();
      socket.on('data', (chunk) => {
        this.received = Buffer.concat([this.received, chunk]);
      });
    });
    this.#server = server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    for (const socket of this.sockets) socket.resetAndDestroy();
    if (server?.listening) await new Promise((resolve) => server.close(resolve));
  }

  get messages(): string[] {
    const lines = this.received.toString().split('\n');
    return lines.slice(0, -1).map((line) => (JSON.parse(line) as { msg: string }).msg);
  }
}

let sink: Sink;
let stderr: ReturnType<typeof collectStderr>;

beforeEach(() => {
  sink = new Sink();
  stderr = collectStderr();
});

afterEach(async () => {
  stderr.stop();
  await sink.stop();
});

async function makeHandler(options: object = {}): Promise<SocketHandler> {
  const port = await sink.listen();
  return new SocketHandler({
    host: '127.0.0.1',
    port,
    format: 'json',
    framing: 'newline',
    retryStart: 0.05,
    retryMax: 0.2,
    ...options,
  });
}

async function until(condition: () => boolean): Promise<void> {
  for (const end = Date.now() + 45_000; !condition(); ) {
    if (Date.now() > end) throw new Error('it did not come about within 8 s');
    await delay(10);
  }
}

describe('SocketHandler', () => {
  it('brings every record to the server, in order, by the time flush resolves', async () => {
    const handler = await makeHandler();
    for (let count = 0; count < 5_000; count += 1) handler.handle(record(String(count)));
    await handler.flush();
    expect(handler.stats).toMatchObject({ emitted: 5_000, delivered: 5_000, queued: 0, dropped: 0 });
    await until(() => sink.messages.length === 5_000);
    expect(sink.messages).toEqual(Array.from({ length: 5_000 }, (_, count) => String(count)));
    await handler.close();
  });

  it('waits for a server that is not there yet, without a word to the caller', async () => {
    const handler = await makeHandler();
    const { port } = handler;
    await sink.stop();
    expect(handler.handle(record('early'))).not.toBe(false);
    await until(() => stderr.text !== '');
    expect(stderr.text).toContain('ECONNREFUSED');
    await sink.listen(port ?? 0);
    await until(() => sink.messages.length === 1);
    expect(sink.messages).toEqual(['early']);
    await handler.close();
  });

  it('connects again after the server went away, counts what is lost, and reports it once', async () => {
    const handler = await makeHandler();
    const port = handler.port ?? 0;
    let issued = 0;
    for (let round = 0; round < 3; round += 1) {
      for (let count = 0; count < 50; count += 1) {
        handler.handle(record(`${issued++}`));
        await delay(1);
      }
      await sink.stop();
      for (let count = 0; count < 20; count += 1) handler.handle(record(`${issued++}`));
      await delay(30);
      await sink.listen(port);
    }
    handler.handle(record('fresh'));
    await handler.flush();
    await until(() => sink.messages.includes('fresh'));
    const { emitted, delivered, dropped, queued } = handler.stats;
    expect(emitted).toBe(issued + 1);
    expect(delivered + dropped + queued).toBe(emitted);
    expect(new Set(sink.messages).size).toBe(sink.messages.length);
    expect(stderr.text.match(/--- Logging error ---/g)?.length).toBe(1);
    await handler.close();
  });

  it('makes connections again in silence where closeOnError is set', async () => {
    const handler = await makeHandler({ closeOnError: true });
    const port = handler.port ?? 0;
    await sink.stop();
    handler.handle(record('text'));
    await delay(100);
    await sink.listen(port);
    await handler.flush();
    expect(stderr.text).toBe('');
    await handler.close();
  });

  it('never holds more than its bounds when the server does not read, and closes within 5 s', async () => {
    sink.reads = false;
    const handler = await makeHandler({ maxRecords: 1_000, maxBytes: 4_000_000 });
    const text = 'x'.repeat(10_000);
    for (let count = 0; count < 20; count += 1) {
      for (let burst = 0; burst < 200; burst += 1) handler.handle(record(text));
      await delay(1);
    }
    for (let burst = 0; burst < 10; burst += 1) handler.handle(record(text, 40));
    const { emitted, delivered, queued, dropped, queuedBytes } = handler.stats;
    expect(emitted).toBe(4_010);
    expect(delivered + queued + dropped).toBe(emitted);
    expect(dropped).toBeGreaterThan(0);
    expect(queuedBytes).toBeLessThanOrEqual(4_000_000);
    const started = Date.now();
    await handler.close();
    expect(Date.now() - started).toBeLessThan(5_000);
    expect(handler.stats.queued).toBe(0);
    expect(handler.stats.droppedBy.closed).toBeGreaterThan(0);
  }, 15_000);

  it('keeps records of ERROR and above rather than others', async () => {
    const handler = await makeHandler({ maxRecords: 10, closeOnError: true });
    const port = handler.port ?? 0;
    await sink.stop();
    for (let count = 0; count < 20; count += 1) handler.handle(record(`info ${count}`));
    for (let count = 0; count < 5; count += 1) handler.handle(record(`error ${count}`, 40));
    await sink.listen(port);
    await handler.flush();
    await until(() => sink.messages.length === 10);
    expect(sink.messages.filter((msg) => msg.startsWith('error'))).toHaveLength(5);
    await handler.close();
  });

  it('lets a derived class choose the bytes and the connection', async () => {
    class Plain extends SocketHandler {
      override makePickle(one: LogRecord): Buffer {
        return Buffer.from(`{"msg":"${one.getMessage()}"}\n`);
      }
      override makeSocket(): Socket {
        return connect({ host: 'localhost', port: this.port ?? 0, family: 4 });
      }
    }
    const handler = new Plain({ host: 'nowhere.invalid', port: await sink.listen() });
    handler.handle(record('text'));
    await handler.flush();
    await until(() => sink.messages.length === 1);
    expect(sink.messages).toEqual(['text']);
    await handler.close();
  });

  it("has Python's attributes", async () => {
    const handler = new SocketHandler({ host: 'logs.example.com', port: 9020 });
    expect(handler).toMatchObject({
      host: 'logs.example.com',
      port: 9020,
      address: ['logs.example.com', 9020],
      sock: null,
    });
    expect(handler).toMatchObject({ closeOnError: false, retryStart: 1, retryMax: 30, retryFactor: 2 });
    handler.retryMax = 60;
    expect(handler.retryMax).toBe(60);
    expect(new SocketHandler({ host: '/run/log.sock', port: null }).address).toBe('/run/log.sock');
    await handler.close();
  });

  it('brings out what was logged before a process runs out of work, and then lets it end', async () => {
    const port = await sink.listen();
    const program = compiledProgram(
      `import { LogRecord } from '../../lib/core/records/log-record.js';
      import { SocketHandler } from '../../lib/handlers/network/socket.handler.js';
      const handler = new SocketHandler({ host: '127.0.0.1', port: ${port}, format: 'json', framing: 'newline' });
      for (let count = 0; count < 1000; count++) handler.handle(new LogRecord({ msg: String(count) }));`,
    );
    const child = spawn(process.execPath, [program], { stdio: 'inherit' });
    expect(await once(child, 'exit')).toEqual([0, null]);
    await until(() => sink.messages.length === 1_000);
  });

  it('sends to a unix socket where the port is null', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'socket-'));
    const file = path.join(folder, 'log.sock');
    const received: Buffer[] = [];
    const server = createServer((socket) => socket.on('data', (chunk) => received.push(chunk)));
    try {
      server.listen(file);
      await once(server, 'listening');
      const handler = new SocketHandler({ host: file, port: null, format: 'json' });
      handler.handle(record('text'));
      await handler.close();
      await until(() => received.length > 0);
      const bytes = Buffer.concat(received);
      expect(bytes.readUInt32BE(0)).toBe(bytes.length - 4);
      expect(JSON.parse(bytes.subarray(4).toString())).toMatchObject({
        msg: 'text',
        args: null,
        exc_info: null,
      });
    } finally {
      server.close();
      rmSync(folder, { recursive: true });
    }
  });

  it('reports what is wrong with its options', () => {
    expect(() => new SocketHandler({ host: 'x', port: 99_999 })).toThrow(
      'port: expected a port from 1 to 65535',
    );
    expect(() => new SocketHandler({ host: '', port: 1 })).toThrow('host: ');
    expect(() => new SocketHandler({ host: 'x', prt: 1 } as never)).toThrow('did you mean "port"?');
  });
});
