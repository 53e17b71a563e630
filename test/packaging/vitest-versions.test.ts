import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { nodeBinary, whyNoBinaries } from '../../scripts/node-binary.mjs';
import { Consumer } from './consumer.js';

const body = `
  import { getLogger } from 'nestjs-logging/core';
  import { captureLogs, loggingMatchers } from 'nestjs-logging/testing';
  import { expect, test } from 'vitest';
  expect.extend(loggingMatchers);
  test('the matchers', async () => {
    const logs = captureLogs('shop', () => {
      getLogger('shop').warning('order %d paid late', 7, { extra: { user_id: 1 } });
      getLogger('shop').error('failed', new TypeError('no card'));
    });
    expect(logs).toHaveLogged();
    expect(logs).toHaveLogged('WARNING', /paid/, { extra: { user_id: expect.any(Number) } });
    expect(logs).not.toHaveLogged(30, 'x');
    expect.soft(logs).toHaveLogged(/paid/, { times: 1 });
    expect(logs).toHaveLogged({ level: 'ERROR' });
    expect(logs).toHaveLoggedException(TypeError);
    expect(logs).not.toHaveLoggedNothing('ERROR');
    expect(() => expect(logs).toHaveLogged('INFO')).toThrow('No such record.');
    await expect.poll(() => logs).toHaveLogged('WARNING', /paid/);
    await expect.poll(() => logs).not.toHaveLogged('INFO');
    await expect(Promise.resolve(logs)).resolves.toHaveLogged(/paid/);
    // @ts-expect-error: what is no level does not compile
    expect(() => expect(logs).toHaveLogged(true)).toThrow();
    // @ts-expect-error: nor what is no part of a pattern
    expect(() => expect(logs).toHaveLogged({ levle: 'INFO' })).toThrow("'levle'");
  });`;

/** Declarations of these packages are not all in order themselves, so that only the file's own errors and ours count. */
const compilerOptions = {
  strict: true,
  target: 'ES2022',
  module: 'NodeNext',
  skipLibCheck: false,
  noEmit: true,
  types: ['node'],
};

// The tests beside this folder run under Vitest 4.
describe.each([{ version: '2' }, { version: '3' }, { version: '5', node: '26' }])(
  'the matchers under Vitest $version',
  ({ version, node }) => {
    const whyNot = node === undefined ? undefined : whyNoBinaries();
    let app: Consumer;

    beforeAll(async () => {
      app = await Consumer.create('module', [
        '@nestjs/common@12',
        '@nestjs/core@12',
        '@types/node@22',
        'typescript@7',
        `vitest@${version}`,
      ]);
      await app.write('matchers.test.ts', body);
      await app.write('tsconfig.json', JSON.stringify({ compilerOptions, files: ['matchers.test.ts'] }));
    });
    afterAll(() => app?.remove());

    it('compile', async () => {
      const compiler = 'node_modules/typescript/bin/tsc';
      const printed = await app.node(compiler).catch(({ stdout }: { stdout: string }) => stdout);
      const isOfOthers = (line: string) => /^(?:node_modules\/(?!nestjs-logging)| )/.test(line);
      expect(printed.split('\n').filter((line) => line !== '' && !isOfOthers(line))).toEqual([]);
    });

    const runs = async () => {
      const runner = [
        'node_modules/vitest/vitest.mjs',
        'run',
        '--reporter=json',
        '--outputFile=results.json',
      ];
      const program = node === undefined ? process.execPath : nodeBinary(node);
      await app.exec(program, runner).catch(() => {});
      const { testResults } = JSON.parse(await readFile(join(app.folder, 'results.json'), 'utf8'));
      expect(testResults[0].assertionResults).toMatchObject([{ status: 'passed', failureMessages: [] }]);
    };
    if (whyNot === undefined) it('pass and fail', runs);
    else it.skip(`pass and fail: ${whyNot}`, runs);
  },
);
