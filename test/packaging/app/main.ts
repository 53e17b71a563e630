/**
 * The application of installed-app.test.ts: asks itself for two routes, and for its logging page, and ends.
 * Compiled once as an ES module for Nest 12 and once as CommonJS for Nest 11.
 */
import 'reflect-metadata';
import { Controller, Get, Injectable, Module, Param } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Logger, LoggingModule, NestLogger } from 'nestjs-logging';
import { getLogger } from 'nestjs-logging/core';
import { LoggingLiveModule, overrideLevel } from 'nestjs-logging/live';

@Injectable()
class OrdersService {
  constructor(@Logger('shop.orders') private readonly logger: Logger) {}

  pay(id: number): { paid: number } {
    this.logger.info('order %d paid', id, { extra: { user_id: 123 } });
    return { paid: id };
  }
}

@Controller('orders')
class OrdersController {
  constructor(private readonly orders: OrdersService) {}

  @Get('failing')
  fail(): never {
    throw new Error('out of order');
  }

  @Get(':id')
  pay(@Param('id') id: string): { paid: number } {
    return this.orders.pay(Number(id));
  }
}

@Module({
  imports: [
    LoggingModule.forRoot({
      version: 1,
      formatters: {
        short: { format: '%(levelname)s|%(name)s|%(message)s|%(user_id)s', defaults: { user_id: '-' } },
      },
      handlers: {
        file: {
          class: 'logging.FileHandler',
          filename: process.env.LOG_FILE ?? 'app.log',
          formatter: 'short',
        },
      },
      root: { level: 'INFO', handlers: ['file'] },
    }),
    LoggingLiveModule.forRoot({ guards: [{ canActivate: () => true }] }),
  ],
  controllers: [OrdersController],
  providers: [OrdersService],
})
class AppModule {}

async function main(): Promise<void> {
  const app = await NestFactory.create(AppModule, { bufferLogs: true });
  app.useLogger(app.get(NestLogger));
  await app.listen(0);
  const url = (await app.getUrl()).replace('[::1]', 'localhost');
  const paid = await fetch(`${url}/orders/7`);
  const failed = await fetch(`${url}/orders/failing`);
  const page = await fetch(`${url}/logging`, { headers: { accept: 'text/html' } });
  const override = overrideLevel('shop.orders', 'DEBUG', { for: '1m' });
  const loggers = await fetch(`${url}/logging/api/loggers`);
  override.end();
  getLogger('shop').warning('closing');
  await app.close();
  console.log(
    JSON.stringify({
      orders: [paid.status, await paid.text(), failed.status],
      page: [page.status, page.headers.get('content-security-policy'), await page.text()],
      loggers: await loggers.json(),
    }),
  );
}

void main();
