/**
 * A process that ends while a request fails, in its exception filter: by `process.exit()`, or by an error that nobody
 * catches. The first argument is the platform, the second the way.
 */
import 'reflect-metadata';
import type { Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { BadRequestException, Catch, Controller, type ExceptionFilter, Get, Module } from '@nestjs/common';
import { APP_FILTER, NestFactory } from '@nestjs/core';
import { LoggingModule } from '../../../lib/nest/module/logging.module.js';
import { platforms } from '../support/platforms.js';

const [platform, ending] = process.argv.slice(2);

@Controller()
class Root {
  @Get('exit')
  exit() {
    throw new Error('it broke');
  }

  @Get('crash')
  crash() {
    throw new Error('it broke');
  }

  @Get('refused-exit')
  refused() {
    throw new BadRequestException('no such card');
  }
}

@Catch()
class DyingFilter implements ExceptionFilter {
  catch(): void {
    if (ending !== 'crash') process.exit(3);
    setImmediate(() => {
      throw new Error('nobody catches this');
    });
  }
}

@Module({
  imports: [
    LoggingModule.forRoot({
      version: 1,
      formatters: { json: { class: 'JsonFormatter' } },
      handlers: { file: { class: 'FileHandler', filename: process.env.LOG_FILE ?? '', formatter: 'json' } },
      loggers: { 'nest.request': { level: 'INFO', handlers: ['file'] } },
    }),
  ],
  controllers: [Root],
  providers: [{ provide: APP_FILTER, useClass: DyingFilter }],
})
class AppModule {}

const adapter = platforms.find(({ name }) => name === platform)?.createAdapter();
const app = await NestFactory.create(AppModule, adapter as never, { logger: false });
await app.listen(0, '127.0.0.1');
const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
connect(port, '127.0.0.1').write(`GET /${ending} HTTP/1.1\r\nHost: cats\r\n\r\n`);
