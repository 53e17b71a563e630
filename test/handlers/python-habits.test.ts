import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  FileHandler,
  Filter,
  Formatter,
  getLogger,
  getLoggingStats,
  type Handler,
  Logger,
  type LogRecord,
  MemoryHandler,
  QueueHandler,
  RotatingFileHandler,
  StreamHandler,
  TimedRotatingFileHandler,
  WatchedFileHandler,
} from '../../lib/core.js';
import { HTTPHandler, SMTPHandler, SocketHandler, SysLogHandler } from '../../lib/handlers.js';
import { compiledUrl } from '../support/compiled-sources.js';
import { ListHandler } from '../support/list-handler.js';
import { resetLogging } from '../support/reset-logging.js';

const CORE = compiledUrl(new URL('../../lib/core.ts', import.meta.url));

let folder: string;
let filename: string;
const opened: Handler[] = [];
const closing: unknown[] = [];
afterAll(async () => void (await Promise.allSettled(closing)), 30_000);

beforeEach(() => {
  resetLogging();
  folder = mkdtempSync(join(tmpdir(), 'habits-'));
  filename = join(folder, 'app.log');
});
afterEach(async () => {
  for (const handler of opened.splice(0)) await handler.close();
  jest.restoreAllMocks();
  resetLogging();
  rmSync(folder, { recursive: true, force: true });
});

function open<T extends Handler>(handler: T): T {
  opened.push(handler);
  return handler;
}

function logTo(handler: Handler, times = 1): void {
  const logger = new Logger('habits');
  logger.addHandler(handler);
  for (let i = 0; i < times; i += 1) logger.error('hello');
}

describe('arguments by position, as in Python', () => {
  it('are the stream of a StreamHandler', () => {
    const texts: string[] = [];
    logTo(open(new StreamHandler({ write: (text: string) => texts.push(text) })));
    expect(texts).toEqual(['hello\n']);
    expect(new StreamHandler(process.stdout).stream).toBe(process.stdout);
  });

  it('are format, datefmt and style of a Formatter', () => {
    const record = { created: 0 };
    const formatter = new Formatter('{levelname} {message}', undefined, '{');
    const handler = open(new ListHandler({ formatter }));
    logTo(handler);
    expect(handler.lines).toEqual(['ERROR hello']);
    expect(
      new Formatter('%(asctime)s', '%Y').format(Object.assign(handler.records[0] as LogRecord, record)),
    ).toMatch(/^19(69|70)$/);
  });

  it('are path and mode of a FileHandler, and the name of a Filter', () => {
    const handler = open(new FileHandler(filename, 'w'));
    expect([handler.baseFilename, handler.mode]).toEqual([filename, 'w']);
    logTo(handler);
    expect(readFileSync(filename, 'utf8')).toBe('hello\n');
    expect(open(new WatchedFileHandler(filename)).baseFilename).toBe(filename);
    expect(new Filter('shop').name).toBe('shop');
  });

  it.each([
    ['RotatingFileHandler', RotatingFileHandler, 'app.log', 'filename'],
    ['SocketHandler', SocketHandler, 'localhost', 'host'],
    ['MemoryHandler', MemoryHandler, 10, 'capacity'],
  ] as const)('of a %s are refused with what to write', (name, type, argument, key) => {
    const make = (): unknown => new (type as unknown as new (value: unknown) => object)(argument);
    expect(make).toThrow(
      new RegExp(`${name}: expected one object of options.*${key}.*new ${name}\\(\\{ … \\}\\)`),
    );
  });
});

describe('a standard stream whose write logs what it is given', () => {
  it.each(['stdout', 'stderr'])('gets each record once, on its descriptor: %s', (name) => {
    const script = `
      const { StreamHandler, getLogger, getLoggingStats } = await import(${JSON.stringify(CORE)});
      const logger = getLogger('demo');
      logger.addHandler(new StreamHandler({ stream: process.${name} }));
      process.${name}.write = (text) => { logger.error('written: %s', String(text).trimEnd()); return true; };
      process.${name}.write('by a library');
      logger.error('a record');
      for (let i = 0; i < 3; i += 1) logger.error('more');`;
    const flags = ['--input-type=module', '-e', script];
    const output = spawnSync(process.execPath, flags, { encoding: 'utf8' });
    expect(output[name as 'stdout']).toBe('written: by a library\na record\nmore\nmore\nmore\n');
  });

  it('leaves out what comes back from a stream of somebody else, and counts it', () => {
    const texts: string[] = [];
    const logger = new Logger('demo');
    const write = (text: string): void => {
      texts.push(text);
      logger.error('again');
    };
    logger.addHandler(open(new StreamHandler({ write })));
    const before = getLoggingStats().droppedBy.recursive ?? 0;
    logger.error('plain');
    expect(texts).toEqual(['plain\n']);
    expect(getLoggingStats().droppedBy.recursive).toBe(before + 1);
  });
});

describe('what a class overrides is asked', () => {
  /** A subclass whose methods are counted and then do what they did. */
  function counting(
    type: object,
    names: readonly string[],
    calls: Set<string>,
  ): new (
    options: object,
  ) => Handler {
    const Base = type as new (options: object) => Handler;
    class Counting extends (Base as unknown as new (options: object) => StreamHandler) {}
    for (const name of names) {
      const original = (Base.prototype as unknown as Record<string, (...args: unknown[]) => unknown>)[name]!;
      Object.defineProperty(Counting.prototype, name, {
        configurable: true,
        writable: true,
        value(this: unknown, ...args: unknown[]) {
          calls.add(name);
          return original.apply(this, args);
        },
      });
    }
    return Counting;
  }

  const file = (): object => ({ filename });
  const rows: [name: string, type: object, options: () => object, methods: string[]][] = [
    [
      'StreamHandler',
      StreamHandler,
      () => ({ stream: { write: () => true } }),
      ['filter', 'handle', 'format', 'emit'],
    ],
    ['WatchedFileHandler', WatchedFileHandler, file, ['filter', 'format', 'emit', 'reopenIfNeeded']],
    [
      'RotatingFileHandler',
      RotatingFileHandler,
      () => ({ filename, maxBytes: 6, backupCount: 1 }),
      ['shouldRollover', 'doRollover', 'rotation_filename', 'rotate', 'emit'],
    ],
    [
      'TimedRotatingFileHandler',
      TimedRotatingFileHandler,
      () => ({ filename, when: 'D', maxBytes: 6, backupCount: 1 }),
      ['shouldRollover', 'doRollover', 'computeRollover', 'rotation_filename', 'rotate', 'getFilesToDelete'],
    ],
    ['SocketHandler', SocketHandler, () => ({ host: '127.0.0.1', port: 9 }), ['makePickle', 'send', 'emit']],
    ['HTTPHandler', HTTPHandler, () => ({ host: '127.0.0.1:9', url: '/' }), ['mapLogRecord', 'emit']],
    ['MemoryHandler', MemoryHandler, () => ({ capacity: 1 }), ['shouldFlush', 'flush', 'emit']],
    [
      'QueueHandler',
      QueueHandler,
      () => ({ queue: { put_nowait: () => undefined } }),
      ['prepare', 'enqueue', 'emit'],
    ],
    [
      'SMTPHandler',
      SMTPHandler,
      () => ({ mailhost: ['127.0.0.1', 9], fromaddr: 'a@b.c', toaddrs: ['a@b.c'], subject: 'x' }),
      ['getSubject', 'emit'],
    ],
    [
      'SysLogHandler',
      SysLogHandler,
      () => ({ address: ['127.0.0.1', 9] }),
      ['mapPriority', 'encodePriority', 'emit'],
    ],
  ];

  it.each(rows)('%s', async (_name, type, options, methods) => {
    jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    const calls = new Set<string>();
    const Counting = counting(type, methods, calls);
    const handler = new Counting(options());
    logTo(handler, 3);
    expect([...calls].sort()).toEqual([...methods].sort());
    const closed = handler.close();
    // Nobody is there to take what network handlers have: they are waited for together, which takes seconds.
    if (handler instanceof FileHandler) await closed;
    else closing.push(closed);
  });

  it('computeRollover each time', async () => {
    const asked: number[] = [];
    class Every extends TimedRotatingFileHandler {
      override computeRollover(time: number): number {
        asked.push(time);
        return time + 1;
      }
    }
    const handler = open(new Every({ filename, when: 'D' }));
    const now = jest.spyOn(Date, 'now').mockReturnValue(Date.now());
    for (let i = 0; i < 3; i += 1) {
      logTo(handler);
      now.mockReturnValue(Date.now() + 1_500);
    }
    expect(asked.length).toBeGreaterThanOrEqual(3);
    expect(readdirSync(folder).length).toBe(3);
  });

  it.each(['usesTime', 'formatTime', 'formatMessage', 'formatException', 'formatStack', 'format'] as const)(
    'Formatter.%s, of a class and of an object',
    (name) => {
      const error = new Error('boom');
      class Custom extends Formatter {}
      const ofClass = new Custom('%(asctime)s %(message)s');
      const ofObject = new Formatter('%(asctime)s %(message)s');
      const calls: unknown[] = [];
      const original = Formatter.prototype[name] as (...args: unknown[]) => unknown;
      const own = function (this: unknown, ...args: unknown[]): unknown {
        calls.push(this);
        return original.apply(this, args);
      };
      Object.assign(Custom.prototype, { [name]: own });
      Object.assign(ofObject, { [name]: own });
      for (const formatter of [ofClass, ofObject]) {
        const logger = new Logger('x');
        logger.addHandler(open(new ListHandler({ formatter })));
        logger.error('failed', error, { stackInfo: true });
      }
      expect(new Set(calls)).toEqual(new Set([ofClass, ofObject]));
    },
  );

  it('getMessage of a record class', () => {
    const handler = open(new ListHandler());
    const logger = getLogger('x');
    logger.addHandler(handler);
    logger.addFilter((record) => Object.assign(record, { getMessage: () => 'mine' }) && true);
    logger.error('theirs');
    expect(handler.lines).toEqual(['mine']);
  });
});
