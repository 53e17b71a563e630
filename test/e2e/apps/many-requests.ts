/**
 * Answers twenty requests, and twenty more that come at once, and prints how many writes the access records of these
 * took. `exit` as the second argument: the process ends itself when 25 responses are closed.
 */
import 'reflect-metadata';
import fs from 'node:fs';
import type { Server, ServerResponse } from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { Controller, Get, Module, Res } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

const CONNECTIONS = 20;
const [platform, ending] = process.argv.slice(2);

let writes = 0;
const { writeSync } = fs;
Object.assign(fs, {
  writeSync: (...args: unknown[]) => {
    writes += 1;
    return Reflect.apply(writeSync, fs, args);
  },
});
syncBuiltinESMExports();

const { LoggingModule } = await import('../../../lib/nest/module/logging.module.js');
const { platforms } = await import('../support/platforms.js');

let closed = 0;

@Controller()
class Root {
  @Get('ok')
  ok(@Res({ passthrough: true }) reply: ServerResponse & { raw?: ServerResponse }) {
    (reply.raw ?? reply).on('close', () => {
      closed += 1;
      if (ending === 'exit' && closed === 25) process.exit(3);
    });
    return { fine: true };
  }
}

@Module({
  imports: [
    LoggingModule.forRoot({
      version: 1,
      formatters: { json: { '()': 'JsonFormatter' } },
      handlers: { file: { class: 'FileHandler', filename: process.env.LOG_FILE ?? '', formatter: 'json' } },
      loggers: { 'nest.server': { level: 'INFO', handlers: ['file'] } },
    }),
  ],
  controllers: [Root],
})
class AppModule {}

const adapter = platforms.find(({ name }) => name === platform)?.createAdapter();
const app = await NestFactory.create(AppModule, adapter as never, { logger: false });
await app.listen(0, '127.0.0.1');
const { port } = (app.getHttpServer() as Server).address() as AddressInfo;

function ask(socket: Socket): Promise<unknown> {
  return new Promise((resolve) => {
    socket.once('data', resolve);
    socket.write('GET /ok HTTP/1.1\r\nHost: cats\r\n\r\n');
  });
}

const sockets: Socket[] = [];
for (let at = 0; at < CONNECTIONS; at += 1) {
  const socket = connect(port, '127.0.0.1');
  sockets.push(socket);
  // Only when it has answered once has the server taken the connection.
  await ask(socket);
}
writes = 0;
await Promise.all(sockets.map(ask));
for (const socket of sockets) socket.destroy();
await app.close();
process.stdout.write(`${JSON.stringify({ writes })}\n`);
