import { overRounds, runOnce } from './once.mjs';
import { round } from './statistics.mjs';
import { table } from './table.mjs';

/** What grows, and the sizes at which it is measured. */
const SIZES = {
  loggers: [10, 100, 1_000, 10_000, 100_000],
  handlers: [1, 2, 5, 10, 20, 50],
  depth: [1, 2, 5, 10, 20, 50],
  fields: [1, 2, 5, 10, 20, 50, 100],
  message: [10, 100, 1_000, 10_000, 100_000],
};

/**
 * How the costs grow with what an application has: each size in a process of its own, in turns; the least of the turns.
 *
 * @returns For each of {@link SIZES}, by size, what `growth-once.mjs` measures.
 */
export function measureGrowth({ rounds, onProgress }) {
  const samples = Object.fromEntries(
    Object.entries(SIZES).map(([what, sizes]) => [what, Object.fromEntries(sizes.map((size) => [size, []]))]),
  );
  for (let turn = 0; turn < rounds; turn += 1) {
    for (const [what, sizes] of Object.entries(SIZES)) {
      for (const size of sizes) {
        onProgress(`turn ${turn + 1} of ${rounds}, ${what}, ${size}`);
        samples[what][size].push(runOnce('growth-once.mjs', [what, String(size)], ['--expose-gc']));
      }
    }
  }
  const leastOf = (all) => overRounds(all, (values) => round(Math.min(...values)));
  return Object.fromEntries(
    Object.entries(samples).map(([what, sizes]) => [
      what,
      Object.fromEntries(Object.entries(sizes).map(([size, all]) => [size, leastOf(all)])),
    ]),
  );
}

const LOGGERS = {
  makeUsEach: 'making one, µs',
  bytesEach: 'memory of one, bytes',
  callNs: 'a call, ns',
  rootLevelMs: "the root's level, ms",
  leafLevelMs: "a leaf's level, ms",
  reloadMs: 'a reload, ms',
  namedMs: 'one that names all, ms',
};
const CALLS = {
  handlers: 'handlers, all of which get the record',
  depth: 'loggers from the one that is called up to the root, which has the handler',
  fields: 'fields',
  message: 'characters of the message',
};

/** What {@link measureGrowth} found. */
export function growthTables({ growth }) {
  if (growth === undefined) return '';
  const sized = (what, keys) =>
    Object.entries(growth[what]).map(([size, figures]) => [
      Number(size).toLocaleString('en'),
      ...keys.map((key) => figures[key].toLocaleString('en', { maximumSignificantDigits: 3 })),
    ]);
  const loggers = table(['loggers', ...Object.values(LOGGERS)], sized('loggers', Object.keys(LOGGERS)));
  const calls = Object.entries(CALLS).map(
    ([what, title]) => `By ${title}:\n\n${table([what, 'a call, ns'], sized(what, ['callNs']))}`,
  );
  return [`By loggers:\n\n${loggers}`, ...calls].join('\n\n');
}
