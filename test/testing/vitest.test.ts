import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const folder = fileURLToPath(new URL('vitest/', import.meta.url));
const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');

describe('under Vitest', () => {
  // In a context of `vm`, Node 20 and 22 have no `Symbol.dispose`.
  it.each(['forks', 'vmForks'])(
    'matchers, captures, assertions, clock and contract work (%s)',
    (pool) => {
      const { status, stdout, stderr } = runVitest('kit', `--pool=${pool}`);
      expect(status === 0 ? '' : stdout + stderr).toBe('');
      expect(stdout).toMatch(/Tests +2\d passed/);
    },
    60_000,
  );

  it('the logs of tests that fail are printed, and of no others', () => {
    const { status, stdout, stderr } = runVitest('failing');
    const output = stdout + stderr;
    expect(status).toBe(1);
    expect(output).toMatch(/Tests +2 failed \| 1 passed/);
    expect(output).toMatch(/'fails':\n.* set up\n.* of the test that fails \\x1b\[31m\n/);
    expect(output).toMatch(/'rejects':\n.* set up\n.* of the test that rejects\n/);
    expect(output).not.toContain('of the test that passes');
  }, 60_000);
});

function runVitest(file: string, ...options: string[]) {
  const command = [vitest, 'run', '--root', folder, ...options, `${file}.vitest.ts`];
  return spawnSync(process.execPath, command, {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined },
  });
}
