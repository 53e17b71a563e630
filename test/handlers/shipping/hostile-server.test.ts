import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { JsonFormatter, type LogRecord, makeLogRecord } from 'nestjs-logging/core';
import {
  type HttpShipment,
  HttpShippingHandler,
  type ShippingEntry,
  type ShippingOptions,
} from 'nestjs-logging/handlers';
import { useTemporaryFolder } from '../../support/temporary-folder.js';

/** The destination over HTTP of docs/shipping.md. */
class IngestHandler extends HttpShippingHandler {
  readonly errors: string[] = [];
  /** How many bodies it has made. */
  made = 0;

  constructor({ url, ...options }: ShippingOptions & { url: string }) {
    super(options, { name: 'ingest', server: url, auth: { token: 'sesame-sesame' } });
    this.setFormatter(new JsonFormatter());
  }

  protected override encode(record: LogRecord): string {
    return this.format(record);
  }

  protected override request(batch: readonly ShippingEntry[]): HttpShipment {
    return {
      path: '/v1/ingest',
      headers: { 'Content-Type': 'application/x-ndjson' },
      body: () => {
        this.made += 1;
        return batch.map(({ item }) => `${item}\n`).join('');
      },
    };
  }

  override handleError(_record: LogRecord, error?: unknown): void {
    this.errors.push((error as Error).message);
  }
}

/** Writes what it likes where an answer is expected. */
type Step = (socket: Socket, body: string) => void;

const folder = useTemporaryFolder();
let server: Server;
let steps: Step[];
let always: Step;
let bodies: string[];
let heads: string[];
const sockets = new Set<Socket>();
const open: IngestHandler[] = [];

const text =
  (head: string, body = ''): Step =>
  (socket) =>
    socket.write(`HTTP/1.1 ${head}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);

beforeEach(async () => {
  // Back-off is drawn from zero up to seconds.
  jest.spyOn(Math, 'random').mockReturnValue(0.01);
  [steps, bodies, heads, always] = [[], [], [], text('200 OK')];
  server = createServer((socket) => {
    sockets.add(socket);
    let received = Buffer.alloc(0);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      for (let end = received.indexOf('\r\n\r\n'); end >= 0; end = received.indexOf('\r\n\r\n')) {
        const head = received.toString('latin1', 0, end);
        const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
        if (received.length < end + 4 + length) return;
        const body = received.toString('utf8', end + 4, end + 4 + length);
        received = received.subarray(end + 4 + length);
        heads.push(head);
        bodies.push(body);
        (steps.shift() ?? always)(socket, body);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  jest.restoreAllMocks();
  await Promise.all(open.splice(0).map((handler) => handler.close()));
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
});

function ingest(options: ShippingOptions = {}): IngestHandler {
  const { port } = server.address() as AddressInfo;
  const handler = new IngestHandler({
    ...{ url: `http://127.0.0.1:${port}`, timeoutMs: 400, flushIntervalMs: 5 },
    ...options,
  });
  open.push(handler);
  return handler;
}

function log(handler: IngestHandler, ...messages: string[]): void {
  for (const msg of messages)
    handler.handle(makeLogRecord({ name: 'shop', levelno: 20, levelname: 'INFO', msg }));
}

async function sent(handler: IngestHandler, timeoutMs = 45_000): Promise<void> {
  for (const end = Date.now() + timeoutMs; Date.now() < end; ) {
    const { queued, spooled } = handler.stats;
    if (queued + spooled === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const messages = (body = '') =>
  body
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { message: string }).message);

describe('an answer that is not what it should be', () => {
  const answers: Readonly<Record<string, readonly [requests: number, step: Step]>> = {
    'none, the connection is cut': [2, (socket) => socket.destroy()],
    'cut in the middle of its head': [2, (socket) => socket.end('HTTP/1.1 200 O')],
    'cut in the middle of its body': [
      2,
      (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab'),
    ],
    'cut in the middle of a chunk': [
      2,
      (socket) => socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab'),
    ],
    'too slow': [2, (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab')],
    'no HTTP': [2, (socket) => socket.end('\0\x01 hello')],
    'two answers to one request': [
      1,
      (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'.repeat(2)),
    ],
    'a head without end': [
      2,
      (socket) => socket.write(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`),
    ],
    'another protocol': [2, text('101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket')],
    'a page in HTML, of a failure': [2, text('500 Oops', '<html>\x1b[31m<h1>Oops</h1>')],
    '100, then an answer': [
      1,
      (socket) => {
        socket.write('HTTP/1.1 100 Continue\r\n\r\n');
        setTimeout(() => text('200 OK')(socket, ''), 20);
      },
    ],
    'with the end of the connection': [
      1,
      (socket) => socket.end('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{'),
    ],
    'of HTTP/1.0': [1, (socket) => socket.end('HTTP/1.0 200 OK\r\n\r\nok')],
    empty: [1, text('204 No Content')],
    'invalid JSON': [1, text('200 OK', '{"ok":')],
  };
  it.each(Object.entries(answers))('%s: nothing is lost', async (_, [requests, step]) => {
    steps = [step];
    const handler = ingest();
    log(handler, 'one', 'two', 'three');
    const started = performance.now();
    await sent(handler);
    expect(handler.stats).toMatchObject({ emitted: 3, delivered: 3, dropped: 0 });
    expect(bodies.map(messages)).toEqual(new Array(requests).fill(['one', 'two', 'three']));
    // Nor did it wait for the time-out of the whole attempt.
    expect(performance.now() - started).toBeLessThan(1_500);
  });

  it.each([
    ['in seconds', () => '1'],
    ['as a date', () => new Date(Date.now() + 2_000).toUTCString()],
  ])('429 with a time %s: it waits so long, and sends again', async (_, time) => {
    steps = [text(`429 Too Many Requests\r\nRetry-After: ${time()}`)];
    const handler = ingest();
    const started = performance.now();
    log(handler, 'one');
    await sent(handler);
    expect(handler.stats).toMatchObject({ delivered: 1, dropped: 0 });
    expect(performance.now() - started).toBeGreaterThan(900);
  });

  it.each([301, 307, 401])('%d: without a spool lost, counted, with the reason', async (status) => {
    always = text(`${status} Elsewhere\r\nLocation: http://127.0.0.1:1/`);
    const handler = ingest();
    log(handler, 'one', 'two');
    await sent(handler);
    expect(handler.stats).toMatchObject({ emitted: 2, delivered: 0, dropped: 2 });
    expect(handler.errors[0]).toContain(`answered ${status}`);
    expect(bodies).toHaveLength(1);
  });

  it('413 for more than one: all arrive alone', async () => {
    always = (socket, body) => text(messages(body).length > 1 ? '413 Too Large' : '200 OK')(socket, body);
    const handler = ingest();
    log(handler, 'one', 'two', 'three');
    await sent(handler);
    expect(handler.stats).toMatchObject({ delivered: 3, dropped: 0 });
  });

  it('400 for one of the records, compressed unasked: it alone is set aside, with the reason in clear', async () => {
    const reason = gzipSync('{"error":"order 13 is not valid"}');
    always = (socket, body) => {
      if (!body.includes('order 13')) return text('200 OK')(socket, body);
      socket.write(`HTTP/1.1 400 Bad\r\nContent-Encoding: gzip\r\nContent-Length: ${reason.length}\r\n\r\n`);
      socket.write(reason);
    };
    const handler = ingest({ spool: { directory: folder.path } });
    log(handler, 'order 12', 'order 13', 'order 14');
    await sent(handler);
    expect(handler.stats).toMatchObject({ emitted: 3, delivered: 2, dropped: 1, spooled: 0 });
    const letters = readFileSync(join(folder.path, 'dead-letters.jsonl'), 'utf8').trim().split('\n');
    expect(letters).toHaveLength(1);
    expect(letters[0]).toContain('order 13 is not valid');
    expect(heads[0]).toMatch(/^accept-encoding: identity$/im);
    await handler.close();
  });

  it('compressed, but not really: shown as it is', async () => {
    always = text('401 No\r\nContent-Encoding: gzip', 'no such key');
    const handler = ingest();
    log(handler, 'one');
    await sent(handler);
    expect(handler.errors[0]).toContain('answered 401: no such key');
  });
});

describe('a server that refuses connections', () => {
  it('has no body made for it in vain', async () => {
    const handler = ingest();
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    log(handler, 'one', 'two');
    for (let waits = 0; waits < 200 && handler.health.failingSince === undefined; waits++)
      await new Promise((resolve) => setTimeout(resolve, 10));
    expect(handler.health.lastFailure).toContain('cannot be reached');
    expect(handler.made).toBe(0);
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    await sent(handler);
    expect(handler.made).toBe(1);
    expect(bodies.map(messages)).toEqual([['one', 'two']]);
    expect(heads[0]).toMatch(new RegExp(`^content-length: ${Buffer.byteLength(bodies[0] ?? '')}$`, 'im'));
  });
});
