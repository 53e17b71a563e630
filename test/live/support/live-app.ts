import {
  Controller,
  Get,
  type INestApplication,
  Module,
  type NestApplicationOptions,
  type Type,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { getLogger, LoggingModule } from 'nestjs-logging';
import { LoggingLiveModule, type LoggingLiveOptions } from 'nestjs-logging/live';

/** An application with a live module that is listening. */
export interface LiveApp {
  readonly app: INestApplication;
  /** `http://127.0.0.1:…` */
  readonly url: string;
  /** The token that was printed; `''` if none was. */
  readonly token: string;
  /** Asks the API below `/logging/api/`, with the token and, for what changes something, the token against forgery. */
  ask(
    path: string,
    options?: { method?: string; body?: unknown; headers?: Record<string, string> },
  ): Promise<Answer>;
  close(): Promise<void>;
}

/** An answer. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

@Controller()
class OrdersController {
  @Get('orders')
  async orders(): Promise<string> {
    getLogger('shop.orders').debug('looking for orders');
    await new Promise((resolve) => setImmediate(resolve));
    getLogger('shop.orders').debug('orders are found');
    return 'orders';
  }
}

export type Platform = 'express' | 'fastify';

/** Starts an application with a live module. */
export async function startLiveApp(
  platform: Platform,
  options: LoggingLiveOptions = {},
  application: NestApplicationOptions = {},
): Promise<LiveApp> {
  const printed = capturePrinted();
  @Module({
    imports: [
      LoggingModule.forRoot({
        version: 1,
        handlers: {
          nothing: { class: 'NullHandler' },
          named: { class: 'MemoryHandler', capacity: 10, target: 'nothing' },
        },
        groups: { store: ['store.front', 'store.back'] },
        loggers: { shop: { level: 'INFO' }, 'store.back': { level: 'WARNING' } },
        root: { level: 'INFO', handlers: ['nothing'] },
      }),
      LoggingLiveModule.forRoot(options),
    ],
    controllers: [OrdersController],
  })
  class AppModule {}
  try {
    const app = await NestFactory.create<NestFastifyApplication>(
      AppModule as Type,
      (platform === 'fastify' ? new FastifyAdapter() : new ExpressAdapter()) as FastifyAdapter,
      application,
    );
    await app.listen(0, '127.0.0.1');
    const url = (await app.getUrl()).replace('localhost', '127.0.0.1');
    await printed.settled(options.guards === undefined);
    const token = /token=([\w-]+)/.exec(printed.text())?.[1] ?? '';
    return { app, url, token, ask: asker(url, token), close: () => app.close() };
  } finally {
    printed.restore();
  }
}

function asker(url: string, token: string): LiveApp['ask'] {
  return async (path, { method = 'GET', body, headers = {} } = {}) => {
    const own: Record<string, string> = { authorization: `Bearer ${token}` };
    if (method !== 'GET') {
      const session = await fetch(`${url}/logging/api/session`, { headers: { ...own, ...headers } });
      own['x-csrf-token'] = ((await session.json()) as { csrfToken: string }).csrfToken;
      if (body !== undefined) own['content-type'] = 'application/json';
    }
    const response = await fetch(`${url}/logging/api/${path}`, {
      method,
      headers: { ...own, ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
  };
}

/** What is written to standard error, as whoever starts the application sees it. */
function capturePrinted() {
  const { stderr } = process;
  let text = '';
  stderr.write = ((chunk: string) => {
    text += chunk;
    return true;
  }) as typeof stderr.write;
  return {
    text: () => text,
    settled: async (isExpected: boolean) => {
      for (let tries = 0; isExpected && tries < 100 && !text.includes('token='); tries += 1)
        await new Promise((resolve) => setTimeout(resolve, 20));
    },
    restore: () => Reflect.deleteProperty(stderr, 'write'),
  };
}
