import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, type INestApplication, Module, Res } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { loggedModule } from './support/logged-module.js';
import { platforms } from './support/platforms.js';
import { Recorder } from './support/recorder.js';
import { bodyOf, exchange } from './support/wire.js';

type Next = (error?: unknown) => void;

/** An application of Express: a function with methods. */
interface Application extends RequestListener {
  use(...handlers: unknown[]): void;
  get(path: string, handler: (request: IncomingMessage, response: ServerResponse) => unknown): void;
}

const newExpress = () => new ExpressAdapter().getInstance<Application>();
const PAGE = 'a page with ü';

function foreign(): Application {
  const application = newExpress();
  application.get('/whole', (_, response) =>
    (response as ServerResponse & { send(text: string): void }).send(PAGE),
  );
  application.get('/pieces', (_, response) => {
    response.write('a page ');
    response.end(Buffer.from('with ü'));
  });
  return application;
}

@Controller()
class CatsController {
  @Get('status')
  status(@Res() response: ServerResponse & { raw?: ServerResponse }): void {
    const raw = response.raw ?? response;
    raw.statusCode = 1_000;
    raw.end('hello');
  }

  @Get('object')
  object(@Res() response: ServerResponse & { raw?: ServerResponse }): void {
    (response.raw ?? response).end({ not: 'text' });
  }

  @Get('written')
  written(@Res() response: ServerResponse & { raw?: ServerResponse }): void {
    (response.raw ?? response).write({ not: 'text' });
  }

  @Get('twice')
  twice(@Res() response: ServerResponse & { raw?: ServerResponse; hijack?(): void }): void {
    response.hijack?.();
    const raw = response.raw ?? response;
    raw.on('error', () => undefined);
    raw.end('once');
    raw.end('twice');
    raw.write('more');
  }

  @Get('encoded')
  encoded(@Res() response: ServerResponse & { raw?: ServerResponse; hijack?(): void }): void {
    response.hijack?.();
    const raw = response.raw ?? response;
    raw.write('VG9t', 'base64', () => raw.end(() => undefined));
  }
}

describe('the bytes of an access record', () => {
  const recorder = new Recorder();
  let app: INestApplication;
  afterEach(async () => {
    await app.close();
    recorder.clear();
  });

  async function start(
    prepare?: (made: INestApplication) => void,
    adapter = new ExpressAdapter(),
  ): Promise<void> {
    class Cats {}
    Module({ imports: [loggedModule(recorder)], controllers: [CatsController] })(Cats);
    app = await NestFactory.create(Cats, adapter, { logger: false });
    prepare?.(app);
    await app.listen(0, '127.0.0.1');
  }

  async function ask(path: string): Promise<{ body: number; bytes: unknown; status: unknown }> {
    const { port } = app.getHttpServer().address() as AddressInfo;
    const answer = await exchange(port, { path });
    await recorder.settled('nest.server', 1);
    const fields = recorder.of('nest.server')[0]?.extraFields();
    return { body: bodyOf(answer).length, bytes: fields?.bytes, status: fields?.status };
  }

  it.each([
    [
      'a foreign application of Express at a path',
      (made: INestApplication) => made.use('/queues', foreign()),
    ],
    [
      'a foreign application of Express for a host',
      (made: INestApplication) => {
        const other = foreign();
        made.use((request: IncomingMessage, response: ServerResponse, next: Next) => {
          if (request.url?.startsWith('/queues') !== true) return next();
          request.url = request.url.slice('/queues'.length);
          return other(request as never, response as never);
        });
      },
    ],
    [
      'a foreign application in an application in the application',
      (made: INestApplication) => {
        const outer = newExpress();
        outer.use('/queues', foreign());
        made.use(outer);
      },
    ],
  ])('are those that %s answers', async (_, prepare) => {
    await start(prepare);
    expect(await ask('/queues/whole')).toEqual({ body: 14, bytes: 14, status: 200 });
    recorder.clear();
    expect((await ask('/queues/pieces')).bytes).toBe(14);
  });

  it.each(
    platforms.flatMap(({ name, createAdapter }) =>
      ['status', 'object', 'written'].map((path) => ({ name, createAdapter, path })),
    ),
  )(
    'are those of the error page where Node refuses what is sent: $path on $name',
    async ({ createAdapter, path }) => {
      await start(undefined, createAdapter() as ExpressAdapter);
      const { body, bytes, status } = await ask(`/${path}`);
      expect(status).toBe(500);
      expect(body).toBeGreaterThan(20);
      expect(bytes).toBe(body);
    },
  );

  it.each(platforms)('are no more than what went out on $name', async ({ createAdapter }) => {
    await start(undefined, createAdapter() as ExpressAdapter);
    expect((await ask('/twice')).bytes).toBe(4);
    recorder.clear();
    expect((await ask('/encoded')).bytes).toBe(3);
  });
});
