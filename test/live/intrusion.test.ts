import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { getLogger, getManager } from 'nestjs-logging';
import { LoggingLiveModule, listOverrides } from 'nestjs-logging/live';
import { isolateLogging, type LoggingIsolation } from 'nestjs-logging/testing';
import { type LiveApp, startLiveApp } from './support/live-app.js';
import { rawRequest as ask } from './support/raw-request.js';
import { type Events, readEvents } from './support/read-events.js';

let isolation: LoggingIsolation;
let live: LiveApp | undefined;
beforeEach(() => {
  isolation = isolateLogging();
});
afterEach(async () => {
  await live?.close();
  live = undefined;
  await isolation.restore();
});

describe('the module is closed', () => {
  const nodeEnv = process.env.NODE_ENV;
  afterEach(() => {
    process.env.NODE_ENV = nodeEnv;
  });

  it.each([['production'], ['staging'], [undefined]])(
    'where NODE_ENV is %s: no start without guards',
    (name) => {
      if (name === undefined) Reflect.deleteProperty(process.env, 'NODE_ENV');
      else process.env.NODE_ENV = name;
      expect(() => LoggingLiveModule.forRoot()).toThrow(
        expect.objectContaining({
          code: 'ERR_LOGGING_OPTIONS',
          message: expect.stringContaining('give guards'),
        }),
      );
      class Guard implements CanActivate {
        canActivate(): boolean {
          return true;
        }
      }
      expect(() => LoggingLiveModule.forRoot({ guards: [Guard] })).not.toThrow();
      expect(() => LoggingLiveModule.forRoot({ development: true })).not.toThrow();
    },
  );

  it('to a secret that is short, and to options that there are not', () => {
    expect(() => LoggingLiveModule.forRoot({ token: { secret: 'short' } })).toThrow('at least 32 bytes');
    expect(() => LoggingLiveModule.forRoot({ gaurds: [] } as never)).toThrow('did you mean "guards"');
    expect(() => LoggingLiveModule.forRoot({ actuatorDuration: '8d' })).toThrow('longer than 7 days');
    expect(() => LoggingLiveModule.forRoot({ path: '../x' })).toThrow('a path of letters');
  });
});

const routes = [
  ['GET', 'logging'],
  ['GET', 'logging/api/session'],
  ['GET', 'logging/api/loggers'],
  ['GET', 'logging/api/records'],
  ['GET', 'logging/api/stream'],
  ['GET', 'logging/api/requests'],
  ['GET', 'logging/api/handlers'],
  ['GET', 'logging/api/explain'],
  ['GET', 'logging/api/overrides'],
  ['GET', 'logging/api/replicas'],
  ['POST', 'logging/api/overrides'],
  ['DELETE', 'logging/api/overrides/x'],
  ['POST', 'logging/api/tokens'],
  ['POST', 'logging/api/handlers/nothing/flush'],
  ['GET', 'actuator/loggers'],
  ['GET', 'actuator/loggers/shop'],
  ['POST', 'actuator/loggers/shop'],
] as const;

describe.each(['express', 'fastify'] as const)('nobody gets in on %s', (platform) => {
  it('without the token, by any route', async () => {
    live = await startLiveApp(platform, { actuator: 'actuator/loggers' });
    for (const [method, path] of routes) {
      const headers: Record<string, string> = method === 'POST' ? { 'content-type': 'application/json' } : {};
      const body = method !== 'POST' ? '' : '{"target":"shop","level":"DEBUG","configuredLevel":"DEBUG"}';
      expect([path, (await ask(`${live.url}/${path}`, { method, headers, body })).status]).toEqual([
        path,
        401,
      ]);
    }
    expect(listOverrides()).toEqual([]);
  });

  it('past a guard of the application, by any route', async () => {
    const asked: string[] = [];
    class AdminGuard implements CanActivate {
      canActivate(context: ExecutionContext): boolean {
        const { url, headers } = context
          .switchToHttp()
          .getRequest<{ url: string; headers: Record<string, string> }>();
        asked.push(url);
        return headers.admin === 'yes';
      }
    }
    live = await startLiveApp(platform, { actuator: 'actuator/loggers', guards: [AdminGuard] });
    expect(live.token).toBe('');
    for (const [method, path] of routes) {
      const headers: Record<string, string> = method === 'POST' ? { 'content-type': 'application/json' } : {};
      const body = method !== 'POST' ? '' : '{"configuredLevel":"DEBUG"}';
      expect([path, (await ask(`${live.url}/${path}`, { method, headers, body })).status]).toEqual([
        path,
        403,
      ]);
    }
    expect(asked).toHaveLength(routes.length);
    expect((await ask(`${live.url}/logging/api/session`, { headers: { admin: 'yes' } })).status).toBe(200);
  });

  it('from another origin, another site, by another name, or through a proxy', async () => {
    live = await startLiveApp(platform, { origins: ['https://admin.example.com'] });
    const { url, token } = live;
    const status = async (headers: Record<string, string>) =>
      (await ask(`${url}/logging/api/loggers`, { headers: { authorization: `Bearer ${token}`, ...headers } }))
        .status;
    expect(await status({})).toBe(200);
    expect(await status({ origin: url })).toBe(200);
    expect(await status({ origin: 'https://admin.example.com' })).toBe(200);
    expect(await status({ origin: 'https://evil.example.com' })).toBe(403);
    expect(await status({ origin: 'null' })).toBe(403);
    expect(await status({ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' })).toBe(403);
    expect(await status({ host: 'evil.example.com' })).toBe(403);
    expect(await status({ 'x-forwarded-for': '203.0.113.7' })).toBe(403);
  });

  it('by a form, by plain text, or without the token against forgery', async () => {
    live = await startLiveApp(platform);
    const { url, token } = live;
    const csrf = JSON.parse((await ask(`${url}/logging/api/session?token=${token}`)).text)
      .csrfToken as string;
    const body = '{"target":"shop","level":"DEBUG"}';
    const status = async (headers: Record<string, string>) =>
      (await ask(`${url}/logging/api/overrides?token=${token}`, { method: 'POST', headers, body })).status;
    const json = { 'content-type': 'application/json' };
    expect(await status({ 'x-csrf-token': csrf, 'content-type': 'text/plain' })).toBe(415);
    expect(await status({ 'x-csrf-token': csrf, 'content-type': 'application/x-www-form-urlencoded' })).toBe(
      415,
    );
    expect(await status(json)).toBe(403);
    expect(
      await status({ ...json, 'x-csrf-token': csrf.slice(0, -1) + (csrf.endsWith('x') ? 'y' : 'x') }),
    ).toBe(403);
    expect(listOverrides()).toEqual([]);
    expect(await status({ ...json, 'x-csrf-token': csrf })).toBe(201);
  });

  it('through names of what objects inherit, wherever a name is taken', async () => {
    live = await startLiveApp(platform, { actuator: 'actuator/loggers' });
    const { url, token, ask: askApi } = live;
    const names = ['__proto__', 'constructor', 'prototype', 'toString', '__proto__.polluted'];
    const known = JSON.stringify(Object.getOwnPropertyNames(Object.prototype));
    for (const name of names) {
      const query = encodeURIComponent(name);
      const json = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const answers = [
        await askApi(`records?field=${query}=x`),
        await askApi(`records?${query}=x&logger=${query}`),
        await askApi(`explain?logger=${query}&level=INFO`),
        await askApi('overrides', { method: 'POST', body: { target: name, level: 'DEBUG', for: '1m' } }),
        await askApi('overrides', {
          method: 'POST',
          body: `{"target":"x","level":"DEBUG","${name}":{"by":"x"}}`,
        }),
        await askApi('overrides', {
          method: 'POST',
          body: `{"target":"x","level":"DEBUG","scope":{"label":"${name}","value":"x"}}`,
        }),
        await askApi(`overrides/${query}`, { method: 'DELETE' }),
        await askApi('tokens', { method: 'POST', body: `{"level":"DEBUG","${name}":{"level":"INFO"}}` }),
        await askApi(`handlers/${query}/flush`, { method: 'POST', body: {} }),
        await ask(`${url}/actuator/loggers/${query}`, { headers: json }),
        await ask(`${url}/actuator/loggers/${query}`, {
          ...{ method: 'POST', headers: json, body: `{"${name}":"x","configuredLevel":"DEBUG"}` },
        }),
      ];
      expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
    }
    expect(JSON.stringify(Object.getOwnPropertyNames(Object.prototype))).toBe(known);
    expect(({} as { by?: unknown; level?: unknown; x?: unknown }).by).toBeUndefined();
    for (const { id } of listOverrides()) await askApi(`overrides/${id}`, { method: 'DELETE' });
    expect(listOverrides()).toEqual([]);
  });

  it('by guessing: after 20 attempts nobody is let in for a minute', async () => {
    live = await startLiveApp(platform);
    const guess = (token: string) => ask(`${(live as LiveApp).url}/logging/api/loggers?token=${token}`);
    for (let n = 0; n < 20; n += 1) expect((await guess(`guess${n}`)).status).toBe(401);
    expect((await guess('guess')).status).toBe(429);
    expect((await guess(live.token)).status).toBe(429);
  });

  it('1,000 streams: only 20 are taken, and records go on', async () => {
    live = await startLiveApp(platform);
    const { url, token } = live;
    const streams: Events[] = [];
    for (let n = 0; n < 1_000; n += 50) {
      const some = Array.from({ length: 50 }, () => readEvents(`${url}/logging/api/stream?token=${token}`));
      streams.push(...(await Promise.all(some)));
    }
    expect(streams.filter(({ response }) => response.statusCode === 200)).toHaveLength(20);
    expect(streams.filter(({ response }) => response.statusCode === 503)).toHaveLength(980);
    getLogger('shop').info('still here');
    expect(await streams[0]?.records(1)).toMatchObject([{ record: { message: 'still here' } }]);
    for (const stream of streams) stream.close();
  }, 60_000);

  it('a reader that reads nothing holds nobody up, and learns what it missed', async () => {
    live = await startLiveApp(platform);
    const { url, token } = live;
    const slow = await readEvents(`${url}/logging/api/stream?token=${token}`);
    slow.response.pause();
    const text = 'x'.repeat(10_000);
    const before = process.memoryUsage().rss;
    for (let round = 0; round < 30; round += 1) {
      for (let n = 0; n < 200; n += 1) getLogger('shop').info('%d %s', n, text);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(250_000_000);
    slow.response.resume();
    for (let tries = 0; tries < 200 && !slow.text().includes('event: dropped'); tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 20));
    expect(slow.text()).toMatch(/event: dropped\ndata: \{"count":\d+\}/);
    slow.close();
  }, 60_000);

  it('answers say to keep nothing, to show nothing in a frame, and to guess no type', async () => {
    live = await startLiveApp(platform);
    const { headers } = await ask(`${live.url}/logging/api/loggers?token=${live.token}`);
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'content-security-policy': expect.stringContaining("default-src 'none'"),
      'x-content-type-options': 'nosniff',
      'set-cookie': [expect.stringMatching(/HttpOnly; SameSite=Strict/)],
    });
  });
});

describe('nothing is spent', () => {
  it('while nobody looks: loggers have no watcher', async () => {
    live = await startLiveApp('fastify', { records: { keep: 'watched' } });
    expect(getManager().watcher).toBeUndefined();
    const stream = await readEvents(`${live.url}/logging/api/stream?token=${live.token}`);
    expect(getManager().watcher).toBeDefined();
    const fake = jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick'] });
    stream.close();
    for (let n = 0; n < 50; n += 1) await new Promise((resolve) => setImmediate(resolve));
    fake.advanceTimersByTime(61_000);
    jest.useRealTimers();
    expect(getManager().watcher).toBeUndefined();
  });

  it('when the application has closed', async () => {
    const app = await startLiveApp('express');
    await app.close();
    expect([getManager().watcher, getManager().overlay]).toEqual([undefined, undefined]);
  });
});
