import { createHmac } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { captureContext, getLogger, getManager, RedactionFilter, runInContext } from 'nestjs-logging';
import {
  createLevelToken,
  levelTokenHeaders,
  listOverrides,
  overrideLevel,
  runWithLevelToken,
} from 'nestjs-logging/live';
import { isolateLogging, ListHandler, type LoggingIsolation } from 'nestjs-logging/testing';
import { LevelTokens } from '../../lib/live/tokens/level-tokens.js';
import { type LiveApp, type Platform, startLiveApp } from './support/live-app.js';

const secret = 'a secret of at least thirty-two bytes';

let isolation: LoggingIsolation;
let live: LiveApp;
let output: ListHandler;
async function start(platform: Platform = 'express') {
  live = await startLiveApp(platform, {
    token: { secret, cookie: 'log-level' },
    records: { keep: 'watched' },
  });
  output = new ListHandler();
  getLogger('shop').addHandler(output);
}
beforeEach(() => {
  isolation = isolateLogging();
});
afterEach(async () => {
  await live.close();
  await isolation.restore();
});

const texts = () => output.records.map((record) => record.getMessage());

describe.each(['express', 'fastify'] as const)('a request with a token on %s', (platform) => {
  it('is logged in detail, and no other', async () => {
    await start(platform);
    const token = createLevelToken({
      level: 'DEBUG',
      loggers: ['shop'],
      for: '1m',
      by: 'anna',
      reason: 'customer 7',
    });
    const ask = (headers: Record<string, string>) => fetch(`${live.url}/orders`, { headers });
    await Promise.all([ask({ 'x-log-level': token }), ask({}), ask({ 'x-log-level': `${token}x` })]);
    expect(texts()).toEqual(['looking for orders', 'orders are found']);
    const ids = output.records.map((record) => record.extraFields().request_id);
    expect(new Set(ids).size).toBe(1);
    await ask({ cookie: `a=b; log-level=${token}` });
    expect(texts()).toHaveLength(4);
  });

  it('is one like any other once the token is over', async () => {
    await start(platform);
    const token = createLevelToken({ level: 'DEBUG', for: '300ms' });
    await fetch(`${live.url}/orders`, { headers: { 'x-log-level': token } });
    expect(getManager().overlay).toBeDefined();
    await sleep(700);
    await fetch(`${live.url}/orders`, { headers: { 'x-log-level': token } });
    expect(texts()).toHaveLength(2);
    expect(getManager().overlay).toBeUndefined();
  });
});

describe('what a token lets through', () => {
  it('follows promises, timers, events, streams and captured contexts', async () => {
    await start();
    const logger = getLogger('shop');
    const events = new EventEmitter();
    const token = createLevelToken({ level: 'DEBUG' });
    let captured: (<T>(run: () => T) => T) | undefined;
    await runWithLevelToken(token, async () => {
      captured = captureContext();
      await Promise.resolve().then(() => logger.debug('promise'));
      await sleep(1);
      logger.debug('timer');
      events.once('paid', () => logger.debug('event'));
      events.emit('paid');
      await pipeline(
        Readable.from(['a']),
        async function* (source) {
          for await (const chunk of source) {
            logger.debug('stream');
            yield chunk;
          }
        },
        async (source) => {
          for await (const _chunk of source) logger.debug('sink');
        },
      );
      runInContext({ job: 1 }, () => logger.debug('context inside'));
    });
    logger.debug('outside');
    captured?.(() => logger.debug('captured'));
    expect(texts()).toEqual(['promise', 'timer', 'event', 'stream', 'sink', 'context inside', 'captured']);
  });

  it('is of the loggers that it names, and isEnabledFor says so', async () => {
    await start();
    runWithLevelToken(createLevelToken({ level: 'DEBUG', loggers: ['shop.orders'] }), () => {
      expect(
        ['shop.orders', 'shop.orders.items', 'shop', 'shop.ordersx'].map((name) =>
          getLogger(name).isEnabledFor('DEBUG'),
        ),
      ).toEqual([true, true, false, false]);
      expect(getLogger('shop.orders').isEnabledFor(9)).toBe(false);
    });
    expect(getLogger('shop.orders').isEnabledFor('DEBUG')).toBe(false);
  });

  it('goes on to other services when the application says so', async () => {
    await start();
    const token = createLevelToken({ level: 'DEBUG' });
    expect(levelTokenHeaders()).toEqual({});
    expect(runWithLevelToken(token, () => levelTokenHeaders())).toEqual({ 'x-log-level': token });
    expect(runWithLevelToken('forged', () => levelTokenHeaders())).toEqual({});
    expect(runWithLevelToken(undefined, () => 'run')).toBe('run');
  });

  it('lets through what is not on the account of an override', async () => {
    await start();
    overrideLevel('store.back', 'INFO', { budget: 1 });
    const token = createLevelToken({ level: 'DEBUG' });
    runWithLevelToken(token, () => getLogger('store.back').debug('let through by the token'));
    expect(listOverrides()).toHaveLength(1);
    getLogger('store.back').info('let through by the override');
    expect(listOverrides()).toEqual([]);
  });

  it('of each application in a process works, and ends with its own alone', async () => {
    await start();
    const other = await startLiveApp('fastify');
    const token = createLevelToken({ level: 'DEBUG' });
    const older = new LevelTokens([Buffer.from(secret)]).create({ level: 'DEBUG' }).token;
    const ask = (given: string) => fetch(`${live.url}/orders`, { headers: { 'x-log-level': given } });
    await ask(older);
    await ask(token);
    expect(texts()).toHaveLength(4);
    await other.close();
    await ask(token);
    expect(texts()).toHaveLength(4);
    await ask(older);
    expect(texts()).toHaveLength(6);
  });

  it('costs nothing before the first token and after the last: loggers have no overlay', async () => {
    await start();
    expect(getManager().overlay).toBeUndefined();
    createLevelToken({ level: 'DEBUG' });
    expect(getManager().overlay).toBeUndefined();
  });

  it('is audited: who made it, and that it is used', async () => {
    await start();
    const audit = new ListHandler();
    getLogger('nestjs_logging.live').addHandler(audit);
    const token = createLevelToken({ level: 'DEBUG', loggers: ['shop'], by: 'anna', reason: 'customer 7' });
    for (const _ of [1, 2]) runWithLevelToken(token, () => undefined);
    expect(audit.records.map((record) => record.getMessage())).toEqual([
      expect.stringMatching(/^a token for DEBUG of shop until .* was made by anna: customer 7$/),
      'first request with the token that anna made for DEBUG of shop: customer 7',
    ]);
    expect(JSON.stringify(audit.records.map((record) => record.toDict()))).not.toContain(token);
    // Redaction leaves what connects the two.
    const redaction = new RedactionFilter();
    const ids = audit.records.map((record) => redaction.filter(record).extraFields().grant_id);
    expect(ids).toEqual([expect.stringMatching(/^[\w-]{36}$/), ids[0]]);
    expect(audit.records.map((record) => redaction.filter(record).getMessage())).toEqual(
      audit.records.map((record) => record.getMessage()),
    );
  });
});

describe('a token cannot be forged', () => {
  const ours = Buffer.from(secret);
  beforeEach(() => start());

  it('nor changed, nor signed with another secret, nor made of something else', () => {
    const tokens = new LevelTokens([ours]);
    const genuine = tokens.create({ level: 'DEBUG', loggers: ['shop'] }).token;
    expect(tokens.read(genuine)?.loggers).toEqual(['shop']);
    const [version, payload, signature] = genuine.split('.') as [string, string, string];
    const wider = Buffer.from(
      JSON.stringify({ ...JSON.parse(Buffer.from(payload, 'base64url').toString()), loggers: ['root'] }),
    ).toString('base64url');
    const sign = (text: string, key: string | Buffer = ours) =>
      createHmac('sha256', key).update(`nestjs-logging level token\n${text}`).digest('base64url');
    const proto = Buffer.from('{"__proto__":{"id":"x"}}').toString('base64url');
    const wrong = [
      `${version}.${wider}.${signature}`,
      `v2.${payload}.${signature}`,
      `${version}.${payload}.${signature.slice(1)}`,
      `${version}.${payload}.`,
      `${version}.${payload}.${signature}.more`,
      `${version}.${payload}.${sign(payload, 'another secret, which is not ours')}`,
      `${version}.${proto}.${sign(proto)}`,
      `${version}.bm8gSlNPTg.${sign('bm8gSlNPTg')}`,
      'x'.repeat(3_000),
      '',
    ];
    expect(wrong.map((token) => tokens.read(token))).toEqual(wrong.map(() => undefined));
  });

  it('and guessing finds nothing, and shuts out nobody who has a genuine one', () => {
    const tokens = new LevelTokens([ours]);
    const fresh = tokens.create({ level: 'DEBUG' }).token;
    const guesses = Array.from({ length: 1_000 }, (_, n) => `v1.${n}.${'A'.repeat(43)}`);
    expect(guesses.filter((guess) => tokens.read(guess) !== undefined)).toEqual([]);
    expect(tokens.read(fresh)).toBeDefined();
  });

  it('but secrets can be changed: the old one is accepted beside the new one', () => {
    const fresh = Buffer.from('the new secret of thirty-two bytes or more');
    const old = new LevelTokens([ours]).create({ level: 'DEBUG' }).token;
    expect(new LevelTokens([fresh, ours]).read(old)).toBeDefined();
    expect(new LevelTokens([fresh]).read(old)).toBeUndefined();
  });
});
