import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Formatter } from '../../../lib/core/formatting/formatter.js';
import { Logger } from '../../../lib/core/loggers/logger.js';
import { LogRecord, type LogRecordOptions } from '../../../lib/core/records/log-record.js';
import { Backoff } from '../../../lib/handlers/delivery/backoff.js';
import { HTTPHandler } from '../../../lib/handlers/http/http.handler.js';
import type { HTTPHandlerOptions } from '../../../lib/handlers/http/http-options.js';
import { HttpSink } from '../../support/http-sink.js';
import { collectStderr } from '../../support/stderr-collector.js';

const caller = { pathname: '/app/pay.ts', lineno: 7, funcName: 'pay' };
const record = (options: LogRecordOptions = {}) =>
  new LogRecord({ name: 'shop', levelno: 20, msg: 'order %d paid', args: [7], caller, ...options });

let sink: HttpSink;
let stderr: ReturnType<typeof collectStderr>;
const open: HTTPHandler[] = [];

beforeEach(async () => {
  sink = await new HttpSink().listen();
  stderr = collectStderr();
});

afterEach(async () => {
  await Promise.all(open.splice(0).map((handler) => handler.close()));
  stderr.stop();
  await sink.close();
});

function handler(options: Partial<HTTPHandlerOptions> = {}): HTTPHandler {
  const made = new HTTPHandler({ host: sink.host, url: '/log', ...options });
  open.push(made);
  return made;
}

describe('HTTPHandler with a form', () => {
  it('sends one GET a record, the fields in the query', async () => {
    const http = handler();
    http.handle(record({ extra: { user_id: 5 } }));
    await http.flush();
    const [request] = sink.requests;
    expect(request?.method).toBe('GET');
    const fields = new URL(request?.url ?? '', 'http://x').searchParams;
    expect(Object.fromEntries(fields)).toMatchObject({
      ...{
        name: 'shop',
        msg: 'order %d paid',
        args: '(7,)',
        levelname: 'INFO',
        user_id: '5',
        exc_info: 'None',
      },
    });
    expect(http.stats).toMatchObject({ emitted: 1, delivered: 1, queued: 0, dropped: 0 });
  });

  it('does not take a server that fails now and then for one that is down', async () => {
    const waits: number[] = [];
    const { next } = Backoff.prototype;
    const spy = jest.spyOn(Backoff.prototype, 'next').mockImplementation(function (this: Backoff, ...given) {
      const wait = next.apply(this, given);
      waits.push(wait);
      return wait;
    });
    // A new connection each time, as a request that fails over a kept one goes once more at once.
    sink.answer = () =>
      sink.requests.length % 4 === 0 ? 500 : { status: 200, headers: { Connection: 'close' } };
    const http = handler();
    for (let n = 0; n < 90; n++) http.handle(record());
    for (let round = 0; http.stats.queued > 0 && round < 5_000; round++) await delay(10);
    spy.mockRestore();
    expect(http.stats).toMatchObject({ delivered: 90, dropped: 0 });
    expect(waits).toHaveLength(29);
    expect(Math.max(...waits)).toBeLessThanOrEqual(20);
  }, 60_000);

  it('appends to a query that is there', async () => {
    const http = handler({ url: '/log?source=web' });
    http.handle(record());
    await http.flush();
    expect(sink.requests[0]?.url).toMatch(/^\/log\?source=web&name=shop&/);
  });

  it('sends a POST with the content headers and the credentials', async () => {
    const http = handler({ method: 'post', credentials: ['ada', 'pässword'], headers: { 'X-Tenant': 'a' } });
    http.handle(record());
    await http.flush();
    const { method, headers, body } = (await sink.received(1))[0]!;
    expect(method).toBe('POST');
    expect(headers).toMatchObject({
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': String(Buffer.byteLength(body)),
      authorization: `Basic ${Buffer.from('ada:pässword').toString('base64')}`,
      'x-tenant': 'a',
    });
    expect(body).toMatch(/^name=shop&msg=order\+%25d\+paid&args=%287%2C%29&/);
  });

  it('sends what mapLogRecord gives', async () => {
    class Mapped extends HTTPHandler {
      override mapLogRecord(given: LogRecord) {
        return { text: given.getMessage(), what: null };
      }
    }
    const http = new Mapped({ host: sink.host, url: '/log', method: 'POST' });
    open.push(http);
    http.handle(record());
    await http.flush();
    expect(sink.requests[0]?.body).toBe('text=order+7+paid&what=None');
  });

  it('keeps order and the connection', async () => {
    const http = handler({ method: 'POST' });
    for (let index = 0; index < 20; index++) http.handle(record({ args: [index] }));
    await http.flush();
    expect(sink.requests.map(({ body }) => new URLSearchParams(body).get('args'))).toEqual(
      Array.from({ length: 20 }, (_, index) => `(${index},)`),
    );
    expect(sink.connections).toBe(1);
  });
});

describe('HTTPHandler with JSON', () => {
  it('sends an array of records, the message among the fields', async () => {
    const http = handler({ format: 'json' });
    http.handle(record());
    http.handle(record({ args: [8], excInfo: new TypeError('no card') }));
    await http.flush();
    expect(sink.requests).toHaveLength(1);
    expect(sink.requests[0]).toMatchObject({
      method: 'POST',
      headers: { 'content-type': 'application/json' },
    });
    expect(JSON.parse(sink.requests[0]?.body ?? '')).toMatchObject([
      { name: 'shop', message: 'order 7 paid' },
      { message: 'order 8 paid', exc_info: 'TypeError: no card', exc_text: expect.stringContaining('at ') },
    ]);
  });

  it("takes the formatter's text, quoted unless it is a JSON object", async () => {
    const http = handler({
      format: 'ndjson',
      formatter: { format: (r: LogRecord) => ((r.args as number[])[0] === 7 ? '{"a":1}' : 'a\nb') },
    });
    http.handle(record());
    http.handle(record({ args: [8] }));
    await http.flush();
    expect(sink.requests[0]?.body).toBe('{"a":1}\n"a\\nb"\n');
    expect(sink.requests[0]?.headers['content-type']).toBe('application/x-ndjson');
  });

  it('sends when there are enough records, and else after a while', async () => {
    const http = handler({ format: 'json', batchSize: 3, flushIntervalMs: 60 });
    for (let index = 0; index < 4; index++) http.handle(record());
    await sink.received(2);
    expect(sink.requests.map(({ body }) => (JSON.parse(body) as unknown[]).length)).toEqual([3, 1]);
  });

  it('compresses', async () => {
    const http = handler({ format: 'json', gzip: true });
    http.handle(record());
    await http.flush();
    expect(sink.requests[0]?.headers['content-encoding']).toBe('gzip');
    expect(JSON.parse(sink.requests[0]?.body ?? '')).toHaveLength(1);
  });

  it('is valid whatever is logged', async () => {
    const http = handler({ format: 'json' });
    const cycle: Record<string, unknown> = {
      big: 1n,
      throws: {
        toJSON() {
          throw new Error('no');
        },
      },
    };
    cycle.self = cycle;
    http.handle(record({ extra: { cycle, __proto__x: 1, half: '\ud800' } }));
    await http.flush();
    expect(JSON.parse(sink.requests[0]?.body ?? '')).toHaveLength(1);
  });
});

describe('HTTPHandler and a server in trouble', () => {
  it('tries again after an error, and after a cut connection', async () => {
    const replies = [503, 'drop', 200] as const;
    sink.answer = () => replies[sink.requests.length - 1] ?? 200;
    const http = handler({ method: 'POST' });
    http.handle(record());
    await sink.received(3);
    await http.flush();
    expect(http.stats).toMatchObject({ delivered: 1, dropped: 0 });
    expect(stderr.text).toContain('answered 503');
  });

  it('gives up after maxRetries, counts and says so', async () => {
    sink.answer = () => 500;
    const http = handler({ method: 'POST', maxRetries: 0 });
    http.handle(record());
    await http.flush();
    expect(http.stats).toMatchObject({ emitted: 1, delivered: 0, dropped: 1, droppedBy: { failed: 1 } });
    expect(stderr.text).toContain('answered 500; the record is lost');
  });

  it('honours Retry-After', async () => {
    sink.answer = () => (sink.requests.length === 1 ? { status: 429, headers: { 'Retry-After': '1' } } : 200);
    const http = handler({ method: 'POST' });
    const started = Date.now();
    http.handle(record());
    await sink.received(2);
    expect(Date.now() - started).toBeGreaterThanOrEqual(990);
  });

  it('splits a batch that is refused, and loses only the bad record', async () => {
    sink.answer = ({ body }) => (body.includes('poison') ? 400 : 200);
    const http = handler({ format: 'json' });
    for (const msg of ['a', 'b', 'poison', 'c', 'd']) http.handle(record({ msg, args: [] }));
    await http.flush();
    expect(http.stats).toMatchObject({ emitted: 5, delivered: 4, dropped: 1, droppedBy: { rejected: 1 } });
    const taken = sink.requests
      .filter(({ body }) => !body.includes('poison'))
      .flatMap(({ body }) => JSON.parse(body) as { msg: string }[]);
    expect(taken.map(({ msg }) => msg)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('follows no redirect', async () => {
    const other = await new HttpSink().listen();
    sink.answer = () => ({ status: 302, headers: { Location: `http://${other.host}/` } });
    const http = handler({ method: 'POST', credentials: ['a', 'b'] });
    http.handle(record());
    await http.flush();
    await other.close();
    expect(other.requests).toHaveLength(0);
    expect(http.stats.droppedBy.rejected).toBe(1);
  });

  it('waits for a server that is not there yet', async () => {
    const { port } = sink;
    const http = handler({ method: 'POST' });
    await sink.close();
    http.handle(record());
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(http.stats.queued).toBe(1);
    sink = await new HttpSink().listen(port);
    await http.flush();
    expect(sink.requests).toHaveLength(1);
    expect(http.stats).toMatchObject({ delivered: 1, queued: 0 });
  });

  it('does not wait for an answer without end', async () => {
    sink.answer = () => (sink.requests.length === 1 ? 'hang' : 200);
    const http = handler({ method: 'POST', timeoutMs: 80 });
    http.handle(record());
    await sink.received(2);
    await http.flush();
    expect(http.stats.delivered).toBe(1);
    expect(stderr.text).toContain('no answer within 80 ms');
  });

  it('closes within 5 s, and counts what was left', async () => {
    sink.answer = () => 'hang';
    const http = handler({ method: 'POST' });
    http.handle(record());
    http.handle(record());
    const started = Date.now();
    await http.flush();
    await http.close();
    expect(Date.now() - started).toBeLessThan(5_000);
    expect(http.stats).toMatchObject({
      emitted: 2,
      delivered: 0,
      queued: 0,
      dropped: 2,
      droppedBy: { closed: 2 },
    });
  });

  it('keeps within its bounds, the higher levels longest', async () => {
    sink.answer = () => 'hang';
    const http = handler({ method: 'POST', maxRecords: 10, maxRetries: 0, timeoutMs: 20 });
    for (let index = 0; index < 100; index++) http.handle(record());
    http.handle(record({ levelno: 50 }));
    expect(http.stats).toMatchObject({ emitted: 101, queued: 10, dropped: 91 });
    expect(stderr.text).toContain('the queue is full');
  });

  it('drops and counts what comes after close', async () => {
    const http = handler({ method: 'POST' });
    await http.close();
    http.handle(record());
    expect(http.stats).toMatchObject({ emitted: 1, dropped: 1, droppedBy: { closed: 1 } });
  });
});

describe('HTTPHandler and its own requests', () => {
  it('does not export what an instrumented client logs of an export', async () => {
    const logger = new Logger('client', 'DEBUG');
    class Instrumented extends HTTPHandler {
      override getConnection(host: string, secure: boolean) {
        const agent = super.getConnection(host, secure);
        const create = agent.createConnection.bind(agent);
        agent.createConnection = (...args: Parameters<typeof create>) => {
          logger.info('connecting');
          return create(...args);
        };
        return agent;
      }
    }
    const http = new Instrumented({ host: sink.host, url: '/log', method: 'POST' });
    open.push(http);
    logger.addHandler(http);
    logger.info('hello');
    await http.flush();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(sink.requests.map(({ body }) => new URLSearchParams(body).get('msg'))).toEqual(['hello']);
  });
});

describe('the options of HTTPHandler', () => {
  const bad: [string, object, RegExp][] = [
    ['an unknown key', { metod: 'POST' }, /metod: unknown key; did you mean "method"\?/],
    ['another method', { method: 'PUT' }, /method: expected 'GET' or 'POST'/],
    ['a host with a path', { host: 'a/b' }, /host: expected a host/],
    ['a host with a line break', { host: 'a\r\nb' }, /host: expected a host/],
    ['a path with a line break', { url: '/a\r\nHost: b' }, /url: expected a path/],
    ['a path with a space', { url: '/a b' }, /url: expected a path/],
    [
      'a forged header',
      { headers: { 'X-A': 'b\r\nX-C: d' } },
      /headers: "X-A" is not a valid header name, or its value/,
    ],
    ['a length of its own', { headers: { 'Content-Length': '1' } }, /"Content-Length" is set by the handler/],
    ['a context without TLS', { context: {} }, /makes sense only with secure/],
    ['JSON by GET', { format: 'json', method: 'GET' }, /need 'POST'/],
    ['a batch of forms', { batchSize: 5 }, /a form contains one record/],
    ['a compressed form', { gzip: true }, /a form is sent as it is/],
    ['a user with a colon', { credentials: ['a:b', 'secret'] }, /expected \[user, password\]/],
    [
      'a file that is not there',
      { secure: true, context: { ca: '/no/such.pem' } },
      /context\.ca: cannot read the file/,
    ],
  ];

  it.each(bad)('refuse %s', (_, options, message) => {
    expect(() => new HTTPHandler({ host: 'a', url: '/', ...options } as HTTPHandlerOptions)).toThrow(message);
  });

  it('never show what is secret', () => {
    const secret = 'hunter2hunter2';
    const attempts = [
      { credentials: `me:${secret}` },
      { credentials: ['a:b', secret] },
      { headers: { 'X-Key\n': secret } },
      { secure: true, context: { passphrase: [secret] } },
    ];
    for (const options of attempts) {
      expect(() => new HTTPHandler({ host: 'a', url: '/', ...options } as HTTPHandlerOptions)).toThrow(
        expect.objectContaining({ message: expect.not.stringContaining(secret) }),
      );
    }
    const http = handler({ credentials: ['me', secret], headers: { 'X-Key': secret }, url: `/${secret}` });
    expect(String(http)).not.toContain(secret);
    http.setFormatter(new Formatter());
  });

  it('warn of a password that would go in the clear', () => {
    const emitWarning = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
    handler({ host: 'logs.example.com', credentials: ['a', 'b'] });
    handler({ host: 'logs.example.com', credentials: ['a', 'b'], secure: true });
    handler({ host: 'localhost:8080', credentials: ['a', 'b'] });
    const warnings = emitWarning.mock.calls.map(([text]) => text);
    emitWarning.mockRestore();
    expect(warnings).toEqual([
      'HTTPHandler sends its password to logs.example.com without encryption; add secure: true',
    ]);
  });

  it('do not show in reports where records go', async () => {
    sink.answer = () => 401;
    const http = handler({ credentials: ['me', 'hunter2'], url: '/hook/s3cr3t?key=abcdef' });
    http.handle(record());
    await http.flush();
    expect(stderr.text).toContain('answered 401');
    expect(stderr.text).not.toMatch(/hunter2|s3cr3t|abcdef|Basic/);
  });
});
