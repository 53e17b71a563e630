/** The application closes while somebody watches: Node's `server.close()` waits for open responses. */
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { type BeforeApplicationShutdown, type INestApplication, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { LoggingModule } from 'nestjs-logging';
import { LoggingLiveModule } from 'nestjs-logging/live';
import { isolateLogging, type LoggingIsolation } from 'nestjs-logging/testing';
import { readEvents } from './support/read-events.js';

let isolation: LoggingIsolation;
beforeEach(() => {
  isolation = isolateLogging();
});
afterEach(() => isolation.restore());

let app: INestApplication;
const stream = () => readEvents(`http://127.0.0.1:${app.getHttpServer().address().port}/logging/api/stream`);

let late: unknown;
@Injectable()
class Draining implements BeforeApplicationShutdown {
  async beforeApplicationShutdown(): Promise<void> {
    late = await stream().catch((error: NodeJS.ErrnoException) => error.code);
  }
}

@Module({
  imports: [
    LoggingModule.forRoot({ version: 1 }),
    LoggingLiveModule.forRoot({ guards: [{ canActivate: () => true }] }),
  ],
  providers: [Draining],
})
class AppModule {}

it.each([
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter()],
])('on %s the application closes at once, and begins no new stream while it does', async (_, makeAdapter) => {
  app = await NestFactory.create(AppModule, makeAdapter() as FastifyAdapter, { logger: false });
  await app.listen(0, '127.0.0.1');
  const events = await stream();
  const isCut = new Promise((resolve) => events.response.once('close', resolve));
  await app.close();
  await isCut;
  expect(late).toBe('ECONNRESET');
});
