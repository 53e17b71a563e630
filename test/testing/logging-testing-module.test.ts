import 'reflect-metadata';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Global, Injectable, Module, type OnApplicationShutdown } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  getHandlerToken,
  getLogger,
  getRootLogger,
  Handler,
  InjectLogger,
  Logger,
  LoggingModule,
  type LogRecord,
} from 'nestjs-logging';
import {
  isolateLogging,
  ListHandler,
  LogCapture,
  LoggingTestingModule,
  loggingMatchers,
  overrideHandlers,
} from 'nestjs-logging/testing';

expect.extend(loggingMatchers);

@Injectable()
class OrdersService implements OnApplicationShutdown {
  constructor(@Logger('shop.orders') private readonly logger: Logger) {}

  pay(id: number): void {
    this.logger.info('order %d paid', id, { extra: { user_id: 1 } });
  }

  onApplicationShutdown(): void {
    this.logger.info('last words');
  }
}

@Injectable()
class AuditTable {
  readonly rows: string[] = [];
}

@Injectable()
class AuditHandler extends Handler {
  constructor(private readonly table: AuditTable) {
    super();
  }

  emit(record: LogRecord): void {
    this.table.rows.push(this.format(record));
  }
}

@Global()
@Module({ providers: [AuditTable], exports: [AuditTable] })
class AuditModule {}

@Module({
  imports: [
    AuditModule,
    LoggingModule.forRoot(
      {
        version: 1,
        handlers: {
          audit: { class: AuditHandler },
          file: { class: 'logging.FileHandler', filename: '/nowhere/app.log' },
        },
        root: { level: 'WARNING', handlers: ['file'] },
        loggers: { 'shop.orders': { level: 'INFO', handlers: ['audit'] } },
      },
      { imports: [AuditModule] },
    ),
  ],
  providers: [OrdersService],
})
class AppModule {}

let moduleRef: { close(): Promise<void> } | undefined;
afterEach(() => moduleRef?.close());

describe('LoggingTestingModule.forRoot', () => {
  it('gives loggers to what is tested, and captures their records', async () => {
    const testing = await Test.createTestingModule({
      imports: [LoggingTestingModule.forRoot()],
      providers: [OrdersService],
    }).compile();
    moduleRef = testing;
    testing.get(OrdersService).pay(7);
    expect(testing.get(LogCapture)).toHaveLogged('INFO', 'order 7 paid', {
      name: 'shop.orders',
      extra: { user_id: 1 },
    });
  });

  it('has a tree of loggers of its own until it is closed', async () => {
    const outside = getRootLogger();
    const first = await Test.createTestingModule({
      imports: [LoggingTestingModule.forRoot({ version: 1, root: { level: 'ERROR' } })],
      providers: [OrdersService],
    }).compile();
    expect(getRootLogger()).not.toBe(outside);
    expect(getRootLogger().level).toBe(40);
    first.get(OrdersService).pay(7);
    expect('shop.orders').toHaveLoggedNothing();
    await first.close();
    expect(getRootLogger()).toBe(outside);

    const second = await Test.createTestingModule({
      imports: [LoggingTestingModule.forRoot()],
      providers: [OrdersService],
    }).compile();
    moduleRef = second;
    second.get(OrdersService).pay(8);
    expect(second.get(LogCapture).messages.filter((message) => message.startsWith('order'))).toEqual([
      'order 8 paid',
    ]);
  });

  it('captures what is logged until the very end', async () => {
    const testing = await Test.createTestingModule({
      imports: [LoggingTestingModule.forRoot()],
      providers: [OrdersService],
    }).compile();
    await testing.init();
    const logs = testing.get(LogCapture);
    await testing.close();
    moduleRef = undefined;
    expect(logs).toHaveLogged('INFO', 'last words');
    expect(logs.isOpen).toBe(false);
  });
});

describe('a testing module that cannot be compiled', () => {
  @Injectable()
  class Incomplete {
    constructor(readonly table: AuditTable) {}
  }

  @Controller()
  class IncompleteController extends Incomplete {}

  it.each([
    ['a provider', { providers: [OrdersService, Incomplete] }],
    ['a controller', { providers: [OrdersService], controllers: [IncompleteController] }],
    ['a slow provider', { providers: [OrdersService, { provide: 'slow', useFactory: failSlowly }] }],
  ])('brings back by itself what was there: %s', async (_, parts) => {
    const outside = getRootLogger();
    const before = { level: outside.level, handlers: [...outside.handlers] };
    const builder = Test.createTestingModule({ imports: [LoggingTestingModule.forRoot()], ...parts });
    expect(getRootLogger()).not.toBe(outside);
    await expect(builder.compile()).rejects.toThrow();
    while (getRootLogger() !== outside) await pause(1);
    await pause(20);
    expect({ level: outside.level, handlers: [...outside.handlers] }).toEqual(before);
  });

  it('keeps what is compiled after it', async () => {
    const failing = { imports: [LoggingTestingModule.forRoot()], providers: [Incomplete] };
    await expect(Test.createTestingModule(failing).compile()).rejects.toThrow();
    const testing = await Test.createTestingModule({
      imports: [LoggingTestingModule.forRoot()],
      providers: [OrdersService],
    }).compile();
    moduleRef = testing;
    await pause(20);
    testing.get(OrdersService).pay(9);
    expect(testing.get(LogCapture)).toHaveLogged('INFO', 'order 9 paid', { times: 1 });
  });
});

async function failSlowly(): Promise<never> {
  await pause(10);
  throw new Error('slow');
}

describe('LoggingTestingModule.alongside', () => {
  it("keeps the application's configuration, with other handlers where they are overridden", async () => {
    const file = new ListHandler();
    const builder = Test.createTestingModule({ imports: [LoggingTestingModule.alongside(), AppModule] });
    const testing = await overrideHandlers(builder, { file }).compile();
    moduleRef = testing;
    testing.get(OrdersService).pay(7);
    expect(testing.get(AuditTable).rows).toEqual(['order 7 paid']);
    expect(file).toHaveLogged('INFO', 'order 7 paid');
    expect(testing.get(LogCapture)).toHaveLogged('INFO', 'order 7 paid', { times: 1 });
    expect(testing.get(getHandlerToken('file'))).toBe(file);
  });
});

describe('injected loggers', () => {
  it('can be had without any module, isolated', async () => {
    await isolateLogging(async () => {
      const service = new OrdersService(getLogger('shop.orders'));
      const handler = new ListHandler();
      getLogger('shop').addHandler(handler);
      getLogger('shop').setLevel('INFO');
      service.pay(9);
      expect(handler.lines).toEqual(['order 9 paid']);
    });
  });

  it('take no notice of the name of the decorator', async () => {
    @Injectable()
    class Clerk {
      constructor(@InjectLogger() readonly logger: Logger) {}
    }
    const testing = await Test.createTestingModule({
      imports: [LoggingTestingModule.forRoot()],
      providers: [Clerk],
    }).compile();
    moduleRef = testing;
    testing.get(Clerk).logger.warning('hello');
    expect('Clerk').toHaveLogged('WARNING', 'hello');
  });
});
