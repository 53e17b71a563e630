import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startWorker } from './workers.mjs';

/**
 * The most memory a process takes that logs so many JSON lines in one tight loop, written in batches to a file:
 * what cannot be written at once piles up.
 *
 * @returns For each competitor `{ maxRssMiB }` of the whole process.
 */
export async function measureMemory(count, { competitors, onProgress }) {
  const results = {};
  for (const competitor of competitors) {
    onProgress(competitor);
    const directory = mkdtempSync(path.join(tmpdir(), 'logging-bench-'));
    const target = {
      isBatched: true,
      path: path.join(directory, 'first.log'),
      secondPath: path.join(directory, 'second.log'),
    };
    try {
      const worker = await startWorker({
        competitor,
        name: 'json',
        target,
        sliceMs: 1,
        warmUpMs: 0,
        hasOutput: true,
      });
      if (worker === undefined) continue;
      const { maxRss } = await worker.ask({ count });
      results[competitor] = { maxRssMiB: Math.round(maxRss / 2 ** 20) };
      await worker.stop();
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  }
  return results;
}
