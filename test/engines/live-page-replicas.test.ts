import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { getLogger } from 'nestjs-logging';
import { redisReplicas } from 'nestjs-logging/live';
import { isolateLogging, type LoggingIsolation } from 'nestjs-logging/testing';
import type { Browser, Page } from 'playwright-core';
import { buildPage } from '../live/support/build-page.js';
import { type LiveApp, startLiveApp } from '../live/support/live-app.js';
import {
  launchBrowser,
  openPage,
  sizes,
  takePicture,
  type WatchedPage,
} from '../live/support/live-browser.js';
import { describeWithEngines, until } from './support/engine.js';
import { type Redis, startRedis } from './support/redis.js';
import { type ReplicaProcess, startReplica } from './support/replica-process.js';

describeWithEngines(['chromium', 'redis'], 'the page of one of several instances', () => {
  let isolation: LoggingIsolation;
  let redis: Redis;
  let others: ReplicaProcess[];
  let live: LiveApp;
  let browser: Browser;
  let watched: WatchedPage;
  let page: Page;

  beforeAll(async () => {
    buildPage();
    isolation = isolateLogging();
    getLogger('shop.orders');
    redis = await startRedis();
    const options = { url: redis.url, key: 'shop' };
    live = await startLiveApp('express', {
      replicas: redisReplicas({ ...options, appVersion: '1.2.3' }),
      instance: { name: 'shop-1', labels: { region: 'eu' } },
    });
    others = await Promise.all(
      ['shop-2', 'shop-3'].map((name) => startReplica(name, 'redisReplicas', options)),
    );
    browser = await launchBrowser();
    watched = await openPage(browser, `${live.url}/logging?token=${live.token}#loggers`, 'desktop');
    ({ page } = watched);
  });
  afterAll(async () => {
    await browser?.close();
    await live?.close();
    await Promise.all((others ?? []).map((other) => other.close()));
    await redis?.stop();
    await isolation?.restore();
  });

  const row = (name: string) => page.getByRole('row').filter({ hasText: name });

  test('shows each of them, and what it has applied', async () => {
    await page.getByText(/^3 of 3 have applied version \d+$/).click();
    await row('shop-1').getByText('this one').waitFor();
    for (const text of ['up', '1.2.3', 'region=eu'])
      await row('shop-3').getByText(text, { exact: true }).waitFor();
  });

  test('sets a level on all, on another one, or by a label, and shows who has applied it', async () => {
    const set = async (target: string, place: string): Promise<void> => {
      await page.getByRole('button', { name: `Set level of ${target}`, exact: true }).click();
      const dialogue = page.getByRole('dialog');
      await dialogue.getByLabel('Where').selectOption(place);
      await dialogue.getByLabel('Reason').fill('orders of customer 7 fail');
      await dialogue.getByLabel('Your name').fill('anna');
      await dialogue.getByRole('button', { name: 'Set level' }).click();
      await dialogue.waitFor({ state: 'detached' });
    };
    await set('shop', 'all instances');
    await page.getByText('applied by 3 of 3').waitFor();
    await set('shop.orders', 'shop-2');
    await page.getByText('applied by 1 of 1').waitFor();
    await set('store.back', 'region=eu');
    await until(
      'two are applied by all',
      async () => (await page.getByText('applied by 3 of 3').count()) === 2,
    );
    const scopes = ['shop', 'shop.orders', 'store.back'];
    await until('the others have them', async () =>
      (await Promise.all(others.map((other) => other.view()))).every(
        ({ targets }) => targets.join() === scopes.join(),
      ),
    );
  });

  test('shows one that hangs as down, and that it has not applied what came since', async () => {
    others[1]?.signal('SIGSTOP');
    try {
      await others[0]?.set('shop.stock');
      await page.getByText('applied by 2 of 3 · down: shop-3').waitFor();
      await page.getByText(/^2 of 3 have applied version \d+$/).waitFor();
      await row('shop-3').getByText('down', { exact: true }).waitFor();
      await row('shop-3')
        .getByText(/heard of \d+ s ago/)
        .waitFor();
      await takePicture(page, 'instances');
      await page.setViewportSize(sizes.phone);
      await takePicture(page, 'instances-phone', 'dark');
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(
        sizes.phone.width,
      );
      await page.setViewportSize(sizes.desktop);
    } finally {
      others[1]?.signal('SIGCONT');
    }
    await page.getByText(/^3 of 3 have applied version \d+$/).waitFor();
    await until('all is applied', async () => (await page.getByText('down: shop-3').count()) === 0);
  });

  test('says that the engine is gone, and goes on', async () => {
    await redis.kill();
    const alert = page.getByRole('alert').filter({ hasText: 'What the instances share is not reached' });
    await alert.waitFor();
    await page.getByRole('button', { name: 'End the level of shop.stock' }).click();
    await page.getByText('End the level of shop.stock').waitFor({ state: 'detached' });
    await redis.restart();
    await alert.waitFor({ state: 'detached' });
    await until('its end went round', async () =>
      (await Promise.all(others.map((other) => other.view()))).every(
        ({ targets }) => !targets.includes('shop.stock'),
      ),
    );
    expect(watched.complaints).toEqual([]);
  });
});
