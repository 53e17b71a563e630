import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, type INestApplication, Inject, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  ClientProxy,
  ClientProxyFactory,
  ClientsModule,
  MessagePattern,
  type MicroserviceOptions,
  Payload,
  Transport,
} from '@nestjs/microservices';
import { WsAdapter } from '@nestjs/platform-ws';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { firstValueFrom } from 'rxjs';
import { WebSocket } from 'ws';
import { getLogger } from '../../lib/core/loggers/manager.js';
import { LoggingModule } from '../../lib/nest/module/logging.module.js';
import { NestLogger } from '../../lib/nest/nest-logger/nest-logger.adapter.js';
import { freePort } from '../support/free-port.js';
import { loggedModule } from './support/logged-module.js';
import { platforms } from './support/platforms.js';
import { Recorder } from './support/recorder.js';

const SERVICE = Symbol('service');

@Controller()
class EverythingController {
  constructor(@Inject(SERVICE) private readonly client: ClientProxy) {}

  @Get('sum')
  async sum() {
    getLogger('http').info('asking');
    return { sum: await firstValueFrom(this.client.send<number>('sum', [1, 2])) };
  }

  @Get('fail')
  async fail() {
    return await firstValueFrom(this.client.send('fail', {}));
  }

  // Both a route and a message.
  @Get('both')
  @MessagePattern('both')
  both() {
    getLogger('both').info('called');
    return 'both';
  }

  @MessagePattern('sum')
  add(@Payload() numbers: number[]) {
    getLogger('rpc').info('adding');
    return numbers.reduce((sum, number) => sum + number, 0);
  }

  @MessagePattern('fail')
  failing() {
    throw new Error('in the service');
  }
}

@WebSocketGateway()
class EverythingGateway {
  @SubscribeMessage('ask')
  ask() {
    getLogger('ws').info('asked');
    return { event: 'answer', data: 1 };
  }
}

describe.each(platforms)('an application of all kinds on $name', ({ createAdapter }) => {
  const recorder = new Recorder();
  const running: { close(): unknown }[] = [];

  async function start(...more: object[]): Promise<{ app: INestApplication; url: string; ports: number[] }> {
    const ports = [await freePort(), await freePort()];
    const optionsOf = (port: number | undefined): MicroserviceOptions => ({
      transport: Transport.TCP,
      options: { host: '127.0.0.1', port: port as number },
    });
    @Module({
      imports: [
        loggedModule(recorder),
        ClientsModule.register([{ name: SERVICE, ...optionsOf(ports[0]) } as never]),
        ...(more as never[]),
      ],
      controllers: [EverythingController],
      providers: [EverythingGateway],
    })
    class AppModule {}
    const app = await NestFactory.create(AppModule, createAdapter(), { logger: false });
    app.useLogger(app.get(NestLogger));
    app.useWebSocketAdapter(new WsAdapter(app));
    app.connectMicroservice(optionsOf(ports[0]));
    app.connectMicroservice(optionsOf(ports[1]), { inheritAppConfig: true });
    await app.startAllMicroservices();
    await app.listen(0, '127.0.0.1');
    running.push(app);
    const { port } = app.getHttpServer().address() as { port: number };
    return { app, url: `127.0.0.1:${port}`, ports };
  }
  const names = () => recorder.records.map(({ name }) => name).filter((name) => !name.startsWith('nest.C'));
  const idsOf = (name: string) => recorder.of(name).map((record) => record.extraFields().request_id);

  afterEach(async () => {
    for (const one of running.splice(0).reverse()) await one.close();
    recorder.clear();
  });

  it('logs a request and the message it sends, each once and with its own id', async () => {
    const { url } = await start();
    recorder.clear();
    expect(await (await fetch(`http://${url}/sum`)).json()).toEqual({ sum: 3 });
    await recorder.settled('nest.server', 1);
    expect(names().sort()).toEqual(['http', 'nest.rpc', 'nest.server', 'rpc']);
    expect(idsOf('http')).toEqual(idsOf('nest.server'));
    expect(idsOf('rpc')).toEqual(idsOf('nest.rpc'));
    expect(idsOf('rpc')).not.toEqual(idsOf('http'));
  });

  it('has the traceback of a failed message where it was thrown, and that of the request where it arrived', async () => {
    const { url } = await start();
    recorder.clear();
    expect((await fetch(`http://${url}/fail`)).status).toBe(500);
    await recorder.settled('nest.server', 1);
    expect(names().sort()).toEqual(['nest.request', 'nest.rpc', 'nest.server']);
    expect(recorder.of('nest.rpc')[0]?.excInfo).toMatchObject({ message: 'in the service' });
  });

  it('logs a method that is a route and a message by the way it was called', async () => {
    const { url, ports } = await start();
    recorder.clear();
    await fetch(`http://${url}/both`);
    await recorder.settled('nest.server', 1);
    expect(names().sort()).toEqual(['both', 'nest.server']);
    recorder.clear();
    for (const port of ports) {
      const client = ClientProxyFactory.create({
        transport: Transport.TCP,
        options: { host: '127.0.0.1', port },
      });
      await firstValueFrom(client.send('both', {}));
      client.close();
    }
    await recorder.settled('nest.rpc', 2);
    expect(names().sort()).toEqual(['both', 'both', 'nest.rpc', 'nest.rpc']);
  });

  it('logs the messages of its gateway', async () => {
    const { url } = await start();
    recorder.clear();
    const socket = new WebSocket(`ws://${url}`);
    await new Promise((resolve) => socket.once('open', resolve));
    const answer = new Promise((resolve) => socket.once('message', (data) => resolve(String(data))));
    socket.send(JSON.stringify({ event: 'ask' }));
    expect(await answer).toBe('{"event":"answer","data":1}');
    await recorder.settled('nest.ws', 1);
    socket.close();
    expect(names().sort()).toEqual(['nest.ws', 'ws']);
  });

  it('doubles nothing where the module is imported twice, or beside a second application', async () => {
    await start();
    const { url } = await start(LoggingModule.forRoot(), LoggingModule.forFeature({}));
    recorder.clear();
    await fetch(`http://${url}/sum`);
    await recorder.settled('nest.server', 1);
    expect(names().sort()).toEqual(['http', 'nest.rpc', 'nest.server', 'rpc']);
  });

  it('names the handler that is for the transport a message comes by', async () => {
    @Controller()
    class TcpController {
      @MessagePattern('divided', Transport.TCP)
      byTcp() {
        return 'tcp';
      }
    }
    @Controller()
    class NatsController {
      @MessagePattern('divided', Transport.NATS)
      byNats() {
        return 'nats';
      }
    }
    class Divided {}
    Module({ controllers: [TcpController, NatsController] })(Divided);
    const { ports } = await start(Divided);
    const client = ClientProxyFactory.create({
      transport: Transport.TCP,
      options: { port: ports[0] as number },
    });
    running.push(client);
    expect(await firstValueFrom(client.send('divided', {}))).toBe('tcp');
    await recorder.settled('nest.rpc', 1);
    expect(recorder.of('nest.rpc')[0]?.extraFields()).toMatchObject({
      controller: 'TcpController',
      handler: 'byTcp',
    });
  });
});
