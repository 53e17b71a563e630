import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  FileHandler,
  getLogger,
  getLoggingErrors,
  type Logger,
  type LogRecord,
  MemoryHandler,
  QueueHandler,
  QueueListener,
  RecordQueue,
  RotatingFileHandler,
  StreamHandler,
} from '../../lib/core.js';
import { ListHandler } from '../support/list-handler.js';
import { resetLogging } from '../support/reset-logging.js';
import { useTemporaryFolder } from '../support/temporary-folder.js';

const folder = useTemporaryFolder();
const rejected = jest.fn();
let log: Logger;
let errorsBefore: number;

beforeEach(() => {
  resetLogging();
  log = getLogger('shop');
  log.setLevel('DEBUG');
  log.propagate = false;
  jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  process.on('unhandledRejection', rejected);
  rejected.mockClear();
  errorsBefore = countErrors();
});
afterEach(() => {
  process.off('unhandledRejection', rejected);
  jest.restoreAllMocks();
  resetLogging();
});

function countErrors(): number {
  return getLoggingErrors().reduce((sum, { count }) => sum + count, 0);
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 4; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

const failures: [string, () => never][] = [
  [
    'throws',
    () => {
      throw new Error('broken on purpose');
    },
  ],
  ['rejects', (async () => Promise.reject(new Error('rejected on purpose'))) as never],
];

describe('an overridden flush of a stream or file handler', () => {
  it('is asked after each record, as in Python', () => {
    const file = folder.file('app.log');
    let flushes = 0;
    class Counting extends FileHandler {
      override flush(): void | Promise<void> {
        flushes += 1;
        return super.flush();
      }
    }
    log.addHandler(new Counting({ filename: file }));
    log.info('one');
    log.info('two');
    expect(flushes).toBe(2);
    expect(readFileSync(file, 'utf8')).toBe('one\ntwo\n');
  });

  it.each(failures)('that %s is reported, and the lines are out', async (_what, fails) => {
    class Failing extends StreamHandler {
      override flush = fails;
    }
    const lines: string[] = [];
    const handler = new Failing({ stream: { write: (line: string) => lines.push(line) } });
    log.addHandler(handler);
    log.info('one');
    log.info('two');
    await settled();
    expect(lines).toEqual(['one\n', 'two\n']);
    expect(countErrors()).toBeGreaterThan(errorsBefore);
    expect(rejected).not.toHaveBeenCalled();
    log.removeHandler(handler);
  });
});

describe.each(failures)('what %s', (_what, fails) => {
  it.each(['shouldFlush', 'flush'])('in place of MemoryHandler.%s is reported', async (method) => {
    const handler = new MemoryHandler({ capacity: 1, target: new ListHandler(), flushOnClose: false });
    Object.assign(handler, { [method]: fails });
    log.addHandler(handler);
    log.info('one');
    await settled();
    expect(handler.buffer).toHaveLength(1);
    expect(countErrors()).toBeGreaterThan(errorsBefore);
    expect(rejected).not.toHaveBeenCalled();
  });

  it.each(['prepare', 'enqueue'])('in place of QueueHandler.%s is reported', async (method) => {
    const handler = new QueueHandler({ queue: new RecordQueue() });
    Object.assign(handler, { [method]: fails });
    log.addHandler(handler);
    log.info('one');
    await settled();
    expect(countErrors()).toBeGreaterThan(errorsBefore);
    expect(rejected).not.toHaveBeenCalled();
  });

  it.each(['handle', 'prepare', 'dequeue', 'enqueue_sentinel'])(
    'in place of QueueListener.%s is reported, and the listener ends when it is stopped',
    async (method) => {
      const queue = new RecordQueue();
      const listener = new QueueListener(queue, new ListHandler());
      Object.assign(listener, { [method]: fails });
      listener.start();
      log.addHandler(new QueueHandler({ queue }));
      log.info('one');
      await settled();
      await listener.stop();
      await settled();
      expect(listener.isRunning).toBe(false);
      if (method !== 'enqueue_sentinel') expect(countErrors()).toBeGreaterThan(errorsBefore);
      expect(rejected).not.toHaveBeenCalled();
    },
  );
});

describe('of a RotatingFileHandler', () => {
  const options = () => ({ filename: folder.file('app.log'), maxBytes: 6, backupCount: 1 });

  it.each(failures)('shouldRollover that %s is reported, and no record is lost', async (_what, fails) => {
    const handler = new RotatingFileHandler(options());
    handler.shouldRollover = fails;
    log.addHandler(handler);
    for (const text of ['one', 'two', 'three']) log.info(text);
    await settled();
    expect(folder.names()).toEqual(['app.log']);
    expect(folder.lines('app.log')).toEqual(['one', 'two', 'three']);
    expect(countErrors()).toBeGreaterThan(errorsBefore);
    expect(rejected).not.toHaveBeenCalled();
    await handler.close();
  });

  it.each(failures)('a rotator or doRollover that %s is reported', async (_what, fails) => {
    for (const method of ['rotator', 'doRollover']) {
      const handler = new RotatingFileHandler(options());
      Object.assign(handler, { [method]: fails });
      log.addHandler(handler);
      const before = countErrors();
      for (const text of ['one', 'two']) log.info(text);
      await settled();
      expect(folder.read('app.log')).toContain('two');
      expect(countErrors()).toBeGreaterThan(before);
      log.removeHandler(handler);
      await handler.close();
    }
    expect(rejected).not.toHaveBeenCalled();
  });

  it.each([
    ['rotator', async () => undefined, 'rotator: expected a synchronous move of the file, got a promise'],
    ['namer', async (name: string) => name, 'namer: expected a synchronous string, got a promise'],
    ['namer', () => 7, 'namer: expected a synchronous string, got number'],
  ] as const)(
    'a %s that answers too late, or wrongly, is refused: the old file is written to',
    async (...of) => {
      const [method, answer, error] = of;
      const handler = new RotatingFileHandler(options());
      Object.assign(handler, { [method]: answer });
      log.addHandler(handler);
      for (const text of ['one', 'two', 'three']) log.info(text);
      await settled();
      expect([folder.names(), folder.lines('app.log')]).toEqual([['app.log'], ['one', 'two', 'three']]);
      expect(getLoggingErrors().map(({ message }) => message)).toContain(error);
      expect(rejected).not.toHaveBeenCalled();
      await handler.close();
    },
  );

  it('shouldRollover is asked without backups too, as in Python', async () => {
    const asked = jest.fn(() => true);
    const handler = new RotatingFileHandler({ filename: folder.file('app.log') });
    handler.shouldRollover = asked;
    log.addHandler(handler);
    log.info('one');
    expect(asked).toHaveBeenCalled();
    expect(folder.names()).toEqual(['app.log']);
    expect(folder.lines('app.log')).toEqual(['one']);
    await handler.close();
  });
});

describe('an overridden QueueHandler.prepare', () => {
  it.each([undefined, null, Promise.resolve()])(
    'that gives %p is reported; the listener goes on',
    async (wrong) => {
      const seen = new ListHandler();
      const handler = new QueueHandler({ handlers: [seen] });
      const { prepare } = QueueHandler.prototype;
      handler.prepare = (record: LogRecord) =>
        record.msg === 'wrong' ? (wrong as never) : prepare.call(handler, record);
      log.addHandler(handler);
      log.info('wrong');
      log.info('right');
      await handler.flush();
      expect(seen.records.map((record) => record.getMessage())).toEqual(['right']);
      expect(countErrors()).toBeGreaterThan(errorsBefore);
      await handler.close();
    },
  );
});
