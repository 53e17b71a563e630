import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { linkSync, mkdirSync, readFileSync, statSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { collectActivations } from '../../../lib/core/activation.js';
import { Formatter } from '../../../lib/core/formatting/formatter.js';
import { LogRecord } from '../../../lib/core/records/log-record.js';
import { StreamHandler } from '../../../lib/handlers/console/stream.handler.js';
import { FileHandler } from '../../../lib/handlers/file/file.handler.js';
import { ChildProgram } from '../../support/child-program.js';
import { captureStderr } from '../../support/stderr-capture.js';
import { collectStderr } from '../../support/stderr-collector.js';
import { useTemporaryFolder } from '../../support/temporary-folder.js';

const folder = useTemporaryFolder();
const record = (msg: string, levelno = 20) => new LogRecord({ msg, levelno });
const plain = new Formatter({ sanitize: 'none' });

const standardOutput = new ChildProgram(`
  import { LogRecord } from 'lib/core/records/log-record';
  import { RotatingFileHandler } from 'lib/handlers/file/rotation/rotating-file.handler';
  const handler = new RotatingFileHandler({ filename: '/dev/stdout', maxBytes: 1, backupCount: 1 });
  for (const msg of ['one', 'two']) handler.handle(new LogRecord({ msg, levelno: 20 }));
  await handler.close();
`);

describe('FileHandler', () => {
  it('appends each record as a line, there when the call returns', () => {
    writeFileSync(folder.file('app.log'), 'before\n');
    const handler = new FileHandler({ filename: folder.file('app.log') });
    handler.handle(record('one é 😀'));
    expect(folder.read('app.log')).toBe('before\none é 😀\n');
    expect(handler).toBeInstanceOf(StreamHandler);
    expect(handler.stats).toEqual({ emitted: 1, delivered: 1, queued: 0, dropped: 0 });
  });

  it('knows its file by an absolute path, from a relative one or a URL', () => {
    const absolute = folder.file('app.log');
    expect(new FileHandler({ filename: relative('.', absolute) }).baseFilename).toBe(absolute);
    const handler = new FileHandler({ filename: pathToFileURL(absolute), level: 'INFO' });
    expect(handler.baseFilename).toBe(absolute);
    expect(String(handler)).toBe(`<FileHandler ${absolute} (INFO)>`);
  });

  it('empties the file with mode w, and again appends to it', () => {
    writeFileSync(folder.file('app.log'), 'before\n');
    const handler = new FileHandler({ filename: folder.file('app.log'), mode: 'w' });
    expect(folder.read('app.log')).toBe('');
    const second = new FileHandler({ filename: folder.file('app.log') });
    handler.handle(record('one'));
    second.handle(record('two'));
    handler.handle(record('three'));
    expect(folder.lines('app.log')).toEqual(['one', 'two', 'three']);
  });

  it('refuses with mode x a file that is there, and any mode that does not write', () => {
    new FileHandler({ filename: folder.file('new.log'), mode: 'x' }).handle(record('one'));
    expect(folder.read('new.log')).toBe('one\n');
    expect(() => new FileHandler({ filename: folder.file('new.log'), mode: 'x' })).toThrow(/exists already/);
    for (const mode of ['r', 'q', '', 'aw', 'r+']) {
      expect(() => new FileHandler({ filename: folder.file('a.log'), mode })).toThrow(
        /mode: .* does not write/,
      );
    }
    for (const mode of ['a+', 'wt', 'ab']) new FileHandler({ filename: folder.file('a.log'), mode });
  });

  it('is refused where the directory is not there, or the name is that of a directory', () => {
    const error = { name: 'LoggingError', code: 'ERR_LOGGING_FILE' };
    expect(() => new FileHandler({ filename: folder.file('none/app.log') })).toThrow(
      expect.objectContaining({ ...error, message: expect.stringContaining('create it first') }),
    );
    mkdirSync(folder.file('dir'));
    expect(() => new FileHandler({ filename: folder.file('dir') })).toThrow(expect.objectContaining(error));
    expect(() => new FileHandler({ filename: '' })).toThrow(/filename/);
    expect(() => new FileHandler({ filename: new URL('http://x/a.log') })).toThrow(/expected a file: URL/);
    expect(() => new FileHandler({ filename: 'a\0b' })).toThrow(expect.objectContaining(error));
  });

  it('opens the file at the first record with delay', () => {
    const handler = new FileHandler({ filename: folder.file('app.log'), delay: true });
    expect(folder.names()).toEqual([]);
    handler.handle(record('one'));
    expect(folder.read('app.log')).toBe('one\n');
  });

  it('opens the file again for a record after close, but not with mode w', () => {
    for (const [name, mode] of [
      ['appended.log', 'a'],
      ['emptied.log', 'w'],
    ] as const) {
      const handler = new FileHandler({ filename: folder.file(name), mode });
      handler.handle(record('one'));
      void handler.close();
      void handler.close();
      handler.handle(record('two'));
    }
    expect(folder.lines('appended.log')).toEqual(['one', 'two']);
    expect(folder.lines('emptied.log')).toEqual(['one']);
  });

  it('makes files that only the owner writes and the group reads', () => {
    new FileHandler({ filename: folder.file('app.log') });
    expect(statSync(folder.file('app.log')).mode & 0o777).toBe(0o640 & ~process.umask());
  });

  it('follows links only on request', () => {
    writeFileSync(folder.file('target'), 'precious\n');
    symlinkSync(folder.file('target'), folder.file('symbolic.log'));
    symlinkSync(folder.file('nowhere'), folder.file('dangling.log'));
    for (const name of ['symbolic.log', 'dangling.log']) {
      expect(() => new FileHandler({ filename: folder.file(name), mode: 'w' })).toThrow(
        /symbolic link; set followLinks: true/,
      );
    }
    new FileHandler({ filename: folder.file('symbolic.log'), followLinks: true }).handle(record('one'));
    unlinkSync(folder.file('symbolic.log'));
    linkSync(folder.file('target'), folder.file('hard.log'));
    expect(() => new FileHandler({ filename: folder.file('hard.log'), mode: 'w' })).toThrow(
      /hard links.*; set followLinks: true/,
    );
    new FileHandler({ filename: folder.file('hard.log'), followLinks: true }).handle(record('two'));
    expect(folder.lines('target')).toEqual(['precious', 'one', 'two']);
    expect(folder.names()).not.toContain('nowhere');
  });

  it('writes to a pipe somebody reads from, and refuses one that nobody does', async () => {
    const fifo = folder.file('fifo');
    expect(spawnSync('mkfifo', [fifo]).status).toBe(0);
    expect(() => new FileHandler({ filename: fifo })).toThrow(/nobody reads from that pipe/);
    const reader = spawn('cat', [fifo]);
    let text = '';
    reader.stdout.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
    });
    const handler = new FileHandler({ filename: fifo, delay: true });
    const collected = collectStderr();
    for (let count = 0; count < 100 && handler.stats.delivered === 0; count++) {
      if (count === 0) handler.handle(record('one'));
      await sleep(50);
    }
    handler.handle(record('two'));
    void handler.close();
    collected.stop();
    await once(reader, 'close');
    expect(text).toBe('one\ntwo\n');
  });

  it('writes to the standard output by its name in /dev, whatever that is', () => {
    const { stdout } = standardOutput.shell(
      `$PROGRAM | cat; $PROGRAM > ${folder.file('out')}; cat ${folder.file('out')}`,
    );
    expect(stdout).toBe('one\ntwo\none\ntwo\n');
  });

  it('writes to character devices', () => {
    const handler = new FileHandler({ filename: '/dev/null', mode: 'w' });
    handler.handle(record('one'));
    expect(handler.stats.delivered).toBe(1);
  });
});

describe('FileHandler while a configuration is put together', () => {
  it('empties the file only once the configuration is active', () => {
    writeFileSync(folder.file('app.log'), 'before\n');
    const { activations } = collectActivations(
      () => new FileHandler({ filename: folder.file('app.log'), mode: 'w' }),
    );
    expect(folder.read('app.log')).toBe('before\n');
    activations.commit();
    expect(folder.read('app.log')).toBe('');
  });

  it('leaves no trace when the configuration is given up', () => {
    writeFileSync(folder.file('old.log'), 'before\n');
    collectActivations(() => {
      new FileHandler({ filename: folder.file('old.log'), mode: 'w' });
      new FileHandler({ filename: folder.file('new.log'), mode: 'w' });
      new FileHandler({ filename: folder.file('late.log'), delay: true });
    }).activations.rollback();
    expect(folder.names()).toEqual(['old.log']);
    expect(folder.read('old.log')).toBe('before\n');
  });
});

describe('FileHandler with an encoding', () => {
  const log = (options: object, ...messages: string[]) => {
    const handler = new FileHandler({ filename: folder.file('app.log'), formatter: plain, ...options });
    const { text } = captureStderr(() => {
      for (const message of messages) handler.handle(record(message));
    });
    void handler.close();
    return { bytes: readFileSync(folder.file('app.log')), text };
  };

  it('escapes by default what UTF-8 cannot carry, so that nobody can make a record vanish', () => {
    expect(log({}, 'a\ud800b').bytes.toString()).toBe('a\\ud800b\n');
  });

  it('leaves such a record out and reports it when strict', () => {
    const { bytes, text } = log({ encoding: 'ascii', errors: 'strict' }, 'one', 'é', 'two');
    expect(bytes.toString()).toBe('one\ntwo\n');
    expect(text.match(/--- Logging error ---/g)).toHaveLength(1);
    expect(text).toContain(
      `'ascii' codec can't encode character '\\xe9' in position 0: ordinal not in range(128)`,
    );
  });

  it('writes the byte order mark of UTF-16 once, at the start of the file', () => {
    log({ encoding: 'utf-16' }, 'a');
    expect(log({ encoding: 'utf-16' }, 'b').bytes.toString('hex')).toBe('fffe61000a0062000a00');
  });

  it('writes the byte order mark of UTF-32 once, too', () => {
    log({ encoding: 'utf-32' }, 'a');
    const { bytes } = log({ encoding: 'utf-32' }, 'b');
    expect(bytes.toString('hex')).toBe('fffe0000610000000a000000620000000a000000');
  });

  it('refuses an encoding that there is not, and a way with errors that there is not', () => {
    expect(() => log({ encoding: 'utf-9' })).toThrow(/encoding: "utf-9" is unknown/);
    expect(() => log({ errors: 'explode' })).toThrow(/errors/);
  });
});

describe('FileHandler with bufferSize', () => {
  it('collects lines up to about that many bytes', () => {
    const handler = new FileHandler({ filename: folder.file('app.log'), bufferSize: 10 });
    handler.handle(record('1234'));
    expect(folder.read('app.log')).toBe('');
    expect(handler.stats.queued).toBe(1);
    handler.handle(record('5678'));
    expect(folder.read('app.log')).toBe('1234\n5678\n');
    expect(handler.stats).toEqual({ emitted: 2, delivered: 2, queued: 0, dropped: 0 });
  });

  it('writes them with a record of the flush level, after the flush interval, on flush and on close', async () => {
    const handler = new FileHandler({
      filename: folder.file('app.log'),
      bufferSize: 10_000,
      flushIntervalMs: 20,
      flushLevel: 'WARNING',
    });
    handler.handle(record('one'));
    handler.handle(record('two', 30));
    expect(folder.lines('app.log')).toEqual(['one', 'two']);
    handler.handle(record('three'));
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(folder.lines('app.log')).toEqual(['one', 'two', 'three']);
    handler.handle(record('four'));
    void handler.flush();
    expect(folder.lines('app.log')).toEqual(['one', 'two', 'three', 'four']);
    handler.handle(record('five'));
    void handler.close();
    expect(folder.lines('app.log')).toEqual(['one', 'two', 'three', 'four', 'five']);
  });
});
