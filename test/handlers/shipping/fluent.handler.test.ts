import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { inspect } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from '@jest/globals';
import { decodeMulti, type ExtData } from '@msgpack/msgpack';
import { LogRecord } from '../../../lib/core/records/log-record.js';
import type { FluentHandlerOptions } from '../../../lib/handlers/shipping/fluent/fluent.handler.js';
import { FluentHandler } from '../../../lib/handlers/shipping/fluent/fluent.handler.js';
import { providePackage } from '../../../lib/runtime/provided-packages.js';
import { type CorpusRecord, corpus } from '../../engines/support/record-corpus.js';
import { type Certificates, hasOpenssl, makeCertificates } from '../../support/certificates.js';
import { ChildProgram, ended } from '../../support/child-program.js';
import { type FluentEvent, FluentSink, oddFluentServer } from '../../support/fluent-server.js';
import { collectStderr } from '../../support/stderr-collector.js';
import { useTemporaryFolder } from '../../support/temporary-folder.js';

const COUNT = 2_000;
const SECURITY = {
  ...{ serverHostname: 'fluentd', sharedKey: 'a key for two', authorize: true },
  userDict: { shop: 'hunter2hunter2' },
};
const KEYS = { sharedKey: 'a key for two', username: 'shop', password: 'hunter2hunter2' };

const folder = useTemporaryFolder();
const certificates: Certificates | undefined = hasOpenssl ? makeCertificates() : undefined;
const closers: (() => unknown)[] = [];
let stderr: ReturnType<typeof collectStderr> | undefined;
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
  stderr?.stop();
  stderr = undefined;
});

const hello = (msg = 'hello', created = Date.now() / 1_000) =>
  new LogRecord({ name: 'shop', levelno: 20, levelname: 'INFO', msg, created });

function handlerFor(port: number, options: FluentHandlerOptions = {}): FluentHandler {
  const handler = new FluentHandler({ host: '127.0.0.1', port, tag: 'shop.web', ...options });
  closers.push(() => handler.close());
  return handler;
}

async function sinkOf(...options: ConstructorParameters<typeof FluentSink>): Promise<FluentSink> {
  const sink = await new FluentSink(...options).start();
  closers.push(() => sink.stop());
  return sink;
}

async function oddServer(...args: Parameters<typeof oddFluentServer>) {
  const server = await oddFluentServer(...args);
  closers.push(() => server.close());
  return server;
}

async function until(holds: () => boolean, what: string): Promise<void> {
  for (const deadline = Date.now() + 180_000; !holds(); await delay(10))
    if (Date.now() > deadline) throw new Error(`Not in time: ${what}`);
}

function sent({ record, message, fields, error }: CorpusRecord): object {
  return { message, level: record.levelname, logger: record.name, ...fields, error };
}

function found({ record }: FluentEvent): object {
  const { message, level, logger, n, ratio, word, flag, exception } = record;
  const error = /\b(PaymentError): no card \d+/.exec(String(exception))?.[1];
  return { message, level, logger, n, ratio, word, flag, error };
}

const ways: [string, FluentHandlerOptions, () => ConstructorParameters<typeof FluentSink>[0]][] = [
  ['over TCP', {}, () => ({})],
  ['compressed', { compression: 'gzip' }, () => ({})],
  ['without acknowledgement', { ack: false }, () => ({})],
  ['with a shared key and a user', KEYS, () => ({ security: SECURITY })],
];
if (certificates !== undefined)
  ways.push([
    'over TLS',
    { ...KEYS, tls: { ca: certificates.ca.cert } },
    () => ({ security: SECURITY, tlsOptions: certificates.good }),
  ]);

describe.each(ways)('FluentHandler %s', (_, options, server) => {
  it(`brings ${COUNT} records of all kinds, once, in order and field by field`, async () => {
    const sink = await sinkOf(server());
    const handler = handlerFor(sink.port, { ...options, maxBytes: 64 * 1024 * 1024, timeoutMs: 300_000 });
    const all = [...corpus(COUNT)];
    for (const { record } of all) handler.handle(record);
    await until(() => handler.stats.queued === 0, 'all is sent');
    await until(() => sink.events.length >= COUNT, 'all has arrived');
    expect(handler.stats).toMatchObject({ emitted: COUNT, delivered: COUNT, dropped: 0 });
    expect(sink.events.map(found)).toEqual(all.map(sent));
    expect(new Set(sink.events.map(({ tag }) => tag))).toEqual(new Set(['shop.web']));
  }, 180_000);
});

describe('FluentHandler', () => {
  it('gives each record the time of its log call, to the microsecond', async () => {
    const sink = await sinkOf();
    const handler = handlerFor(sink.port, { service: 'shop' });
    handler.handle(hello('hello', 1_764_410_000.123_456));
    handler.handle(hello('late', Number.NaN));
    await handler.flush();
    expect(sink.events[0]).toEqual({
      ...{ tag: 'shop.web', seconds: 1_764_410_000, nanoseconds: 123_456_000 },
      record: expect.objectContaining({ message: 'hello', level: 'INFO', logger: 'shop', service: 'shop' }),
    });
    expect(sink.events[1]?.seconds).toBeGreaterThan(1_764_410_000);
  });

  it('writes messages as the protocol has them', async () => {
    const messages: (readonly unknown[])[] = [];
    const server = await oddServer(undefined, (message) => {
      messages.push(message);
      return { ack: (message[2] as { chunk: string }).chunk };
    });
    const handler = handlerFor(server.port, { compression: 'gzip' });
    handler.handle(hello('half \ud800 of a pair'));
    handler.handle(hello());
    await handler.flush();
    const [tag, entries, options] = messages[0] as [string, Uint8Array, { chunk: string }];
    expect([tag, options]).toEqual([
      'shop.web',
      { size: 2, compressed: 'gzip', chunk: expect.stringMatching(/^[\w+/]{22}==$/) },
    ]);
    const packed = gunzipSync(entries);
    const events = [...decodeMulti(packed)] as [ExtData, { message: string }][];
    expect(events.map(([time, { message }]) => [time.type, time.data.length, message])).toEqual([
      [0, 8, 'half \ufffd of a pair'],
      [0, 8, 'hello'],
    ]);
    // What stands for the lost half is UTF-8 already.
    expect(packed.includes('half \ufffd of a pair')).toBe(true);
  });

  it('sends a batch again that is not acknowledged, under the same name', async () => {
    stderr = collectStderr();
    const chunks: unknown[] = [];
    const server = await oddServer(undefined, (message, socket) => {
      const { chunk } = message[2] as { chunk: string };
      chunks.push(chunk);
      // One is not answered, one answered wrongly, and one gets the connection closed.
      if (chunks.length === 1) return undefined;
      if (chunks.length === 2) return { ack: 'another' };
      if (chunks.length === 3) return void socket.destroy();
      return { ack: chunk };
    });
    const handler = handlerFor(server.port, { timeoutMs: 200, flushIntervalMs: 1 });
    handler.handle(hello());
    await until(() => handler.stats.delivered === 1, 'it is delivered');
    expect(chunks).toHaveLength(4);
    expect(new Set(chunks).size).toBe(1);
    expect(handler.stats.dropped).toBe(0);
  }, 180_000);

  it('loses nothing while the server is away, with a spool', async () => {
    stderr = collectStderr();
    const sink = await sinkOf();
    const options = { spool: { directory: folder.path }, batchSize: 20, flushIntervalMs: 10 };
    const handler = handlerFor(sink.port, options);
    for (let n = 0; n < 50; n++) handler.handle(hello(`one ${n}`));
    await until(() => handler.stats.delivered === 50, 'the first are delivered');
    await sink.stop();
    for (let n = 0; n < 50; n++) handler.handle(hello(`two ${n}`));
    await until(() => !handler.health.isHealthy, 'it is noticed');
    await sink.start();
    await until(() => handler.stats.delivered === 100, 'all is delivered');
    expect(new Set(sink.events.map(({ record }) => record.message)).size).toBe(100);
    expect(handler.stats).toMatchObject({ dropped: 0, spooled: 0 });
  }, 180_000);

  it('sets aside alone what MessagePack cannot hold, and gives no field the name of a prototype', async () => {
    stderr = collectStderr();
    const sink = await sinkOf();
    const formatter = { format: ({ msg }: LogRecord) => String(msg) };
    const handler = handlerFor(sink.port);
    handler.setFormatter(formatter as never);
    const deep = `{"deep":${'['.repeat(200)}${']'.repeat(200)}}`;
    for (const msg of ['{"one":1}', deep, '{"__proto__":{"polluted":true}}']) handler.handle(hello(msg));
    await handler.flush();
    expect(sink.events.map(({ record }) => record)).toEqual([
      { one: 1 },
      { extra___proto__: { polluted: true } },
    ]);
    expect(handler.stats).toMatchObject({ delivered: 2, dropped: 1 });
  });

  it('makes a connection for each message where the server keeps none', async () => {
    let connections = 0;
    const nonce = Buffer.from([0xff, 0x00, 0xfe]);
    const server = await oddServer(['HELO', { nonce, auth: '', keepalive: false }], (message) => {
      if (message[0] !== 'PING') return { ack: (message[2] as { chunk: string }).chunk };
      const hash = createHash('sha512').update(String(message[2])).update('fluentd').update(nonce);
      return ['PONG', true, '', 'fluentd', hash.update('a key for two').digest('hex')];
    });
    server.server.on('connection', () => {
      connections += 1;
    });
    const handler = handlerFor(server.port, { sharedKey: 'a key for two' });
    for (const msg of ['one', 'two']) {
      handler.handle(hello(msg));
      await handler.flush();
    }
    expect([handler.stats.delivered, connections]).toEqual([2, 2]);
  });

  const refusals: [string, FluentHandlerOptions, string][] = [
    ['a wrong shared key', { ...KEYS, sharedKey: 'another key' }, 'the server refused us: '],
    ['a wrong password', { ...KEYS, password: 'hunter3hunter3' }, 'the server refused us: '],
    ['no shared key', {}, 'the server asks for a shared key: give sharedKey'],
  ];
  it.each(refusals)(
    'keeps records in the spool where it has %s',
    async (_, options, reason) => {
      stderr = collectStderr();
      const sink = await sinkOf({ security: SECURITY });
      const spool = { directory: folder.path };
      const handler = handlerFor(sink.port, { ...options, spool });
      handler.handle(hello());
      await until(() => handler.health.lastFailure !== undefined, 'it is refused');
      expect(handler.health.lastFailure).toContain(reason);
      await handler.close();
      expect(handler.stats).toMatchObject({ delivered: 0, dropped: 0, spooled: 1 });
      const next = handlerFor(sink.port, { ...KEYS, spool });
      await until(() => next.stats.delivered === 1, 'the next handler sends it');
      expect(sink.events.map(({ record }) => record.message)).toEqual(['hello']);
      const shown = stderr.text + String(handler) + inspect(handler, { depth: 9, showHidden: true });
      expect(shown).not.toMatch(/hunter|a key for two|another key/);
    },
    180_000,
  );

  it('sends nothing to a server that does not know the shared key', async () => {
    stderr = collectStderr();
    const messages: unknown[] = [];
    const server = await oddServer(['HELO', { nonce: 'n', auth: '', keepalive: true }], ([name]) => {
      messages.push(name);
      return ['PONG', true, '', 'impostor', 'a'.repeat(128)];
    });
    const handler = handlerFor(server.port, { sharedKey: 'a key for two' });
    handler.handle(hello());
    await handler.flush();
    expect(handler.health.lastFailure).toContain('the server does not know the shared key');
    expect([messages, handler.stats.dropped]).toEqual([['PING'], 1]);
  });

  it.each([
    ['endless', { nonce: 'n'.repeat(100_000) }],
    ['no words of the protocol', 'GET / HTTP/1.1'],
  ])('gives up a server whose words are %s', async (_, word) => {
    stderr = collectStderr();
    const server = await oddServer(['HELO', word].slice(typeof word === 'string' ? 1 : 0), () => undefined);
    const handler = handlerFor(server.port, { sharedKey: 'a key for two', maxRetries: 0 });
    handler.handle(hello());
    await handler.flush();
    expect(handler.stats).toMatchObject({ delivered: 0, dropped: 1 });
  });

  it('says what to install where MessagePack is missing', async () => {
    stderr = collectStderr();
    closers.push(() => providePackage('@msgpack/msgpack', undefined));
    providePackage('@msgpack/msgpack', {});
    const handler = handlerFor(1, { maxRetries: 0 });
    handler.handle(hello());
    await handler.flush();
    expect(stderr.text).toContain('npm install @msgpack/msgpack');
  });

  it('refuses a user without a password or a shared key', () => {
    for (const options of [{ username: 'shop' }, { username: 'shop', password: 'hunter2hunter2' }])
      expect(() => new FluentHandler(options)).toThrow('username: give it with a password and a sharedKey');
  });
});

describe('a process with a FluentHandler', () => {
  const writer = new ChildProgram(`
    import { FluentHandler } from 'lib/handlers/shipping/fluent/fluent.handler';
    import { LogRecord } from 'lib/core/records/log-record';
    const handler = new FluentHandler({ host: '127.0.0.1', port: Number(process.argv[2]) });
    for (let n = 0; n < 500; n++)
      handler.handle(new LogRecord({ name: 'shop', levelno: 20, levelname: 'INFO', msg: 'number ' + n }));
  `);

  it('sends what waits before it ends by itself, though it is connected', async () => {
    const sink = await sinkOf();
    expect(await ended(writer.start([String(sink.port)], { stdio: 'ignore' }))).toBe(0);
    expect(sink.events).toHaveLength(500);
  }, 180_000);
});
