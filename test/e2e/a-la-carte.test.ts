/** LoggingInterceptor and LoggingExceptionFilter where an application binds them itself. */
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  Catch,
  ConflictException,
  Controller,
  type ExceptionFilter,
  Get,
  type INestApplication,
  Module,
  type Provider,
  Sse,
  UseFilters,
  UseInterceptors,
} from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR, NestFactory } from '@nestjs/core';
import { ClientProxyFactory, MessagePattern, Payload, Transport } from '@nestjs/microservices';
import { catchError, firstValueFrom, of } from 'rxjs';
import { LoggingInterceptor } from '../../lib/nest/module/logging.interceptor.js';
import { LoggingExceptionFilter } from '../../lib/nest/module/logging-exception.filter.js';
import type { LoggingModuleOptions } from '../../lib/nest/module/logging-options.js';
import { NestLogger } from '../../lib/nest/nest-logger/nest-logger.adapter.js';
import { loggedModule } from './support/logged-module.js';
import { platforms } from './support/platforms.js';
import { pause, Recorder } from './support/recorder.js';
import { exchange, statusOf } from './support/wire.js';

const silent: LoggingModuleOptions = { http: { enabled: false, exceptionFilter: false } };

@Catch(TypeError)
class TypeErrorFilter implements ExceptionFilter<TypeError> {
  catch(_error: TypeError, host: { switchToHttp(): { getResponse<T>(): T } }): void {
    const reply = host.switchToHttp().getResponse<{ status(code: number): { send(body: unknown): void } }>();
    reply.status(422).send({ caught: true });
  }
}

class Handlers {
  @Get('ok')
  ok() {
    return { id: 7 };
  }

  @Get('slow')
  async slow() {
    // Long, so that a client that leaves is gone before the answer on a busy machine too.
    await pause(150);
    return { id: 7 };
  }

  @Get('refused')
  refused() {
    throw new ConflictException('taken');
  }

  @Get('failed')
  failed() {
    throw new Error('it broke');
  }

  @Get('mapped')
  mapped() {
    throw new TypeError('of a wrong type');
  }

  @Sse('events')
  events() {
    return of({ data: 'one' }, { data: 'two' });
  }
}

describe.each(platforms)('on $name', ({ createAdapter }) => {
  const recorder = new Recorder();
  let app: INestApplication;
  let port = 0;

  async function start(
    options: LoggingModuleOptions,
    decorators: ClassDecorator[] = [],
    providers: Provider[] = [],
  ): Promise<void> {
    class Watched extends Handlers {}
    class Plain extends Handlers {}
    // Methods have metadata of their own: two classes may not share them.
    for (const type of [Watched, Plain]) {
      for (const name of ['ok', 'slow', 'refused', 'failed', 'mapped', 'events'] as const) {
        const inherited = Handlers.prototype[name] as (...args: unknown[]) => unknown;
        const own = function (this: unknown, ...args: unknown[]): unknown {
          return inherited.apply(this, args);
        };
        for (const key of Reflect.getMetadataKeys(inherited))
          Reflect.defineMetadata(key, Reflect.getMetadata(key, inherited), own);
        Object.defineProperty(own, 'name', { value: name });
        Object.defineProperty(type.prototype, name, { value: own, configurable: true, writable: true });
      }
    }
    Controller('watched')(Watched);
    Controller('plain')(Plain);
    for (const decorate of decorators) decorate(Watched);
    class Shop {}
    Module({ imports: [loggedModule(recorder, options)], controllers: [Watched, Plain], providers })(Shop);
    app = await NestFactory.create(Shop, createAdapter(), { logger: false });
    app.useLogger(app.get(NestLogger));
    app.useGlobalFilters(new TypeErrorFilter());
    await app.listen(0, '127.0.0.1');
    port = (app.getHttpServer().address() as { port: number }).port;
    recorder.clear();
  }
  /** Asks for a path; gives what was logged: logger, level, path and status of each record. */
  async function ask(path: string, abortAfter?: number) {
    recorder.clear();
    const answer = await exchange(port, { path, ...(abortAfter !== undefined && { abortAfter }) });
    await pause(40);
    const records = recorder.records.map((record) => {
      const { path: at, status, error, reason, handler, bytes, aborted } = record.extraFields();
      return {
        name: record.name,
        level: record.levelname,
        path: at,
        status,
        error,
        reason,
        handler,
        bytes,
        aborted,
      };
    });
    return { status: statusOf(answer), records };
  }
  afterEach(async () => {
    await app.close();
    recorder.clear();
  });

  describe.each<[string, LoggingModuleOptions]>([
    ['http: false', { http: false }],
    ['everything of HTTP off', { ...silent, context: false }],
  ])('LoggingInterceptor with %s', (_name, options) => {
    it('logs the requests of the controller it is bound to, and no others', async () => {
      await start(options, [UseInterceptors(LoggingInterceptor)]);
      expect(await ask('/watched/ok')).toEqual({
        status: 200,
        records: [
          {
            name: 'nest.server',
            level: 'INFO',
            path: '/watched/ok',
            status: 200,
            handler: 'ok',
            bytes: 8,
            aborted: false,
          },
        ],
      });
      expect((await ask('/plain/ok')).records).toEqual([]);
      expect((await ask('/nowhere')).records.filter(({ name }) => name === 'nest.server')).toEqual([]);
    });

    it('logs those of all as APP_INTERCEPTOR, when their responses end', async () => {
      await start(options, [], [{ provide: APP_INTERCEPTOR, useClass: LoggingInterceptor }]);
      for (const path of ['/watched/ok', '/plain/events', '/plain/slow']) {
        const { records } = await ask(path);
        expect(records).toEqual([expect.objectContaining({ name: 'nest.server', path, status: 200 })]);
      }
      const { records } = await ask('/plain/slow', 10);
      expect(records).toEqual([expect.objectContaining({ status: 499, aborted: true, handler: 'slow' })]);
    });

    it('says why a request was refused, and names the error of one that failed', async () => {
      await start(options, [UseInterceptors(LoggingInterceptor)]);
      const refused = await ask('/watched/refused');
      expect(refused.records).toEqual([
        expect.objectContaining({
          level: 'WARNING',
          status: 409,
          error: 'ConflictException',
          reason: 'taken',
        }),
      ]);
      const mapped = await ask('/watched/mapped');
      expect(mapped.records).toEqual([
        expect.objectContaining({
          level: 'WARNING',
          status: 422,
          error: 'TypeError',
          reason: 'of a wrong type',
        }),
      ]);
      const failed = await ask('/watched/failed');
      expect(failed.status).toBe(500);
      expect(failed.records.filter(({ name }) => name === 'nest.server')).toEqual([
        expect.objectContaining({ level: 'ERROR', status: 500, error: 'Error' }),
      ]);
      expect(recorder.tracebacks).toHaveLength(1);
    });
  });

  describe('LoggingExceptionFilter', () => {
    it.each<[string, ClassDecorator[], Provider[]]>([
      ['on a controller', [UseFilters(LoggingExceptionFilter)], []],
      ['as APP_FILTER', [], [{ provide: APP_FILTER, useClass: LoggingExceptionFilter }]],
    ])('%s logs failures, and leaves the answer to others', async (_name, decorators, providers) => {
      await start({ ...silent, context: false }, decorators, providers);
      const failed = await ask('/watched/failed');
      expect(failed.status).toBe(500);
      expect(failed.records).toEqual([
        expect.objectContaining({
          name: 'nest.request',
          level: 'ERROR',
          status: 500,
          path: '/watched/failed',
        }),
      ]);
      expect(recorder.tracebacks).toHaveLength(1);
      const refused = await ask('/watched/refused');
      expect(refused.status).toBe(409);
      expect(refused.records).toEqual([
        expect.objectContaining({ name: 'nest.request', level: 'WARNING', status: 409, reason: 'taken' }),
      ]);
      const mapped = await ask('/watched/mapped');
      expect(mapped.status).toBe(422);
      expect(mapped.records.every(({ level }) => level === 'WARNING')).toBe(true);
    });

    it('leaves those of other controllers to Nest', async () => {
      await start(silent, [UseFilters(LoggingExceptionFilter)]);
      const { records } = await ask('/plain/failed');
      expect(records.map(({ name }) => name)).toEqual(['nest.ExceptionsHandler']);
    });
  });

  it('neither adds anything twice beside the request log', async () => {
    await start(
      {},
      [UseInterceptors(LoggingInterceptor), UseFilters(LoggingExceptionFilter)],
      [
        { provide: APP_INTERCEPTOR, useClass: LoggingInterceptor },
        { provide: APP_FILTER, useClass: LoggingExceptionFilter },
      ],
    );
    const names = async (path: string) => (await ask(path)).records.map(({ name }) => name);
    expect(await names('/watched/ok')).toEqual(['nest.server']);
    expect(await names('/watched/refused')).toEqual(['nest.server']);
    expect(await names('/watched/mapped')).toEqual(['nest.server']);
    expect(await names('/watched/failed')).toEqual(['nest.request', 'nest.server']);
    expect(await names('/plain/failed')).toEqual(['nest.request', 'nest.server']);
  });
});

describe('LoggingInterceptor on a handler of messages', () => {
  it.each([
    [
      'a cycle',
      (pattern: Record<string, unknown>) => ({ ...pattern, self: pattern }),
      /^\{"cmd":"count","self":/,
    ],
    ['a BigInt', () => ({ cmd: 1n }), /^\{"cmd":"?1"?\}$/],
    [
      'a toJSON that throws',
      () => ({
        toJSON: () => {
          throw new Error('never');
        },
      }),
      /unreadable/,
    ],
    ['much text', () => ({ cmd: 'x'.repeat(10_000) }), /^.{256}…$/],
  ])('logs them whatever their pattern is made of: %s', async (_name, make, expected) => {
    const recorder = new Recorder();
    class Stock {}
    Module({ imports: [loggedModule(recorder, { messages: false })] })(Stock);
    const app = await NestFactory.createApplicationContext(Stock, { logger: false });
    const pattern: Record<string, unknown> = { cmd: 'count' };
    pattern.self = pattern;
    const handler = (): number => 7;
    Reflect.defineMetadata('microservices:pattern', [make(pattern)], handler);
    // By hand: of Nest's own transports none has a text for such patterns, but a strategy of somebody's may.
    const context = { getType: () => 'rpc', getHandler: () => handler, getClass: () => Stock };
    const handled = app.get(LoggingInterceptor).intercept(context as never, { handle: () => of(7) });
    expect(await firstValueFrom(handled)).toBe(7);
    await recorder.settled('nest.rpc', 1);
    expect(recorder.of('nest.rpc')[0]?.extraFields().pattern).toMatch(expected);
    await app.close();
  });
  @UseInterceptors(LoggingInterceptor)
  @Controller()
  class StockController {
    @MessagePattern('stock.count')
    count(@Payload() item: string): number {
      if (item !== 'tea') throw new Error('no such item');
      return 7;
    }
  }

  it.each([
    ['logs them where nothing else does', false],
    ['adds nothing beside their own log', true],
  ])('%s', async (_name, messages) => {
    const recorder = new Recorder();
    class Stock {}
    Module({ imports: [loggedModule(recorder, { messages })], controllers: [StockController] })(Stock);
    const options = { transport: Transport.TCP, options: { host: '127.0.0.1', port: 4_391 } } as const;
    const app = await NestFactory.createMicroservice(Stock, { ...options, logger: false });
    await app.listen();
    recorder.clear();
    const client = ClientProxyFactory.create(options);
    try {
      expect(await firstValueFrom(client.send('stock.count', 'tea'))).toBe(7);
      await firstValueFrom(client.send('stock.count', 'gold').pipe(catchError(() => of(0))));
      await recorder.settled('nest.rpc', 2);
      const records = recorder.of('nest.rpc').map((record) => record.extraFields());
      expect(records.map(({ pattern, outcome, handler }) => [pattern, outcome, handler])).toEqual([
        ['stock.count', 'ok', 'count'],
        ['stock.count', 'failed', 'count'],
      ]);
    } finally {
      client.close();
      await app.close();
    }
  });
});
