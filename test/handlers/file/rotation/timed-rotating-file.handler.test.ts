import { mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { LogRecord } from '../../../../lib/core/records/log-record.js';
import {
  TimedRotatingFileHandler,
  type TimedRotatingFileHandlerOptions,
} from '../../../../lib/handlers/file/rotation/timed-rotating-file.handler.js';
import { captureStderr } from '../../../support/stderr-capture.js';
import { useTemporaryFolder } from '../../../support/temporary-folder.js';

const folder = useTemporaryFolder();
afterEach(() => void jest.restoreAllMocks());

/** Sets the clock: midnights cannot be waited for. */
function setClock(time: string): void {
  jest.spyOn(Date, 'now').mockReturnValue(Date.parse(time));
}

/** Its file is as old as the clock says, which the file system does not know of. */
function make(options: Partial<TimedRotatingFileHandlerOptions>): TimedRotatingFileHandler {
  if (!options.delay && !folder.names().includes('app.log')) touch(Date.now() / 1000);
  return new TimedRotatingFileHandler({ filename: folder.file('app.log'), utc: true, ...options });
}

function touch(time: number): void {
  writeFileSync(folder.file('app.log'), '', { flag: 'a' });
  utimesSync(folder.file('app.log'), time, time);
}

function log(handler: TimedRotatingFileHandler, messages: string): void {
  for (const message of messages) handler.handle(new LogRecord({ msg: message, levelno: 20 }));
}

const contents = () =>
  Object.fromEntries(folder.names().map((name) => [name, folder.read(name).replaceAll('\n', '')]));
const seconds = (time: string) => Date.parse(time) / 1000;

describe('TimedRotatingFileHandler', () => {
  it('moves the file away when its time is over, to a name with the time it began', () => {
    setClock('2024-05-01T10:00:00Z');
    const handler = make({ when: 'midnight' });
    expect(handler).toMatchObject({ when: 'MIDNIGHT', interval: 86_400, suffix: '%Y-%m-%d', utc: true });
    log(handler, 'ab');
    setClock('2024-05-01T23:59:59.999Z');
    log(handler, 'c');
    setClock('2024-05-02T00:00:00Z');
    log(handler, 'd');
    setClock('2024-05-04T12:00:00Z');
    log(handler, 'e');
    expect(contents()).toEqual({ 'app.log.2024-05-01': 'abc', 'app.log.2024-05-02': 'd', 'app.log': 'e' });
    expect(handler.rolloverAt).toBe(seconds('2024-05-05T00:00:00Z'));
  });

  it('rolls over hourly by default', () => {
    setClock('2024-05-01T10:20:30Z');
    const handler = make({});
    expect(handler).toMatchObject({
      when: 'H',
      interval: 3_600,
      rolloverAt: seconds('2024-05-01T11:20:30Z'),
    });
    expect(handler.computeRollover(1_000)).toBe(4_600);
  });

  it('rolls over at a time of day', () => {
    setClock('2024-05-01T10:00:00Z');
    const handler = make({ when: 'W2', atTime: '12:30:00' });
    expect(handler.rolloverAt).toBe(seconds('2024-05-01T12:30:00Z'));
  });

  it('goes by the age of the file an earlier run left', () => {
    writeFileSync(folder.file('app.log'), 'old\n');
    touch(seconds('2024-04-30T22:00:00Z'));
    setClock('2024-05-01T10:00:00Z');
    log(make({ when: 'midnight' }), 'a');
    expect(contents()).toEqual({ 'app.log.2024-04-30': 'old', 'app.log': 'a' });
  });

  it('never overwrites a rolled file: it counts on', () => {
    writeFileSync(folder.file('app.log.2024-05-01'), 'earlier\n');
    setClock('2024-05-01T10:00:00Z');
    const handler = make({ when: 'midnight' });
    log(handler, 'a');
    setClock('2024-05-02T00:00:01Z');
    log(handler, 'b');
    expect(contents()).toEqual({
      'app.log.2024-05-01': 'earlier',
      'app.log.2024-05-01.1': 'a',
      'app.log': 'b',
    });
  });

  it('rolls over by size too', () => {
    setClock('2024-05-01T10:00:00Z');
    const handler = make({ when: 'midnight', maxBytes: 5 });
    log(handler, 'abcde');
    setClock('2024-05-02T10:00:00Z');
    log(handler, 'f');
    expect(contents()).toEqual({
      'app.log.2024-05-01': 'ab',
      'app.log.2024-05-01.1': 'cd',
      'app.log.2024-05-01.2': 'e',
      'app.log': 'f',
    });
  });

  it('opens the new file at the next record with delay', () => {
    setClock('2024-05-01T10:00:00Z');
    const handler = make({ when: 'midnight', delay: true });
    expect(contents()).toEqual({});
    log(handler, 'a');
    handler.doRollover();
    expect(contents()).toEqual({ 'app.log.2024-05-01': 'a' });
  });

  it('rolls nothing where the first record comes after the time of a delayed file', () => {
    setClock('2024-05-01T10:00:00Z');
    const handler = make({ when: 'midnight', delay: true });
    setClock('2024-05-03T10:00:00Z');
    log(handler, 'a');
    expect(contents()).toEqual({ 'app.log': 'a' });
    expect(handler.rolloverAt).toBe(seconds('2024-05-04T00:00:00Z'));
  });

  it('never rolls over what is no regular file', () => {
    const handler = new TimedRotatingFileHandler({ filename: '/dev/null', when: 's' });
    setClock('2124-05-01T11:00:00Z');
    const { text } = captureStderr(() => log(handler, 'a'));
    expect(text).toBe('');
    expect(handler.rolloverAt).toBe(seconds('2124-05-01T11:00:01Z'));
  });

  it('refuses units and times that are none', () => {
    expect(() => make({ when: 'fortnight', delay: true })).toThrow(/when: no unit named "fortnight"/);
    expect(() => make({ when: 'W7', delay: true })).toThrow(/when/);
    expect(() => make({ interval: 0, delay: true })).toThrow(/interval/);
    expect(() => make({ when: 'midnight', interval: 0.5, delay: true })).toThrow(
      'interval: 0.5 is not an integer, which MIDNIGHT needs',
    );
    expect(() => make({ when: 'midnight', atTime: '25:00:00', delay: true })).toThrow(/atTime/);
    expect(folder.names()).toEqual([]);
  });

  it('compresses rolled files', async () => {
    setClock('2024-05-01T10:00:00Z');
    const handler = make({ when: 'midnight', compress: true });
    log(handler, 'ab');
    setClock('2024-05-02T10:00:00Z');
    log(handler, 'c');
    jest.restoreAllMocks();
    await handler.close();
    expect(folder.names()).toEqual(['app.log', 'app.log.2024-05-01.gz']);
    expect(gunzipSync(readFileSync(folder.file('app.log.2024-05-01.gz'))).toString()).toBe('a\nb\n');
  });
});

describe('TimedRotatingFileHandler with backupCount', () => {
  const foreign = [
    'app.log.2024-04-01x',
    'app.log.bak',
    'app.log.2024-04-01.old',
    'app.log.2024-04-01.tar.gz',
    'app.2024-04-01.log',
    'app.log.12024-04-01',
    'app.log.1',
    'other.log.2024-04-01',
    'xapp.log.2024-04-01',
  ];

  it('removes the oldest files, and only those whose name it gave', () => {
    for (const name of foreign) writeFileSync(folder.file(name), 'foreign\n');
    const own = [
      '2024-04-01',
      '2024-04-02',
      '2024-04-02.1',
      '2024-04-02.2.gz',
      '2024-04-02.10',
      '2024-04-03.gz',
    ];
    for (const time of own) writeFileSync(folder.file(`app.log.${time}`), 'own\n');
    mkdirSync(folder.file('app.log.2024-03-01'));
    setClock('2024-05-01T10:00:00Z');
    const handler = make({ when: 'd', backupCount: 3 });
    expect(handler.getFilesToDelete()).toEqual(own.slice(0, 3).map((time) => folder.file(`app.log.${time}`)));
    handler.doRollover();
    expect(folder.names()).toEqual(
      [
        ...foreign,
        'app.log',
        'app.log.2024-03-01',
        'app.log.2024-05-01',
        'app.log.2024-04-02.10',
        'app.log.2024-04-03.gz',
      ].sort(),
    );
  });

  it('knows files by the names that namer gives', () => {
    const dated = (name: string) => name.replace(/^(.*)\.log\.(.*)$/, '$1-$2.log');
    for (const name of ['app-2024-04-01.log', 'app-2024-04-02.log', 'app-2024-04-02.1.log', 'app-list.log']) {
      writeFileSync(folder.file(name), '');
    }
    setClock('2024-05-01T10:00:00Z');
    const handler = make({ when: 'd', backupCount: 2, namer: dated });
    expect(handler.getFilesToDelete()).toEqual([folder.file('app-2024-04-01.log')]);
    handler.doRollover();
    expect(folder.names()).toEqual(['app-2024-04-02.1.log', 'app-2024-05-01.log', 'app-list.log', 'app.log']);
  });
});
