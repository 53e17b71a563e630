import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isolateLogging, type LoggingIsolation } from 'nestjs-logging/testing';
import { buildPage } from './support/build-page.js';
import { type LiveApp, startLiveApp } from './support/live-app.js';

beforeAll(buildPage);

describe.each(['express', 'fastify'] as const)('the page on %s', (platform) => {
  let isolation: LoggingIsolation;
  let live: LiveApp;
  beforeAll(async () => {
    isolation = isolateLogging();
    live = await startLiveApp(platform);
  });
  afterAll(async () => {
    await live.close();
    await isolation.restore();
  });

  const open = (headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${live.url}/logging?token=${live.token}`, { headers: { accept: 'text/html', ...headers } });

  it('is a document that is kept and framed nowhere', async () => {
    const response = await open();
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
      vary: expect.stringMatching(/accept/i),
    });
    expect(await response.text()).toContain('<!doctype html>');
  });

  it('runs its own script and styles, by their digests, and nothing else', async () => {
    const response = await open();
    const html = await response.text();
    const policy = new Map(
      (response.headers.get('content-security-policy') ?? '')
        .split('; ')
        .map((rule) => [rule.split(' ')[0], rule.split(' ').slice(1).join(' ')]),
    );
    const digest = (pattern: RegExp): string =>
      `'sha256-${createHash('sha256')
        .update(pattern.exec(html)?.[1] ?? '')
        .digest('base64')}'`;
    expect(Object.fromEntries(policy)).toEqual({
      'default-src': "'none'",
      'script-src': digest(/<script type="module">([\s\S]*?)<\/script>/),
      'style-src': digest(/<style>([\s\S]*?)<\/style>/),
      'connect-src': "'self'",
      'img-src': 'data:',
      'base-uri': "'none'",
      'form-action': "'none'",
      'frame-ancestors': "'none'",
      'require-trusted-types-for': "'script'",
      'trusted-types': "'none'",
    });
    expect(html).not.toMatch(/\s(?:src|href)="(?!data:,")/);
    expect(html.match(/<script/g)).toHaveLength(1);
  });

  it('holds nothing of the application, and fits into 64 KB', async () => {
    const html = await (await open()).text();
    expect(html).not.toContain(live.token);
    expect(html.length).toBeLessThan(65_536);
  });

  it('is not given without the token, or into a page of another site', async () => {
    expect((await fetch(`${live.url}/logging`, { headers: { accept: 'text/html' } })).status).toBe(401);
    expect((await open({ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' })).status).toBe(403);
  });

  it('is JSON for programs', async () => {
    const response = await open({ accept: 'application/json' });
    expect(await response.json()).toEqual({ api: expect.arrayContaining(['api/records']) });
  });
});
