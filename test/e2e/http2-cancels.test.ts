import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, HttpCode, type INestApplication, Module, Post, Res, Sse } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { interval, map, type Observable } from 'rxjs';
import { loggedModule } from './support/logged-module.js';
import { Recorder } from './support/recorder.js';

interface Hijackable {
  hijack(): void;
  readonly raw: NodeJS.WritableStream & {
    writeHead(status: number): void;
    readonly stream: { close(code: number): void; destroy(): void };
  };
}

@Controller()
class CatsController {
  @Get('slow')
  async slow(): Promise<string> {
    await sleep(500);
    return 'slow';
  }

  @Get('part')
  part(@Res() reply: Hijackable): void {
    reply.hijack();
    reply.raw.writeHead(200);
    reply.raw.write('part');
    setTimeout(() => reply.raw.end('rest'), 500);
  }

  @Get('reset')
  reset(@Res() reply: Hijackable): void {
    reply.hijack();
    reply.raw.writeHead(200);
    reply.raw.write('part');
    setTimeout(() => reply.raw.stream.close(constants.NGHTTP2_INTERNAL_ERROR), 10);
  }

  @Get('closed')
  closed(@Res() reply: Hijackable): void {
    reply.hijack();
    reply.raw.writeHead(200);
    reply.raw.write('part');
    setTimeout(() => reply.raw.stream.close(constants.NGHTTP2_NO_ERROR), 10);
  }

  @Get('destroyed')
  destroyed(@Res() reply: Hijackable): void {
    reply.hijack();
    reply.raw.writeHead(200);
    reply.raw.write('part');
    setTimeout(() => reply.raw.stream.destroy(), 10);
  }

  @Sse('events')
  events(): Observable<object> {
    return interval(5).pipe(map((data) => ({ data })));
  }

  @Get('long')
  long(): string {
    return 'x'.repeat(3_000_000);
  }

  @Get('empty')
  @HttpCode(204)
  empty(): void {}

  @Post('refused')
  @HttpCode(413)
  refused(): string {
    return 'too long';
  }
}

describe('requests over HTTP/2', () => {
  const recorder = new Recorder();
  let app: INestApplication;
  beforeAll(async () => {
    class Cats {}
    Module({ imports: [loggedModule(recorder)], controllers: [CatsController] })(Cats);
    app = await NestFactory.create(Cats, new FastifyAdapter({ http2: true } as never), { logger: false });
    await app.listen(0, '127.0.0.1');
  });
  afterAll(() => app.close());
  afterEach(() => recorder.clear());

  /** Asks, and does something with the stream or its connection once the answer has begun, or has not for a while. */
  async function ask(
    path: string,
    act: (stream: ClientHttp2Stream, session: ClientHttp2Session) => void,
    method = 'GET',
  ): Promise<Record<string, unknown> | undefined> {
    const { port } = app.getHttpServer().address() as AddressInfo;
    const session = connect(`http://127.0.0.1:${port}`);
    session.on('error', () => undefined);
    const stream = session.request({ ':path': path, ':method': method });
    stream.on('error', () => undefined);
    if (path !== '/long') stream.resume();
    const begun = new Promise((resolve) => stream.once('response', resolve));
    await (path === '/slow' ? sleep(50) : Promise.race([begun, sleep(1_000)]));
    if (path === '/long') await sleep(25);
    act(stream, session);
    await recorder.settled('nest.server', 1, 30);
    session.destroy();
    expect(recorder.of('nest.server')).toHaveLength(1);
    return recorder.of('nest.server')[0]?.extraFields();
  }
  const cancel = (stream: ClientHttp2Stream): void => stream.close(constants.NGHTTP2_CANCEL);

  it.each([
    ['before the answer', '/slow', 499],
    ['in the middle of the answer', '/part', 200],
    ['in the middle of events', '/events', 200],
    ['before all of a long answer was read', '/long', 200],
  ])('are aborted where the client cancels %s', async (_, path, status) => {
    expect(await ask(path, cancel)).toMatchObject({ path, status, aborted: true });
    expect(recorder.of('nest.server')[0]?.message).toMatch(/aborted$/);
  });

  it('are aborted where the client ends the connection', async () => {
    expect(await ask('/part', (_, session) => session.destroy())).toMatchObject({
      status: 200,
      aborted: true,
    });
  });

  it.each([
    ['before the answer', '/slow', 499],
    ['in the middle of the answer', '/part', 200],
  ])('are aborted where the client closes the stream without an error %s', async (_, path, status) => {
    const fields = await ask(path, (stream) => stream.close(constants.NGHTTP2_NO_ERROR));
    expect(fields).toMatchObject({ path, status, aborted: true });
  });

  it.each(['reset', 'closed', 'destroyed'])(
    'are not aborted where the server ends the stream: %s',
    async (name) => {
      const fields = await ask(`/${name}`, () => undefined);
      expect(fields).toMatchObject({ status: 200, aborted: false });
      expect(recorder.of('nest.server')[0]?.message).toMatch(/incomplete$/);
    },
  );

  it.each([
    ['an answer', '/slow', 200, 'GET'],
    ['an answer in pieces', '/part', 200, 'GET'],
    ['an answer without a body', '/empty', 204, 'GET'],
    ['HEAD', '/slow', 200, 'HEAD'],
    ['no such route', '/nowhere', 404, 'GET'],
    ['an answer before all of the body came', '/refused', 413, 'POST'],
  ])('are not aborted where the answer is whole: %s', async (_, path, status, method) => {
    const fields = await ask(path, (stream) => stream.end(), method);
    expect(fields).toMatchObject({ path, status, aborted: false });
  });

  it('are not aborted where the client cancels after the answer', async () => {
    const fields = await ask('/empty', cancel);
    expect(fields).toMatchObject({ status: 204, aborted: false });
  });
});
