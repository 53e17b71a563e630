import { afterEach, describe, expect, it } from '@jest/globals';
import {
  Controller,
  Get,
  type INestApplication,
  type MiddlewareConsumer,
  Module,
  type NestMiddleware,
  type Type,
} from '@nestjs/common';
import { type AbstractHttpAdapter, NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { bindContext } from '../../lib/context/context.js';
import { getLogger } from '../../lib/core/loggers/manager.js';
import { headerOf } from '../../lib/nest/messages/carried-headers.js';
import { LoggingModule } from '../../lib/nest/module/logging.module.js';
import type { LoggingModuleOptions } from '../../lib/nest/module/logging-options.js';
import { RequestIds } from '../../lib/nest/requests/request-id.js';
import { resolveRequestId } from '../../lib/nest/requests/request-id-options.js';
import { collectStderr } from '../support/stderr-collector.js';
import { loggedModule } from './support/logged-module.js';
import { platforms } from './support/platforms.js';
import { Recorder } from './support/recorder.js';
import { exchange } from './support/wire.js';

const UUID = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const ROOT = '1-67891233-abcdef012345678912345678';

@Controller()
class IdsController {
  @Get('ok')
  ok(): string {
    getLogger('shop').info('answering');
    return 'ok';
  }

  @Get('fails')
  fails(): never {
    getLogger('shop').info('about to fail');
    throw new Error('failed');
  }
}

/** Middleware as applications have it: the id of a header of its own. */
class CorrelationMiddleware implements NestMiddleware {
  use(request: { headers: Record<string, string | undefined> }, _response: unknown, next: () => void): void {
    const { 'x-own-id': id, 'x-own-number': number } = request.headers;
    if (id !== undefined) bindContext({ request_id: Buffer.from(id, 'latin1').toString('utf8') });
    if (number !== undefined) bindContext({ request_id: Number(number) });
    next();
  }
}

describe.each(platforms)('the one id of a request on $name', ({ name, createAdapter }) => {
  const recorder = new Recorder();
  let app: INestApplication | undefined;
  let port = 0;

  async function start(options: LoggingModuleOptions = {}, adapter: AbstractHttpAdapter = createAdapter()) {
    @Module({ imports: [loggedModule(recorder, options)], controllers: [IdsController] })
    class AppModule {
      configure(consumer: MiddlewareConsumer): void {
        consumer.apply(CorrelationMiddleware).forRoutes('ok', 'fails');
      }
    }
    app = await NestFactory.create(AppModule as Type, adapter, { logger: false, abortOnError: false });
    await app.listen(0, '127.0.0.1');
    port = (app.getHttpServer().address() as { port: number }).port;
  }
  afterEach(async () => {
    await app?.close();
    app = undefined;
  });

  /** Sends a request; the id must be the same wherever there is one. */
  async function idOf(
    headers: Record<string, string>,
    path = '/fails',
    header = 'x-request-id',
  ): Promise<string> {
    recorder.clear();
    const answer = await exchange(port, { path, headers });
    await recorder.settled('nest.server', 1);
    const told = new RegExp(`^${header}: (.*)\\r$`, 'im').exec(answer)?.[1];
    const own = recorder.records.filter(({ name: logger }) =>
      /^(shop|nest\.server|nest\.request)$/.test(logger),
    );
    const found = own.map((record) => [record.name, String(record.extraFields().request_id)]);
    const names = path === '/fails' ? ['nest.request', 'nest.server', 'shop'] : ['nest.server'];
    expect(found.map(([logger]) => logger).sort()).toEqual(names);
    expect(found).toEqual(found.map(([logger]) => [logger, told]));
    return told as string;
  }

  it.each([
    ['x-request-id', { 'X-Request-Id': 'one' }, 'one'],
    ['x-correlation-id', { 'X-Correlation-Id': 'two' }, 'two'],
    ['the trace of traceparent', { traceparent: `00-${TRACE}-00f067aa0ba902b7-01` }, TRACE],
    ['the root of x-amzn-trace-id', { 'X-Amzn-Trace-Id': `Root=${ROOT}` }, ROOT],
    ['the root behind others', { 'X-Amzn-Trace-Id': `Self=1-1-1;Root=${ROOT};Sampled=1` }, ROOT],
    ['the first of several', { 'X-Correlation-Id': 'two', 'X-Request-Id': 'one' }, 'one'],
    ['the next, if one is bad', { 'X-Request-Id': 'has space', 'X-Correlation-Id': 'two' }, 'two'],
  ])('is that of %s', async (_, headers, id) => {
    await start();
    expect(await idOf(headers as unknown as Record<string, string>)).toBe(id);
  });

  it.each([
    ['none', {}],
    ['a space in it', { 'X-Request-Id': 'has space' }],
    ['JSON', { 'X-Request-Id': '{"a":1}' }],
    ['too long a one', { 'X-Request-Id': 'a'.repeat(129) }],
    ['a control character', { 'X-Correlation-Id': 'a\u0085b' }],
    ['no root', { 'X-Amzn-Trace-Id': 'Self=1-2-3' }],
    ['a trace of zeros', { traceparent: `00-${'0'.repeat(32)}-00f067aa0ba902b7-01` }],
  ])('is a new one for %s', async (_, headers) => {
    await start();
    expect(await idOf(headers as Record<string, string>)).toMatch(UUID);
  });

  it('is that of the headers the application names, in order', async () => {
    await start({ requestId: ['X-Shop-Id', 'x-cloud-trace-context'] });
    expect(await idOf({ 'x-shop-id': 'shop-1', 'X-Request-Id': 'not-me' })).toBe('shop-1');
    expect(await idOf({ 'X-Cloud-Trace-Context': `${TRACE}/123;o=1` })).toBe(TRACE);
    expect(await idOf({ 'X-Request-Id': 'not-me' })).toMatch(UUID);
  });

  it('is what a function of the application gives, if it is accepted', async () => {
    let count = 0;
    const ids = ['first', 7, undefined, 'has space', 'a\r\nset-cookie: b'];
    await start({
      requestId: (request) => {
        if (request.headers['x-fail'] !== undefined) throw new Error('no id today');
        return ids[count++] as string;
      },
    });
    expect(await idOf({ 'X-Request-Id': 'not-me' })).toBe('first');
    expect(await idOf({})).toBe('7');
    for (let rest = 2; rest < ids.length; rest += 1) expect(await idOf({})).toMatch(UUID);
    const errors = collectStderr();
    expect(await idOf({ 'x-fail': '1' })).toMatch(UUID);
    expect(errors.stop()).toMatch(/no id today[\s\S]*requestId of LoggingModule/);
  });

  it('is made by the application for requests without one, and goes by what it accepts', async () => {
    await start({
      requestId: { headers: ['x-order'], generate: () => '000000', accept: /^\d{6}$/g },
      http: { responseHeader: 'x-order' },
    });
    expect(await idOf({ 'x-order': '123456' }, '/fails', 'x-order')).toBe('123456');
    expect(await idOf({ 'x-order': 'abc' }, '/fails', 'x-order')).toBe('000000');
  });

  it('is what middleware binds, from then on and in the answer', async () => {
    await start();
    expect(await idOf({ 'x-own-id': 'own-1', 'X-Request-Id': 'not-me' })).toBe('own-1');
    expect(await idOf({ 'x-own-number': '42' })).toBe('42');
  });

  it('cannot break the answer, whatever is bound', async () => {
    await start();
    recorder.clear();
    const answer = await exchange(port, {
      path: '/ok',
      headers: { 'x-own-id': 'Größe', 'X-Request-Id': 'kept' },
    });
    await recorder.settled('nest.server', 1);
    expect(answer).toMatch(/^HTTP\/1.1 200 OK\r\n/);
    expect(answer).toMatch(/^x-request-id: kept\r$/im);
    expect(recorder.of('nest.server').map((record) => record.extraFields().request_id)).toEqual([
      recorder.of('shop')[0]?.extraFields().request_id,
    ]);
  });

  if (name === 'express') {
    it('leaves a header alone that the application set itself', async () => {
      @Module({ imports: [loggedModule(recorder)], controllers: [IdsController] })
      class AppModule {}
      app = await NestFactory.create(AppModule, createAdapter(), { logger: false });
      app.use(
        (
          _request: unknown,
          response: { setHeader(header: string, value: string): void },
          next: () => void,
        ) => {
          response.setHeader('x-request-id', 'mine');
          bindContext({ request_id: 'bound' });
          next();
        },
      );
      await app.listen(0, '127.0.0.1');
      const { port: own } = app.getHttpServer().address() as { port: number };
      expect(await exchange(own, { path: '/ok' })).toMatch(/^x-request-id: mine\r$/im);
    });
  }

  if (name === 'fastify') {
    const adapter = (options: object) => new FastifyAdapter(options) as unknown as AbstractHttpAdapter;

    it("is Fastify's, where the application chose how that is made", async () => {
      let count = 0;
      await start({}, adapter({ genReqId: () => `fastify-${++count}` }));
      expect(await idOf({ 'X-Request-Id': 'not-me' })).toBe('fastify-1');
    });

    it("is that of Fastify's header, if it is accepted", async () => {
      await start({}, adapter({ requestIdHeader: 'x-shop-id' }));
      expect(await idOf({ 'x-shop-id': 'shop-1', 'X-Request-Id': 'not-me' })).toBe('shop-1');
      expect(await idOf({ 'x-shop-id': 'req-1' })).toBe('req-1');
      expect(await idOf({ 'x-shop-id': 'has space' })).toMatch(UUID);
      expect(await idOf({})).toMatch(UUID);
    });

    it('is that of the option, where the application chose both', async () => {
      await start({ requestId: 'x-request-id' }, adapter({ genReqId: () => 'fastify' }));
      expect(await idOf({ 'X-Request-Id': 'one' })).toBe('one');
    });

    it('is ours where Fastify counts, which every process does alike', async () => {
      await start();
      expect(await idOf({})).toMatch(UUID);
    });
  }
});

describe.each(platforms)('fields of every record of a request on $name', ({ createAdapter }) => {
  const recorder = new Recorder();
  let app: INestApplication | undefined;
  afterEach(async () => {
    await app?.close();
    recorder.clear();
  });

  async function get(http: LoggingModuleOptions['http'], headers: Record<string, string>, path = '/fails') {
    @Module({ imports: [loggedModule(recorder, { http })], controllers: [IdsController] })
    class AppModule {}
    app = await NestFactory.create(AppModule, createAdapter(), { logger: false, abortOnError: false });
    await app.listen(0, '127.0.0.1');
    recorder.clear();
    const { port } = app.getHttpServer().address() as { port: number };
    const answer = await exchange(port, { path, headers });
    await recorder.settled('nest.server', 1);
    return answer;
  }

  it('are asked for once, with the request of the platform, and are on all of them', async () => {
    let asked = 0;
    await get(
      {
        contextFields: (request) => {
          asked += 1;
          getLogger('shop').info('asked');
          return { tenant: request.headers['x-tenant'], host: request.hostname, message: 'taken' };
        },
        fields: () => ({ only: 'access' }),
      },
      { 'X-Tenant': 'acme' },
    );
    expect(asked).toBe(1);
    const told = recorder.records.filter(({ msg }) => msg !== 'asked');
    expect(told.map(({ name }) => name).sort()).toEqual(['nest.request', 'nest.server', 'shop']);
    for (const record of told)
      expect(record.extraFields()).toMatchObject({ tenant: 'acme', host: 'localhost' });
    expect(told.filter((record) => 'only' in record.extraFields()).map(({ name }) => name)).toEqual([
      'nest.server',
    ]);
  });

  it('are on the access record of a request that nothing else is logged of', async () => {
    await get({ contextFields: () => ({ tenant: 'acme' }) }, {}, '/nowhere');
    expect(recorder.of('nest.server')[0]?.extraFields()).toMatchObject({ tenant: 'acme', status: 404 });
  });

  it('may hold the id of the request', async () => {
    const answer = await get({ contextFields: () => ({ request_id: 'given' }) }, {});
    expect(answer).toMatch(/^x-request-id: given\r$/im);
    expect(recorder.of('nest.server')[0]?.extraFields()).toMatchObject({ request_id: 'given' });
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('no fields');
      },
      'no fields',
    ],
    ['makes one wait', (async () => ({ tenant: 'acme' })) as never, 'returned a promise'],
    ['gives nothing', () => undefined, ''],
  ])('cost nothing where the function %s', async (_, contextFields, text) => {
    const errors = collectStderr();
    const answer = await get({ contextFields }, {}, '/ok');
    expect(errors.stop()).toContain(text);
    expect(answer).toMatch(/^HTTP\/1.1 200/);
    expect(recorder.of('shop')[0]?.extraFields()).toEqual({ request_id: expect.stringMatching(UUID) });
  });
});

describe('the option requestId', () => {
  it.each([
    [7, 'expected names of headers'],
    [['x-id', 7], 'LoggingModule.requestId.headers.1: expected string, got 7'],
    [['x id'], 'expected the name of a header'],
    [{ header: 'x-id' }, 'LoggingModule.requestId.header: unknown key; did you mean "headers"?'],
    [{ accept: 'abc' }, 'expected a regular expression or a function'],
  ])('refuses %j', (requestId, message) => {
    expect(() => LoggingModule.forRoot(undefined, { requestId } as never)).toThrow(
      expect.objectContaining({ code: 'ERR_LOGGING_OPTIONS', message: expect.stringContaining(message) }),
    );
  });
});

describe('the id of a message', () => {
  const idOf = (option: unknown, context: unknown) =>
    new RequestIds(resolveRequestId(option)).ofMessage(headerOf(context));
  const kafka = (headers: object) => ({ getMessage: () => ({ headers }) });

  it('is that of the same headers', () => {
    expect(idOf(undefined, kafka({ 'x-correlation-id': Buffer.from('one') }))).toBe('one');
    expect(idOf(undefined, kafka({ 'X-Amzn-Trace-Id': `Root=${ROOT}` }))).toBe(ROOT);
    expect(idOf(['x-shop-id'], { getHeaders: () => new Map([['x-shop-id', 'two']]) })).toBe('two');
    expect(idOf(['x-shop-id'], kafka({ 'x-request-id': 'not-me' }))).toMatch(UUID);
  });

  it('is that of the usual ones where the option is a function, which is for requests', () => {
    expect(idOf(() => 'not-me', kafka({ 'x-request-id': 'one' }))).toBe('one');
    expect(idOf(() => 'not-me', kafka({ 'x-request-id': 'has space' }))).toMatch(UUID);
  });

  it('is none where the transport has no headers', () => {
    for (const context of [
      undefined,
      null,
      'text',
      {},
      {
        getHeaders: () => {
          throw new Error('no');
        },
      },
    ])
      expect(idOf(undefined, context)).toMatch(UUID);
  });
});
