import { mkdtempSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CASES, COLD_CALLS, MODES } from './cases.mjs';
import { ratio, summary } from './statistics.mjs';
import { startWorker } from './workers.mjs';

/** The engine compiles what is hot in several steps, and later on a busy machine. */
const WARM_UP_MS = 700;

/**
 * Measures one case in one mode: every competitor in its own process, in turns. Processes are started anew several times:
 * what the engine makes of a program differs from one to the next.
 *
 * @param options `{ competitors, rounds, starts, sliceMs }`; `rounds` in all, of all starts
 * @returns For each competitor `{ cpu, wall, ratio }`; `ratio` is its CPU time over ours.
 */
export async function measureCase(name, mode, options) {
  const slices = new Map();
  // A process has its first calls once.
  const starts = CASES[name].isCold ? options.rounds : options.starts;
  for (let start = 0; start < starts; start += 1) {
    const rounds =
      Math.ceil((options.rounds * (start + 1)) / starts) - Math.ceil((options.rounds * start) / starts);
    await measureStart(name, mode, { ...options, rounds, slices, start });
  }
  return summarise(slices);
}

async function measureStart(name, mode, { competitors, rounds, sliceMs, onProgress, slices, start }) {
  const directory = mkdtempSync(path.join(tmpdir(), 'logging-bench-'));
  const workers = new Map();
  try {
    for (const competitor of competitors) {
      onProgress(`start ${start + 1}, ${competitor}`);
      const target = targetOf(directory, competitor, mode);
      const worker = await startWorker({
        ...{ competitor, name, target, sliceMs },
        warmUpMs: WARM_UP_MS,
        hasOutput: CASES[name].hasOutput !== false,
        ...(CASES[name].isCold ? { coldCalls: COLD_CALLS } : {}),
      });
      if (worker === undefined) continue;
      workers.set(competitor, { worker, target });
      if (!slices.has(competitor)) slices.set(competitor, { cpu: [], wall: [] });
    }
    for (let round = 0; round < rounds; round += 1) {
      onProgress(`start ${start + 1}, turn ${round + 1} of ${rounds}`);
      // Every other round the other way round, so that nobody always follows the same neighbour.
      const order = (start + round) % 2 === 0 ? [...workers] : [...workers].reverse();
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
