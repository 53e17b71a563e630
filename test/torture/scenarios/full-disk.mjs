import { readdirSync } from 'node:fs';
import path from 'node:path';
import { expectReports, runApp } from '../support/app.mjs';
import { Oracle } from '../support/oracle.mjs';
import { inParallel } from '../support/random.mjs';
import { newDisk, textsIn } from '../support/scratch.mjs';

const KINDS = {
  file: (filename) => ({ class: 'FileHandler', options: { filename } }),
  'batched file': (filename) => ({ class: 'FileHandler', options: { filename, bufferSize: 8_192 } }),
  'rotating file': (filename) => ({
    class: 'RotatingFileHandler',
    options: { filename, maxBytes: 50_000, backupCount: 50 },
  }),
  'timed file': (filename) => ({
    class: 'TimedRotatingFileHandler',
    options: { filename, when: 's', maxBytes: 50_000 },
  }),
  'watched file': (filename) => ({ class: 'WatchedFileHandler', options: { filename } }),
  queue: (filename) => ({ class: 'QueueHandler', inner: [{ class: 'FileHandler', options: { filename } }] }),
};

export default {
  name: 'full-disk',
  title: 'a disk of 1 MiB fills up and is freed: once (6,000 records) and 20 times over',
  needs: ['linux', 'mount'],
  isInCi: true,
  async run({ quick, step, cores }) {
    const cases = Object.keys(KINDS).flatMap((kind) => [
      { kind, what: `${kind}, once`, cycles: 1, before: 2_000, during: 2_000, after: 2_000 },
      { kind, what: `${kind}, 20 times`, cycles: quick ? 5 : 20, before: 100, during: 150, after: 50 },
    ]);
    return inParallel(cases, cores, async ({ kind, what, ...config }) => {
      const folder = newDisk(1_024);
      const handler = KINDS[kind](path.join(folder, 'app.log'));
      const app = await runApp('full-disk', { handler, folder, ...config });
      const oracle = new Oracle();
      for (const text of textsIn(folder)) oracle.read(text);
      const row = oracle.judge([app.ledger], ({ issued }) => issued);
      const count = config.cycles * (config.before + config.during + config.after);
      if (row.delivered !== count) row.problems.push(`${row.delivered} of ${count}`);
      const { ledger, stderr } = app;
      if (ledger.recoveries !== config.cycles)
        row.problems.push(`${ledger.recoveries} of ${config.cycles} recoveries`);
      expectReports(row, stderr, 'ENOSPC');
      if (/rotating|timed/.test(kind) && readdirSync(folder).length < 3)
        row.problems.push('nothing was rolled over');
      step(what);
      return {
        what,
        ...row,
        faults: config.cycles,
        note: `a fresh record at most ${ledger.recoveryMs} ms after there was room`,
      };
    });
  },
};
