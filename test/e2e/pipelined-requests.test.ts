import type { AddressInfo } from 'node:net';
import { PassThrough, type Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, type INestApplication, Module, Res } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { loggedModule } from './support/logged-module.js';
import { platforms } from './support/platforms.js';
import { pause, Recorder } from './support/recorder.js';
import { exchange, requestText, send } from './support/wire.js';

/** A stream that goes on for as long as the process, as the tail of a file does. */
let endless: PassThrough;

@Controller()
class SlowController {
  @Get('slow')
  async slow(): Promise<string> {
    await sleep(20);
    return 'x';
  }

  @Get('never')
  never(): Promise<string> {
    return new Promise(() => undefined);
  }

  @Get('endless')
  tail(@Res() response: { raw?: NodeJS.WritableStream; hijack?(): void }): void {
    response.hijack?.();
    const raw = (response.raw ?? response) as NodeJS.WritableStream & Readable;
    endless.pipe(raw);
    endless.write('line\n');
    raw.once('close', () => endless.unpipe(raw));
  }
}

describe.each(platforms)('requests on one connection on $name', ({ createAdapter }) => {
  const recorder = new Recorder();
  const warnings: Error[] = [];
  const note = (warning: Error): unknown => warnings.push(warning);
  let app: INestApplication;
  beforeEach(async () => {
    endless = new PassThrough().resume();
    class App {}
    Module({ imports: [loggedModule(recorder)], controllers: [SlowController] })(App);
    app = await NestFactory.create(App, createAdapter(), { logger: false });
    await app.listen(0, '127.0.0.1');
    process.on('warning', note);
  });
  afterEach(async () => {
    process.off('warning', note);
    await app.close();
    recorder.clear();
    warnings.length = 0;
  });
  const port = (): number => (app.getHttpServer().address() as AddressInfo).port;
  const ahead = (count: number): string =>
    requestText({ path: '/slow' }, 'keep-alive').repeat(count - 1) + requestText({ path: '/slow' }, 'close');

  it('are all answered and logged, without a warning, if 1,000 are sent ahead', async () => {
    const answers = await send(port(), ahead(1_000));
    await recorder.settled('nest.server', 1_000);
    expect(answers.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(1_000);
    expect(recorder.of('nest.server')).toHaveLength(1_000);
    expect(warnings).toEqual([]);
  });

  it('are all logged as aborted if the connection closes before the first is answered', async () => {
    await send(port(), requestText({ path: '/never' }, 'keep-alive').repeat(50), 200);
    await recorder.settled('nest.server', 50, 20);
    const fields = recorder.of('nest.server').map((record) => record.extraFields());
    expect(fields).toHaveLength(50);
    for (const one of fields) expect(one).toMatchObject({ aborted: true, status: 499 });
    expect(warnings).toEqual([]);
  });

  it('are all logged as ended by the server, without an error, if that closes the connection', async () => {
    const sent = send(port(), requestText({ path: '/never' }, 'keep-alive').repeat(50));
    setTimeout(() => app.getHttpServer().closeAllConnections(), 200);
    await sent;
    await recorder.settled('nest.server', 50, 20);
    const fields = recorder.of('nest.server').map((record) => record.extraFields());
    expect(fields).toHaveLength(50);
    for (const one of fields) expect(one).toMatchObject({ aborted: false, status: 444 });
    expect(recorder.tracebacks).toEqual([]);
    expect(warnings).toEqual([]);
  });

  it('leave nothing on the connection when they are over', async () => {
    let connection: NodeJS.EventEmitter | undefined;
    let before = 0;
    app.getHttpServer().once('connection', (socket: NodeJS.EventEmitter) => {
      connection = socket;
      before = socket.listenerCount('close');
    });
    const answers = send(port(), requestText({ path: '/slow' }, 'keep-alive').repeat(30), 2_000);
    await recorder.settled('nest.server', 30);
    expect(connection?.listenerCount('close')).toBe(before);
    await answers;
  });

  it('leave nothing on a stream that is sent to one after the other', async () => {
    for (let request = 0; request < 15; request += 1) {
      await exchange(port(), { path: '/endless', abortAfter: 15 });
      await pause(2);
    }
    await recorder.settled('nest.server', 15);
    for (const event of endless.eventNames()) expect(endless.listenerCount(event)).toBeLessThan(3);
    expect(warnings).toEqual([]);
  });
});
