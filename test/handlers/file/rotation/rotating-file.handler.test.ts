import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { LogRecord } from '../../../../lib/core/records/log-record.js';
import { FileHandler } from '../../../../lib/handlers/file/file.handler.js';
import { BaseRotatingHandler } from '../../../../lib/handlers/file/rotation/base-rotating-handler.js';
import { RotatingFileHandler } from '../../../../lib/handlers/file/rotation/rotating-file.handler.js';
import { lockRotation } from '../../../../lib/handlers/file/rotation/rotation-lock.js';
import { compiledUrl } from '../../../support/compiled-sources.js';
import { captureStderr } from '../../../support/stderr-capture.js';
import { useTemporaryFolder } from '../../../support/temporary-folder.js';

const folder = useTemporaryFolder();
const record = (msg: string) => new LogRecord({ msg, levelno: 20 });
/** So that each file holds two lines of one letter. */
const twoLines = { maxBytes: 5, backupCount: 2 };

function make(options: object = twoLines): RotatingFileHandler {
  return new RotatingFileHandler({ filename: folder.file('app.log'), ...options });
}

function log(handler: FileHandler, messages: string): void {
  for (const message of messages) handler.handle(record(message));
}

const contents = () =>
  Object.fromEntries(folder.names().map((name) => [name, folder.read(name).replaceAll('\n', '')]));

describe('RotatingFileHandler', () => {
  it('moves the file away when a record would bring it to maxBytes, and keeps backupCount of them', () => {
    log(make(), 'abcdefg');
    expect(contents()).toEqual({ 'app.log': 'g', 'app.log.1': 'ef', 'app.log.2': 'cd' });
  });

  it('never rolls over if maxBytes or backupCount is 0', () => {
    log(make({ maxBytes: 5 }), 'abcdefg');
    log(new RotatingFileHandler({ filename: folder.file('other.log'), backupCount: 3 }), 'abcdefg');
    expect(contents()).toEqual({ 'app.log': 'abcdefg', 'other.log': 'abcdefg' });
  });

  it('goes on with the file of an earlier run, whatever the mode', () => {
    writeFileSync(folder.file('app.log'), 'a\nb\n');
    log(make({ ...twoLines, mode: 'w' }), 'c');
    expect(contents()).toEqual({ 'app.log': 'c', 'app.log.1': 'ab' });
  });

  it('empties the file for mode w where it does not roll, also with delay', () => {
    for (const delay of [false, true]) {
      writeFileSync(folder.file('app.log'), 'a\n');
      log(make({ mode: 'w', delay }), 'bc');
      expect(contents()).toEqual({ 'app.log': 'bc' });
    }
  });

  it('writes no second byte order mark into a file that it opens late', () => {
    const text = Buffer.from('\ufeffa\n', 'utf16le');
    for (const options of [{}, { maxBytes: 100, backupCount: 1 }, twoLines]) {
      writeFileSync(folder.file('app.log'), text);
      log(make({ ...options, encoding: 'utf-16', delay: true }), 'b');
      const written = folder.names().map((name) => readFileSync(folder.file(name), 'utf16le'));
      expect(written.join('|').replaceAll('\n', '')).toBe(
        options === twoLines ? '\ufeffb|\ufeffa' : '\ufeffab',
      );
    }
  });

  it('rolls over on demand', () => {
    const handler = make();
    log(handler, 'a');
    handler.doRollover();
    log(handler, 'b');
    expect(contents()).toEqual({ 'app.log': 'b', 'app.log.1': 'a' });
  });

  it('opens the new file at the next record with delay', () => {
    const handler = make({ ...twoLines, delay: true });
    log(handler, 'a');
    handler.doRollover();
    expect(contents()).toEqual({ 'app.log.1': 'a' });
    log(handler, 'b');
    expect(contents()).toEqual({ 'app.log': 'b', 'app.log.1': 'a' });
  });

  it('counts what is collected, and writes it to the file it belongs to', () => {
    const handler = make({ ...twoLines, bufferSize: 1000 });
    log(handler, 'abcde');
    void handler.close();
    expect(contents()).toEqual({ 'app.log': 'e', 'app.log.1': 'cd', 'app.log.2': 'ab' });
  });

  it('formats each record once', () => {
    let formatted = 0;
    const handler = make();
    handler.setFormatter({
      format(record) {
        formatted += 1;
        return record.getMessage();
      },
    });
    log(handler, 'abc');
    expect(formatted).toBe(3);
  });

  it('refuses to roll, and logs on, where a namer returns one name for all and no number bounds them', () => {
    const only = folder.file('old.log');
    const handler = make({ maxBytes: 5, maxAge: '30d', namer: () => only });
    const { text } = captureStderr(() => log(handler, 'abcdefg'));
    expect(contents()).toEqual({ 'app.log': 'cdefg', 'old.log': 'ab' });
    expect(text).toContain(`'${only}' exists already, and namer returns no other name`);
  });

  it('refuses to roll, and loses nothing, where a namer returns the log file itself', () => {
    const handler = make({ ...twoLines, namer: () => folder.file('app.log') });
    const { text } = captureStderr(() => log(handler, 'abcdefg'));
    expect(contents()).toEqual({ 'app.log': 'abcdefg' });
    expect(text).toContain(`namer returns '${folder.file('app.log')}', the log file itself`);
  });

  it('names files by namer and moves them by rotator', () => {
    const handler = make({
      ...twoLines,
      namer: (name: string) => `${name}.gz`,
      rotator: (source: string, dest: string) => {
        writeFileSync(dest, gzipSync(readFileSync(source)));
        unlinkSync(source);
      },
    });
    log(handler, 'abcdefg');
    expect(folder.names()).toEqual(['app.log', 'app.log.1.gz', 'app.log.2.gz']);
    expect(gunzipSync(readFileSync(folder.file('app.log.2.gz'))).toString()).toBe('c\nd\n');
  });

  it('lets derived classes decide and roll, as in Python', () => {
    class Every extends BaseRotatingHandler {
      #count = 0;
      shouldRollover(): boolean {
        return ++this.#count % 2 === 1 && this.#count > 1;
      }
      doRollover(): void {
        this.roll(() => this.rotate(this.baseFilename, this.rotation_filename(`${this.baseFilename}.old`)));
      }
      protected rolledFiles(): string[] {
        return [];
      }
    }
    const handler = new Every({ filename: folder.file('app.log') });
    handler.namer = (name) => name.toUpperCase().replace(folder.path.toUpperCase(), folder.path);
    log(handler, 'abc');
    expect(contents()['app.log']).not.toBe('abc');
    expect(folder.names()).toContain('APP.LOG.OLD');
  });

  it('never rolls over what is no regular file', () => {
    const handler = new RotatingFileHandler({ filename: '/dev/null', maxBytes: 1, backupCount: 1 });
    const { text } = captureStderr(() => log(handler, 'ab'));
    expect(text).toBe('');
    expect(handler.stats.delivered).toBe(2);
  });

  it('refuses options that make no sense', () => {
    expect(() => make({ maxBytes: -1 })).toThrow(/maxBytes/);
    expect(() => make({ backupCount: 1.5 })).toThrow(/backupCount/);
    expect(() => make({ maxByte: 1 })).toThrow('did you mean "maxBytes"?');
  });
});

describe('RotatingFileHandler whose roll fails', () => {
  it('reports it, goes on in the old file, and rolls over when it can again', async () => {
    const handler = make();
    log(handler, 'ab');
    // A directory in the place of the backup.
    mkdirSync(folder.file('app.log.1'));
    const { text } = captureStderr(() => log(handler, 'cdef'));
    expect(text.match(/--- Logging error ---/g)).toHaveLength(1);
    expect(folder.read('app.log')).toBe('a\nb\nc\nd\ne\nf\n');
    rmSync(folder.file('app.log.1'), { recursive: true });
    await sleep(1_010);
    log(handler, 'g');
    expect(contents()).toEqual({ 'app.log': 'g', 'app.log.1': 'abcdef' });
  });

  it('does the same when the rotator throws', () => {
    const handler = make({
      ...twoLines,
      rotator: () => {
        throw new Error('rotator is broken');
      },
    });
    const { text } = captureStderr(() => log(handler, 'abcd'));
    expect(text).toContain('rotator is broken');
    expect(folder.read('app.log')).toBe('a\nb\nc\nd\n');
    expect(folder.names()).toEqual(['app.log']);
  });

  it('breaks the lock of a process that is gone', () => {
    const lock = folder.file('app.log.lock');
    const script = `import('${compiledUrl(new URL('../../../../lib/handlers/file/rotation/rotation-lock.ts', import.meta.url))}')
      .then(({ lockRotation }) => { lockRotation('${folder.file('app.log')}'); process.kill(process.pid, 'SIGKILL'); })`;
    spawnSync(process.execPath, ['-e', script]);
    expect(readFileSync(lock, 'utf8')).not.toBe('');
    const { text } = captureStderr(() => log(make(), 'abc'));
    expect(text).toBe('');
    expect(contents()).toEqual({ 'app.log': 'c', 'app.log.1': 'ab' });
  });

  it('goes on in the old file while another process rolls it', async () => {
    const handler = make();
    log(handler, 'ab');
    const unlock = lockRotation(folder.file('app.log'));
    const { text } = captureStderr(() => log(handler, 'cd'));
    expect(text).toBe('');
    expect(folder.read('app.log')).toBe('a\nb\nc\nd\n');
    unlock();
    await sleep(60);
    log(handler, 'e');
    expect(contents()).toEqual({ 'app.log': 'e', 'app.log.1': 'abcd' });
  });

  it('does not follow a link that somebody put in the place of the file', async () => {
    writeFileSync(folder.file('precious'), '');
    const handler = make();
    log(handler, 'a');
    renameSync(folder.file('app.log'), folder.file('moved'));
    symlinkSync(folder.file('precious'), folder.file('app.log'));
    await sleep(20);
    const { text } = captureStderr(() => log(handler, 'b'));
    expect(text).toContain('ELOOP');
    expect(folder.read('precious')).toBe('');
    expect(folder.read('moved')).toBe('a\nb\n');
  });
});

describe('RotatingFileHandler with compress', () => {
  const unzipped = (name: string) =>
    gunzipSync(readFileSync(folder.file(name)))
      .toString()
      .replaceAll('\n', '');
  const compressed = { ...twoLines, compress: true };

  it('has compressed all rolled files when close resolves', async () => {
    const handler = make(compressed);
    log(handler, 'abcdefg');
    await handler.close();
    expect(folder.names()).toEqual(['app.log', 'app.log.1.gz', 'app.log.2.gz']);
    expect([unzipped('app.log.1.gz'), unzipped('app.log.2.gz')]).toEqual(['ef', 'cd']);
  });

  it('moves compressed files on', async () => {
    const handler = make(compressed);
    log(handler, 'abc');
    await sleep(250);
    expect(folder.names()).toEqual(['app.log', 'app.log.1.gz']);
    log(handler, 'defgh');
    await handler.close();
    expect(folder.names()).toEqual(['app.log', 'app.log.1.gz', 'app.log.2.gz']);
    expect([unzipped('app.log.1.gz'), unzipped('app.log.2.gz')]).toEqual(['ef', 'cd']);
  });

  it('keeps the permissions and the time of the file', async () => {
    const handler = make(compressed);
    log(handler, 'ab');
    chmodSync(folder.file('app.log'), 0o604);
    const { mtimeMs } = statSync(folder.file('app.log'));
    log(handler, 'c');
    await handler.close();
    const stats = statSync(folder.file('app.log.1.gz'));
    expect(stats.mode & 0o777).toBe(0o604);
    expect(Math.abs(stats.mtimeMs - mtimeMs)).toBeLessThan(5);
  });

  it('finishes at its start what a process that was killed left behind', async () => {
    writeFileSync(folder.file('app.log.1'), 'e\nf\n');
    writeFileSync(folder.file('app.log.2'), 'c\nd\n');
    // Killed between the last two steps: both are there.
    writeFileSync(folder.file('app.log.2.gz'), gzipSync('c\nd\n'));
    writeFileSync(folder.file('app.log.12345.elsewhere-1-999999999-1.gz.tmp'), 'half of a gz');
    utimesSync(folder.file('app.log.12345.elsewhere-1-999999999-1.gz.tmp'), 1, 1);
    await make(compressed).close();
    expect(folder.names()).toEqual(['app.log', 'app.log.1.gz', 'app.log.2.gz']);
    expect([unzipped('app.log.1.gz'), unzipped('app.log.2.gz')]).toEqual(['ef', 'cd']);
  });

  it('keeps a rolled file whose compressed name is taken by another', async () => {
    writeFileSync(folder.file('app.log.1'), 'e\nf\n');
    writeFileSync(folder.file('app.log.1.gz'), gzipSync('something else'));
    const handler = make(compressed);
    const reports: unknown[] = [];
    Object.assign(handler, { reportError: (error: unknown) => reports.push(error) });
    await handler.close();
    expect(String(reports)).toContain('stays uncompressed');
    expect(folder.read('app.log.1')).toBe('e\nf\n');
    expect(unzipped('app.log.1.gz')).toBe('something else');
  });

  it('compresses the others though one cannot be, which it reports once', async () => {
    writeFileSync(folder.file('app.log.1'), 'e\nf\n');
    writeFileSync(folder.file('app.log.2'), 'c\nd\n');
    writeFileSync(folder.file('app.log.2.gz'), gzipSync('something else'));
    const handler = make({ ...compressed, backupCount: 5 });
    const reports: unknown[] = [];
    Object.assign(handler, { reportError: (error: unknown) => reports.push(error) });
    await sleep(250);
    expect(unzipped('app.log.1.gz')).toBe('ef');
    log(handler, 'ghi');
    await handler.close();
    expect(folder.names()).toEqual(['app.log', 'app.log.1.gz', 'app.log.2.gz', 'app.log.3', 'app.log.3.gz']);
    expect([unzipped('app.log.1.gz'), unzipped('app.log.2.gz')]).toEqual(['gh', 'ef']);
    expect(reports.map(String)).toEqual([expect.stringContaining('app.log.2')]);
  });
});
