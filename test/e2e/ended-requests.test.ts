import { get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Controller, Get, type INestApplication, Module, Param } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { useTemporaryFolder } from '../support/temporary-folder.js';
import { loggedModule } from './support/logged-module.js';
import { platforms } from './support/platforms.js';
import { Recorder } from './support/recorder.js';
import { runApp } from './support/run-app.js';

const WAYS: Readonly<Record<string, () => unknown>> = {
  'at once': () => undefined,
  'after a promise': () => Promise.resolve(),
  'after a timer': () => sleep(3),
  'after a turn of the event loop': () => turn(),
  'after some of each': () => Promise.all([sleep(1), turn(), Promise.resolve()]),
};

@Controller('cats')
class CatsController {
  @Get(':way')
  async list(@Param('way') way: string): Promise<string> {
    await WAYS[way]?.();
    return 'Tom';
  }
}

describe.each(platforms)('requests that end on $name', ({ name, createAdapter }) => {
  const folder = useTemporaryFolder();
  const recorder = new Recorder();
  let app: INestApplication;
  beforeEach(async () => {
    class Cats {}
    Module({ imports: [loggedModule(recorder)], controllers: [CatsController] })(Cats);
    app = await NestFactory.create(Cats, createAdapter(), { logger: false });
    await app.listen(0, '127.0.0.1');
  });
  afterEach(async () => {
    await app.close();
    recorder.clear();
  });

  /** Asks, and returns how many access records the request has at the very moment the answer is there. */
  function ask(path: string): Promise<number> {
    const { port } = app.getHttpServer().address() as AddressInfo;
    return new Promise((resolve, reject) => {
      get({ port, host: '127.0.0.1', path, agent: false }, (answer) => {
        const id = answer.headers['x-request-id'];
        answer.resume().on('end', () => {
          const records = recorder.of('nest.server').map((record) => record.extraFields().request_id);
          resolve(records.filter((one) => one === id).length);
        });
      }).on('error', reject);
    });
  }

  it.each(Object.keys(WAYS))(
    'have their records before a client of this process has the answer: %s',
    async (way) => {
      const path = `/cats/${encodeURIComponent(way)}`;
      expect(await ask(path)).toBe(1);
      const counts = await Promise.all(Array.from({ length: 20 }, () => ask(path)));
      expect(counts).toEqual(Array.from({ length: 20 }, () => 1));
      expect(recorder.of('nest.server')).toHaveLength(21);
    },
  );

  it('have their records where a test keeps time from passing', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick'] });
    try {
      expect(await ask('/cats/at%20once')).toBe(1);
    } finally {
      jest.useRealTimers();
    }
  });

  it('have all their records when the application has closed', async () => {
    const answers = Array.from({ length: 10 }, () => ask('/cats/at%20once'));
    await Promise.all(answers);
    await app.close();
    expect(recorder.of('nest.server')).toHaveLength(10);
  });

  function run(...args: string[]) {
    const { stdout, status, log } = runApp(folder.path, 'many-requests.ts', name, ...args);
    return { stdout, status, lines: log.trimEnd().split('\n') };
  }

  it('are written together where they end together', () => {
    const { stdout, lines } = run();
    expect(lines.map((line) => JSON.parse(line).path)).toEqual(Array.from({ length: 40 }, () => '/ok'));
    const { writes } = JSON.parse(stdout) as { writes: number };
    expect(writes).toBeGreaterThan(0);
    expect(writes).toBeLessThan(10);
  });

  it('have their records if the process ends in the same turn', () => {
    const { status, lines } = run('exit');
    expect(status).toBe(3);
    expect(lines.map((line) => JSON.parse(line).status)).toEqual(Array.from({ length: 25 }, () => 200));
  });
});
