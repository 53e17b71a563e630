/** Answers that break while they are sent, and clients that go away: what the log says of either. */

import type { ServerResponse } from 'node:http';
import http2 from 'node:http2';
import { pipeline, Readable } from 'node:stream';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  Controller,
  Get,
  type INestApplication,
  Module,
  NotFoundException,
  Res,
  Sse,
  StreamableFile,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { concat, mergeMap, of, throwError, timer } from 'rxjs';
import { NestLogger } from '../../lib/nest/nest-logger/nest-logger.adapter.js';
import { loggedModule } from './support/logged-module.js';
import { platforms } from './support/platforms.js';
import { pause, Recorder } from './support/recorder.js';
import { exchange, statusOf } from './support/wire.js';

/** Node's response, of Express or of Fastify. */
type AnyReply = ServerResponse & { raw?: ServerResponse; hijack?(): void };

function rawOf(reply: AnyReply): ServerResponse {
  reply.hijack?.();
  return reply.raw ?? reply;
}

function breakingStream(): Readable {
  let reads = 0;
  return new Readable({
    read() {
      reads += 1;
      if (reads <= 2) this.push('x'.repeat(1_000));
      else setTimeout(() => this.destroy(new Error('the disk is gone')), 10);
    },
  });
}

@Controller()
class AnswersController {
  @Get('file-breaks')
  fileBreaks() {
    return new StreamableFile(breakingStream());
  }

  @Get('file')
  file() {
    return new StreamableFile(
      new Readable({
        read() {
          setTimeout(() => this.push('x'.repeat(100)), 10).unref();
        },
      }),
    );
  }

  @Get('file-missing')
  fileMissing() {
    return new StreamableFile(
      new Readable({
        read() {
          this.destroy(new Error('no such file'));
        },
      }),
    );
  }

  @Get('pipeline-breaks')
  pipelineBreaks(@Res() reply: AnyReply) {
    pipeline(breakingStream(), rawOf(reply), () => undefined);
  }

  @Sse('events-break')
  eventsBreak() {
    return concat(
      of({ data: 'one' }),
      timer(10).pipe(mergeMap(() => throwError(() => new Error('no more events')))),
    );
  }

  @Sse('events-fail')
  eventsFail() {
    return throwError(() => new Error('no events'));
  }

  @Sse('events')
  events() {
    return timer(0, 10).pipe(mergeMap((data) => of({ data: String(data) })));
  }

  @Get('after-head')
  async afterHead(@Res() reply: AnyReply) {
    rawOf(reply).write('a');
    await pause(5);
    throw new Error('after the head');
  }

  @Get('destroyed')
  destroyed(@Res() reply: AnyReply) {
    rawOf(reply).destroy(new Error('cannot answer'));
  }

  @Get('cut')
  cut(@Res() reply: AnyReply) {
    rawOf(reply).destroy();
  }

  @Get('slow')
  async slow() {
    await pause(400);
    return 'late';
  }

  @Get('slow-failure')
  async slowFailure() {
    await pause(400);
    throw new Error('late failure');
  }

  @Get('slow-refusal')
  async slowRefusal() {
    await pause(400);
    throw new NotFoundException();
  }

  @Get('slow-abort')
  async slowAbort() {
    await pause(400);
    throw new DOMException('This operation was aborted', 'AbortError');
  }

  @Get('partly')
  async partly(@Res() reply: AnyReply) {
    const response = rawOf(reply);
    response.write('a');
    await pause(400);
    response.end('b');
  }
}

describe.each(platforms)('on $name', ({ name, createAdapter }) => {
  const recorder = new Recorder();
  let app: INestApplication;

  async function start(): Promise<number> {
    class Shop {}
    Module({ imports: [loggedModule(recorder)], controllers: [AnswersController] })(Shop);
    app = await NestFactory.create(Shop, createAdapter(), { logger: false });
    app.useLogger(app.get(NestLogger));
    await app.listen(0, '127.0.0.1');
    recorder.clear();
    return (app.getHttpServer().address() as { port: number }).port;
  }
  /** Sends one request; gives the status of the answer and what was logged, but for warnings of Nest's adapters. */
  async function ask(path: string, abortAfter?: number | 'first bytes') {
    const port = await start();
    const answer = await exchange(port, { path, ...(abortAfter !== undefined && { abortAfter }) });
    await pause(abortAfter === undefined ? 25 : 900);
    const records = recorder.records.filter((record) => record.name !== 'nest.FastifyAdapter');
    const summary = records.map((record) => {
      const { status, aborted, error, path: at, method } = record.extraFields();
      return { name: record.name, level: record.levelname, method, path: at, status, aborted, error };
    });
    return { status: statusOf(answer), records, summary };
  }
  afterEach(async () => {
    await app.close();
    recorder.clear();
  });

  it.each([
    ['/file-breaks', 200, 'the disk is gone', 'incomplete'],
    ['/pipeline-breaks', 200, 'the disk is gone', 'incomplete'],
    ['/file-missing', name === 'express' ? 400 : 500, 'no such file', ''],
    ['/events-break', 200, 'no more events', ''],
    ['/events-fail', 500, 'no events', ''],
    ['/after-head', 200, 'after the head', undefined],
    ['/destroyed', 444, 'cannot answer', 'incomplete'],
  ])(
    '%s is a failure of the server, with the status that was sent',
    async (path, status, message, ending) => {
      const { status: sent, records, summary } = await ask(path);
      if (status !== 444) expect(sent).toBe(status);
      const about = { level: 'ERROR', method: 'GET', path, status, error: 'Error' };
      const [failure, access] = summary;
      expect(summary).toHaveLength(2);
      expect(failure).toEqual({ name: 'nest.request', ...about, aborted: undefined });
      expect(access).toEqual({ name: 'nest.server', ...about, aborted: false });
      expect(records[0]?.excInfo).toMatchObject({ message });
      if (ending !== undefined) expect(records[1]?.message).toMatch(ending === '' ? /ms$/ : /ms incomplete$/);
    },
  );

  it('an answer that the server breaks off without an error is incomplete, not aborted', async () => {
    const { summary, records } = await ask('/cut');
    expect(summary).toEqual([
      expect.objectContaining({ name: 'nest.server', level: 'WARNING', status: 444, aborted: false }),
    ]);
    expect(records[0]?.message).toMatch(/ms incomplete$/);
  });

  describe('a client that goes away', () => {
    it.each([
      ['/slow', 499],
      ['/slow-refusal', 499],
      ['/slow-abort', 499],
      ['/partly', 200],
      ['/events', 200],
      ['/file', 200],
    ])('leaves one record, which says so: %s', async (path, status) => {
      const { summary, records } = await ask(path, status === 200 ? 'first bytes' : 120);
      expect(summary).toEqual([
        {
          name: 'nest.server',
          level: 'WARNING',
          method: 'GET',
          path,
          status,
          aborted: true,
          error: undefined,
        },
      ]);
      expect(records[0]?.message).toMatch(/ms aborted$/);
    });

    it('hides no failure of the server', async () => {
      const { summary } = await ask('/slow-failure', 120);
      expect(summary).toEqual([
        expect.objectContaining({ name: 'nest.server', level: 'WARNING', status: 499, aborted: true }),
        expect.objectContaining({ name: 'nest.request', level: 'ERROR', path: '/slow-failure', status: 499 }),
      ]);
      expect(recorder.tracebacks.map(({ excInfo }) => (excInfo as Error).message)).toEqual(['late failure']);
    });
  });
});

describe('over HTTP/2', () => {
  it.each(['/slow', '/events'])('a stream that the client cancels is aborted: %s', async (path) => {
    const recorder = new Recorder();
    class Shop {}
    Module({ imports: [loggedModule(recorder)], controllers: [AnswersController] })(Shop);
    const { FastifyAdapter } = await import('@nestjs/platform-fastify');
    const app = await NestFactory.create(Shop, new FastifyAdapter({ http2: true } as never) as never, {
      logger: false,
    });
    await app.listen(0, '127.0.0.1');
    recorder.clear();
    const client = http2.connect(await app.getUrl());
    const stream = client.request({ ':path': path });
    stream.on('error', () => undefined).resume();
    await pause(120);
    stream.close(http2.constants.NGHTTP2_CANCEL);
    await recorder.settled('nest.server', 1, 100);
    client.destroy();
    await app.close();
    expect(recorder.of('nest.server').map((record) => record.extraFields())).toEqual([
      expect.objectContaining({ path, aborted: true, status: path === '/slow' ? 499 : 200 }),
    ]);
  });
});
