import { spawnSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { repository } from '../support/docs/markdown.js';

/** Runs the bench with options with which it does not measure. */
function bench(...options: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['bench/run.mjs', ...options], {
    cwd: repository,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

describe('the bench', () => {
  it('lists its options, cases and parts', () => {
    const { status, stdout, stderr } = bench('--help');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    for (const text of ['--variants A,B', 'elasticsearch', 'bound', 'http', 'nodes'])
      expect(stdout).toContain(text);
  });

  it('names an option that it does not know, and lists those that it does', () => {
    const { status, stdout, stderr } = bench('--quickly');
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^Unknown option '--quickly'/);
    expect(stderr).toContain('--quick ');
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it('names a case that it does not know', () => {
    const { status, stderr } = bench('--only', 'jsonn');
    expect(status).toBe(2);
    expect(stderr).toContain('--only: no jsonn; there are ');
  });

  it.each(['many', '0', '-5', '1.5', '1e3', ''])("ships no '%s' records", (records) => {
    const { status, stdout, stderr } = bench(`--records=${records}`);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(`--records: '${records}' is not a positive integer\n\nnpm run bench`);
  });
});
