import { beforeEach, describe, expect, it } from '@jest/globals';
import { RESERVED_ATTRIBUTES } from '../../lib/core/records/record-attributes.js';
import {
  critical,
  debug,
  error,
  Formatter,
  getLogger,
  info,
  Logger,
  type LogOptions,
  log,
  makeLogRecord,
  setRaiseExceptions,
  warning,
} from '../../lib/core.js';
import { ListHandler } from '../support/list-handler.js';
import { resetLoggingAsPython } from '../support/reset-logging.js';

let logger: Logger;
let seen: ListHandler;

beforeEach(() => {
  resetLoggingAsPython();
  seen = new ListHandler();
  logger = new Logger('apart');
  logger.addHandler(seen);
});

describe('a logger', () => {
  it('refuses levels that are none', () => {
    expect(() => logger.setLevel(null as never)).toThrow('apart.level: a level is an integer or a name');
    expect(() => logger.setLevel([0, 0] as never)).toThrow('a level is an integer or a name');
    expect(() => logger.setLevel(1.5)).toThrow('a level is an integer or a name, got 1.5');
  });

  it('keeps message and arguments apart in exception(), with the error beside them', () => {
    const failure = new TypeError('boom');
    const argument = { a: 1 };
    logger.exception('testing: %r', [argument], failure);
    const record = seen.records[0];
    expect([record?.levelno, record?.msg, record?.args, record?.excInfo]).toEqual([
      40,
      'testing: %r',
      [[argument]],
      failure,
    ]);
  });

  it('throws for a call at a level that is none, unless raiseExceptions is off', () => {
    expect(() => logger.log('10', 'hello')).toThrow("unknown level '10'");
    expect(() => log('10', 'hello')).toThrow("unknown level '10'");
    setRaiseExceptions(false);
    logger.log('10', 'hello');
    logger.log(undefined as never, 'hello');
    log('10', 'hello');
    expect(seen.records).toEqual([]);
  });

  it('refuses extra fields with the names of attributes, and takes others', () => {
    for (const name of [...RESERVED_ATTRIBUTES, 'exc_info', 'exc_text', 'stack_info']) {
      expect(() => logger.warning('hello', { extra: { [name]: 'x' } })).toThrow(
        `attempt to overwrite '${name}'`,
      );
      const options = { name: 'my record', levelno: 13, extra: { [name]: 'x' } };
      expect(() => logger.makeRecord(options)).toThrow(`attempt to overwrite '${name}'`);
    }
    logger.warning('hello', { extra: { valid_key: 'x' } });
    expect(seen.records.map((record) => record.valid_key)).toEqual(['x']);
  });

  it('makes a record from options, fields included', () => {
    const record = logger.makeRecord({
      name: 'other',
      levelno: 13,
      msg: 'm %s',
      args: [1],
      extra: { valid_key: 'x' },
    });
    expect([record.name, record.levelname, record.getMessage(), record.attribute('valid_key')]).toEqual([
      ...['other', 'Level 13', 'm 1', 'x'],
    ]);
  });

  it('handles a record from elsewhere, whatever its level, unless it is disabled', () => {
    logger.setLevel('CRITICAL');
    logger.handle(makeLogRecord({ msg: 'from afar', levelno: 10 }));
    logger.disabled = true;
    logger.handle(makeLogRecord({ msg: 'lost', levelno: 50 }));
    expect(seen.lines).toEqual(['from afar']);
  });

  it('has handlers if it or one above has, as far as it propagates', () => {
    expect(logger.hasHandlers()).toBe(true);
    logger.removeHandler(seen);
    expect(logger.hasHandlers()).toBe(false);
    getLogger('shop').addHandler(seen);
    const child = getLogger('shop.orders');
    expect(child.hasHandlers()).toBe(true);
    child.propagate = false;
    expect(child.hasHandlers()).toBe(false);
  });

  it('is the root for no name, an empty one, and "root"', () => {
    const root = getLogger();
    expect([getLogger(null), getLogger(''), getLogger('root'), getLogger('shop').parent]).toEqual([
      root,
      root,
      root,
      root,
    ]);
    expect(getLogger('\0')).not.toBe(root);
    expect(getLogger('shop.orders').parent).toBe(getLogger('shop'));
  });

  it('has a string for its name', () => {
    expect(() => getLogger((() => 0) as never)).toThrow("a logger's name is a string, got function");
    expect(() => getLogger(Buffer.from('shop') as never)).toThrow("a logger's name is a string, got object");
  });

  it('shows its name and level as text', () => {
    expect(String(getLogger('shop'))).toBe('<Logger shop (WARNING)>');
    expect(String(getLogger())).toBe('<RootLogger root (WARNING)>');
  });
});

describe('the caller of a log call', () => {
  function callers(trigger: (msg: string, options: LogOptions) => void): string[] {
    let stacklevel = 1;
    function innermost() {
      trigger('here', { stacklevel });
    }
    function inner() {
      innermost();
    }
    function outer() {
      inner();
    }
    for (; stacklevel <= 4; stacklevel += 1) outer();
    return seen.lines.splice(0);
  }

  it('goes up with stacklevel, for loggers and for the root functions alike', () => {
    const expected = ['innermost', 'inner', 'outer', 'callers'];
    seen.setFormatter(new Formatter({ format: '%(funcName)s' }));
    expect(callers(logger.warning.bind(logger))).toEqual(expected);
    getLogger().addHandler(seen);
    expect(callers(warning)).toEqual(expected);
  });

  it('is found by findCaller, with the stack if asked for', () => {
    function here() {
      return logger.findCaller(true);
    }
    function twoUp() {
      return (() => logger.findCaller(false, 2))();
    }
    const [pathname, lineno, funcName, stack] = here();
    expect(pathname).toMatch(/logger\.test\.ts$/);
    expect(lineno).toBeGreaterThan(100);
    expect(funcName).toBe('here');
    expect(stack?.split('\n').slice(0, 2)).toEqual([
      'Stack (most recent call first):',
      expect.stringMatching(new RegExp(`^ {4}at .*logger\\.test\\.ts:${lineno}:`)),
    ]);
    const [, , above, none] = twoUp();
    expect([above, none]).toEqual(['twoUp', null]);
  });
});

describe('the root functions', () => {
  it.each([
    ['debug', debug, 10],
    ['info', info, 20],
    ['warning', warning, 30],
    ['error', error, 40],
    ['critical', critical, 50],
  ] as const)('%s logs with the root, which keeps the handlers it has', (_, call, levelno) => {
    getLogger().setLevel('DEBUG');
    getLogger().addHandler(seen);
    call('hello %s', 'you');
    expect(seen.records.map((record) => [record.levelno, record.getMessage()])).toEqual([
      [levelno, 'hello you'],
    ]);
    expect(getLogger().handlers).toEqual([seen]);
  });

  it('log logs at any level', () => {
    getLogger().addHandler(seen);
    log(40, 'hello %s', 'you');
    expect(seen.records.map((record) => [record.levelno, record.name])).toEqual([[40, 'root']]);
  });
});
