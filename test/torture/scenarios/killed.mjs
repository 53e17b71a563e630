import path from 'node:path';
import { runApp } from '../support/app.mjs';
import { Oracle } from '../support/oracle.mjs';
import { between, inParallel, randomFrom } from '../support/random.mjs';
import { newFolder, textsIn } from '../support/scratch.mjs';
import { faultsIn } from '../support/shim.mjs';

/** Records of one life: about a dozen rolls. */
const COUNT = 1_500;

const bySize = { maxBytes: 10_000, backupCount: 10_000 };
const compressed = { ...bySize, compress: true };

// Each in a folder of its own, side by side: most of the time they wait for the disk.
const CASES = [
  { what: 'rolled over by size', kills: 30, options: bySize },
  { what: 'by size and compressed', kills: 25, options: compressed },
  { what: 'by size and compressed, again', kills: 25, options: compressed },
  {
    what: 'by size and compressed, collected lines',
    kills: 20,
    options: { ...compressed, bufferSize: 2_000 },
  },
];

export default {
  name: 'killed',
  title:
    'SIGKILL at 100 random system calls of rotation and compression, each life going on where the last one ended',
  isInCi: true,
  needs: ['cc', 'linux'],
  async run({ random, quick, step, cores }) {
    const seeds = CASES.map(() => Math.floor(random() * 2 ** 31));
    return inParallel(CASES, 2 * cores, async ({ what, options, ...plan }, index) => {
      const kills = quick ? 5 : plan.kills;
      const draw = randomFrom(seeds[index]);
      const folder = newFolder();
      const handler = {
        class: 'RotatingFileHandler',
        options: { ...options, filename: path.join(folder, 'app.log') },
      };
      const live = (killed, config = {}) =>
        runApp(
          'write',
          { handler, count: COUNT, yieldEvery: 25, pauseMs: 1, close: true, ...config },
          killed,
        );
      // A whole life first, to know how many calls there are.
      const whole = faultsIn(folder);
      const apps = [await live({ env: whole.env })];
      const { calls } = whole.counts();
      let killed = 0;
      // A life may have fewer calls than the first one had, and then ends by itself.
      for (let turn = 0; turn < 2 * kills && killed < kills; turn++) {
        const app = await live({ env: faultsIn(folder, { killAt: between(draw, 1, calls) }).env });
        apps.push(app);
        if (app.ending === 'SIGKILL') killed += 1;
        step(`${what}, kill ${killed} of ${kills}`);
      }
      // The last one finishes what the others left.
      apps.push(await live({}, { count: 1 }));
      const oracle = new Oracle();
      for (const text of textsIn(folder)) oracle.read(text);
      const row = oracle.judge(apps.map(({ ledger }) => ledger));
      if (killed < kills) row.problems.push(`only ${killed} of ${kills} were killed`);
      const strange = apps.map(({ stderr }) => stderr).find((text) => text !== '');
      if (strange !== undefined) row.problems.push(`on standard error: ${strange.slice(0, 500)}`);
      return { what, ...row, faults: killed, note: `killed ${killed} times at one of ${calls} calls` };
    });
  },
};
