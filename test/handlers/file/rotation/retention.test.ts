import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { LogRecord } from '../../../../lib/core/records/log-record.js';
import { RotatingFileHandler } from '../../../../lib/handlers/file/rotation/rotating-file.handler.js';
import {
  TimedRotatingFileHandler,
  type TimedRotatingFileHandlerOptions,
} from '../../../../lib/handlers/file/rotation/timed-rotating-file.handler.js';
import { parseDurationMs, parseSizeBytes } from '../../../../lib/runtime/units.js';
import { captureStderr } from '../../../support/stderr-capture.js';
import { useTemporaryFolder } from '../../../support/temporary-folder.js';

const folder = useTemporaryFolder();
afterEach(() => void jest.restoreAllMocks());

const DAY_MS = 86_400_000;

function timed(options: Partial<TimedRotatingFileHandlerOptions> = {}): TimedRotatingFileHandler {
  return new TimedRotatingFileHandler({
    filename: folder.file('app.log'),
    utc: true,
    when: 'MIDNIGHT',
    ...options,
  });
}

function log(handler: RotatingFileHandler | TimedRotatingFileHandler, ...messages: string[]): void {
  for (const msg of messages) handler.handle(new LogRecord({ msg, levelno: 20 }));
}

function put(names: readonly string[], text = 'x'): void {
  for (const name of names) writeFileSync(folder.file(name), text);
}

/** The time of day of a name, so many days ago. */
const day = (ago: number) => new Date(Date.now() - ago * DAY_MS).toISOString().slice(0, 10);
const rolled = () => folder.names().filter((name) => name.startsWith('app.log.'));

describe('units', () => {
  it.each([
    ['30d', 30 * DAY_MS],
    ['1.5h', 5_400_000],
    ['90 s', 90_000],
    ['2w', 14 * DAY_MS],
    ['250ms', 250],
    ['5m', 300_000],
  ])('%s is a duration', (text, ms) => expect(parseDurationMs(text)).toBe(ms));

  it.each([
    ['5GB', 5e9],
    ['5GiB', 5 * 2 ** 30],
    ['5g', 5 * 2 ** 30],
    ['1.5 MB', 1_500_000],
    ['100b', 100],
  ])('%s is a size', (text, bytes) => expect(parseSizeBytes(text)).toBe(bytes));

  it.each(['30', '', 'd', '-1d', '1e3d', '30 days', '5 gigabytes', '__proto__'])('%p is neither', (text) => {
    expect([parseDurationMs(text), parseSizeBytes(text)]).toEqual([undefined, undefined]);
  });
});

describe('maxAge', () => {
  it('deletes timed files by the time in their names, at the first record', () => {
    const names = [40, 31, 30, 29, 1].map((ago) => `app.log.${day(ago)}`);
    put([...names, `app.log.${day(50)}.2.gz`, 'app.log.bak', `other.log.${day(90)}`]);
    log(timed({ maxAge: '30d' }), 'a');
    expect(rolled()).toEqual([...names.slice(2), 'app.log.bak'].sort());
    expect(folder.names()).toContain(`other.log.${day(90)}`);
  });

  it('deletes numbered files by their last change', async () => {
    put(['app.log.1', 'app.log.2', 'app.log.3.gz', 'app.log.x']);
    for (const [name, days] of [
      ['app.log.1', 1],
      ['app.log.2', 8],
      ['app.log.3.gz', 9],
      ['app.log.x', 90],
    ] as const) {
      const seconds = Date.now() / 1000 - days * 86_400;
      utimesSync(folder.file(name), seconds, seconds);
    }
    const options = { filename: folder.file('app.log'), maxBytes: 100, backupCount: 5, maxAge: '7d' };
    const handler = new RotatingFileHandler({ ...options, compress: true });
    log(handler, 'a');
    await handler.close();
    expect(rolled().map((name) => name.replace(/\.gz$/, ''))).toEqual(['app.log.1', 'app.log.x']);
  });

  it('looks again each hour, though nothing is rolled', () => {
    const now = Date.now();
    put([`app.log.${day(6)}`]);
    const handler = timed({ maxAge: '7d' });
    handler.rolloverAt = Number.POSITIVE_INFINITY;
    log(handler, 'a');
    expect(rolled()).toHaveLength(1);
    jest.spyOn(Date, 'now').mockReturnValue(now + 3 * DAY_MS);
    log(handler, 'b');
    expect(rolled()).toEqual([]);
  });
});

describe('maxTotalSize', () => {
  it('keeps the newest numbered files that fit, without a count too', () => {
    const handler = new RotatingFileHandler({
      filename: folder.file('app.log'),
      maxBytes: 10,
      maxTotalSize: '35B',
    });
    log(handler, ...Array.from({ length: 20 }, (_, index) => `line ${String(index).padStart(2, '0')}`));
    expect(rolled().map((name) => folder.read(name))).toEqual([
      'line 18\n',
      'line 17\n',
      'line 16\n',
      'line 15\n',
    ]);
  });

  it('counts compressed files as they are, and goes with a count and an age', async () => {
    put(
      [3, 4, 5].map((ago) => `app.log.${day(ago)}.gz`),
      'x'.repeat(400),
    );
    put([`app.log.${day(2)}`], 'x'.repeat(100));
    const handler = timed({ maxTotalSize: 1_000, backupCount: 10, maxAge: '1w' });
    log(handler, 'a');
    expect(rolled()).toEqual(
      [day(4), day(3), day(2)].map((time) => `app.log.${time}${time === day(2) ? '' : '.gz'}`),
    );
    handler.backupCount = 1;
    handler.doRollover();
    expect(rolled()).toHaveLength(1);
    await handler.close();
  });
});

it.each([
  [{ maxAge: '30' }, `maxAge: expected a duration with its unit, such as '30d' or '12h', got "30"`],
  [{ maxAge: 30 }, `maxAge: expected a duration with its unit, such as '30d' or '12h', got 30`],
  [{ maxAge: '0d' }, 'maxAge: expected a duration'],
  [{ maxTotalSize: '5 gigs' }, `maxTotalSize: expected a size with its unit, such as '5GB' or '500MiB'`],
  [{ maxTotalSize: -1 }, 'maxTotalSize: expected a size'],
])('%j is refused with the remedy', (options, message) => {
  expect(() => timed({ delay: true, ...(options as object) })).toThrow(message);
});

describe('what cannot be deleted', () => {
  it('is reported with its own error, and the others are deleted; the roll is kept', () => {
    class Stubborn extends TimedRotatingFileHandler {
      override getFilesToDelete(): string[] {
        return [folder.file('folder'), ...super.getFilesToDelete()];
      }
    }
    mkdirSync(folder.file('folder'));
    put([`app.log.${day(3)}`, `app.log.${day(2)}`]);
    const handler = new Stubborn({
      filename: folder.file('app.log'),
      when: 'MIDNIGHT',
      backupCount: 1,
      maxBytes: 5,
    });
    const { text } = captureStderr(() => log(handler, 'abc', 'def'));
    expect(text.match(/--- Logging error ---/g)).toHaveLength(1);
    expect(text).toMatch(/cannot delete the rolled file '.*folder': E(ISDIR|PERM): .*unlink/);
    expect(rolled()).toHaveLength(1);
    expect([folder.read('app.log'), folder.read(rolled()[0] as string)]).toEqual(['def\n', 'abc\n']);
  });
});

const immutable = (flag: '+i' | '-i', name: string) =>
  spawnSync('chattr', [flag, folder.file(name)], { encoding: 'utf8' }).status === 0;
const hasChattr = (() => {
  const name = mkdtempSync(join(tmpdir(), 'chattr-'));
  const { status } = spawnSync('chattr', ['+i', name]);
  spawnSync('chattr', ['-i', name]);
  rmSync(name, { recursive: true });
  return status === 0;
})();
if (!hasChattr)
  console.warn('files cannot be made immutable here: files that cannot be moved are not tested');

describe('an immutable backup', () => {
  (hasChattr ? it : it.skip).each([
    ['app.log.1', { 'app.log.1': 'stuck', 'app.log.2': 'three\n', 'app.log.3': 'two\n' }],
    ['app.log.2', { 'app.log.1': 'three\n', 'app.log.2': 'stuck', 'app.log.3': 'two\n' }],
    ['app.log.3', { 'app.log.1': 'three\n', 'app.log.2': 'two\n', 'app.log.3': 'stuck' }],
  ])('%s is reported once, and the others go round it', (name, expected) => {
    put([name], 'stuck');
    const handler = new RotatingFileHandler({
      filename: folder.file('app.log'),
      maxBytes: 5,
      backupCount: 3,
    });
    try {
      expect(immutable('+i', name)).toBe(true);
      const { text } = captureStderr(() => log(handler, 'one', 'two', 'three', 'four'));
      expect(text.match(/--- Logging error ---/g)).toHaveLength(1);
      expect(text).toMatch(/cannot move or delete '.*': EPERM/);
      const found = Object.fromEntries(rolled().map((file) => [file, folder.read(file)]));
      expect([found, folder.read('app.log')]).toEqual([expected, 'four\n']);
    } finally {
      immutable('-i', name);
    }
  });
});

describe('an immutable gzip beside the file that it was made from', () => {
  (hasChattr ? it : it.skip).each(['app.log.1', 'app.log.2'])(
    '%s stays with it, so that a later start knows that they are the same',
    async (name) => {
      put([name], 'once\n');
      writeFileSync(folder.file(`${name}.gz`), gzipSync('once\n'));
      const make = () =>
        new RotatingFileHandler({
          filename: folder.file('app.log'),
          maxBytes: 5,
          backupCount: 3,
          compress: true,
        });
      const handler = make();
      try {
        expect(immutable('+i', `${name}.gz`)).toBe(true);
        captureStderr(() => log(handler, 'one', 'two'));
        expect(rolled()).toEqual(expect.arrayContaining([name, `${name}.gz`]));
      } finally {
        immutable('-i', `${name}.gz`);
      }
      await handler.close();
      await make().close();
      const texts = rolled().map((file) => gunzipSync(readFileSync(folder.file(file))).toString());
      expect(texts.sort()).toEqual(['once\n', 'one\n']);
    },
  );
});

describe('a namer into another folder', () => {
  it.each([
    ['timed', (options: object) => timed({ ...options, maxBytes: 10 })],
    [
      'by size',
      (options: object) =>
        new RotatingFileHandler({ filename: folder.file('app.log'), maxBytes: 10, ...options }),
    ],
  ])('deletes and compresses there: %s', async (_kind, make) => {
    mkdirSync(folder.file('archive'));
    const namer = (name: string) => folder.file(`archive/${name.slice(folder.path.length + 1)}`);
    const handler = make({ backupCount: 2, compress: true, namer });
    for (let index = 0; index < 8; index++) {
      log(handler, `line ${index}`);
      await sleep(20);
    }
    await handler.close();
    expect(folder.names()).toEqual(['app.log', 'archive']);
    const archived = readdirSync(folder.file('archive'));
    expect(archived).toHaveLength(2);
    expect(archived.every((name) => name.endsWith('.gz'))).toBe(true);
    const texts = archived.map((name) => gunzipSync(readFileSync(folder.file(`archive/${name}`))).toString());
    expect(texts.sort()).toEqual(['line 5\n', 'line 6\n']);
  });

  it('knows the files of all months where each has a folder', () => {
    const namer = (name: string) => {
      const [, time = ''] = /app\.log\.(.*)$/.exec(name) ?? [];
      return folder.file(`${time.slice(0, 4)}/${time.slice(5, 7)}/app-${time}.log`);
    };
    for (const month of ['2023/12', '2024/01', '2024/02', 'other/02'])
      mkdirSync(folder.file(month), { recursive: true });
    const files = [
      '2023/12/app-2023-12-31.log',
      '2024/01/app-2024-01-30.log',
      '2024/01/app-2024-01-30.1.log',
      '2024/02/app-2024-02-01.log',
    ];
    put([...files, '2024/02/app-01.txt', 'other/02/app-2024-02-01.log']);
    const handler = timed({ backupCount: 2, namer });
    expect(handler.getFilesToDelete()).toEqual(files.slice(0, 2).map((name) => folder.file(name)));
  });
});

describe('a suffix of its own', () => {
  const own = ['20240101', '20240102', '20240103'].map((time) => `app.log.${time}`);
  const dotted = ['2024-01-01.log', '2024-01-02.log', '2024-01-03.log'].map((time) => `app.log.${time}`);

  it.each([
    ['%Y%m%d', /^\d{8}$/, own],
    ['%Y%m%d', /\d{8}/, own],
    ['%Y%m%d', /^\d{8}/, own],
    ['%Y%m%d', /\d{8}$/g, own],
    ['%Y%m%d', /^\d{8}(\.\w+)?$/, own],
    ['%Y-%m-%d.log', /\d{4}-\d{2}-\d{2}\.log/, dotted],
    ['%Y-%m-%d.log', /^\d{4}-\d{2}-\d{2}\.log$/, dotted],
    ['%Y-%m-%d.log', /^\d{4}-\d{2}-\d{2}(\.\w+)?$/, dotted],
    // As in Python 3.13: a pattern that does not match the whole of it names no files.
    ['%Y%m%d', undefined, []],
    ['%Y-%m-%d.log', undefined, []],
  ])('%s is found by %p', (suffix, extMatch, expected) => {
    put([...own, ...dotted, 'app.log.2024010', 'app.log.x20240101']);
    const handler = timed({ backupCount: 1, delay: true });
    handler.suffix = suffix;
    if (extMatch !== undefined) handler.extMatch = extMatch;
    const found = handler.getFilesToDelete().map((path) => path.slice(folder.path.length + 1));
    expect(found).toEqual(expected.slice(0, -1));
  });

  it('is put in order by its date, wherever the year is', () => {
    put(['app.log.31.12.2023', 'app.log.01.02.2024', 'app.log.15.01.2024']);
    const handler = timed({ backupCount: 1, delay: true });
    handler.suffix = '%d.%m.%Y';
    handler.extMatch = /\d{2}\.\d{2}\.\d{4}/;
    expect(handler.getFilesToDelete()).toEqual([
      folder.file('app.log.31.12.2023'),
      folder.file('app.log.15.01.2024'),
    ]);
  });
});

describe('processes that live shorter than the interval', () => {
  it('roll the file over by its birth', async () => {
    if (statSync(folder.path).birthtimeMs === 0) {
      console.warn('this file system does not record when a file was made: nothing is tested');
      return;
    }
    for (let run = 0; run < 5; run++) {
      const handler = timed({ when: 'S', interval: 1 });
      log(handler, `run ${run}`);
      await sleep(300);
      log(handler, `end ${run}`);
      await handler.close();
      await sleep(100);
    }
    expect(rolled().length).toBeGreaterThanOrEqual(1);
    expect(rolled().length).toBeLessThanOrEqual(2);
  });

  it('takes the last change where the file is copied, and now where it is from the future', () => {
    put(['app.log']);
    utimesSync(folder.file('app.log'), 1_000_000, 1_000_000);
    expect(timed({ when: 'H' }).rolloverAt).toBe(1_003_600);
    const now = Date.parse('2020-01-01T00:00:00Z');
    utimesSync(folder.file('app.log'), now / 1000 + 999, now / 1000 + 999);
    jest.spyOn(Date, 'now').mockReturnValue(now);
    expect(timed({ when: 'H' }).rolloverAt).toBe(now / 1000 + 3_600);
  });
});
