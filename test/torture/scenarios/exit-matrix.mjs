import { readFileSync } from 'node:fs';
import path from 'node:path';
import { runApp } from '../support/app.mjs';
import { Oracle } from '../support/oracle.mjs';
import { inParallel } from '../support/random.mjs';
import { newFolder, textsIn } from '../support/scratch.mjs';

const COUNT = 10_000;
const ENDINGS = [
  ...['return', 'exit', 'throw', 'reject'],
  ...['sigterm', 'sigint', 'sighup', 'sigquit', 'sigusr2'],
  ...['sigkill', 'abort'],
];

/** Endings that leave no time to write what is buffered. */
const OUTRIGHT = new Set(['sigkill', 'abort']);

const file = (folder) => path.join(folder, 'app.log');
const rotating = (folder, more = {}) => ({
  class: 'RotatingFileHandler',
  options: { filename: file(folder), maxBytes: 100_000, backupCount: 100, ...more },
});

const buffered = (folder) => ({
  class: 'FileHandler',
  options: { filename: file(folder), bufferSize: 65_536 },
});

/** @type {Record<string, { handler: (folder: string) => object, promise: 'call' | 'stats' }>} */
const KINDS = {
  'console on a pipe': {
    promise: 'call',
    handler: () => ({ class: 'StreamHandler', options: { stream: 'stdout' } }),
  },
  file: {
    promise: 'call',
    handler: (folder) => ({ class: 'FileHandler', options: { filename: file(folder) } }),
  },
  'rotating file': { promise: 'call', handler: (folder) => rotating(folder) },
  'batched file': {
    promise: 'stats',
    handler: buffered,
  },
  queue: {
    promise: 'stats',
    handler: (folder) => ({
      class: 'QueueHandler',
      inner: [{ class: 'FileHandler', options: { filename: file(folder) } }],
    }),
  },
  memory: {
    promise: 'stats',
    handler: (folder) => ({
      class: 'MemoryHandler',
      options: { capacity: 3_000 },
      target: { class: 'FileHandler', options: { filename: file(folder) } },
    }),
  },
  'memory, queue, batched file': {
    promise: 'stats',
    handler: (folder) => ({
      class: 'MemoryHandler',
      options: { capacity: 3_000 },
      target: { class: 'QueueHandler', inner: [buffered(folder)] },
    }),
  },
  "a user's own that collects": {
    promise: 'stats',
    handler: (folder) => ({ class: 'OwnCollector', options: { capacity: 3_000, filename: file(folder) } }),
  },
};

export default {
  name: 'exit-matrix',
  title: 'eleven endings × eight handlers, 10,000 records each in one tick',
  needs: ['bash'],
  isInCi: true,
  async run({ quick, step, cores }) {
    const cases = Object.keys(KINDS).flatMap((kind) =>
      ENDINGS.filter((_, index) => !quick || index % 3 === 0).map((ending) => ({ kind, ending })),
    );
    return inParallel(cases, cores, async ({ kind, ending }) => {
      const folder = newFolder();
      const output = path.join(folder, 'app.log.stdout');
      const { handler, promise } = KINDS[kind];
      const app = await runApp(
        'write',
        { handler: handler(folder), count: COUNT, ending, promise },
        { shell: `"$@" | cat > '${output}'` },
      );
      const oracle = new Oracle();
      for (const text of [
        ...textsIn(folder, (name) => !name.endsWith('.stdout')),
        readFileSync(output, 'utf8'),
      ])
        oracle.read(text);
      // Whoever ends in any other way has promised to write what was buffered.
      const row = oracle.judge([app.ledger], ({ promised, issued }) =>
        OUTRIGHT.has(ending) ? promised : issued,
      );
      if (row.issued !== COUNT) row.problems.push(`only ${row.issued} of ${COUNT} records were issued`);
      step(`${kind}, ${ending}`);
      return { what: `${kind}, ${ending}`, ...row };
    });
  },
};
