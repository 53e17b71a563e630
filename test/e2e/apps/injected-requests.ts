/** Injects a request into an application on Fastify and prints its access record. */
import 'reflect-metadata';
import { Controller, Get, Module } from '@nestjs/common';
import { type AbstractHttpAdapter, NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Handler } from '../../../lib/core/handler.js';
import type { LogRecord } from '../../../lib/core/records/log-record.js';
import { LoggingModule } from '../../../lib/nest/module/logging.module.js';

class PrintingHandler extends Handler {
  emit(record: LogRecord): void {
    if (record.name === 'nest.server') process.stdout.write(`${JSON.stringify(record.extraFields())}\n`);
  }
}

@Controller()
class Root {
  @Get('ok')
  ok() {
    return { fine: true };
  }
}

@Module({
  imports: [
    LoggingModule.forRoot({
      version: 1,
      handlers: { out: { '()': PrintingHandler } },
      root: { level: 'INFO', handlers: ['out'] },
    }),
  ],
  controllers: [Root],
})
class AppModule {}

const adapter = new FastifyAdapter();
const seen: string[] = [];
adapter.setOnRequestHook((request: { url: string }, _reply: unknown, done: () => void) => {
  seen.push(request.url);
  done();
});
const app = await NestFactory.create<NestFastifyApplication>(
  AppModule,
  adapter as unknown as AbstractHttpAdapter as never,
  { bufferLogs: true },
);
await app.init();
const { statusCode } = await app.inject({ url: '/ok' });
await new Promise((resolve) => setTimeout(resolve, 20));
await app.close();
process.stdout.write(`${JSON.stringify({ statusCode, seen })}\n`);
