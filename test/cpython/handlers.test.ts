import { existsSync, unlinkSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  BufferingHandler,
  FileHandler,
  getHandlerByName,
  getHandlerNames,
  type Handler,
  type LogRecord,
  makeLogRecord,
  NullHandler,
  RotatingFileHandler,
  StreamHandler,
  setRaiseExceptions,
  TimedRotatingFileHandler,
  WatchedFileHandler,
} from '../../lib/core.js';
import { HTTPHandler, SysLogHandler } from '../../lib/handlers.js';
import { ListHandler } from '../support/list-handler.js';
import { resetLoggingAsPython } from '../support/reset-logging.js';
import { captureStderr } from '../support/stderr-capture.js';
import { useTemporaryFolder } from '../support/temporary-folder.js';

const folder = useTemporaryFolder();

beforeEach(resetLoggingAsPython);

describe('the name of a handler', () => {
  it('finds it, also after it was changed', () => {
    const handler = new ListHandler();
    handler.name = 'first';
    expect(getHandlerByName('first')).toBe(handler);
    handler.name = 'second';
    expect([handler.name, getHandlerByName('first'), getHandlerByName('second')]).toEqual([
      'second',
      undefined,
      handler,
    ]);
    expect(getHandlerNames()).toEqual(new Set(['second']));
  });

  it('is free again when it is closed, but not when another handler has it by then', () => {
    const [one, other] = [new ListHandler(), new ListHandler()];
    one.name = 'shared';
    other.name = 'shared';
    void one.close();
    expect(getHandlerByName('shared')).toBe(other);
    void other.close();
    expect([getHandlerByName('shared'), getHandlerNames().size]).toEqual([undefined, 0]);
  });
});

describe('handlers of all kinds', () => {
  it('take a path as text or as a file URL', () => {
    const kinds = [
      (filename: string | URL) => new FileHandler({ filename, mode: 'w' }),
      (filename: string | URL) => new RotatingFileHandler({ filename }),
      (filename: string | URL) => new TimedRotatingFileHandler({ filename, when: 'h' }),
      (filename: string | URL) => new WatchedFileHandler({ filename, mode: 'w' }),
    ];
    for (const make of kinds) {
      for (const filename of [folder.file('app.log'), pathToFileURL(folder.file('app.log'))]) {
        const handler = make(filename);
        expect(existsSync(folder.file('app.log'))).toBe(true);
        void handler.close();
        unlinkSync(folder.file('app.log'));
      }
    }
  });

  it('of the syslog kind log as a user by default, and know a unix socket by its path', () => {
    const handler = new SysLogHandler({ address: '/dev/log' });
    expect(handler.encodePriority(handler.facility, 'emerg')).toBe(SysLogHandler.LOG_USER << 3);
    expect(handler.address).toBe('/dev/log');
    void handler.close();
  });

  it('of the HTTP kind take GET and POST, and nothing else', () => {
    for (const method of ['GET', 'POST'] as const)
      void new HTTPHandler({ host: 'localhost', url: '/log', method }).close();
    expect(() => new HTTPHandler({ host: 'localhost', url: '/log', method: 'PUT' })).toThrow(
      "method: expected 'GET' or 'POST'",
    );
  });

  it('of the buffering kind are full when they hold as many records as their capacity', () => {
    const record = makeLogRecord({});
    expect(new BufferingHandler({ capacity: 0 }).shouldFlush(record)).toBe(true);
    expect(new BufferingHandler({ capacity: 1 }).shouldFlush(record)).toBe(false);
  });
});

describe('NullHandler', () => {
  it('does nothing with a record, not even ask its filters', () => {
    const handler = new NullHandler();
    handler.addFilter(() => {
      throw new Error('asked');
    });
    const { text } = captureStderr(() =>
      (handler as Handler).handle(makeLogRecord({ msg: '%d', args: ['x'] })),
    );
    expect([text, handler.createLock()]).toEqual(['', undefined]);
  });
});

describe('StreamHandler', () => {
  const badStream = {
    write(): void {
      throw new RangeError('deliberate mistake');
    },
  };

  it('gives its record to handleError when the stream throws', () => {
    const failed: LogRecord[] = [];
    class Keeping extends StreamHandler {
      override handleError(record: LogRecord): void {
        failed.push(record);
      }
    }
    const record = makeLogRecord({});
    new Keeping({ stream: badStream }).handle(record);
    expect(failed).toEqual([record]);
  });

  it('reports what the stream throws on standard error, unless raiseExceptions is off', () => {
    const handle = () => new StreamHandler({ stream: badStream }).handle(makeLogRecord({}));
    expect(captureStderr(handle).text).toMatch(/^--- Logging error ---\nRangeError: deliberate mistake\n/);
    setRaiseExceptions(false);
    expect(captureStderr(handle).text).toBe('');
  });

  it('gives back the stream it had when it gets another, and null for the same', () => {
    const handler = new StreamHandler();
    const stream = { write: () => true };
    expect(handler.setStream(stream)).toBe(process.stderr);
    expect(handler.setStream(process.stderr)).toBe(stream);
    expect(handler.setStream(process.stderr)).toBeNull();
  });

  it('shows itself as text whatever the stream calls itself', () => {
    const handler: Handler = new StreamHandler({ stream: { write: () => true, name: 2 } as never });
    expect(String(handler)).toBe('<StreamHandler (NOTSET)>');
  });
});

describe('WatchedFileHandler', () => {
  it('has no file before the first record with delay, and makes it anew when it is gone', () => {
    const handler = new WatchedFileHandler({ filename: folder.file('app.log'), delay: true });
    expect([handler.dev, handler.ino]).toEqual([-1, -1]);
    handler.handle(makeLogRecord({ msg: 'one' }));
    expect(handler.ino).toBeGreaterThan(0);
    unlinkSync(folder.file('app.log'));
    handler.handle(makeLogRecord({ msg: 'two' }));
    expect(folder.lines('app.log')).toEqual(['two']);
    void handler.close();
  });

  it('survives a file that goes away again and again', () => {
    for (const delay of [false, true]) {
      const handler = new WatchedFileHandler({ filename: folder.file('app.log'), delay });
      const { text } = captureStderr(() => {
        for (let count = 0; count < 200; count += 1) {
          handler.handle(makeLogRecord({ msg: `record ${count}` }));
          if (count % 3 === 0) unlinkSync(folder.file('app.log'));
        }
      });
      expect(text).toBe('');
      expect(folder.lines('app.log').at(-1)).toBe('record 199');
      void handler.close();
    }
  });
});
