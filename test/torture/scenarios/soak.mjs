import { execFileSync } from 'node:child_process';
import { readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expectReports, startApp } from '../support/app.mjs';
import { fillDisk } from '../support/filler.mjs';
import { Oracle } from '../support/oracle.mjs';
import { between } from '../support/random.mjs';
import { newDisk, newFolder, textOf } from '../support/scratch.mjs';
import { missingTools } from '../support/tools.mjs';

/** Records a second of all three programs together. */
const PER_SECOND = 2_000;
const FAULT_EVERY_MS = 5_000;
const MIB = 1024 * 1024;

export default {
  name: 'soak',
  title: '20 minutes, 2,000 records a second, a random fault every 5 s',
  needs: ['bash', 'linux'],
  isInCi: false,
  async run({ random, minutes, step }) {
    const canMount = missingTools(['mount']).length === 0;
    const disk = canMount ? newDisk(16 * 1024) : newFolder();
    const end = performance.now() + minutes * 60_000;
    const writers = [new ConsoleWriter(end), new TimedWriter(disk, end), new WatchedWriter(disk, end)];
    for (const writer of writers) await writer.start();
    const faults = faultsFor(writers, random, canMount ? disk : undefined);
    const kinds = Object.keys(faults);
    const counted = Object.fromEntries(kinds.map((kind) => [kind, 0]));
    const problems = [];
    let slowest = 0;
    for (let next = performance.now() + FAULT_EVERY_MS; next < end - 12_000; next += FAULT_EVERY_MS) {
      while (performance.now() < next) await gather(writers);
      const kind = kinds[between(random, 0, kinds.length - 1)];
      counted[kind] += 1;
      const hit = await faults[kind](() => gather(writers));
      const recovery = await recovered(hit, () => gather(writers));
      slowest = Math.max(slowest, recovery);
      if (recovery > 5_000)
        problems.push(`${Math.round(recovery)} ms from the end of '${kind}' to a fresh record`);
      step(
        `${Math.round((end - performance.now()) / 1000)} s to go, ${kind}, recovered in ${Math.round(recovery)} ms`,
      );
    }
    while (performance.now() < end) await gather(writers);
    const rows = [];
    for (const writer of writers) rows.push(await writer.finish());
    const note = Object.entries(counted).map(([kind, count]) => `${kind} ${count}`);
    rows.push({
      what: 'faults',
      problems,
      faults: Object.values(counted).reduce((sum, count) => sum + count, 0),
      note: `${note.join(', ')}; slowest recovery ${Math.round(slowest)} ms`,
    });
    return rows;
  },
};

async function gather(writers) {
  for (const writer of writers) await writer.gather();
  await sleep(20);
}

/** Milliseconds until each program that was hit has a record delivered that was issued after the fault. */
async function recovered(hit, meanwhile) {
  const started = performance.now();
  const marks = hit.map(({ app }) => ({ ledger: app.ledger, issued: app.ledger.issued }));
  while (performance.now() - started < 8_000) {
    if (marks.every(({ ledger, issued }) => ledger.promised > issued)) break;
    await meanwhile();
  }
  return performance.now() - started;
}

/** What may happen: each resolves with the programs it hit once it is over. */
function faultsFor(writers, random, disk) {
  const onDisk = writers.filter(({ isOnDisk }) => isOnDisk);
  const pass = async (milliseconds, meanwhile) => {
    for (const end = performance.now() + milliseconds; performance.now() < end; ) await meanwhile();
  };
  const any = () => writers[between(random, 0, writers.length - 1)];
  const faults = {
    'reader asleep': async (meanwhile) => {
      const [writer] = writers;
      writer.app.child.stdout.pause();
      await pass(between(random, 500, 4_000), meanwhile);
      writer.app.child.stdout.resume();
      return [writer];
    },
    'process frozen': async (meanwhile) => {
      const writer = any();
      writer.signal('SIGSTOP');
      await pass(between(random, 200, 2_000), meanwhile);
      writer.signal('SIGCONT');
      return [writer];
    },
    killed: async () => {
      const writer = any();
      await writer.restart();
      return [writer];
    },
  };
  if (disk === undefined) return faults;
  faults['disk full'] = async (meanwhile) => {
    const filler = path.join(disk, 'filler');
    fillDisk(filler);
    await pass(between(random, 500, 3_000), meanwhile);
    rmSync(filler);
    return onDisk;
  };
  faults['disk read-only'] = async (meanwhile) => {
    try {
      execFileSync('mount', ['-o', 'remount,ro', disk], { stdio: 'ignore' });
    } catch {
      // Busy: files are open for writing. Then it is full instead.
      return faults['disk full'](meanwhile);
    }
    await pass(between(random, 500, 2_000), meanwhile);
    execFileSync('mount', ['-o', 'remount,rw', disk]);
    return onDisk;
  };
  return faults;
}

/** One program that logs all the time, with whoever takes away what it wrote. */
class Writer {
  oracle = new Oracle();
  /** Every life of the program. */
  apps = [];
  app;
  isOnDisk = false;

  constructor(what, handler, end, options = {}) {
    this.what = what;
    this.handler = handler;
    this.end = end;
    this.options = options;
  }

  async start() {
    const seconds = (this.end - performance.now()) / 1000;
    if (seconds < 1) return;
    const config = { handler: this.handler, perSecond: PER_SECOND / 3, seconds, memory: true };
    this.app = startApp('steady', config, this.options);
    this.apps.push(this.app);
    await this.app.ledger.note('started');
    const { notes } = this.app.ledger;
    this.pid = Number(notes.find((note) => note.startsWith('pid ')).slice(4));
  }

  signal(name) {
    process.kill(this.pid, name);
  }

  async restart() {
    const { app } = this;
    app.isKilled = true;
    this.signal('SIGKILL');
    await app.ended;
    this.afterLife();
    await this.start();
  }

  afterLife() {}
  gather() {}

  async finish() {
    await this.app.ended;
    this.afterLife();
    await this.gatherRest?.();
    const killed = new Set(this.apps.filter(({ isKilled }) => isKilled).map(({ ledger }) => ledger));
    const ledgers = this.apps.map(({ ledger }) => ledger);
    const row = this.oracle.judge(ledgers, (ledger) =>
      killed.has(ledger) ? ledger.promised : ledger.issued,
    );
    for (const { stderr } of this.apps) expectReports(row, stderr);
    const grown = Math.max(...ledgers.map(({ peak, baseline }) => peak - baseline)) / MIB;
    if (grown > 64) row.problems.push(`grew by ${Math.round(grown)} MiB, 64 allowed`);
    return {
      what: this.what,
      ...row,
      note: `${this.apps.length} lives; grew by at most ${Math.round(grown)} MiB`,
    };
  }
}

/** Standard output, through a pipe. */
class ConsoleWriter extends Writer {
  constructor(end) {
    super('console on a pipe', { class: 'StreamHandler', options: { stream: 'stdout' } }, end, {
      stdout: 'pipe',
      shell: '"$@" | cat',
    });
  }

  async start() {
    await super.start();
    if (this.app === undefined || this.app.reader !== undefined) return;
    this.app.reader = this.oracle.reader();
    this.app.child.stdout.on('data', (chunk) => this.app.reader.read(chunk));
  }

  afterLife() {
    this.app.reader.end();
  }
}

/** Rolled over by time and size, and compressed; what is compressed is taken away. */
class TimedWriter extends Writer {
  isOnDisk = true;

  constructor(disk, end) {
    const filename = path.join(disk, 'timed.log');
    super(
      'timed file, compressed',
      {
        class: 'TimedRotatingFileHandler',
        options: { filename, when: 's', interval: 2, maxBytes: 500_000, compress: true },
      },
      end,
    );
    this.disk = disk;
  }

  gather() {
    for (const name of readdirSync(this.disk)) {
      if (!/^timed\.log\.[^/]*\.gz$/.test(name)) continue;
      const file = path.join(this.disk, name);
      // Its uncompressed form goes last; until then it is not finished.
      if (statOf(file.slice(0, -3)) !== undefined) continue;
      if (Date.now() - (statOf(file)?.ctimeMs ?? Date.now()) < 500) continue;
      this.take(file);
    }
  }

  take(file) {
    try {
      const text = textOf(file);
      rmSync(file);
      this.oracle.read(text);
    } catch (error) {
      // The disk may be read-only at the moment.
      if (error.code !== 'EROFS') throw error;
    }
  }

  async gatherRest() {
    for (const name of readdirSync(this.disk))
      if (/^timed\.log(?!.*(lock|tmp))/.test(name)) this.take(path.join(this.disk, name));
  }
}

/** A queue and a file that is moved away, as logrotate does. */
class WatchedWriter extends Writer {
  isOnDisk = true;
  #moved = [];
  #count = 0;
  #movedAt = performance.now();

  constructor(disk, end) {
    const filename = path.join(disk, 'watched.log');
    super(
      'queue, watched file',
      { class: 'QueueHandler', inner: [{ class: 'WatchedFileHandler', options: { filename } }] },
      end,
    );
    this.file = filename;
  }

  gather() {
    const now = performance.now();
    try {
      if (now - this.#movedAt > 3_000 && statOf(this.file) !== undefined) {
        const moved = `${this.file}.${this.#count++}`;
        renameSync(this.file, moved);
        this.#moved.push({ moved, at: now });
        this.#movedAt = now;
      }
      // A frozen program may write to it until it is thawed and looks again.
      while (this.#moved.length > 0 && now - this.#moved[0].at > 9_000) this.#take();
    } catch (error) {
      if (error.code !== 'EROFS') throw error;
    }
  }

  #take() {
    const { moved } = this.#moved[0];
    const text = textOf(moved);
    rmSync(moved);
    this.#moved.shift();
    this.oracle.read(text);
  }

  async gatherRest() {
    while (this.#moved.length > 0) this.#take();
    if (statOf(this.file) !== undefined) this.oracle.read(textOf(this.file));
  }
}

function statOf(file) {
  return statSync(file, { throwIfNoEntry: false });
}
