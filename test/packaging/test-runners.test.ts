import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Consumer } from './consumer.js';

/** The tests of an application whose configuration names a handler that is loaded on demand. */
const body = `
  test.each(['at first', 'after a reset'])('%s', async (time) => {
    if (time !== 'at first') runner.resetModules();
    const { dictConfig, getHandlerByName, getLogger, getLoggingStats, shutdown } = await load('nestjs-logging/core');
    const handlers = { log: { class: 'SysLogHandler', address: ['127.0.0.1', 9] } };
    if (time !== 'at first') await load('nestjs-logging/handlers');
    dictConfig({ version: 1, handlers, root: { level: 'INFO', handlers: ['log'] } });
    getLogger('shop').info('open');
    if (time === 'at first') expect(getHandlerByName('log').constructor.name).toBe('SysLogHandler');
    else expect(getHandlerByName('log')).toBeInstanceOf((await load('nestjs-logging/handlers')).SysLogHandler);
    await shutdown();
    expect(getLoggingStats().handlers).toContainEqual(expect.objectContaining({ name: 'log', delivered: 1 }));
  });`;

const files = {
  'jest-esm.test.mjs': `
    import { expect, jest as runner, test } from '@jest/globals';
    const load = (name) => import(name);${body}`,
  'jest-cjs.test.cjs': `
    const { expect, jest: runner, test } = require('@jest/globals');
    const load = async (name) => require(name);${body}`,
  'vitest.test.mjs': `
    import { expect, test, vi as runner } from 'vitest';
    const load = (name) => (name.endsWith('core') ? import('nestjs-logging/core') : import('nestjs-logging/handlers'));${body}`,
  'jest.config.cjs': `module.exports = { testMatch: ['**/jest-*.test.*'], transform: {}, testTimeout: 60_000 };`,
  'vitest.config.mjs': `export default { test: { include: ['vitest.test.mjs'], testTimeout: 60_000, server: { deps: { inline: process.env.INLINE ? ['nestjs-logging'] : [] } } } };`,
  'program.ts': `
    import { dictConfig, getHandlerByName, shutdown } from 'nestjs-logging/core';
    import { SysLogHandler } from 'nestjs-logging/handlers';
    const name: string = 'log';
    dictConfig({ version: 1, handlers: { [name]: { class: 'SysLogHandler', address: ['127.0.0.1', 9] } } });
    console.log(getHandlerByName(name) instanceof SysLogHandler);
    await shutdown();`,
};

describe('a handler that is loaded when a configuration names it', () => {
  let app: Consumer;

  beforeAll(async () => {
    app = await Consumer.create('module', ['jest@30', '@jest/globals@30', 'vitest@4', 'tsx@4']);
    for (const [name, text] of Object.entries(files)) await app.write(name, text);
  });
  afterAll(() => app?.remove());

  const jest = (file: string, ...flags: string[]) =>
    app
      .node(...flags, 'node_modules/jest/bin/jest.js', '--json', file)
      .then((printed) => JSON.parse(printed));

  it('is there in Jest, as an ES module', async () => {
    expect(await jest('jest-esm', '--experimental-vm-modules')).toMatchObject({ numPassedTests: 2 });
  });

  it('is there in Jest, in CommonJS', async () => {
    expect(await jest('jest-cjs')).toMatchObject({ numPassedTests: 2 });
  });

  it.each(['', 'yes'])('is there in Vitest (inline: "%s")', async (INLINE) => {
    const vitest = [join('node_modules', 'vitest', 'vitest.mjs'), 'run', '--reporter=json'];
    expect(JSON.parse(await app.exec(process.execPath, vitest, { INLINE }))).toMatchObject({
      numPassedTests: 2,
    });
  });

  it('is the class that a program imports which tsx runs', async () => {
    expect(await app.node('--import', 'tsx', 'program.ts')).toBe('true\n');
  });
});
