import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { dictConfig, getLogger } from 'nestjs-logging';
import { createLevelToken, listOverrides, runWithLevelToken } from 'nestjs-logging/live';
import { isolateLogging, ListHandler, type LoggingIsolation } from 'nestjs-logging/testing';
import { type LiveApp, startLiveApp } from './support/live-app.js';
import { rawRequest } from './support/raw-request.js';
import { readEvents } from './support/read-events.js';

let isolation: LoggingIsolation;
let live: LiveApp | undefined;
beforeEach(() => {
  isolation = isolateLogging();
});
afterEach(async () => {
  jest.restoreAllMocks();
  jest.useRealTimers();
  await live?.close();
  live = undefined;
  await isolation.restore();
});

/** A request to the application that may say anything of itself. */
function ask(path: string, headers: Record<string, string> = {}, method = 'GET', body = '') {
  return rawRequest(`${live?.url}/${path}`, { method, headers, body });
}

describe.each(['express', 'fastify'] as const)('an attempt on %s', (platform) => {
  it('to keep others from using their tokens by sending wrong ones', async () => {
    live = await startLiveApp(platform);
    const output = new ListHandler();
    getLogger('shop').addHandler(output);
    const token = createLevelToken({ level: 'DEBUG', loggers: ['shop'] });
    for (let n = 0; n < 200; n += 1) await ask('orders', { 'x-log-level': `v1.${n}.${'A'.repeat(43)}` });
    expect(output.records).toEqual([]);
    await ask('orders', { 'x-log-level': token });
    expect(output.records).toHaveLength(2);
  });

  it('to lock a developer out by pages that open the address in frames', async () => {
    live = await startLiveApp(platform);
    const frame = {
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'iframe',
    };
    for (let n = 0; n < 20; n += 1) expect((await ask(`logging?token=guess${n}`, frame)).status).toBe(401);
    expect((await ask(`logging?token=${live.token}`, frame)).status).toBe(429);
    expect((await ask(`logging?token=${live.token}`)).status).toBe(200);
    const own = { 'sec-fetch-site': 'same-origin', cookie: `nestjs-logging-live=${live.token}` };
    expect((await ask('logging/api/session', own)).status).toBe(200);
  });

  it.each([
    ['via', '1.1 varnish'],
    ['x-forwarded-host', 'shop.example.com'],
    ['x-forwarded-proto', 'https'],
    ['cf-connecting-ip', '203.0.113.7'],
    ['true-client-ip', '203.0.113.7'],
    ['forwarded', 'for=203.0.113.7'],
  ])('to use the token of development through a proxy that adds %s', async (name, value) => {
    live = await startLiveApp(platform);
    const headers = { authorization: `Bearer ${live.token}` };
    expect((await ask('logging/api/session', { ...headers, [name]: value })).status).toBe(403);
    expect((await ask('logging/api/session', headers)).status).toBe(200);
  });

  it('to come in by other methods, cases and spellings of the path', async () => {
    live = await startLiveApp(platform, { actuator: 'actuator/loggers' });
    const json = { 'content-type': 'application/json' };
    const attempts = [
      await ask('logging/api/records', {}, 'HEAD'),
      await ask('logging/api/overrides', json, 'PUT', '{"target":"shop","level":"DEBUG"}'),
      await ask('logging/api/overrides', json, 'PATCH', '{"target":"shop","level":"DEBUG"}'),
      await ask('LOGGING/API/records'),
      await ask('logging//api/records'),
      await ask('logging/api/records/'),
      await ask('logging/api/./records'),
      await ask('orders/../logging/api/records'),
      await ask('logging%2fapi%2frecords'),
      await ask('logging/api/records?token[]=x&token=y'),
      await ask('logging/api/records', { 'x-http-method-override': 'POST' }),
      await ask('actuator/loggers/', {}),
      await ask('actuator/loggers/shop', { ...json, 'x-http-method-override': 'PUT' }, 'POST', '{}'),
      await ask('logging/api/records', { authorization: 'Bearer undefined' }),
      await ask('logging/api/records', { cookie: 'nestjs-logging-live=' }),
    ];
    expect(
      attempts.map(({ status }) => status).filter((status) => ![400, 401, 404].includes(status)),
    ).toEqual([]);
    expect(listOverrides()).toEqual([]);
  });

  it('to read by cross-origin requests where the application allows them all', async () => {
    live = await startLiveApp(platform, {}, { cors: { origin: true, credentials: true } });
    const { token } = live;
    const cookie = `nestjs-logging-live=${token}`;
    const evil = { origin: 'https://evil.example.com', cookie };
    for (const path of ['session', 'records', 'stream', 'overrides'])
      expect((await ask(`logging/api/${path}`, evil)).status).toBe(403);
    const json = { 'content-type': 'application/json' };
    const body = '{"target":"shop","level":"DEBUG"}';
    expect((await ask('logging/api/overrides', { ...evil, ...json }, 'POST', body)).status).toBe(403);
    expect(listOverrides()).toEqual([]);
  });

  it('to go on reading when access has been taken away', async () => {
    let isAdmin = true;
    class AdminGuard implements CanActivate {
      canActivate(_context: ExecutionContext): boolean {
        return isAdmin;
      }
    }
    live = await startLiveApp(platform, { guards: [AdminGuard] });
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask', 'performance'] });
    const url = `${live.url}/logging/api/stream`;
    const stream = await readEvents(url);
    isAdmin = false;
    let isClosed = false;
    stream.response.on('close', () => {
      isClosed = true;
    });
    jest.advanceTimersByTime(14 * 60_000);
    for (let n = 0; n < 50; n += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(isClosed).toBe(false);
    jest.advanceTimersByTime(60_000);
    for (let n = 0; n < 500 && !isClosed; n += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(isClosed).toBe(true);
    expect((await readEvents(url)).response.statusCode).toBe(403);
  });
});

describe('an attempt', () => {
  it('to find on the page what the handlers of the application leave out', async () => {
    live = await startLiveApp('express');
    const written = new ListHandler();
    dictConfig({
      version: 1,
      disable_existing_loggers: false,
      formatters: { json: { class: 'JsonFormatter', redact: ['user.iban', 'pins[*]'] } },
      filters: { secrets: { class: 'RedactionFilter', keys: ['card'], patterns: ['CUST-[0-9]+'] } },
      handlers: {
        filtered: { '()': () => written, filters: ['secrets'] },
        formatted: { class: 'NullHandler', formatter: 'json' },
      },
      root: { level: 'INFO', handlers: ['filtered', 'formatted'] },
    });
    const extra = { card: '4111-1111', user: { iban: 'DE89-3704', id: 7 }, pins: ['pin-a', 'pin-b'] };
    getLogger('shop').info('paid by CUST-4711', { extra });
    const { body } = await live.ask('records?logger=shop');
    expect(JSON.stringify(body)).not.toMatch(/4111-1111|DE89-3704|pin-a|pin-b|CUST-4711/);
    expect(body).toMatchObject([{ record: { message: 'paid by [REDACTED]', user: { id: 7 } } }]);
    expect(extra).toEqual({
      card: '4111-1111',
      user: { iban: 'DE89-3704', id: 7 },
      pins: ['pin-a', 'pin-b'],
    });
    const found = await live.ask('records?field=card=4111-1111');
    expect(found.body).toEqual([]);
  });

  it('to take a token from records in which somebody logs headers', async () => {
    live = await startLiveApp('express');
    const token = createLevelToken({ level: 'DEBUG' });
    getLogger('shop').info(
      'got %j',
      { 'x-log-level': token },
      { extra: { headers: { 'x-log-level': token } } },
    );
    getLogger('shop').info(`header ${token}`);
    const { body } = await live.ask('records');
    const signature = token.split('.').at(-1) as string;
    expect((body as unknown[]).length).toBeGreaterThan(1);
    expect(JSON.stringify(body)).not.toContain(signature);
  });

  it('to find credentials in the last errors of handlers', async () => {
    live = await startLiveApp('express');
    dictConfig({
      version: 1,
      disable_existing_loggers: false,
      handlers: {
        search: {
          class: 'ElasticsearchHandler',
          url: 'http://127.0.0.1:9',
          index: 'logs',
          auth: { username: 'elastic', password: 's3cret-of-elastic' },
        },
        splunk: { class: 'SplunkHandler', url: 'http://127.0.0.1:9', token: 's3cret-of-splunk' },
      },
      root: { level: 'INFO', handlers: ['search', 'splunk'] },
    });
    getLogger('shop').info('paid');
    let body: unknown;
    for (let tries = 0; tries < 100 && !JSON.stringify(body ?? '').includes('ECONNREFUSED'); tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      ({ body } = await live.ask('handlers'));
    }
    expect(JSON.stringify(body)).toContain('ECONNREFUSED');
    expect(JSON.stringify(body)).not.toContain('s3cret');
  });

  it('to act unseen: no override, group, level or token hides what was done', async () => {
    live = await startLiveApp('express');
    const audit = new ListHandler();
    getLogger('nestjs_logging.live').addHandler(audit);
    for (const target of ['nestjs_logging.live', 'nestjs_logging', 'root']) {
      const body = { target, level: 'OFF', by: 'mallory\n2026-01-01 INFO forged' };
      expect((await live.ask('overrides', { method: 'POST', body })).status).toBe(201);
    }
    const { body } = await live.ask('overrides');
    for (const { id } of body as { id: string }[]) await live.ask(`overrides/${id}`, { method: 'DELETE' });
    const events = audit.records.map((record) => record.extraFields().event);
    expect(events.filter((event) => event === 'override set')).toHaveLength(3);
    expect(events.filter((event) => event === 'override ended')).toHaveLength(3);
    for (const record of audit.records) expect(audit.format(record)).not.toMatch(/^2026-01-01 INFO forged/m);
  });

  it('to use a token for longer by setting the clock back', async () => {
    live = await startLiveApp('express');
    const logger = getLogger('shop');
    const token = createLevelToken({ level: 'DEBUG', for: '100ms' });
    const isEnabled = () => runWithLevelToken(token, () => logger.isEnabledFor('DEBUG'));
    expect(isEnabled()).toBe(true);
    const now = Date.now();
    jest.spyOn(Date, 'now').mockImplementation(() => now - 3_600_000);
    expect(isEnabled()).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(isEnabled()).toBe(false);
  });
});
