/** Errors that are logged in a `catch` and thrown on: one traceback, and a record that refers to it. */
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  ConflictException,
  Controller,
  Get,
  type INestApplication,
  Module,
  Logger as NestLog,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { LoggingConfig } from '../../lib/config/plan/logging-config.js';
import { Handler } from '../../lib/core/handler.js';
import { getLogger } from '../../lib/core/loggers/manager.js';
import type { LogRecord } from '../../lib/core/records/log-record.js';
import { LoggingModule } from '../../lib/nest/module/logging.module.js';
import type { LoggingModuleOptions } from '../../lib/nest/module/logging-options.js';
import { NestLogger } from '../../lib/nest/nest-logger/nest-logger.adapter.js';
import { platforms } from './support/platforms.js';
import { pause } from './support/recorder.js';
import { exchange } from './support/wire.js';

/** Keeps what its formatter makes of each record. */
class Lines extends Handler {
  readonly lines: string[] = [];

  emit(record: LogRecord): void {
    this.lines.push(this.format(record));
  }
}

const cached = new Error('always the same');

@Controller()
class OrdersController {
  @Get('logged')
  logged() {
    this.#failAfter((error) => getLogger('shop.orders').exception('payment failed', error));
  }

  @Get('with-nest')
  withNest() {
    this.#failAfter((error) => new NestLog('Orders').error('payment failed', error));
  }

  @Get('stack')
  stack() {
    this.#failAfter((error) => new NestLog('Orders').error('payment failed', error.stack));
  }

  @Get('as-argument')
  asArgument() {
    this.#failAfter((error) => getLogger('shop.orders').error('payment failed: %s', error));
  }

  @Get('quietly')
  quietly() {
    this.#failAfter((error) => getLogger('shop.orders').debug('payment failed', error));
  }

  @Get('wrapped')
  wrapped() {
    const error = new Error('no such card');
    getLogger('shop.orders').exception('payment failed', error);
    throw new Error('order 7 cannot be paid', { cause: error });
  }

  @Get('refused')
  refused() {
    const error = new Error('no such card');
    getLogger('shop.orders').exception('payment failed', error);
    throw new ConflictException('order 7 cannot be paid', { cause: error });
  }

  @Get('cached')
  cached() {
    throw cached;
  }

  #failAfter(log: (error: Error) => void): never {
    const error = new Error('no such card');
    log(error);
    throw error;
  }
}

describe.each(platforms)('an error that was logged and thrown on, on $name', ({ createAdapter }) => {
  const text = new Lines();
  const json = new Lines();
  const other = new Lines();
  let app: INestApplication;
  let port = 0;

  async function start(options: LoggingModuleOptions = {}): Promise<void> {
    const config: LoggingConfig = {
      version: 1,
      formatters: { text: { format: '%(name)s %(message)s' }, json: { class: 'JsonFormatter' } },
      handlers: {
        text: { '()': () => text, formatter: 'text' },
        json: { '()': () => json, formatter: 'json' },
        other: { '()': () => other, formatter: 'text', level: 'ERROR' },
      },
      loggers: { nest: { level: 'WARNING' }, 'nest.request': { handlers: ['other'] } },
      root: { level: 'DEBUG', handlers: ['text', 'json'] },
    };
    class Shop {}
    Module({ imports: [LoggingModule.forRoot(config, options)], controllers: [OrdersController] })(Shop);
    app = await NestFactory.create(Shop, createAdapter(), { logger: false });
    app.useLogger(app.get(NestLogger));
    await app.listen(0, '127.0.0.1');
    port = (app.getHttpServer().address() as { port: number }).port;
  }
  async function ask(path: string) {
    for (const each of [text, json, other]) each.lines.length = 0;
    await exchange(port, { path });
    await pause(20);
    return text.lines.filter((line) => line.startsWith('nest.request') || line.startsWith('nest.server GET'));
  }
  afterEach(() => app.close());

  const frames = /\n\s+at /;

  it('has class and message, and the logger that has its traceback, the second time', async () => {
    await start();
    // The other handler has none of it yet: it gets the traceback.
    getLogger('nest.request').handlers.length = 0;
    const [failure] = await ask('/logged');
    expect(failure).toBe(
      'nest.request Internal Server Error: GET /logged\nError: no such card [logged above by shop.orders]',
    );
    expect(text.lines.filter((line) => frames.test(line))).toHaveLength(1);
    const records = json.lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(records.map(({ logger, exception }) => [logger, exception])).toEqual([
      ['shop.orders', expect.stringMatching(frames)],
      ['nest.request', 'Error: no such card [logged above by shop.orders]'],
      ['nest.server', undefined],
    ]);
  });

  it.each([
    ['/with-nest', 'nest.Orders'],
    ['/stack', 'nest.Orders'],
  ])('also where Nest’s logger got it: %s', async (path, logger) => {
    await start();
    getLogger('nest.request').handlers.length = 0;
    const [failure] = await ask(path);
    expect(failure).toContain(`Error: no such card [logged above by ${logger}]`);
    expect(failure).not.toMatch(frames);
  });

  it('as the cause of another one', async () => {
    await start();
    getLogger('nest.request').handlers.length = 0;
    const [failure] = await ask('/wrapped');
    expect(failure).toMatch(
      /order 7 cannot be paid\n\s+at [\s\S]+caused by Error: no such card \[logged above by shop\.orders\]$/,
    );
    const [refused] = await ask('/refused');
    expect(refused).toMatch(/order 7 cannot be paid\nError: no such card \[logged above by shop\.orders\]$/);
  });

  it.each([
    ['whose traceback was not logged', '/as-argument'],
    ['that another handler did not get', '/quietly'],
  ])('has its traceback if it is one %s', async (_name, path) => {
    await start();
    if (path === '/as-argument') getLogger('nest.request').handlers.length = 0;
    const [failure] = await ask(path);
    expect(failure).toMatch(frames);
    expect(failure).not.toContain('logged above');
  });

  it('has its traceback each time it is thrown, if it is always the same object', async () => {
    await start();
    for (const _ of [1, 2]) {
      const [failure] = await ask('/cached');
      expect(failure).toMatch(frames);
    }
  });

  it('has its traceback twice with repeatTracebacks', async () => {
    await start({ repeatTracebacks: true });
    getLogger('nest.request').handlers.length = 0;
    await ask('/logged');
    expect(text.lines.filter((line) => frames.test(line))).toHaveLength(2);
  });
});
