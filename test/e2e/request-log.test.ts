import { IncomingMessage, ServerResponse } from 'node:http';
import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type INestApplication, VersioningType } from '@nestjs/common';
import type { LogRecord } from '../../lib/core/records/log-record.js';
import { ColorFormatter } from '../../lib/formatters/color.formatter.js';
import type { LoggingModuleOptions } from '../../lib/nest/module/logging-options.js';
import { NODE_MAJOR } from '../support/node-version.js';
import { collectStderr } from '../support/stderr-collector.js';
import { expectEveryInternal } from './support/internals.js';
import { platforms } from './support/platforms.js';
import { pause, Recorder } from './support/recorder.js';
import { startScenarioApp } from './support/scenario-app.js';
import { exchange, requestText, send, statusOf } from './support/wire.js';

expectEveryInternal();

const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

/** Since 26 Node itself fails, also without this package, where a response has another request than it was made with. */
const canHaveOtherRequest = NODE_MAJOR < 26;

describe.each(platforms)('the request log on $name', ({ createAdapter }) => {
  const recorder = new Recorder();
  const running: INestApplication[] = [];

  async function start(logging: LoggingModuleOptions = {}, prepare?: (app: INestApplication) => void) {
    const { app, port } = await startScenarioApp({
      adapter: createAdapter(),
      recorder,
      logging,
      ...(prepare && { prepare }),
    });
    running.push(app);
    recorder.clear();
    return port;
  }
  const fieldsOf = (record: LogRecord | undefined) => record?.extraFields() ?? {};
  const accessOf = async () => {
    await recorder.settled('nest.server', 1);
    expect(recorder.of('nest.server')).toHaveLength(1);
    return recorder.of('nest.server')[0] as LogRecord;
  };
  afterEach(async () => {
    for (const app of running.splice(0)) await app.close();
    recorder.clear();
  });

  it('has all fields, and a message that can be read alone', async () => {
    const port = await start();
    const answer = await exchange(port, {
      path: '/scenarios/ok/7?token=s3cret',
      headers: { 'X-Request-Id': 'abc-1' },
    });
    const record = await accessOf();
    expect(record.levelname).toBe('INFO');
    expect(record.message).toMatch(/^GET \/scenarios\/ok\/7 200 \d+\.\dms$/);
    expect(fieldsOf(record)).toEqual({
      method: 'GET',
      path: '/scenarios/ok/7',
      route: '/scenarios/ok/:id',
      status: 200,
      duration_ms: expect.any(Number),
      bytes: 10,
      aborted: false,
      request_id: 'abc-1',
      controller: 'ScenarioController',
      handler: 'ok',
    });
    expect(answer).toMatch(/^x-request-id: abc-1\r$/im);
    expect(JSON.stringify(recorder.records)).not.toContain('s3cret');
  });

  it('shows on a terminal no field that the message sums up, but those of the application', async () => {
    const line = (record: LogRecord) =>
      new ColorFormatter({ format: '%(message)s', colors: false }).format(record);
    const headers = { 'X-Request-Id': 'abc-1' };
    const port = await start({ http: { fields: () => ({ tenant: 'acme', route: 'mine' }) } });
    await exchange(port, { path: '/scenarios/ok/7', headers });
    expect(line(await accessOf())).toMatch(
      /^GET \/scenarios\/ok\/7 200 \d+\.\dms (?:request_id=abc-1 )?route=mine (?:request_id=abc-1 )?tenant=acme$/,
    );
    recorder.clear();
    await exchange(port, { path: '/scenarios/nothing-here', headers });
    expect(line(await accessOf())).toMatch(/: Cannot GET \/scenarios\/nothing-here [^:]*tenant=acme$/);
    expect(line(await accessOf())).not.toMatch(/reason=|error=|status=/);
  });

  describe('sends the request id to the client, whoever writes the head', () => {
    const shared = { 'Content-Type': 'text/plain' };
    const writers: Record<string, (response: ServerResponse) => void> = {
      'with headers': (response) => response.writeHead(200, { ...shared }),
      'with a reason and headers': (response) => response.writeHead(200, 'Fine', { ...shared }),
      'with headers that serve for every response': (response) => response.writeHead(200, shared),
      'with headers as a list': (response) => response.writeHead(200, ['Content-Type', 'text/plain']),
      'without headers': (response) => response.writeHead(200),
      'after a header was set': (response) =>
        response.setHeader('X-Other', '1').writeHead(200, { ...shared }),
      'not at all': () => undefined,
    };

    it.each(Object.entries(writers))('%s', async (_, writeHead) => {
      const port = await start({}, (app) =>
        app.use((_request: unknown, response: ServerResponse) => {
          writeHead(response);
          response.end('done');
        }),
      );
      for (const id of ['one', 'two']) {
        const answer = await exchange(port, { path: '/', headers: { 'X-Request-Id': id } });
        expect(answer.match(/^x-request-id: .*$/gim)).toEqual([`x-request-id: ${id}`]);
        expect(answer).toContain('done');
      }
      expect(shared).toEqual({ 'Content-Type': 'text/plain' });
    });

    it('unless the application gives one of its own', async () => {
      const port = await start({}, (app) =>
        app.use((_request: unknown, response: ServerResponse) => {
          response.writeHead(200, { 'X-REQUEST-ID': 'mine' }).end();
        }),
      );
      const answer = await exchange(port, { path: '/', headers: { 'X-Request-Id': 'theirs' } });
      expect(answer.match(/^x-request-id: .*$/gim)).toEqual(['X-REQUEST-ID: mine']);
    });
  });

  it.each([
    ['INFO', '/scenarios/ok/1'],
    ['WARNING', '/nowhere'],
    ['ERROR', '/scenarios/throws'],
  ])('is at %s for %s', async (level, path) => {
    const port = await start();
    await exchange(port, { path });
    expect((await accessOf()).levelname).toBe(level);
  });

  it.each([
    ['text', 7],
    ['stream', 13],
    ['empty', 0],
  ])('counts the bytes of the body of /%s', async (path, bytes) => {
    const port = await start();
    await exchange(port, { path: `/scenarios/${path}` });
    expect(fieldsOf(await accessOf())).toMatchObject({ bytes });
  });

  const meddlers: Record<string, (response: ServerResponse) => void> = {
    'takes the listeners off it': (response) =>
      response.removeAllListeners('close').removeAllListeners('pipe'),
    ...(canHaveOtherRequest && {
      'gives it another request': (response) => Reflect.set(response, 'req', {}),
    }),
    'gives it another prototype': (response) =>
      Object.setPrototypeOf(response, Object.create(Object.getPrototypeOf(response))),
    'wraps its emit': (response) => {
      const { emit } = response;
      response.emit = function (...args: Parameters<typeof emit>) {
        return emit.apply(this, args);
      };
    },
  };
  it.each(Object.entries(meddlers))('logs a response when the application %s', async (_, meddle) => {
    const port = await start({}, (app) =>
      app.use((_request: unknown, response: ServerResponse) => {
        meddle(response);
        response.end('done');
      }),
    );
    await exchange(port, { path: '/' });
    const record = await accessOf();
    expect(fieldsOf(record)).toMatchObject({ status: 200, bytes: 4, aborted: false });
  });

  it('shows little of itself where the application prints a request', async () => {
    let printed = '';
    const port = await start({}, (app) =>
      app.use((request: IncomingMessage, response: ServerResponse) => {
        printed = inspect(request, { depth: 3 });
        response.end();
      }),
    );
    await exchange(port, { path: '/', headers: { 'X-Request-Id': 'abc-1' } });
    expect(printed).toContain('<request abc-1>');
    expect(printed).not.toContain('follower');
  });

  it.each([
    ['with an answer of its own, for itself', false, ['/outer', '/inner']],
    ...(canHaveOtherRequest ? [['with the same answer, once', true, ['/outer']] as const] : []),
  ])('logs a request that is made of another, %s', async (_, isShared, paths) => {
    const port = await start({}, (app) =>
      app.use((request: IncomingMessage, response: ServerResponse) => {
        if (request.url !== '/outer') return void response.end('inner');
        const inner = new IncomingMessage(request.socket);
        Object.assign(inner, request, { url: '/inner', originalUrl: '/inner' });
        app.getHttpServer().emit('request', inner, isShared ? response : new ServerResponse(inner));
        if (!isShared) response.end('outer');
      }),
    );
    const answer = await exchange(port, { path: '/outer' });
    expect(answer).toContain(isShared ? 'inner' : 'outer');
    await recorder.settled('nest.server', paths.length);
    expect(recorder.of('nest.server').map((record) => fieldsOf(record).path)).toEqual(paths);
  });

  it('logs an abort before the answer as 499', async () => {
    const port = await start();
    await exchange(port, { path: '/scenarios/slow', abortAfter: 40 });
    const record = await accessOf();
    expect(fieldsOf(record)).toMatchObject({ status: 499, aborted: true, handler: 'slow' });
    expect(record.levelname).toBe('WARNING');
    await pause(150);
    expect(recorder.tracebacks).toEqual([]);
    expect(recorder.of('nest.server')).toHaveLength(1);
  });

  it('logs a stream that fails half-way, with its traceback', async () => {
    const port = await start();
    await exchange(port, { path: '/scenarios/stream-fails' });
    await accessOf();
    await pause(20);
    expect(recorder.tracebacks.map((record) => [record.name, (record.excInfo as Error).message])).toEqual([
      ['nest.request', 'the stream broke'],
    ]);
    const { aborted, status } = fieldsOf(recorder.of('nest.server')[0]);
    expect({ aborted, status }).toEqual({ aborted: false, status: 200 });
  });

  it('logs a failure that nothing was thrown for', async () => {
    const port = await start();
    await exchange(port, { path: '/scenarios/res-500' });
    await accessOf();
    expect(recorder.of('nest.request').map(({ levelname, excInfo }) => [levelname, excInfo])).toEqual([
      ['ERROR', undefined],
    ]);
  });

  it('logs every request of a kept connection', async () => {
    const port = await start();
    const paths = ['/scenarios/ok/1', '/scenarios/throws', '/nowhere', '/scenarios/stream'];
    const text = paths.map((path, index) =>
      requestText({ path }, index === paths.length - 1 ? 'close' : 'keep-alive'),
    );
    await send(port, text.join(''));
    await recorder.settled('nest.server', 4);
    const access = recorder.of('nest.server').map((record) => fieldsOf(record));
    expect(access.map(({ path }) => path)).toEqual(paths);
    expect(access.map(({ status }) => status)).toEqual([200, 500, 404, 200]);
    expect(new Set(access.map(({ request_id }) => request_id)).size).toBe(4);
    expect(recorder.tracebacks).toHaveLength(1);
  });

  it('logs every pipelined request of a connection that is cut', async () => {
    const port = await start();
    const text = [1, 2, 3].map(() => requestText({ path: '/scenarios/slow' }, 'keep-alive')).join('');
    await send(port, text, 50);
    await recorder.settled('nest.server', 3, 200);
    expect(recorder.of('nest.server').map((record) => fieldsOf(record).aborted)).toEqual([true, true, true]);
  });

  it.each([
    ['a well-formed x-request-id', { 'X-Request-Id': 'Root=1-67891233:abcdef' }, 'Root=1-67891233:abcdef'],
    ['the trace of traceparent', { Traceparent: traceparent }, '4bf92f3577b34da6a3ce929d0e0e4736'],
    ['x-request-id before traceparent', { 'X-Request-Id': 'one', Traceparent: traceparent }, 'one'],
    [
      'traceparent where x-request-id is no good',
      { 'X-Request-Id': 'a b', Traceparent: traceparent },
      '4bf92f3577b34da6a3ce929d0e0e4736',
    ],
  ])('takes %s', async (_name, headers, expected) => {
    const port = await start();
    await exchange(port, { path: '/scenarios/ok/1', headers });
    expect(fieldsOf(await accessOf())).toMatchObject({ request_id: expected });
  });

  it.each([
    ['long', 'x'.repeat(129)],
    ['with spaces', 'a b'],
    ['with controls', 'a\u001b[31m'],
    ['with markup', '<script>'],
    ['of several', 'a, b'],
  ])('makes an id of its own for one that is %s', async (_name, given) => {
    const port = await start();
    const answer = await exchange(port, { path: '/scenarios/ok/1', headers: { 'X-Request-Id': given } });
    const id = statusOf(answer) === 400 ? undefined : fieldsOf(await accessOf()).request_id;
    if (id !== undefined) expect(id).toMatch(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);
    expect(answer).not.toContain(given);
  });

  it('sends the id under another name, or not at all', async () => {
    const named = await start({ http: { responseHeader: 'X-Correlation-Id' } });
    expect(await exchange(named, { path: '/scenarios/ok/1', headers: { 'X-Request-Id': 'one' } })).toMatch(
      /^x-correlation-id: one\r$/im,
    );
    await running.pop()?.close();
    const silent = await start({ http: { responseHeader: false } });
    expect(
      await exchange(silent, { path: '/scenarios/ok/1', headers: { 'X-Request-Id': 'one' } }),
    ).not.toContain('one');
  });

  it('logs headers and query parameters that are allowed, never credentials', async () => {
    const port = await start({
      http: { headers: ['User-Agent', 'Authorization', 'cookie'], query: ['page', 'access_token'] },
    });
    await exchange(port, {
      path: '/scenarios/ok/1?page=2&access_token=s3cret&other=x',
      headers: { 'User-Agent': 'curl', Authorization: 'Bearer s3cret', Cookie: 'sid=s3cret' },
    });
    const fields = fieldsOf(await accessOf());
    expect(fields).toMatchObject({ headers: { 'user-agent': 'curl' }, query: { page: '2' } });
    expect(JSON.stringify(recorder.records.map((record) => record.toDict()))).not.toContain('s3cret');
  });

  it('logs what is allowed without the secrets in its value', async () => {
    const port = await start({ http: { headers: ['referer'], query: ['next'] } });
    const address = 'https://anna:s3cret@shop.example/reset?token=s3cret&page=2';
    await exchange(port, {
      path: `/scenarios/ok/1?next=${encodeURIComponent(address)}`,
      headers: { Referer: address },
    });
    const shown = 'https://anna:[REDACTED]@shop.example/reset?token=[REDACTED]&page=2';
    expect(fieldsOf(await accessOf())).toMatchObject({ headers: { referer: shown }, query: { next: shown } });
  });

  it('logs no header and no parameter that redaction takes for a secret, and says so at the start', async () => {
    const names = [
      'otp',
      'pwd',
      'jwt',
      'sid',
      'x-auth',
      'x-otp',
      'access_key',
      'passphrase',
      'cvv',
      'card_cvv',
    ];
    const errors = collectStderr();
    const port = await start({ http: { headers: [...names, 'X-Tenant'], query: [...names, 'page'] } });
    for (const name of names) {
      expect(errors.text).toContain(`http.headers: '${name}' is the name of a secret`);
      expect(errors.text).toContain(`http.query: '${name}' is the name of a secret`);
    }
    errors.stop();
    await exchange(port, {
      path: `/scenarios/ok/1?page=2&${names.map((name) => `${name}=s3cret`).join('&')}`,
      headers: { 'X-Tenant': 'acme', ...Object.fromEntries(names.map((name) => [name, 's3cret'])) },
    });
    const fields = fieldsOf(await accessOf());
    expect(fields).toMatchObject({ headers: { 'x-tenant': 'acme' }, query: { page: '2' } });
    expect(JSON.stringify(recorder.records.map((record) => record.toDict()))).not.toContain('s3cret');
  });

  it('leaves out what is excluded, but keeps its context and its failures', async () => {
    const port = await start({
      http: {
        exclude: [
          '/scenarios/ok/*',
          /^\/scenarios\/thr/,
          (request: { url: string }) => request.url.startsWith('/none'),
        ],
      },
    });
    await exchange(port, { path: '/scenarios/ok/1' });
    await exchange(port, { path: '/none' });
    await exchange(port, { path: '/scenarios/throws' });
    await exchange(port, { path: '/scenarios/text' });
    const record = await accessOf();
    expect(fieldsOf(record)).toMatchObject({ path: '/scenarios/text' });
    expect(recorder.tracebacks).toHaveLength(1);
    expect(fieldsOf(recorder.tracebacks[0]).request_id).toEqual(expect.any(String));
  });

  it('asks the application for the level and for more fields', async () => {
    const port = await start({
      http: {
        level: (_request, response) => (response.statusCode === 200 ? 'DEBUG' : undefined),
        fields: (request) => ({ agent: request.headers['user-agent'], message: 'taken' }),
      },
    });
    await exchange(port, { path: '/scenarios/ok/1', headers: { 'User-Agent': 'curl' } });
    const record = await accessOf();
    expect(record.levelname).toBe('DEBUG');
    expect(fieldsOf(record)).toMatchObject({ agent: 'curl' });
    expect(record.message).toMatch(/^GET /);
  });

  it('raises slow requests to WARNING', async () => {
    const port = await start({ http: { slowThresholdMs: 100 } });
    await exchange(port, { path: '/scenarios/slow' });
    const record = await accessOf();
    expect(record.levelname).toBe('WARNING');
    expect(fieldsOf(record)).toMatchObject({ slow: true, status: 200 });
  });

  it('cuts paths that are too long', async () => {
    const port = await start();
    await exchange(port, { path: `/${'a'.repeat(5_000)}` });
    expect(String(fieldsOf(await accessOf()).path)).toHaveLength(1_025);
  });

  it('logs a preflight', async () => {
    const port = await start({}, (app) => app.enableCors());
    await exchange(port, {
      method: 'OPTIONS',
      path: '/scenarios/ok/1',
      headers: { Origin: 'http://localhost', 'Access-Control-Request-Method': 'GET' },
    });
    expect(fieldsOf(await accessOf())).toMatchObject({ method: 'OPTIONS', status: 204 });
  });

  it('has the template of prefixed and versioned routes', async () => {
    const port = await start({}, (app) => {
      app.setGlobalPrefix('api');
      app.enableVersioning({ type: VersioningType.URI });
    });
    await exchange(port, { path: '/api/v2/scenarios/versioned' });
    await exchange(port, { path: '/api/scenarios/nowhere' });
    await recorder.settled('nest.server', 2);
    expect(recorder.of('nest.server').map((record) => fieldsOf(record).route)).toEqual([
      '/api/v2/scenarios/versioned',
      null,
    ]);
  });

  it('logs routes that are versioned by header', async () => {
    const port = await start({}, (app) => app.enableVersioning({ type: VersioningType.HEADER, header: 'v' }));
    await exchange(port, { path: '/scenarios/versioned', headers: { v: '2' } });
    expect(fieldsOf(await accessOf())).toMatchObject({ handler: 'versioned', status: 200 });
  });

  it.each([
    ['interceptor: true', { http: { interceptor: true } }],
    ['interceptor: false', { http: { interceptor: false } }],
    ['context: false', { context: false }],
  ])('logs the same with %s', async (_name, options) => {
    const port = await start(options);
    for (const path of ['ok/1', 'throws', 'http-404', 'broken-guard', 'throws-string'])
      await exchange(port, { path: `/scenarios/${path}` });
    await recorder.settled('nest.server', 5);
    expect(recorder.of('nest.server').map((record) => fieldsOf(record).handler)).toEqual([
      ...['ok', 'throws', 'http404', 'brokenGuard', 'throwsString'],
    ]);
    expect(recorder.tracebacks.map(({ name }) => name)).toEqual([
      'nest.request',
      'nest.request',
      'nest.request',
    ]);
    expect(recorder.of('nest.request').map(({ levelname }) => levelname)).toEqual([
      ...['ERROR', 'ERROR', 'ERROR'],
    ]);
  });

  it('leaves failures to Nest with exceptionFilter: false', async () => {
    const port = await start({ http: { exceptionFilter: false } });
    await exchange(port, { path: '/scenarios/throws' });
    await accessOf();
    expect(recorder.tracebacks.map(({ name }) => name)).toEqual(['nest.ExceptionsHandler']);
  });

  it('is silent with http: false, except for failures as Nest logs them', async () => {
    const port = await start({ http: false });
    await exchange(port, { path: '/scenarios/throws' });
    await pause(20);
    expect(recorder.of('nest.server')).toEqual([]);
    expect(recorder.tracebacks).toHaveLength(1);
  });

  it('survives callbacks that throw', async () => {
    const broken = () => {
      throw new Error('the callback broke');
    };
    const port = await start({ http: { level: broken, fields: broken } });
    const write = process.stderr.write;
    const printed: string[] = [];
    process.stderr.write = ((text: string) => printed.push(text) > 0) as never;
    try {
      expect(statusOf(await exchange(port, { path: '/scenarios/ok/1' }))).toBe(200);
      expect((await accessOf()).levelname).toBe('INFO');
    } finally {
      process.stderr.write = write;
    }
    expect(printed.join('')).toContain('the callback broke');
  });
});
