import { mkdtempSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CASES, MODES } from './cases.mjs';
import { ratio, summary } from './statistics.mjs';
import { startWorker } from './workers.mjs';

/** The engine compiles what is hot in several steps, and later on a busy machine. */
const WARM_UP_MS = 700;

/**
 * Measures one case in one mode: every competitor in its own process, in turns.
 *
 * @param options `{ competitors, rounds, sliceMs }`
 * @returns For each competitor `{ cpu, wall, ratio }`; `ratio` is its processor time over ours.
 */
export async function measureCase(name, mode, { competitors, rounds, sliceMs, onProgress }) {
  const directory = mkdtempSync(path.join(tmpdir(), 'logging-bench-'));
  const workers = new Map();
  const slices = new Map();
  try {
    for (const competitor of competitors) {
      onProgress(`${competitor} warms up`);
      const target = targetOf(directory, competitor, mode);
      const worker = await startWorker({
        competitor,
        name,
        target,
        sliceMs,
        warmUpMs: WARM_UP_MS,
        hasOutput: CASES[name].hasOutput !== false,
      });
      if (worker !== undefined) workers.set(competitor, { worker, target });
      if (worker !== undefined) slices.set(competitor, { cpu: [], wall: [] });
    }
    for (let round = 0; round < rounds; round += 1) {
      onProgress(`turn ${round + 1} of ${rounds}`);
      // Every other round the other way round, so that nobody always follows the same neighbour.
      const order = round % 2 === 0 ? [...workers] : [...workers].reverse();
      for (const [competitor, { worker, target }] of order) {
        const { cpu, wall } = await worker.ask({});
        slices.get(competitor).cpu.push(cpu);
        slices.get(competitor).wall.push(wall);
        empty(target, mode);
      }
    }
  } finally {
    await Promise.all([...workers.values()].map(({ worker }) => worker.stop()));
    rmSync(directory, { recursive: true, force: true });
  }
  return summarise(slices);
}

function targetOf(directory, competitor, mode) {
  const { isBatched, isFile } = MODES[mode];
  const file = (name) => (isFile ? path.join(directory, `${competitor}-${name}.log`) : '/dev/null');
  return { isBatched, path: file('first'), secondPath: file('second') };
}

function empty(target, mode) {
  if (!MODES[mode].isFile) return;
  for (const file of [target.path, target.secondPath]) {
    try {
      truncateSync(file);
    } catch {
      // A competitor with one file only.
    }
  }
}

function summarise(slices) {
  const ours = slices.get('ours');
  const results = {};
  for (const [competitor, { cpu, wall }] of slices) {
    results[competitor] = {
      cpu: summary(cpu),
      wall: summary(wall),
      ...(ours === undefined ? {} : { ratio: ratio(cpu, ours.cpu) }),
    };
  }
  return results;
}
