import { existsSync, readFileSync, renameSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { deflateSync, inflateSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  FileHandler,
  getLogger,
  makeLogRecord,
  RotatingFileHandler,
  StreamHandler,
  TimedRotatingFileHandler,
} from '../../lib/core.js';
import { strftime } from '../../lib/python/time/strftime.js';
import { resetLoggingAsPython } from '../support/reset-logging.js';
import { useTemporaryFolder } from '../support/temporary-folder.js';

const folder = useTemporaryFolder();
const path = () => folder.file('app.log');
const record = (msg: string) => makeLogRecord({ msg });

beforeEach(resetLoggingAsPython);
afterEach(() => {
  jest.useRealTimers();
});

describe('FileHandler', () => {
  it('opens the file at the first record with delay', () => {
    const handler = new FileHandler({ filename: path(), delay: true });
    expect(existsSync(path())).toBe(false);
    handler.handle(record('one'));
    expect(folder.lines('app.log')).toEqual(['one']);
    void handler.close();
  });

  it('writes nothing more after close in mode w', () => {
    const handler = new FileHandler({ filename: path(), mode: 'w' });
    handler.emit(record('one'));
    void handler.close();
    handler.emit(record('two'));
    expect(folder.lines('app.log')).toEqual(['one']);
  });

  it('writes text in the given encoding', () => {
    const handler = new FileHandler({ filename: path(), encoding: 'utf-8' });
    getLogger('test').addHandler(handler);
    getLogger('test').warning('foo\u00e9');
    void handler.close();
    expect(readFileSync(path())).toEqual(Buffer.from('foo\u00e9\n'));
  });
});

describe('StreamHandler', () => {
  it('leaves the encoding to the stream', () => {
    const bytes: number[] = [];
    const cp1251 = {
      write: (text: string) =>
        bytes.push(...[...text].map((c) => (c >= 'а' ? c.charCodeAt(0) - 0x430 + 0xe0 : c.charCodeAt(0)))),
    };
    getLogger('test').addHandler(new StreamHandler({ stream: cp1251 }));
    getLogger('test').warning('до свидания');
    expect(Buffer.from(bytes).toString('hex')).toBe('e4ee20f1e2e8e4e0ede8ff0a');
  });
});

describe('RotatingFileHandler', () => {
  const rotating = (options: object = {}) =>
    new RotatingFileHandler({ filename: path(), backupCount: 2, ...options });

  it('does not roll over without maxBytes, nor an empty file, nor what is no regular file', () => {
    expect(rotating({ maxBytes: 1 }).shouldRollover(record('x'))).toBe(false);
    expect(rotating({ maxBytes: 0 }).shouldRollover(record('x'))).toBe(false);
    writeFileSync(path(), '\n');
    expect(rotating({ maxBytes: 0 }).shouldRollover(record('x'))).toBe(false);
    expect(rotating({ filename: '/dev/null', maxBytes: 1 }).shouldRollover(record('x'))).toBe(false);
  });

  it('rolls over when the record would bring the file to maxBytes', () => {
    writeFileSync(path(), '\n');
    expect(rotating({ maxBytes: 2 }).shouldRollover(record('x'))).toBe(true);
    // It says so without backups too, and then leaves the file as it is.
    const handler = rotating({ maxBytes: 2, backupCount: 0 });
    expect(handler.shouldRollover(record('x'))).toBe(true);
    handler.emit(record('x'));
    expect(folder.read('app.log')).toBe('\nx\n');
  });

  it('makes the file', () => {
    const handler = rotating();
    handler.emit(record('one'));
    expect(folder.lines('app.log')).toEqual(['one']);
    void handler.close();
  });

  it.each([false, true])(
    'rolls over for a record of maxBytes, but never an empty file; delay: %p',
    (delay) => {
      const handler = rotating({ maxBytes: 100, delay });
      expect(existsSync(path())).toBe(!delay);
      const [small, large] = [record('a'), record('b'.repeat(100))];
      expect([handler.shouldRollover(small), handler.shouldRollover(large)]).toEqual([false, false]);
      handler.emit(small);
      expect([handler.shouldRollover(small), handler.shouldRollover(large)]).toEqual([false, true]);
      handler.emit(large);
      expect(folder.names()).toEqual(['app.log', 'app.log.1']);
      expect([handler.shouldRollover(small), handler.shouldRollover(large)]).toEqual([true, true]);
      void handler.close();
    },
  );

  it('names the rolled files by its namer, and keeps backupCount of them', () => {
    const handler = rotating({ maxBytes: 5 });
    handler.namer = (name) => `${name}.test`;
    const names = ['one', 'two', 'three', 'four'].map((msg) => {
      handler.emit(record(msg));
      return folder.names();
    });
    expect(names).toEqual([
      ['app.log'],
      ['app.log', 'app.log.1.test'],
      ['app.log', 'app.log.1.test', 'app.log.2.test'],
      ['app.log', 'app.log.1.test', 'app.log.2.test'],
    ]);
    expect(folder.lines('app.log.2.test')).toEqual(['two']);
    void handler.close();
  });

  it('takes namer and rotator from a derived class', () => {
    class Own extends RotatingFileHandler {
      override namer = (name: string) => `${name}.test`;
      override rotator = (source: string, dest: string) => renameSync(source, `${dest}.rotated`);
    }
    const handler = new Own({ filename: path(), backupCount: 2, maxBytes: 5 });
    for (const msg of ['one', 'two']) handler.emit(record(msg));
    expect(folder.names()).toEqual(['app.log', 'app.log.1.test.rotated']);
    void handler.close();
  });

  it('takes them as methods too', () => {
    class Own extends RotatingFileHandler {}
    Object.defineProperty(Own.prototype, 'namer', {
      value: (name: string) => `${name}.method`,
      writable: true,
    });
    const handler = new Own({ filename: path(), backupCount: 2, maxBytes: 5 });
    for (const msg of ['one', 'two']) handler.emit(record(msg));
    expect(folder.names()).toEqual(['app.log', 'app.log.1.method']);
    void handler.close();
  });

  it('lets a rotator compress', () => {
    const handler = rotating({ maxBytes: 5 });
    handler.namer = (name) => `${name}.gz`;
    handler.rotator = (source, dest) => {
      writeFileSync(dest, deflateSync(readFileSync(source)));
      unlinkSync(source);
    };
    const inflated = (name: string) => inflateSync(readFileSync(folder.file(name))).toString();
    for (const msg of ['one', 'two', 'three']) handler.emit(record(msg));
    expect([inflated('app.log.1.gz'), inflated('app.log.2.gz')]).toEqual(['two\n', 'one\n']);
    handler.emit(record('four'));
    expect([inflated('app.log.2.gz'), folder.names()]).toEqual([
      'two\n',
      ['app.log', 'app.log.1.gz', 'app.log.2.gz'],
    ]);
    void handler.close();
  });
});

describe('TimedRotatingFileHandler', () => {
  const timed = (options: object = {}) => new TimedRotatingFileHandler({ filename: path(), ...options });
  const stamp = (seconds: number, format: string) => strftime(format, seconds, 'local');

  it('rolls over when its time has come, and only a regular file', () => {
    jest.useFakeTimers({ now: Date.now(), doNotFake: ['setImmediate', 'nextTick'] });
    const device = timed({ filename: '/dev/null', when: 'S', backupCount: 1 });
    const handler = timed({ when: 'S', backupCount: 1 });
    handler.emit(record('first'));
    const wanted = stamp(handler.rolloverAt - 1, '%Y-%m-%d_%H-%M-%S');
    jest.advanceTimersByTime(1_100);
    expect(device.shouldRollover(record('x'))).toBe(false);
    handler.emit(record('second'));
    expect(folder.names()).toEqual(['app.log', `app.log.${wanted}`]);
    expect([folder.lines('app.log'), folder.lines(`app.log.${wanted}`)]).toEqual([['second'], ['first']]);
    void handler.close();
  });

  it.each([
    ['MIDNIGHT', 1],
    ['W', 7],
  ])('goes by the age of the file that it finds: %s', (unit, days) => {
    // Noon, so that no offset leads to another day.
    const now = new Date(2024, 4, 15, 12, 0, 0);
    jest.useFakeTimers({ now, doNotFake: ['setImmediate', 'nextTick'] });
    const when = unit === 'W' ? `W${(now.getDay() + 6) % 7}` : unit;
    const open = () => timed({ when, atTime: '12:00:00' });
    const log = (text: string) => {
      const handler = open();
      handler.emit(record(text));
      void handler.close();
    };
    for (const text of ['one', 'two', 'three']) log(text);
    utimesSync(path(), now, now);
    for (const text of ['four']) log(text);
    expect(folder.lines('app.log')).toEqual(['one', 'two', 'three', 'four']);
    const before = now.getTime() / 1000 - 1;
    utimesSync(path(), before, before);
    for (const text of ['five', 'six']) {
      log(text);
      utimesSync(path(), now, now);
    }
    const rolled = `app.log.${stamp(now.getTime() / 1000 - days * 86_400, '%Y-%m-%d')}`;
    expect([folder.lines(rolled), folder.lines('app.log')]).toEqual([
      ['one', 'two', 'three', 'four'],
      ['five', 'six'],
    ]);
  });

  it.each(['X', 'W', 'W7'])('refuses a unit that there is not: %s', (when) => {
    expect(() => timed({ when, delay: true })).toThrow('when');
  });

  describe('getFilesToDelete', () => {
    const times = Array.from({ length: 10 }, (_, index) =>
      stamp(1_700_000_000 + index * 5, '%Y-%m-%d_%H-%M-%S'),
    );
    const candidates = (handler: TimedRotatingFileHandler) =>
      handler.getFilesToDelete().map((file) => basename(file));
    const touch = (names: readonly string[]) => {
      for (const name of names) writeFileSync(folder.file(name), '');
    };

    it('finds the files of its own log alone, by any namer', () => {
      const kinds = {
        'a.b.log': (time: string) => `a.b.log.${time}`,
        'a.b.c.log': (time: string) => `a.b.c.log.${time}`,
        'd.e.log': (time: string) => `d.e.${time}.log`,
        'd.e.f.log': (time: string) => `d.e.f.${time}.log`,
        'g.log': (time: string) => `g${time}.oldlog`,
      };
      for (const name of Object.values(kinds)) touch(times.map(name));
      for (const [filename, name] of Object.entries(kinds)) {
        const handler = timed({
          filename: folder.file(filename),
          when: 's',
          interval: 5,
          backupCount: 7,
          delay: true,
        });
        handler.namer = (path) => folder.file(name(path.slice(-19)));
        expect(candidates(handler)).toEqual(times.slice(0, 3).map(name));
      }
    });

    it('distinguishes a log from another whose name begins alike', () => {
      touch([
        ...times.map((time) => `a.log.${time}`),
        ...times.map((time) => `a.log.b.${time}`),
        ...times.map((time) => `a.log.${time}.c`),
      ]);
      for (const [filename, backupCount] of [
        ['a.log', 1],
        ['a.log.b', 2],
      ] as const) {
        const handler = timed({
          filename: folder.file(filename),
          when: 's',
          interval: 5,
          backupCount,
          delay: true,
        });
        expect(candidates(handler)).toEqual(
          times.slice(0, 10 - backupCount).map((time) => `${filename}.${time}`),
        );
      }
    });
  });
});
