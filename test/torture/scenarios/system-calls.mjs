import path from 'node:path';
import { expectReports, reportsIn, runApp } from '../support/app.mjs';
import { Oracle } from '../support/oracle.mjs';
import { inParallel } from '../support/random.mjs';
import { newFolder, textsIn } from '../support/scratch.mjs';
import { faultsIn } from '../support/shim.mjs';

const COUNT = 100_000;

const CASES = [
  {
    what: 'file',
    least: 20_000,
    plan: { soft: 4_500, hard: 30 },
    handler: (filename) => ({ class: 'FileHandler', options: { filename } }),
  },
  {
    what: 'batched file',
    plan: { soft: 4_000, hard: 2_000 },
    handler: (filename) => ({ class: 'FileHandler', options: { filename, bufferSize: 2_000 } }),
  },
  {
    what: 'rotating file, compressed',
    // After a roll that failed the next one is a second away: time is needed for more than a few.
    pauseMs: 30,
    plan: { soft: 1_500, hard: 50, others: 400 },
    handler: (filename) => ({
      class: 'RotatingFileHandler',
      options: { filename, maxBytes: 200_000, backupCount: 1_000, compress: true },
    }),
  },
  {
    what: 'timed file',
    pauseMs: 30,
    plan: { soft: 1_500, hard: 50, others: 400 },
    handler: (filename) => ({
      class: 'TimedRotatingFileHandler',
      options: { filename, when: 's', maxBytes: 300_000 },
    }),
  },
];

export default {
  name: 'system-calls',
  title: 'ENOSPC, EIO, EDQUOT, EAGAIN, EINTR, short writes; open, rename, unlink, fsync, ftruncate that fail',
  needs: ['cc', 'linux'],
  isInCi: true,
  run({ seed, quick, step, cores }) {
    return inParallel(CASES, cores, async ({ what, least = 0, pauseMs = 0, plan, handler }, index) => {
      const folder = newFolder();
      const faults = faultsIn(folder, { seed: seed + index, ...plan });
      const count = quick ? COUNT / 10 : COUNT;
      const spec = handler(path.join(folder, 'app.log'));
      const app = await runApp(
        'write',
        { handler: spec, count, yieldEvery: 500, pauseMs, close: true },
        { env: faults.env },
      );
      // What could not be finished, the next start finishes.
      const next = await runApp('write', { handler: spec, count: 1, close: true });
      const oracle = new Oracle();
      for (const text of textsIn(folder)) oracle.read(text);
      const row = oracle.judge([app.ledger, next.ledger], ({ issued }) => issued);
      if (row.delivered !== count + 1) row.problems.push(`${row.delivered} of ${count + 1}`);
      const counted = faults.counts();
      if (!quick && counted.faults < least) row.problems.push(`only ${counted.faults} faults`);
      expectReports(row, app.stderr);
      const { codes } = reportsIn(app.stderr);
      if (codes.length === 0) row.problems.push('no fault was reported');
      if (plan.others && counted.by.rename.calls < 3) row.problems.push('nothing was rolled over');
      step(what);
      const by = Object.entries(counted.by).filter(([, { calls }]) => calls > 0);
      const note = by.map(([name, { calls, faults: failed }]) => `${name} ${failed}/${calls}`).join(', ');
      return { what, ...row, faults: counted.faults, note: `failed ${note}; reported ${codes.join(' ')}` };
    });
  },
};
