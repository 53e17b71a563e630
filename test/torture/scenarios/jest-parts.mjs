import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Scenarios that are tests of the test run, which `npm test` runs too; here they are run again with the rest. */
const parts = [
  {
    name: 'redaction',
    title: '500 secrets in 40 places: none gets out, inputs unchanged',
    file: 'test/filters/redaction-leaks.test.ts',
  },
  {
    name: 'spool',
    title: 'the spool cut at every byte of a segment, and 10,000 bit flips',
    file: 'test/handlers/delivery/spool',
    env: { SPOOL_FLIPS: '10000' },
  },
  {
    name: 'two-boots',
    title: 'two applications start at once, one fails at each stage of its start; closed in any order',
    file: 'test/e2e/concurrent-boots.test.ts',
  },
];

export default parts.map(({ name, title, file, env }) => ({
  name,
  title: `${title} (${file})`,
  isInCi: false,
  missing: () => (existsSync(`${root}${file}`) ? undefined : 'not yet'),
  async run() {
    const { output, code } = await jest(file, env);
    const [, tests = ''] = /^Tests: +(.*)$/m.exec(output) ?? [];
    return [{ what: file, problems: code === 0 ? [] : [output.slice(-2_000)], note: tests }];
  },
}));

function jest(file, env) {
  const child = spawn('npm', ['run', '-s', 'jest', '--', file], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TEST_COUNTS_FILE: '', TEST_FAILURES_FILE: '', ...env },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk) => {
      output += chunk;
    });
  return new Promise((resolve) => child.once('close', (code) => resolve({ output, code })));
}
