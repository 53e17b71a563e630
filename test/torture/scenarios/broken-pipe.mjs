import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, readSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expectReports, reportsIn, runApp, startApp } from '../support/app.mjs';
import { Oracle } from '../support/oracle.mjs';
import { newFolder } from '../support/scratch.mjs';

const COUNT = 20_000;

export default {
  name: 'broken-pipe',
  title: 'the reader of a pipe ends (EPIPE); of a named pipe, and another comes',
  needs: ['bash', 'linux', 'mkfifo'],
  isInCi: true,
  async run({ step }) {
    const rows = [];
    for (const stream of ['stdout', 'stderr']) {
      rows.push(await readerEnds(stream));
      step(stream);
    }
    rows.push(await readerReturns());
    return rows;
  },
};

/** Nobody will ever read again: records are counted as dropped, and the program goes on. */
async function readerEnds(stream) {
  const output = path.join(newFolder(), 'output');
  const pipe = stream === 'stdout' ? `| head -1 > '${output}'` : `2>&1 >/dev/null | head -1 > '${output}'`;
  const app = await runApp(
    'write',
    { handler: { class: 'StreamHandler', options: { stream } }, count: COUNT, yieldEvery: 100 },
    { shell: `set -o pipefail; "$@" ${pipe}` },
  );
  const row = new Oracle().judge([app.ledger], () => 0);
  const stats = app.ledger.stats[0];
  if (app.ending !== 0) row.problems.push(`it ended by ${app.ending}`);
  if (row.issued !== COUNT || stats?.emitted !== COUNT)
    row.problems.push(`${stats?.emitted} of ${COUNT} accounted for`);
  if (!(stats?.dropped > 0)) row.problems.push('nothing was counted as dropped');
  const { count, codes } = reportsIn(app.stderr);
  if (stream === 'stdout' && (count !== 1 || !codes.includes('EPIPE')))
    row.problems.push(`${count} reports, of ${codes}, instead of one of EPIPE`);
  return {
    what: `${stream}, for good`,
    ...row,
    note: `${stats?.dropped.toLocaleString('en')} counted as dropped`,
  };
}

/** A file handler on a named pipe: what no reader took goes to the next one. */
async function readerReturns() {
  const pipe = path.join(newFolder(), 'pipe');
  execFileSync('mkfifo', [pipe]);
  const oracle = new Oracle();
  let fd = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
  const app = startApp('steady', {
    handler: { class: 'FileHandler', options: { filename: pipe } },
    perSecond: 1_000,
    seconds: 3,
  });
  const reader = oracle.reader();
  const read = async (until) => {
    while (Date.now() < until) {
      drain(fd, reader);
      await sleep(5);
    }
    drain(fd, reader);
  };
  await app.ledger.note('started');
  await read(Date.now() + 800);
  // Read to the end, stop for a moment, take what is left, and go in one step: what a pipe holds goes with its reader.
  app.child.kill('SIGSTOP');
  await sleep(50);
  drain(fd, reader);
  closeSync(fd);
  app.child.kill('SIGCONT');
  await sleep(700);
  fd = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
  const back = Date.now();
  const before = app.ledger.promised;
  while (app.ledger.promised === before && Date.now() < back + 6_000) {
    drain(fd, reader);
    await sleep(5);
  }
  const recoveryMs = Date.now() - back;
  let isOver = false;
  void app.ended.then(() => {
    isOver = true;
  });
  while (!isOver) {
    drain(fd, reader);
    await sleep(5);
  }
  drain(fd, reader);
  closeSync(fd);
  reader.end();
  const row = oracle.judge([app.ledger], ({ issued }) => issued);
  if (recoveryMs > 5_000) row.problems.push(`${recoveryMs} ms until a record came after the reader was back`);
  expectReports(row, app.stderr, 'EPIPE');
  return {
    what: 'named pipe, another reader',
    ...row,
    note: `first record ${recoveryMs} ms after the new reader`,
  };
}

const chunk = Buffer.alloc(1 << 16);

function drain(fd, reader) {
  try {
    for (let length = readSync(fd, chunk); length > 0; length = readSync(fd, chunk))
      reader.read(chunk.subarray(0, length));
  } catch (error) {
    if (error.code !== 'EAGAIN') throw error;
  }
}
