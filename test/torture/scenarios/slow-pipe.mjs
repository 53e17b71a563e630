import { readFileSync } from 'node:fs';
import path from 'node:path';
import { runApp } from '../support/app.mjs';
import { Oracle } from '../support/oracle.mjs';
import { inParallel } from '../support/random.mjs';
import { newFolder } from '../support/scratch.mjs';

const COUNT = 20_000;

// The second reader sleeps for longer than a log call waits.
const CASES = [
  { what: 'reader asleep for 1 s', seconds: 1, options: {} },
  { what: 'reader asleep for 1 s, collected lines', seconds: 1, options: { bufferSize: 16_384 } },
  { what: 'reader asleep for 4 s', seconds: 4, options: {} },
];

export default {
  name: 'slow-pipe',
  title: 'standard output is a pipe whose reader sleeps; 20,000 records, then process.exit()',
  needs: ['bash'],
  isInCi: true,
  run({ step, cores }) {
    return inParallel(CASES, cores, async ({ what, seconds, options }) => {
      const output = path.join(newFolder(), 'output');
      const app = await runApp(
        'write',
        {
          handler: { class: 'StreamHandler', options: { stream: 'stdout', ...options } },
          count: COUNT,
          ending: 'exit',
        },
        { shell: `"$@" | (sleep ${seconds}; cat > '${output}')` },
      );
      const oracle = new Oracle();
      oracle.read(readFileSync(output, 'utf8'));
      const row = oracle.judge([app.ledger], ({ issued }) => issued);
      if (row.delivered !== COUNT) row.problems.push(`${row.delivered} of ${COUNT}`);
      step(what);
      return { what, ...row };
    });
  },
};
