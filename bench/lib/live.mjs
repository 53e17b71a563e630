import { median, summary } from './statistics.mjs';
import { startWorker } from './workers.mjs';

const WARM_UP_MS = 700;

/** What is measured; the first is what the others are compared with. */
export const LIVE_VARIANTS = {
  without: 'without the module',
  with: 'with it, nobody looking',
  override: 'with a level set for another logger',
  used: 'after requests with a token',
  token: 'while another request with a token runs',
  kept: 'with records kept (`keep: "always"`)',
};
export const LIVE_CALLS = {
  info: '`info(text)`',
  extra: '`info(text, { extra })`',
  debug: '`debug(text)`, not logged',
};

/**
 * What a log call costs in an application with the live module, beside one without it: each in its own process, in turns,
 * compared turn by turn.
 *
 * @param options `{ rounds, starts, sliceMs }`; `rounds` in all, of all starts
 * @returns For each call and variant `{ cpu, extraNs }`.
 */
export async function measureLive({ rounds, starts, sliceMs, onProgress }) {
  const results = {};
  for (const call of Object.keys(LIVE_CALLS)) {
    const slices = Object.fromEntries(Object.keys(LIVE_VARIANTS).map((variant) => [variant, []]));
    for (let start = 0; start < starts; start += 1) {
      onProgress(`${call}, start ${start + 1} of ${starts}`);
      await measureStart(call, slices, {
        rounds: Math.ceil(rounds / starts),
        sliceMs,
        isReversed: start % 2 === 1,
      });
    }
    results[call] = Object.fromEntries(
      Object.entries(slices).map(([variant, values]) => {
        const extraNs = median(values.map((value, turn) => value - slices.without[turn]));
        return [variant, { cpu: summary(values), extraNs: Number(extraNs.toFixed(1)) }];
      }),
    );
  }
  return results;
}

async function measureStart(call, slices, { rounds, sliceMs, isReversed }) {
  const workers = [];
  try {
    for (const variant of Object.keys(LIVE_VARIANTS)) {
      const name = `${variant} ${call}`;
      const task = { competitor: 'live', name, target: {}, sliceMs, warmUpMs: WARM_UP_MS, hasOutput: true };
      workers.push({ variant, worker: await startWorker(task) });
    }
    for (let round = 0; round < rounds; round += 1) {
      // Every other round the other way round, so that nobody always follows the same neighbour.
      const order = (round % 2 === 1) === isReversed ? workers : workers.toReversed();
      for (const { variant, worker } of order) slices[variant].push((await worker.ask({})).cpu);
    }
  } finally {
    await Promise.all(workers.map(({ worker }) => worker.stop()));
  }
}
