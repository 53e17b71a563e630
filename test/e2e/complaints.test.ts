/** What teams have complained of in other libraries, one by one, and the scenarios such libraries test. */
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  BadGatewayException,
  Controller,
  Get,
  type INestApplication,
  Injectable,
  type MiddlewareConsumer,
  Module,
  Logger as NestCommonLogger,
  NotFoundException,
  type OnModuleInit,
  Param,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { LoggingConfig } from '../../lib/config/plan/logging-config.js';
import { bindContext, runInContext } from '../../lib/context/context.js';
import { getLogger } from '../../lib/core/loggers/manager.js';
import { formatTraceback } from '../../lib/core/records/traceback.js';
import { Logger } from '../../lib/nest/module/logger.decorator.js';
import { LoggingModule } from '../../lib/nest/module/logging.module.js';
import { NestLogger } from '../../lib/nest/nest-logger/nest-logger.adapter.js';
import { platforms } from './support/platforms.js';
import { pause, Recorder } from './support/recorder.js';

// Made before there is an application, as files do at their top.
const atTheTop = new NestCommonLogger('TopLevel');

@Injectable()
class OrdersService implements OnModuleInit {
  private readonly nest = new NestCommonLogger(OrdersService.name);
  constructor(@Logger('shop.orders') private readonly logger: Logger) {}

  onModuleInit() {
    // Outside of a request there is nothing to bind to; that is no reason to fail.
    bindContext({ lost: true });
  }

  find(id: number) {
    this.nest.log('through Nest');
    this.logger.info('through ours');
    atTheTop.log('from the top');
    return { id };
  }

  detached() {
    runInContext({ detached: true }, () => {
      bindContext({ inner: true });
      this.logger.info('inside');
    });
    this.logger.info('outside');
  }

  async slow(id: number, delayMs: number) {
    bindContext({ id });
    await pause(delayMs);
    this.logger.info('slow %d', id);
    return id;
  }
}

@Controller()
class OrdersController {
  constructor(
    private readonly orders: OrdersService,
    @Logger() private readonly logger: Logger,
  ) {}

  @Get('orders/:id')
  find(@Param('id') id: string) {
    bindContext({ order: Number(id) });
    return this.orders.find(Number(id));
  }

  @Get('detached')
  detached() {
    bindContext({ request: true });
    this.orders.detached();
    return {};
  }

  @Get('slow/:id')
  slow(@Param('id') id: string) {
    return this.orders.slow(Number(id), 40 - 10 * Number(id));
  }

  @Get('error')
  error() {
    this.logger.info(new Error('given as the message'));
    this.logger.error('given after it', new Error('second', { cause: new TypeError('the cause') }));
    new NestCommonLogger('Nest').error('with a stack', new Error('third').stack);
    return {};
  }

  @Get('missing')
  missing() {
    throw new NotFoundException('no such order');
  }

  @Get('upstream')
  upstream() {
    throw new BadGatewayException('the warehouse does not answer', { cause: new Error('ECONNREFUSED') });
  }

  @Get('health')
  health() {
    this.logger.info('asked for health');
    return 'ok';
  }
}

describe.each(platforms)('on $name', ({ createAdapter }) => {
  const recorder = new Recorder();
  let app: INestApplication | undefined;
  let url = '';

  async function start(config: Partial<LoggingConfig> = {}, http = {}): Promise<INestApplication> {
    @Module({
      imports: [
        LoggingModule.forRoot(
          {
            version: 1,
            handlers: { recorder: { '()': () => recorder } },
            root: { level: 'INFO', handlers: ['recorder'] },
            ...config,
          } as LoggingConfig,
          { http },
        ),
      ],
      controllers: [OrdersController],
      providers: [OrdersService],
    })
    class AppModule {
      configure(consumer: MiddlewareConsumer) {
        const middleware = (_request: unknown, _response: unknown, next: () => void) => {
          getLogger('middleware').info('passing');
          next();
        };
        consumer.apply(middleware).forRoutes('orders/:id');
      }
    }
    app = await NestFactory.create(AppModule, createAdapter(), { bufferLogs: true });
    app.useLogger(app.get(NestLogger));
    await app.listen(0, '127.0.0.1');
    url = `http://127.0.0.1:${(app.getHttpServer().address() as { port: number }).port}`;
    return app;
  }
  const get = async (path: string) => {
    recorder.clear();
    const response = await fetch(url + path);
    await response.text();
    await recorder.settled('nest.server', 1);
    return response;
  };
  const fieldsOf = (name: string) => recorder.of(name).map((record) => record.extraFields());
  afterEach(async () => {
    await app?.close();
    app = undefined;
    recorder.clear();
  });

  it('levels can be set for one context, and not for all', async () => {
    await start({
      loggers: {
        'nest.InstanceLoader': { level: 'WARNING' },
        'nest.RouterExplorer': { level: 'WARNING' },
        'nest.OrdersService': { level: 'ERROR' },
      },
    });
    const names = recorder.records.map(({ name }) => name);
    expect(names).toContain('nest.NestFactory');
    expect(names).toContain('nest.RoutesResolver');
    expect(names).not.toContain('nest.InstanceLoader');
    expect(names).not.toContain('nest.RouterExplorer');
    await get('/orders/7');
    expect(recorder.of('nest.OrdersService')).toEqual([]);
    expect(recorder.of('nest.TopLevel')).toHaveLength(1);
  });

  it('a level that is changed while the application runs holds from the next record on', async () => {
    await start();
    await get('/orders/7');
    expect(recorder.of('shop.orders')).toHaveLength(1);
    getLogger('shop').setLevel('ERROR');
    await get('/orders/7');
    expect(recorder.of('shop.orders')).toEqual([]);
    getLogger('shop').setLevel('NOTSET');
  });

  it('each line is there once, what was buffered at the start included', async () => {
    await start();
    const starting = recorder.records.filter(({ message }) => message === 'Starting Nest application...');
    expect(starting).toHaveLength(1);
    await get('/orders/7');
    expect(recorder.records.map(({ name }) => name).sort()).toEqual([
      'middleware',
      'nest.OrdersService',
      'nest.TopLevel',
      'nest.server',
      'shop.orders',
    ]);
  });

  it('what one class binds is on the records of all, by whichever logger, and of the request', async () => {
    await start();
    await get('/orders/7');
    for (const name of ['nest.OrdersService', 'nest.TopLevel', 'shop.orders', 'nest.server']) {
      expect(fieldsOf(name)).toEqual([expect.objectContaining({ order: 7 })]);
    }
    const ids = new Set(recorder.records.map((record) => record.extraFields().request_id));
    expect(ids.size).toBe(1);
    expect(fieldsOf('middleware')[0]).not.toHaveProperty('order');
  });

  it('binding outside of a request neither fails nor shows', async () => {
    await start();
    await get('/orders/7');
    expect(JSON.stringify(fieldsOf('shop.orders'))).not.toContain('lost');
  });

  it('a context inside of a request has its fields, and gives none back', async () => {
    await start();
    await get('/detached');
    const [inside, outside] = fieldsOf('shop.orders');
    expect(inside).toMatchObject({ request: true, detached: true, inner: true });
    expect(outside).toMatchObject({ request: true });
    for (const fields of [outside, fieldsOf('nest.server')[0]]) {
      expect(fields).not.toHaveProperty('detached');
      expect(fields).not.toHaveProperty('inner');
    }
  });

  it('requests at the same time keep their fields apart', async () => {
    await start();
    recorder.clear();
    await Promise.all([1, 2, 3].map((id) => fetch(`${url}/slow/${id}`)));
    await recorder.settled('nest.server', 3);
    for (const record of recorder.of('shop.orders')) {
      expect(record.message).toBe(`slow ${record.extraFields().id}`);
    }
    expect(new Set(fieldsOf('shop.orders').map(({ request_id }) => request_id)).size).toBe(3);
  });

  it('stacks are not lost, whichever way an error is given', async () => {
    await start();
    await get('/error');
    const [message, after] = recorder.of('OrdersController');
    expect(message?.message).toContain('given as the message');
    expect(formatTraceback(after?.excInfo)).toMatch(/second[\s\S]+the cause/);
    const [nest] = recorder.of('nest.Nest');
    expect(nest?.message).toBe('with a stack');
    expect(formatTraceback(nest?.excInfo)).toContain('complaints.test');
  });

  it.each([
    ['/missing', 404, 'nest.server', 'WARNING', 'NotFoundException'],
    ['/upstream', 502, 'nest.request', 'ERROR', 'BadGatewayException'],
  ])('an HttpException is logged (%s), which Nest never does', async (path, status, logger, level, error) => {
    await start();
    expect((await get(path)).status).toBe(status);
    const [record, ...more] = recorder.of(logger);
    expect(more).toEqual([]);
    expect(record?.levelname).toBe(level);
    expect(record?.extraFields()).toMatchObject({ status, error, path });
    if (status >= 500) expect(formatTraceback(record?.excInfo)).toContain('ECONNREFUSED');
  });

  it('excluded paths have no access record, and keep everything else', async () => {
    await start({}, { exclude: ['/health'] });
    recorder.clear();
    await fetch(`${url}/health`, { headers: { 'x-request-id': 'probe-1' } });
    await pause(30);
    expect(recorder.records.map(({ name }) => name)).toEqual(['OrdersController']);
    expect(fieldsOf('OrdersController')).toEqual([{ request_id: 'probe-1' }]);
  });

  it('failures have the fields of their request without a context, too', async () => {
    @Module({
      imports: [
        LoggingModule.forRoot(
          {
            version: 1,
            handlers: { recorder: { '()': () => recorder } },
            root: { level: 'INFO', handlers: ['recorder'] },
          },
          { context: false },
        ),
      ],
      controllers: [OrdersController],
      providers: [OrdersService],
    })
    class AppModule {}
    app = await NestFactory.create(AppModule, createAdapter(), { logger: false });
    await app.listen(0, '127.0.0.1');
    url = `http://127.0.0.1:${(app.getHttpServer().address() as { port: number }).port}`;
    recorder.clear();
    await Promise.all(
      ['a', 'b', 'c'].map((id) => fetch(`${url}/upstream`, { headers: { 'x-request-id': id } })),
    );
    await recorder.settled('nest.server', 3);
    const fields = fieldsOf('nest.request');
    expect(fields.map(({ request_id }) => request_id).sort()).toEqual(['a', 'b', 'c']);
    for (const one of fields) {
      expect(one).toMatchObject({ method: 'GET', path: '/upstream', handler: 'upstream', status: 502 });
    }
    expect(recorder.tracebacks).toHaveLength(3);
  });

  it('a factory that gives nothing means the default configuration', async () => {
    @Module({ imports: [LoggingModule.forRootAsync({ useFactory: () => null as never })] })
    class AppModule {}
    app = await NestFactory.create(AppModule, createAdapter(), { logger: false });
    await expect(app.init()).resolves.toBeDefined();
  });
});
