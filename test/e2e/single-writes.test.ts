import { createServer, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer, request as secureRequest } from 'node:https';
import { type AddressInfo, Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, type INestApplication, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { writeSinglePieces } from '../../lib/nest/tuning/server-tuning.js';
import { hasOpenssl, makeCertificates } from '../support/certificates.js';
import { NODE_MAJOR } from '../support/node-version.js';
import { loggedModule } from './support/logged-module.js';
import { Recorder } from './support/recorder.js';
import { bodyOf, exchange, requestText, send } from './support/wire.js';

const LONG = 'grün ✓ '.repeat(30_000);

/** Ways to answer; each path has one. */
const answers: Readonly<Record<string, (response: ServerResponse) => unknown>> = {
  '/text': (response) => response.end('Tom'),
  '/wide': (response) => response.end('grün ✓ 🐈'),
  '/latin1': (response) => response.end('grün', 'latin1'),
  '/utf16': (response) => response.end('grün', 'utf16le'),
  '/base64': (response) => response.end('VG9t', 'base64'),
  '/bytes': (response) => response.end(Buffer.from([0, 255, 128, 10])),
  '/nothing': (response) => response.end(),
  '/empty': (response) => response.end(''),
  '/head': (response) => response.writeHead(404, 'Gone away', { 'x-cat': 'Tom' }).end('no cat'),
  '/no-body': (response) => response.writeHead(204).end(),
  '/length': (response) => response.setHeader('content-length', 3).end('Tom'),
  '/long': (response) => response.end(LONG),
  '/pieces': (response) => {
    response.write('Tom, ');
    response.write('');
    response.write(Buffer.from('Jerry'));
    response.end();
  },
  '/later': (response) => {
    response.write('Tom, ');
    setTimeout(() => response.end('Jerry'), 5);
  },
  '/trailer': (response) => {
    // Without a body Node refuses trailers.
    if (response.req.method === 'HEAD') return response.end();
    response.setHeader('trailer', 'x-sum');
    response.write('Tom');
    response.addTrailers({ 'x-sum': '3' });
    return response.end();
  },
  '/corked': (response) => {
    response.cork();
    response.write('Tom, ');
    response.end('Jerry');
  },
};

/** What the server hears of each answer, in order. */
const told: string[] = [];

function answer(url: string | undefined, response: ServerResponse): void {
  for (const event of ['prefinish', 'finish', 'close'])
    response.on(event, () => told.push(`${url} ${event}`));
  answers[url ?? '']?.(response);
}

/** Counts how a server's connections hand texts to the system. */
function countWrites(server: Server): { writev: number; write: number } {
  const counts = { writev: 0, write: 0 };
  server.prependListener('connection', (socket: Socket) => {
    const handle = (socket as unknown as { _handle: Record<string, (...args: unknown[]) => unknown> })
      ._handle;
    for (const name of ['writev', 'writeUtf8String', 'writeLatin1String', 'writeBuffer']) {
      const own = handle[name] as (...args: unknown[]) => unknown;
      handle[name] = (...args) => {
        counts[name === 'writev' ? 'writev' : 'write'] += 1;
        return own.apply(handle, args);
      };
    }
  });
  return counts;
}

/** Node joins the two pieces itself since 24. */
const writesOfNode = NODE_MAJOR >= 24 ? { writev: 0, write: 1 } : { writev: 1, write: 0 };

const servers: Server[] = [];

async function listen<T extends Server>(server: T): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return (server.address() as AddressInfo).port;
}

describe('answers written in one piece', () => {
  const recorder = new Recorder();
  let app: INestApplication | undefined;
  afterEach(async () => {
    await app?.close();
    app = undefined;
    for (const server of servers.splice(0)) {
      server.close();
      server.closeAllConnections();
    }
    recorder.clear();
    told.length = 0;
  });

  const plain = () => createServer((request, response) => answer(request.url, response));
  const mended = () => {
    const server = plain();
    writeSinglePieces(server);
    return server;
  };

  it.each(Object.keys(answers))('are the same bytes and events as without: %s', async (path) => {
    const [first, second] = [await listen(plain()), await listen(mended())];
    for (const method of ['GET', 'HEAD']) {
      const before = await exchange(first, { path, method });
      const expected = told.splice(0);
      expect(await exchange(second, { path, method })).toBe(before);
      expect(told.splice(0)).toEqual(expected);
      expect(before).toMatch(/^HTTP\/1\.1 \d{3} /);
      expect(expected).toContain(`${path} finish`);
    }
  });

  it('come in order where requests are pipelined', async () => {
    const all = Object.keys(answers);
    const text = all
      .map((path, index) => requestText({ path }, index < all.length - 1 ? 'keep-alive' : 'close'))
      .join('');
    const [before, after] = [
      await send(await listen(plain()), text),
      await send(await listen(mended()), text),
    ];
    const withoutTime = (bytes: string) => bytes.replace(/^date: .*\r\n/gim, '');
    expect(withoutTime(after)).toBe(withoutTime(before));
    expect(before.match(/HTTP\/1\.1 /g)).toHaveLength(all.length);
  });

  it('take one call of the system instead of a vector of two', async () => {
    const [before, after] = [plain(), mended()];
    const [old, now] = [countWrites(before), countWrites(after)];
    await exchange(await listen(before), { path: '/text' });
    await exchange(await listen(after), { path: '/text' });
    expect(old).toEqual(writesOfNode);
    expect(now).toEqual({ writev: 0, write: 1 });
  });

  it('report when they are written, by the callback of end', async () => {
    let isOut = false;
    const server = createServer((_, response) =>
      response.end('Tom', () => {
        isOut = true;
      }),
    );
    writeSinglePieces(server);
    await exchange(await listen(server), { path: '/' });
    expect(isOut).toBe(true);
  });

  it('leave a socket alone that was given another way to write', async () => {
    const server = createServer((_, response) => {
      // Head, pieces and the empty one of the end: several, whichever of them Node joins.
      response.socket?.cork();
      response.write('Tom, ');
      response.end('Jerry');
      process.nextTick(() => response.socket?.uncork());
    });
    const sizes: number[] = [];
    server.on('connection', (socket: Socket) => {
      socket._writev = function (chunks, callback) {
        sizes.push(chunks.length);
        (Socket.prototype._writev as NonNullable<Socket['_writev']>).call(this, chunks, callback);
      };
    });
    writeSinglePieces(server);
    await exchange(await listen(server), { path: '/' });
    expect(sizes).toEqual([expect.any(Number)]);
  });

  (hasOpenssl ? it : it.skip)('are the same over TLS', async () => {
    const { good, ca } = makeCertificates();
    const server = createSecureServer(good, (request, response) => answer(request.url, response));
    const ways: unknown[] = [];
    writeSinglePieces(server);
    server.on('secureConnection', (socket) => ways.push(socket._writev === Socket.prototype._writev));
    const port = await listen(server as unknown as Server);
    const ask = (path: string) =>
      new Promise<Buffer>((resolve, reject) => {
        const options = { port, path, ca: ca.cert, servername: 'localhost', agent: false };
        secureRequest({ ...options, host: '127.0.0.1' }, (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () => resolve(Buffer.concat(chunks)));
        })
          .on('error', reject)
          .end();
      });
    expect((await ask('/wide')).toString()).toBe('grün ✓ 🐈');
    expect((await ask('/long')).toString()).toBe(LONG);
    expect((await ask('/pieces')).toString()).toBe('Tom, Jerry');
    expect(ways).toEqual([false, false, false]);
  });

  it.each([
    ['are those of Nest on Fastify', { tuning: { singleWrites: true } }, { writev: 0, write: 1 }],
    ['are those where all tuning is asked for', { tuning: true }, { writev: 0, write: 1 }],
    ['are not where that is not asked for', {}, writesOfNode],
  ])('%s', async (_, http, expected) => {
    @Controller('cats')
    class Cats {
      @Get()
      list(): object {
        return { name: 'grün ✓' };
      }
    }
    class Zoo {}
    Module({ imports: [loggedModule(recorder, { http })], controllers: [Cats] })(Zoo);
    app = await NestFactory.create(Zoo, new FastifyAdapter(), { logger: false });
    const server = app.getHttpServer() as Server;
    const counts = countWrites(server);
    await app.listen(0, '127.0.0.1');
    const bytes = await exchange((server.address() as AddressInfo).port, { path: '/cats' });
    expect(Buffer.from(bodyOf(bytes), 'latin1').toString()).toBe('{"name":"grün ✓"}');
    expect(counts).toEqual(expected);
  });
});
