import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { collectActivations } from '../../../../lib/core/activation.js';
import { checkOptions } from '../../../../lib/core/options.js';
import type { OverflowPolicy } from '../../../../lib/handlers/delivery/bounded-queue.js';
import { DeadLetters } from '../../../../lib/handlers/delivery/spool/dead-letters.js';
import { type SpoolOptions, spoolSchema } from '../../../../lib/handlers/delivery/spool/spool-options.js';
import { SpoolQueue } from '../../../../lib/handlers/delivery/spool/spool-queue.js';
import { ChildProgram, ended } from '../../../support/child-program.js';
import { mountSmallDisk } from '../../../support/small-disk.js';
import { segmentsIn } from '../../../support/spool-files.js';
import { useTemporaryFolder } from '../../../support/temporary-folder.js';

const [DEBUG, INFO, ERROR] = [10, 20, 40];
const folder = useTemporaryFolder();
const open: SpoolQueue<string>[] = [];
afterEach(() => {
  for (const queue of open.splice(0)) queue.close();
});

interface Made extends Partial<SpoolOptions> {
  kind?: string;
  overflow?: OverflowPolicy;
  memoryBytes?: number;
}

function make({ kind = 'text', overflow = 'dropLowestLevel', memoryBytes, ...spool }: Made = {}) {
  const errors: Error[] = [];
  let woken = 0;
  const queue = new SpoolQueue<string>({
    spool: checkOptions('spool', spoolSchema(), { directory: folder.path, ...spool }),
    maxBytes: memoryBytes,
    overflow,
    kind,
    encode: (text) => Buffer.from(text),
    decode: (payload) => payload.toString(),
    failed: (error) => errors.push(error),
  });
  open.push(queue);
  queue.open(() => {
    woken += 1;
  });
  return { queue, errors, woken: () => woken };
}

function push(queue: SpoolQueue<string>, levelno: number, ...texts: string[]): void {
  for (const text of texts) queue.push(text, levelno);
}

/** Logs, and ends in one way or another. */
const logging = new ChildProgram(`
  import { HTTPHandler } from 'lib/handlers/http/http.handler';
  import { LogRecord } from 'lib/core/records/log-record';
  const [directory, bufferSize, way] = process.argv.slice(2);
  const handler = new HTTPHandler({ host: '127.0.0.1:9', url: '/', spool: { directory, bufferSize: Number(bufferSize) } });
  for (let index = 0; index < 500; index++) handler.handle(new LogRecord({ msg: 'n' + index, levelno: 20 }));
  if (way === 'exit') process.exit(0);
  if (way === 'throw') throw new Error('on purpose');
  process.kill(process.pid, 'SIGKILL');
`);

/** Opens a spool, and stays. */
const holding = new ChildProgram(`
  import { HTTPHandler } from 'lib/handlers/http/http.handler';
  const [directory] = process.argv.slice(2);
  new HTTPHandler({ host: '127.0.0.1:9', url: '/', spool: { directory } });
  console.log('ready');
  setInterval(() => {}, 1000);
`);

function deliverAll(queue: SpoolQueue<string>): string[] {
  const texts: string[] = [];
  for (let entries = queue.take(100); entries.length > 0; entries = queue.take(100)) {
    texts.push(...entries.map(({ item }) => item));
    queue.deliver(entries);
  }
  return texts;
}

/** Nothing is ever unaccounted for. */
function expectExact({ stats }: SpoolQueue<string>): void {
  const { emitted, delivered, dropped, queued, spooled, droppedBy } = stats;
  expect(delivered + dropped + queued + spooled).toBe(emitted);
  expect(Object.values(droppedBy).reduce((sum, count) => sum + count, 0)).toBe(dropped);
}

describe('a queue with a spool', () => {
  it('has a record in a file when push returns', () => {
    const { queue } = make();
    push(queue, INFO, 'hello');
    const [segment = ''] = segmentsIn(folder.path);
    expect(folder.read(segment)).toContain('hello');
    expect(queue.stats).toMatchObject({ emitted: 1, queued: 0, spooled: 1 });
  });

  it('gives records back in the order they came, whatever their levels', () => {
    const { queue } = make();
    push(queue, INFO, 'a');
    push(queue, ERROR, 'b');
    push(queue, DEBUG, 'c');
    push(queue, INFO, 'd');
    expect(deliverAll(queue)).toEqual(['a', 'b', 'c', 'd']);
    expectExact(queue);
  });

  it('keeps its files from others', () => {
    rmSync(folder.path, { recursive: true });
    const { queue } = make();
    push(queue, INFO, 'hello');
    const mode = (path: string) => statSync(path).mode & 0o777;
    expect(mode(folder.path) & ~0o750).toBe(0);
    for (const name of folder.names()) expect(mode(folder.file(name)) & ~0o640).toBe(0);
  });

  it('takes what was put back once more, before anything else', () => {
    const { queue } = make();
    push(queue, INFO, 'a', 'b', 'c', 'd');
    const entries = queue.take(3);
    queue.deliver(entries.slice(0, 1));
    queue.drop(entries.slice(1), 'closed');
    expectExact(queue);
    expect(deliverAll(queue)).toEqual(['b', 'c', 'd']);
    expect(queue.stats).toMatchObject({ emitted: 4, delivered: 4, spooled: 0 });
  });

  it('gives the next process exactly what was not settled', () => {
    const first = make().queue;
    push(first, INFO, ...Array.from({ length: 50 }, (_, index) => `${index}`));
    first.deliver(first.take(20));
    first.drop(first.take(5), 'rejected', new Error('no good'));
    first.take(3);
    first.close();
    const { queue, woken } = make();
    expect(woken()).toBe(1);
    expect(queue.stats).toMatchObject({ emitted: 25, recovered: 25, spooled: 25 });
    expect(deliverAll(queue)).toEqual(Array.from({ length: 25 }, (_, index) => `${index + 25}`));
    queue.close();
    expect(segmentsIn(folder.path)).toEqual([]);
  });

  it('gives back records of any size as they were', () => {
    const { queue } = make();
    const texts = Array.from({ length: 60 }, (_, index) => `${index}`.padEnd((index * 7_919) % 150_000, 'é'));
    texts.push('x'.repeat(3_000_000));
    push(queue, INFO, ...texts);
    expect(deliverAll(queue)).toEqual(texts);
    expectExact(queue);
  });

  it('removes files when all in them is delivered, and takes no more room than it may', () => {
    const { queue } = make({ maxBytes: 65_536 });
    const size = () =>
      segmentsIn(folder.path).reduce((sum, name) => sum + statSync(folder.file(name)).size, 0);
    for (let round = 0; round < 200; round++) {
      push(queue, INFO, ...Array.from({ length: 10 }, (_, index) => `${round} ${index}`.padEnd(200)));
      if (round % 3 === 0) deliverAll(queue);
      expect(size()).toBeLessThanOrEqual(65_536);
      expectExact(queue);
    }
    deliverAll(queue);
    expect(queue.stats.dropped).toBe(0);
  });

  it('refuses what is larger than all of it, or than any record may be', () => {
    const { queue } = make({ maxBytes: 65_536 });
    push(queue, INFO, 'x'.repeat(65_000), 'y');
    expect(queue.stats).toMatchObject({ emitted: 2, spooled: 1, droppedBy: { oversize: 1 } });
    const large = make({ directory: folder.file('large') }).queue;
    push(large, ERROR, 'x'.repeat(4_200_000));
    expect(large.stats.droppedBy.oversize).toBe(1);
  });
});

describe('a full spool', () => {
  const fillWith = (queue: SpoolQueue<string>, levelno: number, count: number, name: string) =>
    push(queue, levelno, ...Array.from({ length: count }, (_, index) => `${name} ${index}`.padEnd(500)));
  const names = (texts: readonly string[]) => texts.map((text) => text.trim());

  it("drops the lowest level for what matters more, and else the newcomer: 'dropLowestLevel'", () => {
    const { queue } = make({ maxBytes: 65_536 });
    fillWith(queue, DEBUG, 60, 'debug');
    fillWith(queue, INFO, 100, 'info');
    fillWith(queue, DEBUG, 50, 'late');
    const texts = names(deliverAll(queue));
    expect(texts.filter((text) => text.startsWith('debug')).length).toBeLessThan(60);
    // But for what fits into the room that the last file left.
    expect(texts.filter((text) => text.startsWith('late')).length).toBeLessThan(5);
    const infos = texts.filter((text) => text.startsWith('info'));
    expect(infos[0]).toBe('info 0');
    expect(infos.length).toBeGreaterThan(60);
    expect(queue.stats.droppedBy.overflow).toBe(210 - texts.length);
    expectExact(queue);
  });

  it('removes no file for a record for which there will be no room all the same', () => {
    const { queue } = make({ maxBytes: 65_536 });
    const big = (text: string, bytes: number) => text.padEnd(bytes, '.');
    push(queue, ERROR, big('error', 30_000));
    push(queue, DEBUG, big('debug one', 10_000), big('debug two', 10_000));
    expect(queue.push(big('info', 40_000), INFO)).toBe(false);
    expect(queue.stats).toMatchObject({ spooled: 3, dropped: 1, droppedBy: { overflow: 1 } });
    expect(queue.push(big('info', 20_000), INFO)).toBe(true);
    expectExact(queue);
  });

  it("drops the newcomer: 'dropNewest'", () => {
    const { queue } = make({ maxBytes: 65_536, overflow: 'dropNewest' });
    fillWith(queue, DEBUG, 200, 'old');
    fillWith(queue, INFO, 10, 'new');
    const texts = names(deliverAll(queue));
    expect(texts.slice(0, 2)).toEqual(['old 0', 'old 1']);
    expect(texts.some((text) => text.startsWith('new'))).toBe(false);
    expectExact(queue);
  });

  it("drops the oldest, but no error for less than an error: 'dropOldest'", () => {
    const { queue } = make({ maxBytes: 65_536, overflow: 'dropOldest' });
    fillWith(queue, ERROR, 10, 'error');
    fillWith(queue, INFO, 300, 'info');
    const texts = names(deliverAll(queue));
    expect(texts.filter((text) => text.startsWith('error'))).toHaveLength(10);
    expect(texts.at(-1)).toBe('info 299');
    expect(texts).not.toContain('info 0');
    expectExact(queue);
  });

  it('keeps a tenth for ERROR and above', () => {
    const { queue } = make({ maxBytes: 65_536, overflow: 'dropNewest' });
    fillWith(queue, INFO, 200, 'info');
    fillWith(queue, ERROR, 5, 'error');
    expect(names(deliverAll(queue)).filter((text) => text.startsWith('error'))).toHaveLength(5);
  });

  it('never drops what is on its way', () => {
    const { queue } = make({ maxBytes: 65_536, overflow: 'dropOldest' });
    fillWith(queue, INFO, 20, 'first');
    const entries = queue.take(20);
    fillWith(queue, INFO, 300, 'second');
    queue.drop(entries, 'closed');
    expect(names(deliverAll(queue)).filter((text) => text.startsWith('first'))).toHaveLength(20);
    expectExact(queue);
  });
});

describe('the recordCounters of a queue with a spool', () => {
  it('are exact, whatever is done with it, and the next process finds what they say', () => {
    const settings = fc.record({
      overflow: fc.constantFrom<OverflowPolicy>('dropLowestLevel', 'dropNewest', 'dropOldest'),
      bufferSize: fc.constantFrom(0, 5_000),
      fsync: fc.constantFrom('never' as const, 'always' as const),
    });
    fc.assert(
      fc.property(settings, fc.array(step, { maxLength: 60 }), (options, steps) => {
        const life = new Life({ ...options, directory: folder.file(`run-${Math.random()}`) });
        for (const { act, level, count, bytes } of steps) {
          life[act](count, level, bytes);
          expectExact(life.queue);
        }
        life.end();
      }),
      { numRuns: 150 },
    );
  }, 60_000);
});

const step = fc.record({
  act: fc.oneof(
    { weight: 5, arbitrary: fc.constant('push' as const) },
    { weight: 4, arbitrary: fc.constant('take' as const) },
    { weight: 4, arbitrary: fc.constantFrom('deliver' as const, 'reject' as const, 'putBack' as const) },
    { weight: 2, arbitrary: fc.constantFrom('sync' as const, 'restart' as const) },
  ),
  level: fc.constantFrom(10, 20, 30, 40),
  count: fc.integer({ min: 1, max: 30 }),
  bytes: fc.integer({ min: 0, max: 3_000 }),
});

/** A spool through all its processes, and how many records went in and came out. */
class Life {
  queue: SpoolQueue<string>;
  readonly #made: Made;
  #taken: ReturnType<SpoolQueue<string>['take']> = [];
  #pushed = 0;
  #settled = 0;

  constructor(made: Made) {
    this.#made = { ...made, maxBytes: 65_536, flushLevel: 'CRITICAL' };
    this.queue = make(this.#made).queue;
  }

  push(count: number, level: number, bytes: number): void {
    for (let index = 0; index < count; index++) this.queue.push(`${this.#pushed++}`.padEnd(bytes), level);
  }

  take(count: number): void {
    if (this.#taken.length === 0) this.#taken = this.queue.take(count);
  }

  deliver(): void {
    this.queue.deliver(this.#taken.splice(0));
  }

  reject(): void {
    this.queue.drop(this.#taken.splice(0), 'rejected');
  }

  putBack(): void {
    this.queue.drop(this.#taken.splice(0), 'closed');
  }

  sync(): void {
    this.queue.sync();
  }

  restart(): void {
    this.putBack();
    this.queue.close();
    const { delivered, dropped, queued, spooled } = this.queue.stats;
    expectExact(this.queue);
    expect(queued).toBe(0);
    this.#settled += delivered + dropped;
    this.queue = make(this.#made).queue;
    expect(this.queue.stats).toMatchObject({ emitted: spooled, recovered: spooled, spooled });
  }

  /** Over all processes, what was logged is what was delivered or lost: each exactly once, in order. */
  end(): void {
    this.putBack();
    const numbers = deliverAll(this.queue).map(Number);
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    const { delivered, dropped } = this.queue.stats;
    expect(this.#settled + delivered + dropped).toBe(this.#pushed);
    this.queue.close();
    rmSync(this.#made.directory ?? '', { recursive: true });
  }
}

describe('a spool that collects records before it writes them', () => {
  it('writes when there are enough, when one matters, after a while, and at the end', async () => {
    const { queue } = make({ bufferSize: 1_000, flushIntervalMs: 30 });
    push(queue, INFO, 'a');
    expect(queue.stats).toMatchObject({ queued: 1, spooled: 0 });
    push(queue, ERROR, 'b');
    expect(queue.stats).toMatchObject({ queued: 0, spooled: 2 });
    push(queue, INFO, 'c'.repeat(600), 'd'.repeat(600));
    expect(queue.stats).toMatchObject({ queued: 0, spooled: 4 });
    push(queue, INFO, 'e');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(queue.stats).toMatchObject({ queued: 0, spooled: 5 });
    push(queue, INFO, 'f');
    queue.close();
    expect(queue.stats).toMatchObject({ queued: 0, spooled: 6, dropped: 0 });
    expect(deliverAll(make().queue)).toHaveLength(6);
  });

  it('writes what it holds when the process ends, and at once where nothing is collected', () => {
    for (const [bufferSize, way, kept] of [
      [0, 'exit', 500],
      [0, 'SIGKILL', 500],
      [65_536, 'exit', 500],
      [65_536, 'throw', 500],
    ] as const) {
      const directory = folder.file(`${bufferSize}-${way}`);
      logging.run(directory, String(bufferSize), way);
      const { queue } = make({ directory, kind: 'form' });
      expect([way, queue.stats.recovered]).toEqual([way, kept]);
    }
  }, 30_000);
});

/** Sees to it that no file can be made in a directory, for anybody. @returns What undoes that. */
function takeAway(directory: string): () => void {
  renameSync(directory, folder.file('away'));
  writeFileSync(directory, '');
  return () => {
    rmSync(directory);
    renameSync(folder.file('away'), directory);
  };
}

describe('a spool on a disk that is full', () => {
  const disk = mountSmallDisk();
  afterEach(() => {
    if (disk !== undefined)
      for (const name of readdirSync(disk.path)) rmSync(join(disk.path, name), { recursive: true });
  });
  afterAll(() => disk?.unmount());
  const itWithDisk = disk === undefined ? it.skip : it;

  itWithDisk('keeps records in memory, within bounds, and writes them when there is room', async () => {
    const { path } = disk as { path: string };
    const directory = join(path, 'spool');
    const { queue, errors } = make({ directory });
    push(queue, INFO, 'before');
    writeFileSync(join(path, 'ballast'), Buffer.alloc(1 << 20).subarray(0, 1_020_000 - 16_384));
    const texts = Array.from({ length: 300 }, (_, index) => `record ${index}`.padEnd(200));
    push(queue, INFO, ...texts);
    expect(errors.length).toBeGreaterThan(0);
    const { queued } = queue.stats;
    expect(queued).toBeGreaterThan(100);
    expectExact(queue);
    // What waits in memory can be sent all the same, after what is in the files.
    const entries = queue.take(1_000);
    expect(entries.length).toBe(301);
    expectExact(queue);
    queue.drop(entries, 'closed');
    rmSync(join(path, 'ballast'));
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(queue.stats).toMatchObject({ emitted: 301, queued: 0, spooled: 301, dropped: 0 });
    queue.close();
    expect(deliverAll(make({ directory }).queue)).toEqual(['before', ...texts]);
  });

  it('leaves the next process everything, also what was on its way while more waited in memory', () => {
    const directory = folder.file('spool');
    const { queue } = make({ directory });
    const texts = Array.from({ length: 10 }, (_, index) => `record ${index}`);
    const bringBack = takeAway(directory);
    push(queue, INFO, ...texts);
    const entries = queue.take(4);
    expect([entries.length, queue.stats.spooled]).toEqual([4, 0]);
    bringBack();
    queue.drop(entries, 'closed');
    queue.close();
    expect(queue.stats).toMatchObject({ spooled: 10, dropped: 0 });
    const next = make({ directory });
    expect([next.errors, deliverAll(next.queue)]).toEqual([[], texts]);
  });

  it('writes nothing that the next process would take for delivered', () => {
    const directory = folder.file('spool');
    const { queue } = make({ directory });
    const bringBack = takeAway(directory);
    push(queue, INFO, 'a', 'b', 'c');
    queue.putBack(queue.take(1));
    queue.deliver(queue.take(1));
    bringBack();
    queue.close();
    expect(deliverAll(make({ directory }).queue)).toEqual(['b', 'c']);
  });

  itWithDisk('sets whole records aside, or none', () => {
    const { path } = disk as { path: string };
    const letters = new DeadLetters(path, 10_000_000);
    writeFileSync(join(path, 'ballast'), Buffer.alloc(1_020_000));
    const letter = { id: 'x-1', levelno: INFO, payload: Buffer.from('y'.repeat(9_000)), reason: 'too long' };
    let kept = 0;
    for (let isFull = false; !isFull; ) {
      try {
        letters.add(letter);
        kept += 1;
      } catch {
        isFull = true;
      }
    }
    rmSync(join(path, 'ballast'));
    letters.add(letter);
    const lines = readFileSync(join(path, 'dead-letters.jsonl'), 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { id: string }).id)).toEqual(
      new Array(kept + 1).fill('x-1'),
    );
  });

  itWithDisk('loses and counts what neither disk nor memory takes', () => {
    const { path } = disk as { path: string };
    const directory = join(path, 'spool');
    const { queue } = make({ directory, memoryBytes: 20_000 });
    writeFileSync(join(path, 'ballast'), Buffer.alloc(1 << 20).subarray(0, 1_020_000 - 16_384));
    for (let index = 0; index < 500; index++) push(queue, INFO, `record ${index}`.padEnd(200));
    expect(queue.stats.droppedBy.overflow).toBeGreaterThan(100);
    expectExact(queue);
    const sent = deliverAll(queue);
    expect(sent.length).toBe(queue.stats.delivered);
    expect(queue.stats).toMatchObject({ queued: 0, spooled: 0 });
    expectExact(queue);
  });
});

describe('the directory of a spool', () => {
  it('is for one handler of a process', () => {
    make();
    expect(() => make()).toThrow(/'.*' is in use by another handler; give each handler a directory/);
    const link = `${folder.path}-link`;
    symlinkSync(folder.path, link);
    expect(() => make({ directory: link })).toThrow(/in use by another handler/);
    rmSync(link);
  });

  it('is for one process, until that ends, however it ends', async () => {
    const child = holding.start([folder.path], { stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise((resolve) => child.stdout?.once('data', resolve));
    expect(() => make()).toThrow(
      new RegExp(`'${folder.path}' is in use by another process \\(${child.pid} on .*\\); give each process`),
    );
    child.kill('SIGKILL');
    await ended(child);
    expect(make().queue.stats.recovered).toBe(0);
  });

  it('takes over from a process of which only the lock is left, of elsewhere once it gives no sign', () => {
    writeFileSync(folder.file('spool.lock'), 'elsewhere-1234-99-1');
    expect(() => make()).toThrow(/in use by another process \(99 on elsewhere\)/);
    const old = new Date(Date.now() - 20_000);
    process.getBuiltinModule('node:fs').utimesSync(folder.file('spool.lock'), old, old);
    expect(make().queue.length).toBe(0);
    expect(folder.read('spool.lock')).toContain(`-${process.pid}-`);
  });

  it('is not read by a handler that sends something else', () => {
    const { queue } = make({ kind: 'form' });
    push(queue, INFO, 'a=b');
    queue.close();
    expect(() => make({ kind: 'json' })).toThrow(/holds records written as form .* sends json/s);
    expect(deliverAll(make({ kind: 'form' }).queue)).toEqual(['a=b']);
    open.at(-1)?.close();
    expect(make({ kind: 'json' }).queue.length).toBe(0);
  });

  it('returns what was put back late to the handler that has it now', () => {
    const { queue: first } = make();
    push(first, INFO, 'a', 'b');
    const entries = first.take(1);
    const later = [0, 1].map(() => {
      const { result, activations } = collectActivations(() => make());
      activations.commit();
      return result;
    });
    const [, last] = later;
    first.putBack(entries);
    expect([last?.queue.length, last?.woken()]).toEqual([2, 2]);
    expect(deliverAll(last?.queue as SpoolQueue<string>)).toEqual(['a', 'b']);
    expect(last?.queue.length).toBe(0);
  });

  it('is let go of where it is refused', () => {
    const { queue } = make({ kind: 'form' });
    push(queue, INFO, 'a=b');
    queue.close();
    const descriptors = () => readdirSync('/proc/self/fd').length;
    const before = descriptors();
    for (let times = 0; times < 20; times += 1) expect(() => make({ kind: 'json' })).toThrow(/sends json/);
    expect(descriptors()).toBeLessThan(before + 10);
  });

  it('is named where it cannot be used', () => {
    writeFileSync(folder.file('file'), '');
    expect(() => make({ directory: folder.file('file') })).toThrow(
      expect.objectContaining({
        code: 'ERR_LOGGING_FILE',
        message: expect.stringContaining(folder.file('file')),
      }),
    );
    expect(() => make({ maxBytes: 10 })).toThrow(/maxBytes.*65536 or more/);
    mkdirSync(folder.file('spool.lock'));
    expect(() => make()).toThrow(
      expect.objectContaining({
        code: 'ERR_LOGGING_FILE',
        message: expect.stringContaining(`spool.directory: cannot use '${folder.path}'`),
      }),
    );
  });

  it('holds no link that leads writes astray', () => {
    const outside = folder.file('outside');
    writeFileSync(outside, 'precious');
    const directory = folder.file('spool');
    mkdirSync(directory);
    symlinkSync(outside, join(directory, 'state'));
    expect(() => make({ directory })).toThrow(/ELOOP|symbolic/);
    expect(readFileSync(outside, 'utf8')).toBe('precious');
    chmodSync(outside, 0o600);
  });
});
