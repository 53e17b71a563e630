import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { getLogger } from 'nestjs-logging/core';
import { captureLogs, isolateLogging, printLogsOfFailingTests } from 'nestjs-logging/testing';

const root = fileURLToPath(new URL('../../', import.meta.url));

describe('printLogsOfFailingTests', () => {
  it('prints the records of tests that fail, and of no others, under Jest', () => {
    const jest = createRequire(import.meta.url).resolve('jest/bin/jest');
    const { stderr, status } = spawnSync(
      process.execPath,
      ['--experimental-vm-modules', jest, '--config', 'test/testing/failing-tests/jest.config.js'],
      { cwd: root, encoding: 'utf8', env: { ...process.env, FORCE_COLOR: '0' } },
    );
    expect(status).toBe(1);
    expect(stderr).toContain('4 failed, 1 passed');
    expectLogsOfFailingTests(stderr, 'orders.jest.ts');
  }, 30_000);

  it('takes what Vitest passes to its hooks', () => {
    const printed: string[] = [];
    runTest(printed, { task: { name: 'good', result: { state: 'pass' } } });
    runTest(printed, { task: { name: 'bad', result: { state: 'fail' } } });
    expect(printed).toEqual([expect.stringContaining("Logged by the failing test 'bad':\n  WARNING  shop:")]);
  });

  it('refuses a runner that does not report results', () => {
    const symbol = Object.getOwnPropertySymbols(globalThis).find(
      ({ description }) => description === 'JEST_STATE_SYMBOL',
    );
    const jestGlobal = globalThis as unknown as Record<symbol, unknown>;
    const jestState = jestGlobal[symbol as symbol];
    jestGlobal[symbol as symbol] = undefined;
    try {
      expect(() => runTest([], undefined)).toThrow(expect.objectContaining({ code: 'ERR_LOGGING_ARGUMENT' }));
    } finally {
      jestGlobal[symbol as symbol] = jestState;
    }
  });
});

/** A test that logs, as a runner would run it. */
function runTest(printed: string[], context: unknown): void {
  const hooks: ((context: unknown) => void)[] = [];
  const addHook = (hook: (...args: unknown[]) => void) => hooks.push(hook);
  printLogsOfFailingTests(
    { beforeEach: addHook, afterEach: addHook },
    { print: (text) => printed.push(text) },
  );
  isolateLogging(() => {
    hooks[0]?.(context);
    captureLogs(() => getLogger('shop').warning('late'));
    hooks[1]?.(context);
  });
}

function expectLogsOfFailingTests(output: string, file: string): void {
  expect(output).toContain(`Logged by the failing test 'fails':\n  INFO     shop:${file}:`);
  expect(output).toMatch(/'fails':\n.* set up\n.* of the test that fails \\x1b\[31m\n/);
  expect(output).toMatch(/'rejects':\n.* set up\n.* of the test that rejects\n/);
  expect(output).toMatch(/'passes, but not its hook':\n.* set up\n.* of the test whose hook fails\n/);
  expect(output).toMatch(/'fails in silence':\n.* set up\n/);
  expect(output).not.toContain('of the test that passes');
  expect(output).not.toMatch(/^ +DEBUG /m);
}
