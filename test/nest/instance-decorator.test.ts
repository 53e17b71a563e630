/** `instrument.instanceDecorator` of Nest may put a proxy in the place of every provider: the application logs all the same. */
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  Controller,
  Get,
  type INestApplication,
  Injectable,
  Module,
  Logger as NestLog,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Handler } from '../../lib/core/handler.js';
import type { Logger } from '../../lib/core/loggers/logger.js';
import type { LogRecord } from '../../lib/core/records/log-record.js';
import { JsonFormatter } from '../../lib/formatters/json.formatter.js';
import { Logger as InjectLogger } from '../../lib/nest/module/logger.decorator.js';
import { LoggingModule } from '../../lib/nest/module/logging.module.js';
import { LoggingHealthIndicator } from '../../lib/nest/module/logging-health.indicator.js';
import { NestLogger } from '../../lib/nest/nest-logger/nest-logger.adapter.js';
import { platforms } from '../e2e/support/platforms.js';
import { exchange } from '../e2e/support/wire.js';
import { collectStderr } from '../support/stderr-collector.js';

const lines: string[] = [];

@Injectable()
class KeepingHandler extends Handler {
  emit(record: LogRecord): void {
    lines.push(this.format(record));
  }
}

@Injectable()
class ShoutingFormatter extends JsonFormatter {
  override format(record: LogRecord): string {
    return super.format(record).toUpperCase();
  }
}

@Controller()
class TeaController {
  private readonly nest = new NestLog('Tea');
  constructor(@InjectLogger('shop.tea') private readonly logger: Logger) {}

  @Get('tea')
  tea(): string {
    this.logger.info('poured');
    this.nest.log('by Nest');
    return 'tea';
  }
}
Reflect.decorate([Reflect.metadata('design:paramtypes', [Object]) as ClassDecorator], TeaController);

/** All but Nest's own list of modules, which is a Map: Nest itself reads that, and it would fail. */
const proxied = (instance: unknown): unknown =>
  typeof instance === 'object' && instance !== null && !(instance instanceof Map)
    ? new Proxy(instance, {})
    : instance;

describe.each(platforms)('an application of proxies on $name', ({ createAdapter }) => {
  let app: INestApplication | undefined;
  afterEach(async () => {
    await app?.close();
    app = undefined;
    lines.length = 0;
  });

  it('logs as any other, with the components that the container makes', async () => {
    class App {}
    Module({
      imports: [
        LoggingModule.forRoot({
          version: 1,
          formatters: { shouting: { class: ShoutingFormatter } },
          handlers: { keeping: { class: KeepingHandler, formatter: 'shouting' } },
          root: { level: 'INFO', handlers: ['keeping'] },
        }),
      ],
      controllers: [TeaController],
    })(App);
    const stderr = collectStderr();
    try {
      app = await NestFactory.create(App, createAdapter(), {
        bufferLogs: true,
        instrument: { instanceDecorator: proxied },
      });
      app.useLogger(app.get(NestLogger));
      await app.listen(0, '127.0.0.1');
      const { port } = app.getHttpServer().address() as AddressInfo;
      expect((await exchange(port, { path: '/tea' })).toString()).toMatch(/^HTTP\/1.1 200 .*tea/s);
      expect(app.get(LoggingHealthIndicator).isHealthy('logging')).toMatchObject({
        logging: { status: 'up' },
      });
      await app.close();
    } finally {
      stderr.stop();
    }
    const names = lines.map((line) => /"LOGGER":"([^"]+)"/.exec(line)?.[1]);
    for (const name of ['NEST.NESTFACTORY', 'SHOP.TEA', 'NEST.TEA', 'NEST.SERVER'])
      expect(names.filter((one) => one === name)).toEqual([name]);
    expect(stderr.text).not.toMatch(/error/i);
  });
});
