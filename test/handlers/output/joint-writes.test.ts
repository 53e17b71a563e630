import fs, { existsSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { LogRecord } from '../../../lib/core/records/log-record.js';
import { FileHandler } from '../../../lib/handlers/file/file.handler.js';
import { RotatingFileHandler } from '../../../lib/handlers/file/rotation/rotating-file.handler.js';
import { writeTogether } from '../../../lib/handlers/output/joint-writes.js';
import { ChildProgram } from '../../support/child-program.js';
import { collectStderr } from '../../support/stderr-collector.js';
import { useTemporaryFolder } from '../../support/temporary-folder.js';

const record = (msg: string) => new LogRecord({ msg, levelno: 20 });
const line = (index: number) => `${index} ${'x'.repeat(100)}`;
const lines = (count: number) => Array.from({ length: count }, (_, index) => line(index));

const program = new ChildProgram(`
  import { LogRecord } from 'lib/core/records/log-record';
  import { FileHandler } from 'lib/handlers/file/file.handler';
  import { writeTogether } from 'lib/handlers/output/joint-writes';
  const handler = new FileHandler({ filename: process.argv[2] });
  writeTogether(() => {
    handler.handle(new LogRecord({ msg: 'last words', levelno: 20 }));
    process.exit(3);
  });
`);

describe('records that are written together', () => {
  const folder = useTemporaryFolder();

  const sizes: number[] = [];
  /** Logs lines together and notes how large the file is after each. */
  function logLines(handler: FileHandler, count: number): void {
    sizes.length = 0;
    writeTogether(() => {
      for (let index = 0; index < count; index += 1) {
        handler.handle(record(line(index)));
        sizes.push(fs.statSync(handler.baseFilename).size);
      }
    });
  }

  it('are out when all are logged, and not before', () => {
    const handler = new FileHandler({ filename: folder.file('app.log') });
    logLines(handler, 10);
    expect(new Set(sizes)).toEqual(new Set([0]));
    expect(folder.lines('app.log')).toEqual(lines(10));
    expect(handler.stats).toEqual({ emitted: 10, delivered: 10, queued: 0, dropped: 0 });
    handler.handle(record('alone'));
    expect(folder.lines('app.log')).toEqual([...lines(10), 'alone']);
    void handler.close();
  });

  it('are written on the way once there are 16 KiB', () => {
    const handler = new FileHandler({ filename: folder.file('app.log') });
    logLines(handler, 1_000);
    expect(new Set(sizes).size).toBe(Math.floor((1_000 * 105) / 16_384) + 1);
    expect(folder.lines('app.log')).toEqual(lines(1_000));
    void handler.close();
  });

  it('are out even if the work fails, inside of other such work too', () => {
    const handler = new FileHandler({ filename: folder.file('app.log') });
    const fail = (): never => {
      throw new Error('no more');
    };
    writeTogether(() => {
      handler.handle(record('first'));
      expect(() =>
        writeTogether(() => {
          handler.handle(record('second'));
          fail();
        }),
      ).toThrow('no more');
      expect(folder.read('app.log')).toBe('');
    });
    expect(folder.lines('app.log')).toEqual(['first', 'second']);
    void handler.close();
  });

  it('go to the files they would go to one by one', () => {
    const options = { maxBytes: 1_000, backupCount: 50 };
    const together = new RotatingFileHandler({ filename: folder.file('a.log'), ...options });
    const alone = new RotatingFileHandler({ filename: folder.file('b.log'), ...options });
    writeTogether(() => {
      for (const one of lines(100)) together.handle(record(one));
    });
    for (const one of lines(100)) alone.handle(record(one));
    const ofA = folder.names().filter((name) => name.startsWith('a'));
    expect(ofA.length).toBeGreaterThan(5);
    for (const name of ofA) expect(folder.read(name)).toBe(folder.read(name.replace('a', 'b')));
    void together.close();
    void alone.close();
  });

  it('are kept and reported once if they cannot be written, and go out later', () => {
    const handler = new FileHandler({ filename: folder.file('sub/app.log'), delay: true });
    const collected = collectStderr();
    writeTogether(() => {
      for (const one of lines(3)) handler.handle(record(one));
    });
    collected.stop();
    expect(collected.text.match(/--- Logging error ---/g)).toHaveLength(1);
    expect(handler.stats).toMatchObject({ queued: 3, dropped: 0 });
    fs.mkdirSync(folder.file('sub'));
    handler.flush();
    expect(folder.lines('sub/app.log')).toEqual(lines(3));
    void handler.close();
  });

  it('are out if the process ends meanwhile', () => {
    expect(program.run(folder.file('app.log')).status).toBe(3);
    expect(existsSync(folder.file('app.log'))).toBe(true);
    expect(folder.lines('app.log')).toEqual(['last words']);
  });
});
