import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { installPeers } from '../../../bench/lib/install.mjs';
import { newWriter, runApp } from '../support/app.mjs';
import { Oracle } from '../support/oracle.mjs';
import { inParallel } from '../support/random.mjs';
import { newDisk, newFolder, textsIn } from '../support/scratch.mjs';
import { missingTools } from '../support/tools.mjs';

const installed = new URL('../../../bench/node_modules/', import.meta.url);
const ENDINGS = ['return', 'exit', 'throw', 'reject', 'sigterm', 'sigkill', 'abort'];
const PEERS = ['ours', "Nest's", 'pino, sync', 'pino', 'winston', 'log4js'];
/** What a peer writes to at all, without more packages. */
const CAN = { "Nest's": ['console'], 'pino, sync': ['console', 'file'], pino: ['console', 'file'] };

const ours = {
  console: () => ({ class: 'StreamHandler', options: { stream: 'stdout' } }),
  file: (filename) => ({ class: 'FileHandler', options: { filename } }),
  rotating: (filename) => ({
    class: 'RotatingFileHandler',
    options: { filename, maxBytes: 20_000, backupCount: 5_000 },
  }),
};

const TESTS = [
  ...ENDINGS.map((ending) => ({
    what: `console on a pipe, ${ending}`,
    kind: 'console',
    ending,
    count: 10_000,
  })),
  ...ENDINGS.map((ending) => ({ what: `file, ${ending}`, kind: 'file', ending, count: 10_000 })),
  {
    what: 'pipe, reader asleep 1 s, exit',
    kind: 'console',
    ending: 'exit',
    count: 20_000,
    reader: 'sleep 1; cat',
  },
  { what: 'disk full and freed', kind: 'file', count: 6_000, isOnDisk: true },
  { what: 'rotation, one process', kind: 'rotating', count: 20_000, processes: 1 },
  { what: 'rotation, four processes', kind: 'rotating', count: 20_000, processes: 4 },
];

export default {
  name: 'peers',
  title:
    "pino, winston, log4js and Nest's logger through the exit matrix, the slow pipe, the full disk and rotation",
  needs: ['bash', 'linux'],
  hasPeers: true,
  async run({ step, cores }) {
    installPeers(step);
    const tests = TESTS.filter(({ isOnDisk }) => !isOnDisk || missingTools(['mount']).length === 0);
    const cases = tests
      .flatMap((test) => PEERS.map((peer) => ({ ...test, peer })))
      .filter(({ peer, kind }) => CAN[peer]?.includes(kind) ?? true);
    const rows = await inParallel(cases, cores, async (each) => {
      const row = await runCase(each);
      step(row.what);
      return row;
    });
    printTable(tests, rows);
    // What the others lose is no fault of ours.
    return rows.filter(({ peer }) => peer === 'ours');
  },
};

async function runCase({
  what,
  peer,
  kind,
  ending = 'return',
  count,
  reader = 'cat',
  isOnDisk,
  processes = 1,
}) {
  const folder = isOnDisk ? newDisk(1_024) : newFolder();
  const output = path.join(newFolder(), 'output');
  const filename = path.join(folder, 'app.log');
  const each = count / processes;
  const apps = await Promise.all(
    Array.from({ length: processes }, () => {
      const [program, config] = programFor({ peer, kind, filename, folder, ending, count: each, isOnDisk });
      return runApp(program, config, {
        writer: newWriter(),
        shell: `"$@" | (${reader}) > '${output}'`,
        timeoutMs: 20_000,
      });
    }),
  );
  const oracle = new Oracle();
  const lines = [...textsIn(folder), existsSync(output) ? readFileSync(output, 'utf8') : ''].flatMap((text) =>
    text.split('\n'),
  );
  for (const line of lines) if (line !== '') oracle.readLine(line.startsWith('{') ? messageOf(line) : line);
  const row = oracle.judge(
    apps.map(({ ledger }) => ledger),
    ({ issued }) => issued,
  );
  if (peer === 'ours' && row.delivered !== count) row.problems.push(`${row.delivered} of ${count}`);
  const crashed = apps.filter(({ ledger }) => ledger.uncaught.length > 0).length;
  return { what, peer, ...row, crashed };
}

function programFor({ peer, kind, filename, folder, ending, count, isOnDisk }) {
  if (peer !== 'ours') {
    const filler = isOnDisk ? { filler: path.join(folder, 'filler') } : {};
    return ['peer', { peer, kind, filename, ending, count, ...filler }];
  }
  const handler = ours[kind](filename);
  if (!isOnDisk)
    return ['write', { handler, ending, count, ...(kind === 'rotating' && { yieldEvery: 50, pauseMs: 1 }) }];
  return [
    'full-disk',
    { handler, folder, cycles: 1, before: count / 3, during: count / 3, after: count / 3 },
  ];
}

/** pino and Nest write JSON. */
function messageOf(line) {
  try {
    const { msg, message = msg } = JSON.parse(line);
    return message;
  } catch {
    return line;
  }
}

/** With the version that was tried. */
function titleOf(peer) {
  if (peer === 'ours') return peer;
  const [name, ...mode] = peer.split(', ');
  const folder = name === "Nest's" ? '@nestjs/common' : name;
  const { version } = JSON.parse(readFileSync(new URL(`${folder}/package.json`, installed), 'utf8'));
  return [`${name} ${version}`, ...mode].join(', ');
}

function printTable(tests, rows) {
  const cell = (what, peer) => {
    const row = rows.find((each) => each.what === what && each.peer === peer);
    if (row === undefined) return '–';
    const extra = [
      row.torn > 0 && `${row.torn} torn`,
      row.thrown > 0 && `threw ${row.thrown} times`,
      row.doubled > 0 && `${row.doubled} twice`,
      row.crashed > 0 && 'crashed',
    ].filter(Boolean);
    return `${row.delivered.toLocaleString('en')}${extra.length > 0 ? ` (${extra.join(', ')})` : ''}`;
  };
  const table = [
    ['delivered of', '', ...PEERS.map(titleOf)],
    ...tests.map(({ what, count }) => [
      what,
      count.toLocaleString('en'),
      ...PEERS.map((peer) => cell(what, peer)),
    ]),
  ];
  console.log(`\n| ${table[0].join(' | ')} |\n| --- | --: |${' --: |'.repeat(PEERS.length)}`);
  for (const row of table.slice(1)) console.log(`| ${row.join(' | ')} |`);
  console.log();
}
