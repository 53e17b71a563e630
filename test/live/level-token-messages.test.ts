import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventEmitter2, EventEmitterModule, OnEvent } from '@nestjs/event-emitter';
import { ClientProxyFactory, MessagePattern, Transport } from '@nestjs/microservices';
import { getLogger, LoggingModule } from 'nestjs-logging';
import { createLevelToken, LoggingLiveModule, runWithLevelToken } from 'nestjs-logging/live';
import { isolateLogging, ListHandler, type LoggingIsolation } from 'nestjs-logging/testing';
import { firstValueFrom } from 'rxjs';
import { Message } from '../../lib/nest/messages/message.js';
import { freePort } from '../support/free-port.js';

@Controller()
class StockController {
  @MessagePattern('count')
  count(): number {
    getLogger('stock').debug('counting');
    return 7;
  }

  @OnEvent('sold')
  async sold(): Promise<void> {
    await Promise.resolve();
    getLogger('stock').debug('sold');
  }
}

@Module({
  imports: [
    LoggingModule.forRoot({ version: 1, root: { level: 'WARNING' } }),
    LoggingLiveModule.forRoot({ development: true }),
    EventEmitterModule.forRoot(),
  ],
  controllers: [StockController],
})
class AppModule {}

describe('what a token lets through', () => {
  let isolation: LoggingIsolation;
  beforeEach(() => {
    isolation = isolateLogging();
  });
  afterEach(() => isolation.restore());

  it('reaches the listeners of events, and no other call of them; and not the callers of messages without it', async () => {
    const port = await freePort();
    const app = await NestFactory.create(AppModule, { logger: false });
    app.connectMicroservice(
      { transport: Transport.TCP, options: { host: '127.0.0.1', port } },
      { inheritAppConfig: false },
    );
    await app.startAllMicroservices();
    await app.init();
    const output = new ListHandler();
    getLogger('stock').addHandler(output);
    const client = ClientProxyFactory.create({
      transport: Transport.TCP,
      options: { host: '127.0.0.1', port },
    });
    const token = createLevelToken({ level: 'DEBUG', loggers: ['stock'] });
    const events = app.get(EventEmitter2, { strict: false });
    await events.emitAsync('sold');
    await runWithLevelToken(token, () => events.emitAsync('sold'));
    expect(await firstValueFrom(client.send('count', {}))).toBe(7);
    expect(output.records.map(({ msg }) => msg)).toEqual(['sold']);
    client.close();
    await app.close();
  });

  it('comes with the header of a message, whatever the transport', async () => {
    const app = await NestFactory.create(AppModule, { logger: false });
    await app.init();
    const output = new ListHandler();
    getLogger('stock').addHandler(output);
    const token = createLevelToken({ level: 'DEBUG' });
    const headers: Record<string, string> = { 'x-log-level': token };
    for (const usesContext of [true, false]) {
      const message = new Message(
        { kind: 'rpc', pattern: 'count', fields: {}, header: (name) => headers[name] },
        usesContext,
      );
      await message.run(async () => {
        await Promise.resolve();
        getLogger('stock').debug('counting');
      });
      new Message({ kind: 'rpc', pattern: 'count', fields: {}, header: () => undefined }, usesContext).run(
        () => getLogger('stock').debug('not theirs'),
      );
    }
    expect(output.records.map(({ msg }) => msg)).toEqual(['counting', 'counting']);
    await app.close();
  });
});
