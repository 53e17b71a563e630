import { spawnSync } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from '@jest/globals';
import { LogRecord } from '../../../lib/core/records/log-record.js';
import { FileHandler } from '../../../lib/handlers/file/file.handler.js';
import { ChildProgram } from '../../support/child-program.js';
import { mountSmallDisk } from '../../support/small-disk.js';
import { collectStderr } from '../../support/stderr-collector.js';
import { useTemporaryFolder } from '../../support/temporary-folder.js';

const folder = useTemporaryFolder();
const disk = mountSmallDisk();
afterAll(() => disk?.unmount());
const onDisk = disk ? it : it.skip;

const line = (index: number) => `${String(index).padStart(6, '0')} ${'x'.repeat(190)} é`;
const record = (msg: string, levelno = 20) => new LogRecord({ msg, levelno });

/** Logs lines and gives what was reported meanwhile. */
function logLines(handler: FileHandler, from: number, to: number): string {
  const collected = collectStderr();
  try {
    for (let index = from; index < to; index++) handler.handle(record(line(index)));
    return collected.text;
  } finally {
    collected.stop();
  }
}

const allLines = (count: number) => Array.from({ length: count }, (_, index) => line(index));
const linesOf = (path: string) => readFileSync(path, 'utf8').trimEnd().split('\n');

describe('FileHandler on a full disk', () => {
  onDisk.each([0, 4096])(
    'keeps 6,000 of 6,000 lines when there is room again (bufferSize %i)',
    (bufferSize) => {
      const filler = join(disk!.path, 'filler');
      const path = join(disk!.path, 'app.log');
      writeFileSync(filler, Buffer.alloc(600 * 1024));
      const handler = new FileHandler({ filename: path, bufferSize });
      logLines(handler, 0, 1_000);
      const reported = logLines(handler, 1_000, 3_000);
      expect(handler.stats.queued).toBeGreaterThan(500);
      expect(reported.match(/--- Logging error ---/g)).toHaveLength(1);
      expect(reported).toContain('ENOSPC');
      // A collector moves the lines away; the file is kept.
      const moved = linesOf(path);
      rmSync(filler);
      logLines(handler, 3_000, 4_000);
      expect(handler.stats.queued).toBeLessThanOrEqual(bufferSize / 100);
      void handler.close();
      expect(linesOf(path)).toEqual(allLines(4_000));
      expect(allLines(4_000).slice(0, moved.length - 1)).toEqual(moved.slice(0, -1));
      expect(handler.stats).toEqual({ emitted: 4_000, delivered: 4_000, queued: 0, dropped: 0 });
      rmSync(path);
    },
  );

  onDisk('finishes by itself when there is room again, though nothing more is logged', async () => {
    const filler = join(disk!.path, 'filler');
    const path = join(disk!.path, 'app.log');
    writeFileSync(filler, Buffer.alloc(900 * 1024));
    const handler = new FileHandler({ filename: path });
    logLines(handler, 0, 2_000);
    rmSync(filler);
    const collected = collectStderr();
    await sleep(600);
    collected.stop();
    expect(linesOf(path)).toEqual(allLines(2_000));
    void handler.close();
    rmSync(path);
  });

  onDisk('takes back the line it cannot finish when it is closed on a full disk', () => {
    const path = join(disk!.path, 'app.log');
    const handler = new FileHandler({ filename: path });
    logLines(handler, 0, 6_000);
    const collected = collectStderr();
    void handler.close();
    collected.stop();
    const { delivered, dropped, queued } = handler.stats;
    const text = readFileSync(path, 'utf8');
    expect(text.endsWith('é\n')).toBe(true);
    expect(linesOf(path)).toEqual(allLines(delivered));
    expect({ sum: delivered + dropped, queued }).toEqual({ sum: 6_000, queued: 0 });
    rmSync(path);
  });

  it('never throws into the caller, and reports the device that is full once', () => {
    const handler = new FileHandler({ filename: '/dev/full' });
    const reported = logLines(handler, 0, 100);
    expect(reported.match(/--- Logging error ---/g)).toHaveLength(1);
    expect(handler.stats).toEqual({ emitted: 100, delivered: 0, queued: 100, dropped: 0 });
    const collected = collectStderr();
    void handler.close();
    collected.stop();
    expect(handler.stats).toEqual({ emitted: 100, delivered: 0, queued: 0, dropped: 100 });
  });

  it('drops the lowest level first when it cannot keep more, and counts it', () => {
    const handler = new FileHandler({ filename: '/dev/full' });
    const collected = collectStderr();
    for (let index = 0; index < 60_000; index++) handler.handle(record('x', index % 100 === 0 ? 40 : 10));
    const { queued, dropped } = handler.stats;
    expect(queued).toBeLessThanOrEqual(50_000);
    expect(queued + dropped).toBe(60_000);
    void handler.close();
    collected.stop();
  });
});

describe('FileHandler whose file goes away', () => {
  it('makes a deleted file anew within a second', async () => {
    const handler = new FileHandler({ filename: folder.file('app.log') });
    logLines(handler, 0, 1);
    rmSync(folder.file('app.log'));
    await sleep(1_050);
    logLines(handler, 1, 3);
    expect(folder.lines('app.log')).toEqual([line(1), line(2)]);
  });

  it('keeps lines while the directory is not there, and writes them when it is back', async () => {
    mkdirSync(folder.file('logs'));
    const handler = new FileHandler({ filename: folder.file('logs/app.log') });
    logLines(handler, 0, 1);
    rmSync(folder.file('logs'), { recursive: true });
    await sleep(1_050);
    expect(logLines(handler, 1, 50)).toContain('ENOENT');
    mkdirSync(folder.file('logs'));
    const collected = collectStderr();
    await sleep(400);
    collected.stop();
    expect(folder.lines('logs/app.log')).toEqual(allLines(50).slice(1));
    logLines(handler, 50, 51);
    expect(folder.lines('logs/app.log')).toEqual(allLines(51).slice(1));
  });

  it('goes on in a file that was renamed, as Python does', () => {
    const handler = new FileHandler({ filename: folder.file('app.log') });
    logLines(handler, 0, 1);
    renameSync(folder.file('app.log'), folder.file('app.log.old'));
    logLines(handler, 1, 2);
    expect(folder.names()).toEqual(['app.log.old']);
    expect(folder.lines('app.log.old')).toEqual(allLines(2));
  });
});

const hasStrace = spawnSync('strace', ['--version']).status === 0;
if (!hasStrace) console.warn('strace was not found: no system call is made to fail');

describe('FileHandler when system calls fail', () => {
  const program = new ChildProgram(`
    import { FileHandler } from 'lib/handlers/file/file.handler';
    import { LogRecord } from 'lib/core/records/log-record';
    const [filename, count, bufferSize] = process.argv.slice(2);
    const handler = new FileHandler({ filename, bufferSize: Number(bufferSize) });
    for (let index = 0; index < Number(count); index++) handler.handle(new LogRecord({ msg: index + ' é', levelno: 20 }));
    await new Promise((resolve) => setTimeout(resolve, 400));
    process.stdout.write(JSON.stringify(handler.stats));
  `);
  const inject = hasStrace ? it : it.skip;

  inject.each([
    ['ENOSPC', 0],
    ['ENOSPC', 200],
    ['EIO', 0],
    ['EINTR', 0],
    ['EAGAIN', 0],
    ['EDQUOT', 200],
  ])('writes each line once when every third write fails with %s (bufferSize %i)', (error, bufferSize) => {
    const path = folder.file('app.log');
    const { stdout, stderr } = program.shell(
      `strace -f -qq -o /dev/null -P '${path}' -e trace=write,pwrite64 -e inject=write,pwrite64:error=${error}:when=3+3 $PROGRAM`,
      path,
      '3000',
      String(bufferSize),
    );
    expect({
      stats: JSON.parse(stdout || 'null'),
      reports: (stderr.match(/--- Logging error ---/g) ?? []).length <= 2,
    }).toEqual({
      stats: { emitted: 3_000, delivered: 3_000, queued: 0, dropped: 0 },
      reports: true,
    });
    expect(folder.lines('app.log')).toEqual(Array.from({ length: 3_000 }, (_, index) => `${index} é`));
  });
});

describe('RotatingFileHandler whose lock cannot be written or removed', () => {
  const program = new ChildProgram(`
    import { RotatingFileHandler } from 'lib/handlers/file/rotation/rotating-file.handler';
    import { LogRecord } from 'lib/core/records/log-record';
    const [filename] = process.argv.slice(2);
    const handler = new RotatingFileHandler({ filename, maxBytes: 4, backupCount: 9 });
    for (const msg of ['a', 'b', 'c', 'd', 'e', 'f']) {
      handler.handle(new LogRecord({ msg, levelno: 20 }));
      // A roll that failed is tried again after a second.
      await new Promise((resolve) => setTimeout(resolve, 1_050));
    }
  `);
  const inject = hasStrace ? it : it.skip;

  inject.each([
    ['write', 'ENOSPC'],
    ['unlink', 'EPERM'],
  ])('rolls over again once %s no longer fails (%s)', (call, error) => {
    const path = folder.file('app.log');
    const { stderr } = program.shell(
      `strace -f -qq -o /dev/null -P '${path}.lock' -e trace=${call} -e inject=${call}:error=${error}:when=1..3 $PROGRAM`,
      path,
    );
    expect(stderr).toContain(error);
    expect(readdirSync(folder.path)).toContain('app.log.1');
    expect(readdirSync(folder.path)).not.toContain('app.log.lock');
    const names = readdirSync(folder.path).sort().reverse();
    expect(names.flatMap((name) => folder.lines(name)).join('')).toBe('abcdef');
  });
});

const onLinux = process.platform === 'linux' ? it : it.skip;

describe('FileHandler whose descriptor somebody else has closed', () => {
  const descriptorOf = (path: string) =>
    Number(readdirSync('/proc/self/fd').find((fd) => isLinkTo(`/proc/self/fd/${fd}`, path)));
  const isLinkTo = (link: string, path: string) => {
    try {
      return readlinkSync(link) === path;
    } catch {
      return false;
    }
  };

  onLinux('opens the file again, reports it once, and loses nothing', () => {
    const path = folder.file('app.log');
    const handler = new FileHandler({ filename: path });
    handler.handle(record('one'));
    closeSync(descriptorOf(path));
    const collected = collectStderr();
    handler.handle(record('two'));
    for (const msg of ['three', 'four']) handler.handle(record(msg));
    handler.flush();
    const text = collected.stop();
    void handler.close();
    expect(linesOf(path)).toEqual(['one', 'two', 'three', 'four']);
    expect(text.match(/--- Logging error ---/g)).toHaveLength(1);
    expect(text).toContain('EBADF: bad file descriptor, write');
    expect(handler.stats).toEqual({ emitted: 4, delivered: 4, queued: 0, dropped: 0 });
  });

  onLinux('is closed all the same, and reports what the system says to that', () => {
    const path = folder.file('app.log');
    const handler = new FileHandler({ filename: path });
    handler.handle(record('one'));
    closeSync(descriptorOf(path));
    const collected = collectStderr();
    void handler.close();
    expect(collected.stop()).toContain('EBADF: bad file descriptor, close');
    handler.handle(record('two'));
    void handler.close();
    expect(linesOf(path)).toEqual(['one', 'two']);
  });
});
