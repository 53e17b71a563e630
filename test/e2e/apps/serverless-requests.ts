/**
 * Asks an application for some paths as cloud functions and tests do: without a server. Prints for each what was logged of
 * it, and how much of that when the function would have had its answer. The argument is the platform.
 */
import 'reflect-metadata';
import { get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Controller, Get, type INestApplication, Module, NotFoundException } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { loggedModule } from '../support/logged-module.js';
import { platforms } from '../support/platforms.js';
import { pause, Recorder } from '../support/recorder.js';

/** Asks an application for a path; resolves when the function would have its answer. */
type Ask = (path: string) => Promise<{ status: number }>;

// biome-ignore lint/suspicious/noExplicitAny: what the adapters export differs, and so do their types
type Anything = any;

// By name: those who do not test need not have them.
const load = async (name: string): Promise<Anything> => await import(name);

/** An event of an HTTP API of AWS, version 2.0. */
const eventOf = (path: string) => ({
  version: '2.0',
  routeKey: '$default',
  rawPath: path,
  rawQueryString: '',
  headers: { host: 'shop.example', 'x-request-id': 'lambda-1' },
  requestContext: { http: { method: 'GET', path, sourceIp: '192.0.2.7' }, stage: '$default' },
  isBase64Encoded: false,
});
const context = { awsRequestId: 'aws-1', callbackWaitsForEmptyEventLoop: true };
const instanceOf = (app: INestApplication): Anything => app.getHttpAdapter().getInstance();
const ofEvent =
  (handle: (...args: unknown[]) => Anything): Ask =>
  async (path) => {
    const { statusCode } = await handle(eventOf(path), context, () => undefined);
    return { status: statusCode };
  };

const onExpress: Record<string, (app: INestApplication) => Promise<Ask>> = {
  '@codegenie/serverless-express': async (app) => {
    const { configure } = (await load('@codegenie/serverless-express')).default;
    return ofEvent(configure({ app: instanceOf(app) }));
  },
  '@vendia/serverless-express': async (app) => {
    const { configure } = (await load('@vendia/serverless-express')).default;
    return ofEvent(configure({ app: instanceOf(app) }));
  },
  '@h4ad/serverless-adapter': async (app) => {
    const [
      { ServerlessAdapter },
      { ApiGatewayV2Adapter },
      { ExpressFramework },
      { DefaultHandler },
      { PromiseResolver },
    ] = await Promise.all([
      load('@h4ad/serverless-adapter'),
      load('@h4ad/serverless-adapter/adapters/aws'),
      load('@h4ad/serverless-adapter/frameworks/express'),
      load('@h4ad/serverless-adapter/handlers/default'),
      load('@h4ad/serverless-adapter/resolvers/promise'),
    ]);
    const handler = ServerlessAdapter.new(instanceOf(app))
      .setFramework(new ExpressFramework())
      .setHandler(new DefaultHandler())
      .setResolver(new PromiseResolver())
      .addAdapter(new ApiGatewayV2Adapter())
      .build();
    return ofEvent(handler);
  },
  'node-mocks-http': async (app) => {
    const { createRequest, createResponse } = (await load('node-mocks-http')).default;
    const { EventEmitter } = await load('node:events');
    return (path) =>
      new Promise((resolve) => {
        const response = createResponse({ eventEmitter: EventEmitter });
        response.on('end', () => resolve({ status: response.statusCode }));
        instanceOf(app)(createRequest({ method: 'GET', url: path }), response);
      });
  },
  'light-my-request': async (app) => {
    const { inject } = (await load('light-my-request')).default;
    return async (path) => {
      const { statusCode } = await inject(instanceOf(app), { method: 'GET', url: path });
      return { status: statusCode };
    };
  },
};

const onFastify: typeof onExpress = {
  'inject of Fastify': async (app) => async (path) => {
    const { statusCode } = await instanceOf(app).inject({ method: 'GET', url: path });
    return { status: statusCode };
  },
  '@fastify/aws-lambda': async (app) => {
    const { default: create } = await load('@fastify/aws-lambda');
    return ofEvent(create(instanceOf(app)));
  },
};

@Controller()
class Root {
  static ask: (() => Promise<unknown>) | undefined;

  @Get('ok')
  ok() {
    return { fine: true };
  }

  @Get('later')
  async later() {
    await pause(3);
    return { fine: true };
  }

  @Get('missing')
  missing() {
    throw new NotFoundException('no such order');
  }

  @Get('broken')
  broken() {
    throw new Error('it broke');
  }

  @Get('outer')
  outer() {
    return Root.ask?.();
  }
}

/** What each adapter makes of the application: once, as some do things to it that cannot be done when it has started. */
const asks: [string, Ask][] = [];

const platform = platforms.find(({ name }) => name === process.argv[2]);
const recorder = new Recorder();

class Shop {}
Module({ imports: [loggedModule(recorder)], controllers: [Root] })(Shop);
const app = await NestFactory.create(Shop, platform?.createAdapter() as never, { logger: false });
await app.init();
for (const [adapter, prepare] of Object.entries(platform?.name === 'express' ? onExpress : onFastify)) {
  asks.push([adapter, await prepare(app)]);
}
if (platform?.name === 'fastify') await instanceOf(app).ready();

const access = () =>
  recorder.of('nest.server').map((record) => ({ level: record.levelname, ...record.extraFields() }));

// While the process reads from the sockets of a server, when records of its requests may wait for one another.
await app.listen(0, '127.0.0.1');
for (const [adapter, ask] of asks) {
  // It makes requests of all applications of Express its own, after which no server can make any.
  if (adapter === 'light-my-request') continue;
  recorder.clear();
  let atAnswer = 0;
  Root.ask = async () => {
    await ask('/ok');
    atAnswer = access().length;
    return {};
  };
  await askServer('/outer');
  print({ adapter, path: '/outer', status: 200, atAnswer, access: access(), failures: [] });
}

for (const [adapter, ask] of asks) {
  for (const path of ['/ok', '/later', '/missing', '/nowhere', '/broken']) {
    recorder.clear();
    const { status } = await ask(path);
    const atAnswer = access().length;
    await pause(20);
    const failures = recorder.tracebacks.map((record) => [record.name, record.extraFields().status]);
    print({ adapter, path, status, atAnswer, access: access(), failures });
  }
}
await app.close();

function print(result: object): void {
  process.stdout.write(`${JSON.stringify(result)}\n`);
}

function askServer(path: string): Promise<unknown> {
  const { port } = app.getHttpServer().address() as AddressInfo;
  return new Promise((resolve) => {
    get({ port, host: '127.0.0.1', path, agent: false }, (answer) => answer.resume().on('end', resolve));
  });
}
