import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  Formatter,
  getLogger,
  getManager,
  Handler,
  MemoryHandler,
  RotatingFileHandler,
  setLastResort,
  setRaiseExceptions,
  shutdown,
} from '../../lib/core.js';
import { ChildProgram } from '../support/child-program.js';
import { ListHandler } from '../support/list-handler.js';
import { resetLoggingAsPython } from '../support/reset-logging.js';
import { captureStderr } from '../support/stderr-capture.js';
import { useTemporaryFolder } from '../support/temporary-folder.js';

const folder = useTemporaryFolder();

beforeEach(resetLoggingAsPython);

describe('shutdown()', () => {
  let done: string[];

  class Noting extends Handler {
    constructor(readonly number: number) {
      super();
    }
    emit(): void {}
    override flush(): void {
      done.push(`${this.number} flush`);
    }
    override close(): void {
      done.push(`${this.number} close`);
      super.close();
    }
  }

  beforeEach(() => {
    done = [];
  });

  it('flushes and closes handlers, the last made first', async () => {
    const handlers = [0, 1, 2].map((number) => new Noting(number));
    await shutdown();
    expect(done).toEqual(['2 flush', '2 close', '1 flush', '1 close', '0 flush', '0 close']);
    expect(handlers).toHaveLength(3);
  });

  it.each([
    ['flush', true],
    ['flush', false],
    ['close', true],
    ['close', false],
  ] as const)(
    'goes on when %s fails, and says so unless raiseExceptions is off: %p',
    async (method, reports) => {
      setRaiseExceptions(reports);
      const others = [new Noting(0)];
      const failing = new Noting(1);
      failing[method] = () => {
        throw new RangeError('deliberate');
      };
      others.push(new Noting(2));
      const { result, text } = captureStderr(() => shutdown());
      await result;
      expect(done.filter((step) => !step.startsWith('1'))).toEqual([
        '2 flush',
        '2 close',
        '0 flush',
        '0 close',
      ]);
      expect(text.includes('RangeError: deliberate')).toBe(reports);
      expect(others).toHaveLength(2);
    },
  );

  it('lets a MemoryHandler drop its buffer if it is configured so', async () => {
    const target = new ListHandler();
    const loggers = [true, false].map((flushOnClose) => {
      const memory = new MemoryHandler({ capacity: 10, target, flushOnClose });
      getLogger(`memory.${flushOnClose}`).addHandler(memory);
      getLogger(`memory.${flushOnClose}`).warning(`flushOnClose: ${flushOnClose}`);
      return memory;
    });
    expect(target.lines).toEqual([]);
    await shutdown();
    expect(target.lines).toEqual(['flushOnClose: true']);
    expect(loggers).toHaveLength(2);
  });

  it('frees the names of handlers', async () => {
    const { getHandlerNames } = await import('../../lib/core.js');
    const handler = new Noting(0);
    handler.name = 'named';
    await shutdown();
    expect(getHandlerNames().size).toBe(0);
  });
});

describe('at the end of a process', () => {
  const failing = new ChildProgram(`
    import { exception } from 'lib/core';
    process.on('exit', () => exception('exception at exit', new RangeError('some error')));
  `);
  const late = new ChildProgram(`
    import { basicConfig, error, shutdown } from 'lib/core';
    basicConfig({ filename: process.argv[2] as string });
    await shutdown();
    process.on('exit', () => error('log at exit'));
  `);
  const recursive = new ChildProgram(`
    import { error, getLogger, NullHandler } from 'lib/core';
    getLogger().addHandler(new NullHandler());
    function again(): void {
      error('foo');
      again();
    }
    again();
  `);

  it('an error can be logged', () => {
    const { status, stderr } = failing.run();
    expect([status, stderr]).toEqual([
      0,
      expect.stringMatching(/^ERROR:root:exception at exit\nRangeError: some error\n/),
    ]);
  });

  it('a file that shutdown closed is opened again for a late record', () => {
    expect(late.run(folder.file('app.log')).stderr).toBe('');
    expect(folder.lines('app.log')).toEqual(['ERROR:root:log at exit']);
  });

  it('endless recursion around a log call ends as endless recursion does', () => {
    const { status, stderr } = recursive.run();
    expect([status, stderr]).toEqual([
      1,
      expect.stringContaining('RangeError: Maximum call stack size exceeded'),
    ]);
  });
});

describe('the last resort', () => {
  it('prints bare warnings while there is no handler', () => {
    expect(captureStderr(() => getLogger().debug('not shown')).text).toBe('');
    expect(captureStderr(() => getLogger().warning('Final chance!')).text).toBe('Final chance!\n');
  });

  it('switched off, leaves one line about missing handlers, and that only with raiseExceptions', () => {
    setLastResort(null);
    const warn = () => captureStderr(() => getLogger().warning('Final chance!')).text;
    expect(warn()).toBe('No handlers could be found for logger "root"\n');
    expect(warn()).toBe('');
    getManager().emittedNoHandlerWarning = false;
    setRaiseExceptions(false);
    expect(warn()).toBe('');
  });

  it('may be another handler', () => {
    const own = new ListHandler({ level: 'ERROR', formatter: new Formatter({ format: '! %(message)s' }) });
    setLastResort(own);
    getLogger('shop').warning('below its level');
    getLogger('shop').error('shown');
    expect(own.lines).toEqual(['! shown']);
  });
});

describe('what a handler logs while it handles a record', () => {
  it('does not come back to it, whatever logger it is logged with', () => {
    class Talking extends ListHandler {
      override emit(record: never): void {
        getLogger('other').error('while emitting');
        super.emit(record);
      }
    }
    const handler = new Talking();
    getLogger().addHandler(handler);
    getLogger('shop').error('hello');
    expect(handler.lines).toEqual(['hello']);
    getLogger('shop').error('again');
    expect(handler.lines).toEqual(['hello', 'again']);
  });
});

describe('a rotation that a namer or rotator breaks', () => {
  it('is reported by handleError, and the record is written', () => {
    const handler = new RotatingFileHandler({
      filename: folder.file('app.log'),
      maxBytes: 10,
      backupCount: 1,
    });
    handler.rotator = () => {
      throw new RangeError('no rotation today');
    };
    getLogger().addHandler(handler);
    const { text } = captureStderr(() => {
      getLogger().warning('the first record');
      getLogger().warning('the second record');
    });
    expect(text).toContain('RangeError: no rotation today');
    expect(folder.lines('app.log')).toEqual(['the first record', 'the second record']);
    void handler.close();
  });
});
