import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type ArgumentsHost,
  BadRequestException,
  type CanActivate,
  Catch,
  type ExceptionFilter,
  type ExecutionContext,
  type INestApplication,
  Module,
  type Type,
  UseFilters,
  UseGuards,
  type WebSocketAdapter,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { WsAdapter } from '@nestjs/platform-ws';
import { MessageBody, SubscribeMessage, WebSocketGateway, WsException } from '@nestjs/websockets';
import { from, throwError } from 'rxjs';
import { io } from 'socket.io-client';
import { WebSocket } from 'ws';
import { bindContext } from '../../lib/context/context.js';
import { getLogger } from '../../lib/core/loggers/manager.js';
import { WithContext } from '../../lib/nest/module/with-context.decorator.js';
import { NestLogger } from '../../lib/nest/nest-logger/nest-logger.adapter.js';
import { expectEveryInternal } from './support/internals.js';
import { loggedModule } from './support/logged-module.js';
import { platforms } from './support/platforms.js';
import { pause, Recorder } from './support/recorder.js';

expectEveryInternal();

class RefusingGuard implements CanActivate {
  canActivate(): boolean {
    getLogger('guard').info('asked');
    return false;
  }
}

@Catch()
class AnsweringFilter implements ExceptionFilter {
  catch(exception: unknown, host: ArgumentsHost): void {
    const client = host.switchToWs().getClient();
    const data = { caught: exception instanceof Error ? exception.message : exception };
    if (typeof client.readyState === 'number') client.send(JSON.stringify({ event: 'exception', data }));
    else client.emit('exception', data);
  }
}

/** A function, since filters are bound to classes for good. */
function gateway(hasFilter: boolean): Type {
  @WebSocketGateway()
  class OrdersGateway {
    @SubscribeMessage('value')
    value(@MessageBody() data: unknown) {
      bindContext({ bound: 'here' });
      getLogger('handler').info('called');
      return { event: 'value', data };
    }

    @SubscribeMessage('later')
    async later(@MessageBody() data: unknown) {
      await pause(15);
      getLogger('handler').info('called');
      return { event: 'later', data };
    }

    @SubscribeMessage('stream')
    stream() {
      return from([
        { event: 'part', data: 1 },
        { event: 'part', data: 2 },
      ]);
    }

    @SubscribeMessage('silent')
    silent() {}

    @SubscribeMessage('throws')
    throws() {
      throw new Error('thrown');
    }

    @SubscribeMessage('stream-fails')
    streamFails() {
      return throwError(() => new Error('observed'));
    }

    @SubscribeMessage('ws-exception')
    wsException() {
      throw new WsException('meant');
    }

    @SubscribeMessage('http-400')
    http400() {
      throw new BadRequestException('bad');
    }

    @SubscribeMessage('refused')
    @UseGuards(RefusingGuard)
    refused() {}
  }
  if (hasFilter) UseFilters(new AnsweringFilter())(OrdersGateway);
  return OrdersGateway;
}

const scenarios = [
  { message: 'value', outcome: 'ok', handler: 'value' },
  { message: 'later', outcome: 'ok', handler: 'later' },
  { message: 'stream', outcome: 'ok', handler: 'stream' },
  { message: 'silent', outcome: 'ok', handler: 'silent' },
  { message: 'throws', outcome: 'failed', handler: 'throws' },
  { message: 'stream-fails', outcome: 'failed', handler: 'streamFails' },
  {
    message: 'ws-exception',
    outcome: 'refused',
    handler: 'wsException',
    reason: 'meant',
    hasTraceback: true,
  },
  { message: 'http-400', outcome: 'refused', handler: 'http400', reason: 'bad' },
  { message: 'refused', outcome: 'refused', handler: 'refused', reason: 'Forbidden resource' },
] as const;

/** What a client gets for a message, as it comes. */
interface Client {
  ask(message: string, count?: number): Promise<unknown[]>;
  close(): void;
}

/** Waits for so many answers; where it is not known how many there are, for the first, and for as long as more could take. */
async function arrived(answers: readonly unknown[], count: number | undefined): Promise<void> {
  if (count === undefined) {
    for (let waits = 0; answers.length === 0 && waits < 100; waits += 1) await pause(5);
    return pause(150);
  }
  for (let waits = 0; answers.length < count && waits < 400; waits += 1) await pause(5);
  return pause(10);
}

const adapters: readonly {
  name: string;
  create: (app: INestApplication) => WebSocketAdapter;
  connect: (port: number) => Promise<Client>;
}[] = [
  {
    name: 'ws',
    create: (app) => new WsAdapter(app),
    connect: async (port) => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}`);
      await new Promise((resolve) => socket.once('open', resolve));
      return {
        async ask(message, count) {
          const answers: unknown[] = [];
          socket.on('message', (data: Buffer) => answers.push(JSON.parse(data.toString())));
          socket.send(JSON.stringify({ event: message, data: { id: 7 } }));
          await arrived(answers, count);
          socket.removeAllListeners('message');
          return answers;
        },
        close: () => socket.close(),
      };
    },
  },
  {
    name: 'socket.io',
    create: (app) => new IoAdapter(app),
    connect: async (port) => {
      const socket = io(`http://127.0.0.1:${port}`, { transports: ['websocket'] });
      await new Promise((resolve) => socket.once('connect', () => resolve(undefined)));
      return {
        async ask(message, count) {
          const answers: unknown[] = [];
          socket.onAny((...args: unknown[]) => answers.push(args));
          socket.emit(message, { id: 7 });
          await arrived(answers, count);
          socket.offAny();
          return answers;
        },
        close: () => socket.close(),
      };
    },
  },
];

describe.each(adapters)('a gateway on $name', ({ create, connect }) => {
  describe.each([false, true])('with a filter of its own: %s', (hasFilter) => {
    const recorder = new Recorder();
    const running: { app: INestApplication; client: Client }[] = [];

    async function start(isLogged: boolean): Promise<Client> {
      @Module({
        imports: isLogged ? [loggedModule(recorder)] : [],
        providers: [gateway(hasFilter)],
      })
      class SocketModule {}
      const app = await NestFactory.create(SocketModule, platforms[0]?.createAdapter() as never, {
        logger: false,
      });
      if (isLogged) app.useLogger(app.get(NestLogger));
      app.useWebSocketAdapter(create(app));
      await app.listen(0, '127.0.0.1');
      const client = await connect((app.getHttpServer().address() as { port: number }).port);
      running.push({ app, client });
      return client;
    }

    let bare: Client;
    let logged: Client;
    beforeAll(async () => {
      bare = await start(false);
      logged = await start(true);
    });
    afterEach(() => recorder.clear());
    afterAll(async () => {
      for (const { app, client } of running) {
        client.close();
        await app.close();
      }
    });

    it.each(scenarios)('logs $message once and leaves the answer alone', async (scenario) => {
      const expected = await bare.ask(scenario.message);
      recorder.clear();
      expect(await logged.ask(scenario.message, expected.length)).toEqual(expected);
      await recorder.settled('nest.ws', 1);
      const [record, ...more] = recorder.of('nest.ws');
      expect(more).toEqual([]);
      expect(record?.extraFields()).toMatchObject({
        transport: 'ws',
        pattern: scenario.message,
        controller: 'OrdersGateway',
        handler: scenario.handler,
        outcome: scenario.outcome,
        duration_ms: expect.any(Number),
        request_id: expect.any(String),
        ...(scenario.message === 'value' && { bound: 'here' }),
      });
      const reason = 'reason' in scenario ? scenario.reason : undefined;
      expect(record?.extraFields().reason).toBe(reason);
      expect(record?.message?.replace(/ \d+\.\dms/, '')).toBe(
        `ws ${scenario.message} ${scenario.outcome}${reason === undefined ? '' : `: ${reason}`}`,
      );
      expect(record?.levelname).toBe({ ok: 'INFO', refused: 'WARNING', failed: 'ERROR' }[scenario.outcome]);
      const hasTraceback = 'hasTraceback' in scenario || scenario.outcome === 'failed';
      expect(recorder.tracebacks.map(({ name }) => name)).toEqual(hasTraceback ? ['nest.ws'] : []);
      for (const inside of recorder.records.filter(({ name }) => name === 'handler' || name === 'guard')) {
        expect(inside.extraFields().request_id).toBe(record?.extraFields().request_id);
      }
    });
  });
});

describe.each(adapters)('gateways on $name that handle the same message', ({ create, connect }) => {
  const recorder = new Recorder();
  let app: INestApplication | undefined;
  afterEach(async () => {
    await app?.close();
    app = undefined;
    recorder.clear();
  });

  const asked: string[] = [];
  class AskingGuard implements CanActivate {
    canActivate(context: ExecutionContext): boolean {
      asked.push(context.getClass().name);
      return context.getClass().name !== 'ReturnsGateway';
    }
  }

  @WebSocketGateway()
  class OrdersGateway {
    @SubscribeMessage('ask')
    onOrder() {
      return { event: 'answer', data: 'order' };
    }
    @SubscribeMessage('fail')
    fail() {
      throw new Error('thrown');
    }
  }
  // Its `fail` is the same function.
  @WebSocketGateway()
  class UrgentOrdersGateway extends OrdersGateway {
    @SubscribeMessage('urgent')
    urgent() {
      return { event: 'answer', data: 'urgent' };
    }
  }
  @WebSocketGateway()
  @UseGuards(AskingGuard)
  class ReturnsGateway {
    @SubscribeMessage('ask')
    @WithContext()
    onReturn() {
      return { event: 'answer', data: 'return' };
    }
  }
  @WebSocketGateway()
  @UseGuards(AskingGuard)
  class AloneGateway {
    @SubscribeMessage('alone')
    alone() {
      return { event: 'answer', data: 'alone' };
    }
  }
  const gateways = [OrdersGateway, UrgentOrdersGateway, ReturnsGateway, AloneGateway];
  const guardsOf = () => gateways.map((one) => Reflect.getMetadata('__guards__', one) as unknown);

  async function start(isLogged: boolean): Promise<Client> {
    class App {}
    Module({ imports: isLogged ? [loggedModule(recorder)] : [], providers: gateways })(App);
    app = await NestFactory.create(App, platforms[0]?.createAdapter() as never, { logger: false });
    app.useWebSocketAdapter(create(app));
    await app.listen(0, '127.0.0.1');
    return connect((app.getHttpServer().address() as { port: number }).port);
  }

  async function answers(isLogged: boolean): Promise<unknown[]> {
    asked.length = 0;
    const client = await start(isLogged);
    const given: unknown[] = [];
    for (const message of ['ask', 'fail', 'urgent', 'alone']) given.push(await client.ask(message));
    client.close();
    return [...given, ...asked];
  }

  it('have their own names in the records, refused or not, and answer as before', async () => {
    const before = guardsOf();
    const bare = await answers(false);
    await app?.close();
    expect(await answers(true)).toEqual(bare);
    const handlers = recorder.of('nest.ws').map((record) => {
      const { pattern, controller, handler, outcome } = record.extraFields();
      return [pattern, controller, handler, outcome].join(' ');
    });
    expect(handlers.sort()).toEqual([
      'alone AloneGateway alone ok',
      'ask OrdersGateway onOrder ok',
      'ask ReturnsGateway onReturn refused',
      'ask UrgentOrdersGateway onOrder ok',
      'fail OrdersGateway fail failed',
      'fail UrgentOrdersGateway fail failed',
      'urgent UrgentOrdersGateway urgent ok',
    ]);
    await app?.close();
    expect(guardsOf()).toEqual(before);
  });
});
