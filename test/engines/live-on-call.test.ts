import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { buildPage } from '../live/support/build-page.js';
import { launchBrowser, openPage, type WatchedPage } from '../live/support/live-browser.js';
import { ChildApp } from '../support/child-app.js';
import { compiledFile } from '../support/compiled-sources.js';
import { describeWithEngines, until } from './support/engine.js';
import { type Redis, startRedis } from './support/redis.js';

const main = compiledFile(fileURLToPath(new URL('../../sample-app/main.ts', import.meta.url)));

/** One instance of the sample application. */
interface Instance {
  readonly app: ChildApp;
  readonly folder: string;
  /** The last line of its start. */
  readonly address: string;
}

describeWithEngines(['chromium', 'redis'], 'the sample application as three instances', () => {
  let redis: Redis;
  let instances: Instance[] = [];
  let browser: Browser;
  let watched: WatchedPage;
  let page: Page;

  beforeAll(async () => {
    buildPage();
    redis = await startRedis();
    instances = await Promise.all([1, 2, 3].map(() => startInstance()));
    browser = await launchBrowser();
    watched = await openPage(browser, one(0).address, 'desktop');
    ({ page } = watched);
  });
  afterAll(async () => {
    await browser?.close();
    for (const { app, folder } of instances) {
      await app.stop();
      rmSync(folder, { recursive: true, force: true });
    }
    await redis?.stop();
  });

  async function startInstance(): Promise<Instance> {
    const folder = mkdtempSync(path.join(tmpdir(), 'on-call-'));
    const app = await ChildApp.start(main, folder, {
      LOG_DIR: folder,
      LOG_LEVELS: 'shop.*=info',
      REDIS_URL: redis.url,
      LOG_TOKEN_SECRET: 'the same thirty-two bytes or more in all instances',
    });
    let address = '';
    await until(
      'its address is printed',
      () => {
        address = /^nestjs-logging: (http\S+)\n$/m.exec(app.printed())?.[1] ?? '';
        return address !== '';
      },
      60_000,
    );
    return { app, folder, address };
  }

  const one = (index: number) => instances[index] as Instance;
  const details = ({ folder }: Instance) =>
    readFileSync(path.join(folder, 'development.log'), 'utf8')
      .split('\n')
      .filter((line) => line.includes(' DEBUG shop.')).length;
  const counts = () => instances.map(details);
  const pay = (instance: Instance, headers: Record<string, string> = {}) =>
    instance.app.ask('/orders/1/payment', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: '{}',
    });
  const list = (headers: Record<string, string> = {}) =>
    Promise.all(instances.map(({ app }) => app.ask('/orders', { headers })));
  const show = (view: string) => page.getByRole('link', { name: view, exact: true }).click();

  test('somebody on call finds the requests that fail, and why', async () => {
    await list();
    expect((await pay(one(0))).status).toBe(402);
    await show('Requests');
    await page.getByLabel('Failed only').check();
    await page.getByLabel('Text').fill('orders/1');
    await page.getByRole('button', { name: 'POST /orders/1/payment' }).first().click();
    const records = page.getByRole('list', { name: 'Records of this request' });
    await records.getByRole('button', { name: 'payment of order 1 failed' }).click();
    await records.getByText('Error: No card was given for order 1').first().waitFor();
  });

  test('raises the level for the requests of that customer alone, in all instances', async () => {
    await show('Loggers');
    await page.getByText('3 of 3 have applied version').waitFor();
    await page.getByRole('button', { name: 'A level for requests' }).click();
    await page.getByLabel('Loggers, with those below them').fill('shop');
    await page.getByLabel('Reason').fill('orders of customer 7 fail');
    await page.getByLabel('Your name').fill('anna');
    await page.getByRole('button', { name: 'Make a token' }).click();
    const [name = '', token = ''] = (await page.getByLabel('Header').inputValue()).split(': ');
    await page.getByRole('button', { name: 'Close' }).click();

    const before = counts();
    const forged = token.slice(0, -1) + (token.endsWith('A') ? 'E' : 'A');
    await Promise.all([list(), list({ [name]: token }), list({ [name]: forged })]);
    await until('each instance has logged one request in detail', () =>
      counts().every((count, index) => count === (before[index] ?? 0) + 1),
    );
    await show('Live');
    await page.getByLabel('Text').fill('1 orders');
    await page.locator('.record .level', { hasText: 'DEBUG' }).first().waitFor();
    await page.getByRole('button', { name: 'All records' }).click();
  });

  test('raises the level of a logger everywhere, sees who has applied it, and it ends by itself', async () => {
    await show('Loggers');
    await page.getByRole('button', { name: 'Set level of shop.orders', exact: true }).click();
    const dialogue = page.getByRole('dialog');
    await dialogue.getByLabel('Reason').fill('orders of customer 7 fail');
    await dialogue.getByLabel('At most so many records').fill('2');
    await dialogue.getByRole('button', { name: 'Set level' }).click();
    await page.getByText('applied by 3 of 3').waitFor();
    const before = counts();
    for (let round = 0; round < 4; round += 1) await list();
    await until('each has logged two, and not one more', () =>
      counts().every((count, index) => count === (before[index] ?? 0) + 2),
    );

    // The same by its time.
    const { origin, searchParams } = new URL(one(1).address);
    const headers = { authorization: `Bearer ${searchParams.get('token')}` };
    const session = await fetch(`${origin}/logging/api/session`, { headers });
    const { csrfToken } = (await session.json()) as { csrfToken: string };
    const set = await fetch(`${origin}/logging/api/overrides`, {
      method: 'POST',
      headers: { ...headers, 'x-csrf-token': csrfToken, 'content-type': 'application/json' },
      body: JSON.stringify({ target: 'shop', level: 'DEBUG', for: '8s', reason: 'once more', by: 'anna' }),
    });
    const { expiresAt } = (await set.json()) as { expiresAt: number };
    await page.getByText(/[1-8] s left/).waitFor();
    await until('it is over', () => Date.now() > expiresAt + 1_000);
    const ended = counts();
    await list();
    expect(counts()).toEqual(ended);
    await page.getByText(/\d s left/).waitFor({ state: 'detached' });
    // Who, what and why is on record everywhere.
    for (const { app } of instances)
      expect(app.printed()).toMatch(/nestjs_logging\.live: .*shop.*anna.*once more/);
    expect(watched.complaints).toEqual([]);
  });

  test('an attacker gets nothing out of any of them, and changes nothing', async () => {
    for (const { address } of instances) {
      const { origin, searchParams } = new URL(address);
      const token = searchParams.get('token') ?? '';
      const ask = async (route: string, headers: Record<string, string> = {}, init: RequestInit = {}) =>
        (await fetch(`${origin}/logging${route}`, { ...init, headers })).status;
      const known = { authorization: `Bearer ${token}` };
      const json = { ...known, 'content-type': 'application/json' };
      const post = { method: 'POST', body: '{"target":"root","level":"OFF"}' };
      expect(await ask('')).toBe(401);
      expect(await ask('/api/records', { authorization: `Bearer ${token.slice(0, -1)}!` })).toBe(401);
      expect(await ask('/api/records', { ...known, origin: 'https://evil.example.com' })).toBe(403);
      expect(await ask('/api/records', { ...known, 'x-forwarded-for': '203.0.113.7' })).toBe(403);
      expect(await ask('/api/overrides', json, post)).toBe(403);
      expect(await ask('/api/overrides', { ...json, 'x-csrf-token': 'guess' }, post)).toBe(403);
      const list = await fetch(`${origin}/logging/api/overrides`, { headers: known });
      expect(await list.json()).toEqual([]);
    }
  });
});
