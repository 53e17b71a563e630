import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Handler } from '../../../../lib/core/handler.js';
import { LogRecord } from '../../../../lib/core/records/log-record.js';
import type { SpoolStats } from '../../../../lib/handlers/delivery/spool/spool-counters.js';
import { HTTPHandler } from '../../../../lib/handlers/http/http.handler.js';
import { SocketHandler } from '../../../../lib/handlers/network/socket.handler.js';
import { RelpHandler } from '../../../../lib/handlers/syslog/relp/relp.handler.js';
import { SysLogHandler } from '../../../../lib/handlers/syslog/syslog.handler.js';
import { freePort } from '../../../support/free-port.js';
import { HttpSink } from '../../../support/http-sink.js';
import { startTcpSink } from '../../../support/line-sink.js';
import { RelpServer } from '../../../support/relp-server.js';
import { segmentsIn } from '../../../support/spool-files.js';
import { collectStderr } from '../../../support/stderr-collector.js';
import { useTemporaryFolder } from '../../../support/temporary-folder.js';

type Spooling = Handler & { readonly stats: Partial<SpoolStats>; readonly delivery: string };

interface Sender {
  readonly name: string;
  make(port: number, directory: string): Spooling;
  /** Starts a server. */
  serve(port: number): Promise<{ texts(): Promise<string[]>; close(): Promise<void> }>;
}

const numbersIn = (text: string) =>
  [...text.matchAll(/number (\d+);/g)].map(([, digits]) => `number ${digits};`);

const messagesIn = (body: string) =>
  (JSON.parse(body) as { message: string }[]).map(({ message }) => message);

const senders: Sender[] = [
  {
    name: 'HTTPHandler',
    make: (port, directory) =>
      new HTTPHandler({
        ...{ host: `127.0.0.1:${port}`, url: '/logs', format: 'json', batchSize: 50, flushIntervalMs: 20 },
        spool: { directory },
      }),
    serve: async (port) => {
      const sink = await new HttpSink().listen(port);
      return {
        texts: async () => sink.requests.flatMap(({ body }) => messagesIn(body)),
        close: () => sink.close(),
      };
    },
  },
  {
    name: 'HTTPHandler with forms',
    make: (port, directory) =>
      new HTTPHandler({ host: `127.0.0.1:${port}`, url: '/logs', method: 'POST', spool: { directory } }),
    serve: async (port) => {
      const sink = await new HttpSink().listen(port);
      const decode = (body: string) => decodeURIComponent(body.replaceAll('+', ' '));
      return {
        // A form has the message twice, as it was logged and with its arguments.
        texts: async () => sink.requests.flatMap(({ body }) => numbersIn(decode(body)).slice(0, 1)),
        close: () => sink.close(),
      };
    },
  },
  {
    name: 'SysLogHandler',
    make: (port, directory) =>
      new SysLogHandler({ address: ['127.0.0.1', port], socktype: 'tcp', spool: { directory } }),
    serve: serveTcp,
  },
  {
    name: 'SocketHandler',
    make: (port, directory) =>
      new SocketHandler({ host: '127.0.0.1', port, format: 'json', retryStart: 0.2, spool: { directory } }),
    serve: serveTcp,
  },
  {
    name: 'RelpHandler',
    make: (port, directory) => new RelpHandler({ address: ['127.0.0.1', port], spool: { directory } }),
    serve: async (port) => {
      const server = await new RelpServer().listen(port);
      return { texts: async () => server.messages.flatMap(numbersIn), close: () => server.close() };
    },
  },
];

async function serveTcp(port: number) {
  const sink = await startTcpSink(port);
  return { texts: async () => numbersIn(await sink.text()), close: () => sink.close() };
}

const folder = useTemporaryFolder();
let stderr: ReturnType<typeof collectStderr>;
let port: number;
beforeEach(async () => {
  stderr = collectStderr();
  port = await freePort();
});
afterEach(() => {
  stderr.stop();
});

let next = 0;
function log(handler: Handler, count: number): string[] {
  const texts = Array.from({ length: count }, () => `number ${next++};`);
  for (const msg of texts) handler.handle(new LogRecord({ msg, levelno: 20, levelname: 'INFO' }));
  return texts;
}

describe.each(senders)('$name with a spool', ({ make, serve }) => {
  it('brings everything once the server comes up', async () => {
    const handler = make(port, folder.path);
    expect(handler.delivery).toBe('at-least-once');
    const texts = log(handler, 200);
    await handler.flush();
    expect(handler.stats).toMatchObject({ emitted: 200, delivered: 0, queued: 0, spooled: 200, dropped: 0 });
    const server = await serve(port);
    await drained(handler);
    texts.push(...log(handler, 10));
    await handler.close();
    expect(handler.stats).toMatchObject({ emitted: 210, delivered: 210, queued: 0, spooled: 0, dropped: 0 });
    expect(await server.texts()).toEqual(texts);
    expect(segmentsIn(folder.path)).toEqual([]);
    await server.close();
  }, 20_000);

  it('is closed soon while the server is away, and the next one sends what is left, before what is new', async () => {
    const first = make(port, folder.path);
    const texts = log(first, 100);
    const started = performance.now();
    await first.close();
    expect(performance.now() - started).toBeLessThan(5_000);
    expect(first.stats).toMatchObject({ emitted: 100, delivered: 0, spooled: 100, dropped: 0 });
    const server = await serve(port);
    const second = make(port, folder.path);
    texts.push(...log(second, 50));
    await second.close();
    expect(second.stats).toMatchObject({
      emitted: 150,
      recovered: 100,
      delivered: 150,
      spooled: 0,
      dropped: 0,
    });
    expect(await server.texts()).toEqual(texts);
    await server.close();
  }, 20_000);

  it('loses and counts what is logged after it was closed', async () => {
    const handler = make(port, folder.path);
    await handler.close();
    log(handler, 1);
    await handler.flush();
    expect(handler.stats).toMatchObject({ emitted: 1, dropped: 1, spooled: 0, droppedBy: { closed: 1 } });
  });
});

describe('HTTPHandler with a spool', () => {
  const use = (sink: HttpSink, more: object = {}) =>
    new HTTPHandler({
      ...{ host: sink.host, url: '/', format: 'json', flushIntervalMs: 5, batchSize: 8 },
      spool: { directory: folder.path, ...more },
    });

  it('puts aside the one record that the server will never take', async () => {
    const sink = await new HttpSink().listen();
    sink.answer = ({ body }) => (body.includes('poison') ? 400 : 200);
    const handler = use(sink);
    log(handler, 5);
    handler.handle(new LogRecord({ msg: 'poison', levelno: 30, levelname: 'WARNING' }));
    log(handler, 5);
    await handler.close();
    expect(handler.stats).toMatchObject({
      emitted: 11,
      delivered: 10,
      dropped: 1,
      spooled: 0,
      deadLetters: 1,
    });
    expect(handler.stats.droppedBy.rejected).toBe(1);
    const [letter] = folder.lines('dead-letters.jsonl').map((line) => JSON.parse(line));
    expect(letter).toMatchObject({ levelno: 30, reason: expect.stringContaining('answered 400') });
    expect(letter.id).toMatch(/^[0-9a-f]{12}-6$/);
    expect(JSON.parse(letter.record)).toMatchObject({ message: 'poison' });
    await sink.close();
  });

  it('keeps no more dead letters than it may', async () => {
    const sink = await new HttpSink().listen();
    sink.answer = () => 400;
    const handler = use(sink, { deadLetterMaxBytes: 3_000 });
    log(handler, 40);
    await handler.close();
    const { deadLetters = 0, dropped } = handler.stats;
    expect(dropped).toBe(40);
    expect(deadLetters).toBe(folder.lines('dead-letters.jsonl').length);
    expect(deadLetters).toBeGreaterThan(0);
    expect(folder.read('dead-letters.jsonl').length).toBeLessThanOrEqual(3_000);
    await sink.close();
  });

  it.each([401, 404, 500])(
    'gives nothing up while the server answers %d',
    async (status) => {
      const sink = await new HttpSink().listen();
      sink.answer = () => status;
      const handler = use(sink);
      log(handler, 20);
      await handler.flush();
      expect(handler.stats).toMatchObject({ spooled: 20, dropped: 0 });
      sink.answer = () => 200;
      await drained(handler);
      expect(handler.stats).toMatchObject({ delivered: 20, spooled: 0, dropped: 0 });
      await handler.close();
      await sink.close();
    },
    20_000,
  );

  it('names records by ids that are the same when they are sent again, so that a server can recognise them', async () => {
    const sink = await new HttpSink().listen();
    let count = 0;
    // Takes each second batch and forgets to say so.
    sink.answer = () => (++count % 2 === 0 ? 'drop' : 200);
    const handler = use(sink);
    const texts = log(handler, 40);
    await drained(handler);
    await handler.close();
    const seen = new Map<string, string>();
    let twice = 0;
    for (const { body, headers } of sink.requests) {
      const ids = expandIds(String(headers['log-record-ids']));
      const messages = messagesIn(body);
      expect(ids).toHaveLength(messages.length);
      for (const [index, id] of ids.entries()) {
        if (seen.has(id)) twice += 1;
        expect(seen.get(id) ?? messages[index]).toBe(messages[index]);
        seen.set(id, messages[index] as string);
      }
    }
    expect(twice).toBeGreaterThan(0);
    expect([...seen.values()]).toEqual(texts);
    await sink.close();
  }, 20_000);
});

describe('a spool', () => {
  it('is only for what has a connection', () => {
    const spool = { directory: folder.path };
    expect(() => new SysLogHandler({ address: ['127.0.0.1', 514], spool })).toThrow(
      /spool: needs a connection, socktype: 'tcp' or tls/,
    );
  });

  it('gives the receiver of pickles and JSON the id of a record', async () => {
    const sink = await startTcpSink();
    const handler = new SocketHandler({
      ...{ host: '127.0.0.1', port: sink.port, format: 'json', framing: 'newline' },
      spool: { directory: folder.path },
    });
    log(handler, 2);
    await handler.close();
    const ids = (await sink.text())
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).spool_id);
    expect(ids).toEqual([
      expect.stringMatching(/^[0-9a-f]{12}-1$/),
      expect.stringMatching(/^[0-9a-f]{12}-2$/),
    ]);
    await sink.close();
  });
});

async function drained(handler: Spooling): Promise<void> {
  for (const deadline = Date.now() + 45_000; handler.stats.spooled !== 0 && Date.now() < deadline; ) {
    await handler.flush();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** `x-1:3,y-7` as a receiver reads it. */
function expandIds(header: string): string[] {
  return header.split(',').flatMap((range) => {
    const [, identity, first, last] = /^([0-9a-f]+)-(\d+)(?::(\d+))?$/.exec(range) ?? [];
    const count = Number(last ?? first) - Number(first) + 1;
    return Array.from({ length: count }, (_, index) => `${identity}-${Number(first) + index}`);
  });
}
