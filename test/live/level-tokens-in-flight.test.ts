import { request as httpRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { getLogger, getManager, runInContext } from 'nestjs-logging';
import { createLevelToken, runWithLevelToken } from 'nestjs-logging/live';
import { isolateLogging, ListHandler, type LoggingIsolation } from 'nestjs-logging/testing';
import { contexts } from '../../lib/context/context-store.js';
import { type LiveApp, startLiveApp } from './support/live-app.js';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

let isolation: LoggingIsolation;
let live: LiveApp;
let output: ListHandler;
beforeEach(() => {
  isolation = isolateLogging();
});
afterEach(async () => {
  jest.restoreAllMocks();
  await live.close();
  await isolation.restore();
});

async function start(platform: 'express' | 'fastify' = 'express') {
  live = await startLiveApp(platform, { records: { keep: 'watched' } });
  output = new ListHandler();
  getLogger('shop').addHandler(output);
}

const texts = () => output.records.map((record) => record.getMessage());

/** Whether loggers ask for the context of a call. */
const isAsked = () => getManager().overlay !== undefined;

/** Collects garbage until nothing of a request is left; gives up after a while. */
async function collectAll(): Promise<void> {
  for (let tries = 0; tries < 50 && isAsked(); tries += 1) {
    collect();
    await sleep(10);
  }
}

/** Asks on a connection of its own, and reads the answer. */
async function ask(token: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const headers = { 'x-log-level': token };
    httpRequest(`${live.url}/orders`, { headers, agent: false }, (response) => {
      response.resume().once('end', resolve);
    })
      .once('error', reject)
      .end();
  });
}

describe('loggers ask for the context of a call', () => {
  it.each(['express', 'fastify'] as const)(
    'no longer than something is left of a request on %s that carried a token, and again for the next one',
    async (platform) => {
      await start(platform);
      const token = createLevelToken({ level: 'DEBUG' });
      for (let round = 1; round <= 3; round += 1) {
        await ask(token);
        expect(texts()).toHaveLength(2 * round);
        await collectAll();
        expect(isAsked()).toBe(false);
      }
    },
  );

  it('as long as a timer that the request left behind is to come', async () => {
    await start();
    const logger = getLogger('shop');
    let isDone = false;
    runWithLevelToken(createLevelToken({ level: 'DEBUG' }), () => {
      setTimeout(() => {
        logger.debug('after the answer');
        isDone = true;
      }, 400);
    });
    while (!isDone) {
      collect();
      expect(isAsked()).toBe(true);
      await sleep(20);
    }
    expect(texts()).toEqual(['after the answer']);
    await collectAll();
    expect(isAsked()).toBe(false);
  });

  it('until the last of several requests with one token has gone', async () => {
    await start();
    const logger = getLogger('shop');
    const token = createLevelToken({ level: 'DEBUG' });
    let goOn: () => void = () => undefined;
    const last = runWithLevelToken(token, async () => {
      await new Promise<void>((resolve) => {
        goOn = resolve;
      });
      logger.debug('the last');
    });
    for (let n = 0; n < 20; n += 1) runWithLevelToken(token, () => undefined);
    for (let n = 0; n < 5; n += 1) {
      collect();
      await sleep(5);
    }
    expect(isAsked()).toBe(true);
    goOn();
    await last;
    expect(texts()).toEqual(['the last']);
  });

  it('only for calls between the level of the token and that of the logger, and once each', async () => {
    await start();
    const ask = jest.spyOn(contexts.storage, 'getStore');
    const token = createLevelToken({ level: 'DEBUG', loggers: ['shop'] });
    const counts: Record<string, number> = {};
    const count = (name: string, call: () => unknown) => {
      ask.mockClear();
      call();
      counts[name] = ask.mock.calls.length;
    };
    const hanging = runWithLevelToken(token, () => new Promise<void>((resolve) => setTimeout(resolve, 200)));
    runInContext({ request_id: 'another' }, () => {
      count('between', () => getLogger('shop').debug('not logged'));
      count('below the token', () => getLogger('shop').log(5, 'not logged'));
      count('of another logger', () => getLogger('elsewhere').debug('not logged'));
      count('above', () => getLogger('shop').isEnabledFor('INFO'));
    });
    expect(counts).toEqual({ between: 1, 'below the token': 0, 'of another logger': 0, above: 0 });
    expect(texts()).toEqual([]);
    await hanging;
  });
});
