import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, type INestApplication, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { getLogger } from '../../lib/core/loggers/manager.js';
import { loggedModule } from './support/logged-module.js';
import { Recorder } from './support/recorder.js';
import { bodyOf, exchange } from './support/wire.js';

@Controller('cats')
class CatsController {
  @Get(':name')
  greet(): string {
    getLogger('cats').info('greeting');
    return 'Hello';
  }
}

/** An application of Express: a function with methods. */
interface Application extends RequestListener {
  use(path: string, application: unknown): void;
  handle(request: IncomingMessage, response: ServerResponse): void;
}

const newExpress = () => new ExpressAdapter().getInstance<Application>();

describe('an application of Express', () => {
  const recorder = new Recorder();
  let app: INestApplication | undefined;
  let server: Server | undefined;
  afterEach(async () => {
    server?.close();
    await app?.close();
    recorder.clear();
  });

  async function start(instance: Application): Promise<Application> {
    class Cats {}
    Module({ imports: [loggedModule(recorder)], controllers: [CatsController] })(Cats);
    app = await NestFactory.create(Cats, new ExpressAdapter(instance), { logger: false });
    await app.init();
    return instance;
  }

  async function ask(listener: RequestListener, path: string) {
    server = createServer(listener);
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const answer = await exchange(port, { path, headers: { 'X-Request-Id': 'abc-1' } });
    await recorder.settled('nest.server', 1);
    return {
      answer,
      context: recorder.of('cats').map((record) => record.extraFields()),
      access: recorder.of('nest.server').map((record) => record.extraFields()),
    };
  }

  const expected = {
    path: '/cats/tom',
    route: '/cats/:name',
    controller: 'CatsController',
    handler: 'greet',
    status: 200,
    bytes: 5,
    request_id: 'abc-1',
  };

  it("is followed by whatever server it is called, which need not be Nest's", async () => {
    const application = await start(newExpress());
    const { answer, context, access } = await ask(application, '/cats/tom');
    expect(bodyOf(answer)).toBe('Hello');
    expect(answer).toMatch(/^x-request-id: abc-1\r$/im);
    expect(context).toEqual([{ request_id: 'abc-1' }]);
    expect(access).toEqual([expect.objectContaining(expected)]);
  });

  it('is followed below another one', async () => {
    const application = await start(newExpress());
    const outer = newExpress();
    outer.use('/zoo', application);
    const { context, access } = await ask(outer, '/zoo/cats/tom');
    expect(context).toEqual([{ request_id: 'abc-1' }]);
    expect(access).toEqual([
      expect.objectContaining({ ...expected, path: '/zoo/cats/tom', route: '/zoo/cats/:name' }),
    ]);
  });

  it('is followed by a middleware where it only looks like one', async () => {
    const real = newExpress();
    const lookalike = new Proxy(real, {
      get: (target, key, receiver) => (key === 'handle' ? undefined : Reflect.get(target, key, receiver)),
    });
    await start(lookalike);
    const { answer, context, access } = await ask(real, '/cats/tom');
    expect(answer).toMatch(/^x-request-id: abc-1\r$/im);
    expect(context).toEqual([{ request_id: 'abc-1' }]);
    expect(access).toEqual([expect.objectContaining(expected)]);
  });
});
