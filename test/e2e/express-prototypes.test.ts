import { createServer, IncomingMessage, type Server, ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, type INestApplication, Module, Req, Res } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import type { HttpLogOptions } from '../../lib/nest/requests/http-log-options.js';
import { makeWithPrototypes } from '../../lib/nest/tuning/express-prototypes.js';
import { NODE_MAJOR } from '../support/node-version.js';
import { loggedModule } from './support/logged-module.js';
import { Recorder } from './support/recorder.js';
import { bodyOf, exchange, send, statusOf } from './support/wire.js';

interface Seen {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

const seen: Seen[] = [];

@Controller('cats')
class CatsController {
  @Get()
  list(@Req() request: IncomingMessage, @Res({ passthrough: true }) response: ServerResponse): string {
    seen.push({ request, response });
    return 'Tom';
  }
}

/** Since Node 24 V8 keeps one shape for objects whose prototype is changed. */
const hasOneShapeAnyway = NODE_MAJOR >= 24;

/** Whether V8 has one shape for both, so that what it learnt of the one it can use for the other. */
function haveOneShape(a: object, b: object): boolean {
  setFlagsFromString('--allow-natives-syntax');
  const ask = new Function('a', 'b', 'return %HaveSameMap(a, b) && %HasFastProperties(a)');
  setFlagsFromString('--no-allow-natives-syntax');
  return (ask as (a: object, b: object) => boolean)(a, b);
}

describe("requests made with Express's prototypes", () => {
  const recorder = new Recorder();
  let app: INestApplication | undefined;
  afterEach(async () => {
    await app?.close();
    app = undefined;
    recorder.clear();
    seen.length = 0;
  });

  async function start(http?: HttpLogOptions, before?: (server: Server) => void): Promise<Server> {
    class Cats {}
    const options = http === undefined ? {} : { http };
    Module({ imports: [loggedModule(recorder, options)], controllers: [CatsController] })(Cats);
    app = await NestFactory.create(Cats, new ExpressAdapter(), { logger: false });
    const server = app.getHttpServer() as Server;
    before?.(server);
    await app.listen(0, '127.0.0.1');
    return server;
  }

  const portOf = (server: Server): number => (server.address() as AddressInfo).port;

  async function ask(server: Server): Promise<Seen> {
    const answer = await exchange(portOf(server), { path: '/cats' });
    expect(bodyOf(answer)).toBe('Tom');
    return seen.at(-1) as Seen;
  }

  /** The prototypes that Express gives. */
  const wanted = () => app?.getHttpAdapter().getInstance() as Seen | undefined;

  it.each([
    ['all have one shape', { tuning: { expressPrototypes: true } }, true],
    ['all have one shape where all tuning is asked for', { tuning: true }, true],
    ['are as Express makes them where that is not asked for', undefined, hasOneShapeAnyway],
    [
      'are as Express makes them where other tuning is asked for',
      { tuning: { singleWrites: true } },
      hasOneShapeAnyway,
    ],
  ])('%s', async (_, http, isOne) => {
    const server = await start(http);
    // The first few may come before the engine has settled.
    await ask(server);
    const first = await ask(server);
    const second = await ask(server);
    expect(haveOneShape(first.request, second.request)).toBe(isOne);
    expect(haveOneShape(first.response, second.response)).toBe(isOne);
    for (const { request, response } of [first, second]) {
      expect(Object.getPrototypeOf(request)).toBe(wanted()?.request);
      expect(Object.getPrototypeOf(response)).toBe(wanted()?.response);
      expect(request).toBeInstanceOf(IncomingMessage);
      expect(response).toBeInstanceOf(ServerResponse);
      expect(request.constructor).toBe(IncomingMessage);
      expect(response.constructor).toBe(ServerResponse);
    }
  });

  it.each(['upgrade', 'connect'])("leave listeners of '%s' those of Node", async (event) => {
    const server = await start({ tuning: true });
    await ask(server);
    let prototype: unknown;
    server.on(event, (request: IncomingMessage & { query?: unknown }, socket: Socket) => {
      prototype = Object.getPrototypeOf(request);
      // What Express's prototype has a getter for, and no setter.
      request.query = { room: '1' };
      socket.end('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n');
    });
    const text =
      event === 'connect'
        ? 'CONNECT cats:80 HTTP/1.1\r\nHost: cats\r\n\r\n'
        : 'GET /cats HTTP/1.1\r\nHost: cats\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
    expect(statusOf(await send(portOf(server), text))).toBe(200);
    expect(prototype).toBe(IncomingMessage.prototype);
    expect(Object.getPrototypeOf((await ask(server)).request)).toBe(wanted()?.request);
  });

  it('leave whoever listens before Express those of Node', async () => {
    const prototypes: unknown[] = [];
    const listen = (request: object, response: object): void => {
      prototypes.push(Object.getPrototypeOf(request), Object.getPrototypeOf(response));
    };
    const server = await start({ tuning: true }, (made) => made.prependListener('request', listen));
    await ask(server);
    expect(prototypes).toEqual([IncomingMessage.prototype, ServerResponse.prototype]);
  });

  it('leave a server alone that has classes of its own, or another listener, or is none', () => {
    class Request extends IncomingMessage {}
    const express = new ExpressAdapter().getInstance<Parameters<typeof createServer>[1] & Seen>();
    expect(makeWithPrototypes(createServer({ IncomingMessage: Request }, express), express)).toBeUndefined();
    const other = createServer(() => undefined);
    expect(makeWithPrototypes(other, express)).toBeUndefined();
    const both = createServer(express).on('upgrade', () => undefined);
    expect(makeWithPrototypes(both, express)).toBeUndefined();
    expect(makeWithPrototypes(undefined, express)).toBeUndefined();
  });

  it('are those of Node again when the application has closed, unless somebody chose others since', () => {
    const express = new ExpressAdapter().getInstance<Parameters<typeof createServer>[1] & Seen>();
    const server = createServer(express);
    const classes = () => Object.getOwnPropertySymbols(server).map((symbol) => Reflect.get(server, symbol));
    const before = classes();
    makeWithPrototypes(server, express)?.();
    expect(classes()).toEqual(before);
    expect(server.listenerCount('newListener')).toBe(0);
    const undo = makeWithPrototypes(server, express);
    const place = Object.getOwnPropertySymbols(server).find(
      (symbol) => symbol.description === 'ServerResponse',
    );
    class Theirs extends ServerResponse {}
    Reflect.set(server, place as symbol, Theirs);
    undo?.();
    expect(Reflect.get(server, place as symbol)).toBe(Theirs);
  });

  it('get whatever Node makes them with', () => {
    const express = new ExpressAdapter().getInstance<Parameters<typeof createServer>[1] & Seen>();
    const server = createServer(express);
    makeWithPrototypes(server, express);
    const place = Object.getOwnPropertySymbols(server).find(
      (symbol) => symbol.description === 'ServerResponse',
    );
    const Response = Reflect.get(server, place as symbol) as new (...args: unknown[]) => ServerResponse;
    const response = new Response({ method: 'HEAD' }, { highWaterMark: 4 });
    expect(response.writableHighWaterMark).toBe(4);
  });

  it('are made by servers with TLS too', () => {
    const express = new ExpressAdapter().getInstance<Parameters<typeof createServer>[1] & Seen>();
    expect(makeWithPrototypes(createSecureServer({}, express), express)).toBeInstanceOf(Function);
  });
});
