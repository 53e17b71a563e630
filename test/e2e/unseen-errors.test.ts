/** Errors that are answered before Nest has them are in the log all the same. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, type INestApplication, Module, NotFoundException } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { loggedModule } from './support/logged-module.js';
import { Recorder } from './support/recorder.js';
import { exchange, statusOf } from './support/wire.js';

@Controller()
class Root {
  @Get('ok')
  ok(): string {
    return 'ok';
  }
  @Get('missing')
  missing(): never {
    throw new NotFoundException('no such cat');
  }
}

const recorder = new Recorder();
let app: INestApplication | undefined;
afterEach(async () => {
  await app?.close();
  app = undefined;
  recorder.clear();
});

async function start(adapter: object, prepare: (app: INestApplication) => void): Promise<void> {
  class AppModule {}
  Module({ imports: [loggedModule(recorder)], controllers: [Root] })(AppModule);
  app = await NestFactory.create(AppModule, adapter as never, { logger: false });
  prepare(app);
  await app.listen(0, '127.0.0.1');
  recorder.clear();
}

/** Asks; returns the status of the answer, and the reasons in its records. */
async function ask(path: string): Promise<unknown[]> {
  recorder.clear();
  const { port } = (app as INestApplication).getHttpServer().address() as { port: number };
  const answer = await exchange(port, { path });
  await recorder.settled('nest.server', 1);
  const told = recorder.records
    .filter(({ name }) => /^nest\.(server|request)$/.test(name))
    .map((record) => {
      const { error, reason } = record.extraFields();
      return [record.name, record.levelname, error, reason, record.excInfo !== undefined];
    });
  return [statusOf(answer), ...told];
}

interface Answer {
  status(code: number): { send(body: string): void };
}
interface ExpressApplication {
  use(...args: unknown[]): void;
  readonly router: { readonly stack: readonly { readonly name: string; readonly handle: () => void }[] };
}
type Next = (error?: unknown) => void;

describe('an error that a middleware of Express answers', () => {
  class Expired extends Error {}
  const prepare = (made: INestApplication): void => {
    made.use('/thrown', () => {
      throw new Expired('card 7 has expired');
    });
    made.use('/handed', (_request: unknown, _response: unknown, next: Next) => next(new Expired('card 8')));
    made.use('/other', (_request: unknown, _response: unknown, next: Next) =>
      next(new TypeError('undefined')),
    );
    function answers(error: unknown, _request: unknown, response: Answer, next: Next): void {
      if (error instanceof Expired) response.status(402).send(error.message);
      else next(error);
    }
    const express = made.getHttpAdapter().getInstance() as ExpressApplication;
    express.use('/', [[answers]]);
    const { stack } = express.router;
    expect([stack.at(-1)?.name, stack.at(-1)?.handle.length]).toEqual(['answers', 4]);
    made.use('/late', () => {
      throw new RangeError('out of range');
    });
    made.use('/late', (_error: unknown, _request: unknown, response: Answer, _next: Next) =>
      response.status(500).send('sorry'),
    );
  };

  it('is why the request was refused', async () => {
    await start(new ExpressAdapter(), prepare);
    const refused = ['nest.server', 'WARNING', 'Expired'];
    expect(await ask('/thrown')).toEqual([402, [...refused, 'card 7 has expired', false]]);
    expect(await ask('/handed')).toEqual([402, [...refused, 'card 8', false]]);
  });

  it('has its traceback once where it is the failure of the server, whoever answers', async () => {
    await start(new ExpressAdapter(), prepare);
    for (const [path, error] of [
      ['/late', 'RangeError'],
      ['/other', 'TypeError'],
    ] as const) {
      expect(await ask(path)).toEqual([
        500,
        ['nest.request', 'ERROR', error, undefined, true],
        ['nest.server', 'ERROR', error, undefined, false],
      ]);
    }
  });

  it("is Nest's where Nest answers it", async () => {
    await start(new ExpressAdapter(), prepare);
    expect(await ask('/missing')).toEqual([
      404,
      ['nest.server', 'WARNING', 'NotFoundException', 'no such cat', false],
    ]);
  });
});

describe('an error that a route of Fastify answers', () => {
  interface Instance {
    get(path: string, options: object, handler: () => unknown): void;
  }
  interface Reply {
    code(status: number): { send(body: string): unknown };
  }
  const errorHandler = (status: number) => (_error: unknown, _request: unknown, reply: Reply) =>
    reply.code(status).send('sorry');
  const prepare = (made: INestApplication): void => {
    const instance = made.getHttpAdapter().getInstance() as Instance;
    instance.get('/refused', { errorHandler: errorHandler(409) }, () => {
      throw new RangeError('twice');
    });
    instance.get('/failed', { errorHandler: errorHandler(500) }, async () => {
      await Promise.resolve();
      throw new TypeError('undefined');
    });
    instance.get('/left', {}, () => {
      throw new TypeError('left to Nest');
    });
  };

  it('is why the request was refused, and has its traceback where it is the failure of the server', async () => {
    await start(new FastifyAdapter(), prepare);
    expect(await ask('/refused')).toEqual([409, ['nest.server', 'WARNING', 'RangeError', 'twice', false]]);
    for (const path of ['/failed', '/left']) {
      expect(await ask(path)).toEqual([
        500,
        ['nest.request', 'ERROR', 'TypeError', undefined, true],
        ['nest.server', 'ERROR', 'TypeError', undefined, false],
      ]);
    }
  });

  it('is why the router turned the request away', async () => {
    await start(new FastifyAdapter(), prepare);
    expect(await ask('/cats/%FF')).toEqual([
      400,
      ['nest.server', 'WARNING', 'URIError', 'URI malformed', false],
    ]);
    expect(await ask('/nowhere')).toEqual([
      404,
      ['nest.server', 'WARNING', 'NotFoundException', 'Cannot GET /nowhere', false],
    ]);
  });
});
