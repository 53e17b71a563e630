import { createHook } from 'node:async_hooks';
import { Agent, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { Controller, type DynamicModule, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { loggedModule } from '../e2e/support/logged-module.js';
import { platforms } from '../e2e/support/platforms.js';
import { Recorder } from '../e2e/support/recorder.js';

const REQUESTS = 50;

@Controller('cats')
class CatsController {
  @Get()
  list(): string {
    return 'Tom';
  }
}

describe.each(platforms)('a request on $name', ({ createAdapter }) => {
  /** Promises that are made while some requests are answered, client's and server's together. */
  async function countPromises(imports: DynamicModule[]): Promise<number> {
    class Application {}
    Module({ imports, controllers: [CatsController] })(Application);
    const app = await NestFactory.create(Application, createAdapter(), { logger: false });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    let count = 0;
    const hook = createHook({
      init: (_id, type) => {
        if (type === 'PROMISE') count += 1;
      },
    });
    try {
      await app.listen(0, '127.0.0.1');
      const { port } = app.getHttpServer().address() as AddressInfo;
      const ask = (): Promise<void> =>
        new Promise((resolve) => {
          get({ port, host: '127.0.0.1', path: '/cats', agent }, (answer) => {
            answer.resume().on('end', resolve);
          });
        });
      for (let at = 0; at < 5; at += 1) await ask();
      hook.enable();
      for (let at = 0; at < REQUESTS; at += 1) await ask();
    } finally {
      hook.disable();
      agent.destroy();
      await app.close();
    }
    return count;
  }

  it('makes no promise for its access record and its context', async () => {
    const recorder = new Recorder();
    const without = await countPromises([]);
    const logged = await countPromises([loggedModule(recorder)]);
    expect(recorder.of('nest.server').length).toBeGreaterThanOrEqual(REQUESTS);
    // A few for the whole run: a timer or a flush may fall into it.
    expect(logged - without).toBeLessThan(REQUESTS / 2);
    expect(without).toBeGreaterThan(REQUESTS);
  });
});
