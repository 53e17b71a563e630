import { basename } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { Formatter, getLogger, info, LoggerAdapter } from '../../lib/core.js';
import { ListHandler } from '../support/list-handler.js';
import { resetLogging } from '../support/reset-logging.js';

const FILE = basename(import.meta.url);
let seen: ListHandler;

beforeEach(() => {
  resetLogging();
  seen = new ListHandler();
  seen.setFormatter(new Formatter({ format: '%(filename)s:%(lineno)d:%(module)s:%(funcName)s' }));
  getLogger().addHandler(seen);
  getLogger().setLevel('DEBUG');
});

/** The line this is called from, as V8 reports it through the source map of the test runner. */
function lineHere(): number {
  const line = /caller\.test\.ts:(\d+):\d+/.exec(new Error().stack?.split('\n')[2] ?? '')?.[1];
  return Number(line);
}

describe('caller information', () => {
  it('names the file, line and function of the call, in the source that was written', () => {
    const pay = (): number => {
      getLogger('shop').info('paid');
      return lineHere() - 1;
    };
    const line = pay();
    expect(seen.lines).toEqual([`${FILE}:${line}:caller.test:pay`]);
  });

  it('names methods without their class', () => {
    class Orders {
      pay(): void {
        getLogger('shop').warning('paid');
      }
    }
    new Orders().pay();
    expect(seen.lines[0]).toMatch(/:pay$/);
  });

  it.each(['debug', 'info', 'warning', 'warn', 'error', 'exception', 'critical', 'fatal'] as const)(
    'is right through %s',
    (method) => {
      function caller(): void {
        getLogger('a')[method]('x');
      }
      caller();
      expect(seen.lines[0]).toMatch(/:caller$/);
    },
  );

  it('is right through log(), the root functions and adapters', () => {
    function caller(): void {
      getLogger('a').log(20, 'x');
      info('x');
      new LoggerAdapter(getLogger('a'), { a: 1 }).info('x');
      new LoggerAdapter(new LoggerAdapter(getLogger('a'), { a: 1 }), { b: 2 }).error('x');
    }
    caller();
    expect(seen.lines.map((line) => line.split(':').at(-1))).toEqual([
      'caller',
      'caller',
      'caller',
      'caller',
    ]);
  });

  it('goes further up with stacklevel', () => {
    function helper(): void {
      getLogger('a').info('x', { stacklevel: 2 });
    }
    function outer(): void {
      helper();
    }
    outer();
    expect(seen.lines[0]).toMatch(/:outer$/);
  });

  it('is right when a user filter in between asks for it', () => {
    let asked = '';
    getLogger('a').addFilter(function inTheFilter(record) {
      asked = record.funcName;
      return true;
    });
    function caller(): void {
      getLogger('a').info('x');
    }
    caller();
    expect(asked).toBe('caller');
  });

  it('is not looked up unless a format names it', () => {
    const plain = new ListHandler();
    getLogger('quiet').addHandler(plain);
    getLogger('quiet').propagate = false;
    const before = Error.prepareStackTrace;
    let looked = 0;
    Error.prepareStackTrace = (error, sites) => {
      looked += 1;
      return before === undefined ? String(error) : before(error, sites);
    };
    try {
      getLogger('quiet').info('x');
    } finally {
      Error.prepareStackTrace = before as never;
    }
    expect(plain.lines).toEqual(['x']);
    expect(looked).toBe(0);
  });

  it('puts Error.stackTraceLimit back', () => {
    const limit = Error.stackTraceLimit;
    getLogger('a').info('x');
    expect(Error.stackTraceLimit).toBe(limit);
  });

  it('adds the stack with stackInfo', () => {
    function caller(): void {
      getLogger('a').info('x', { stackInfo: true });
    }
    caller();
    const [, header, frame] = seen.lines[0]?.split('\n') ?? [];
    expect(header).toBe('Stack (most recent call first):');
    expect(frame).toMatch(/^ {4}at .*caller\.test\.ts:\d+:\d+/);
  });
});
