import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { getLogger } from 'nestjs-logging';
import { listOverrides, overrideLevel } from 'nestjs-logging/live';
import { isolateLogging, type LoggingIsolation } from 'nestjs-logging/testing';
import { runCli } from '../../lib/cli/run.js';
import { type LiveApp, startLiveApp } from './support/live-app.js';

let isolation: LoggingIsolation;
let live: LiveApp;
beforeAll(async () => {
  isolation = isolateLogging();
  live = await startLiveApp('fastify');
});
afterAll(async () => {
  await live.close();
  await isolation.restore();
});

async function run(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const status = await runCli(['level', ...args], { stdin, stdout, stderr, env: { ...env, NO_COLOR: '1' } });
  const text = (stream: PassThrough) => String(stream.read() ?? '');
  return { status, stdout: text(stdout), stderr: text(stderr) };
}

const address = () => `${live.url}/logging?token=${live.token}`;

describe('nestjs-logging level', () => {
  it('sets, lists and clears levels of a running application', async () => {
    const set = await run([
      'set',
      address(),
      'shop.orders',
      'debug',
      '--for',
      '5m',
      '--by',
      'anna',
      '--reason',
      'why',
    ]);
    expect(set).toMatchObject({ status: 0, stderr: '' });
    expect(set.stdout).toMatch(/^shop\.orders DEBUG until \d{4}-.*Z by anna: why \([\w-]{36}\)\n$/);
    expect(getLogger('shop.orders').isEnabledFor('DEBUG')).toBe(true);
    expect((await run(['list', address()])).stdout).toBe(set.stdout);
    const cleared = await run(['clear', `${live.url}/logging/`, 'shop.orders'], {
      NESTJS_LOGGING_TOKEN: live.token,
    });
    expect(cleared).toEqual({ status: 0, stdout: `ended: ${set.stdout}`, stderr: '' });
    expect(await run(['list', address()])).toMatchObject({ status: 0, stdout: 'no levels are set\n' });
    expect(await run(['clear', address(), 'shop.orders'])).toMatchObject({ status: 1 });
  });

  it('takes scope and budget, and prints JSON', async () => {
    const { stdout } = await run([
      ...[
        'set',
        address(),
        'shop',
        '10',
        '--scope',
        'region=eu',
        '--budget',
        '7',
        '--json',
        '-t',
        live.token,
      ],
    ]);
    expect(JSON.parse(stdout)).toMatchObject({
      level: 'DEBUG',
      budget: 7,
      scope: { kind: 'label', name: 'region', value: 'eu' },
    });
    await run(['clear', address(), 'shop']);
  });

  it('refuses a budget that is no number, before it asks', async () => {
    const { status, stderr } = await run(['set', address(), 'shop', '10', '--budget', 'ten']);
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: expect.stringContaining(
        "'--budget <records>' argument 'ten' is invalid. expected a number from 1",
      ),
    });
  });

  it('a header that is given takes the place of its own', async () => {
    const { pathname } = new URL(address());
    const env = { NESTJS_LOGGING_TOKEN: 'of another application' };
    const header = `Authorization: Bearer ${live.token}`;
    expect(await run(['list', live.url + pathname, '--header', header], env)).toMatchObject({ status: 0 });
  });

  it('makes a token, as the header that brings it', async () => {
    const { stdout } = await run(['token', address(), 'debug', '--logger', 'shop', '--for', '1m']);
    expect(stdout).toMatch(/^x-log-level: v1\.[\w-]+\.[\w-]{43}\n$/);
  });

  it('says what is wrong in one line, and ends with 1', async () => {
    const said = async (...args: string[]) => (await run(args)).stderr;
    expect(await said('set', address(), 'shop', 'loud')).toMatch(/answered 400: .*unknown level 'loud'/);
    expect(await said('list', `${live.url}/logging`)).toMatch(/answered 401: the token is missing or wrong/);
    expect(await said('list', `${live.url}/nowhere?token=x`)).toMatch(/answered 404/);
    expect(await said('list', 'http://127.0.0.1:1/logging')).toMatch(/is not reached/);
    expect(await said('list', 'nowhere')).toMatch(/is not an address/);
    expect(await said('list', 'localhost:3000/logging')).toMatch(/is not an address; .*http:/);
    expect((await run(['list', 'nowhere'])).status).toBe(1);
  });

  it('lets nothing of an application’s reach the terminal as a command', async () => {
    overrideLevel('shop', 'DEBUG', { reason: '\x1b[2J\nforged', by: '\x07' });
    expect((await run(['list', address()])).stdout).toContain('by \\x07: \\x1b[2J\\nforged');
    for (const { id } of listOverrides()) await run(['clear', address(), id]);
  });
});
