import { beforeEach, describe, expect, it } from '@jest/globals';
import { RESERVED_ATTRIBUTES } from '../../lib/core/records/record-attributes.js';
import { reportLoggingError } from '../../lib/core/reports/diagnostics.js';
import {
  disable,
  Formatter,
  getLogger,
  type Handler,
  Logger,
  LogRecord,
  makeLogRecord,
  setLoggerClass,
  setLogRecordFactory,
  setStrictCalls,
} from '../../lib/core.js';
import { ListHandler } from '../support/list-handler.js';
import { resetLogging } from '../support/reset-logging.js';
import { captureStderr } from '../support/stderr-capture.js';

let seen: ListHandler;

beforeEach(() => {
  resetLogging();
  seen = new ListHandler();
  getLogger().addHandler(seen);
  getLogger().setLevel('DEBUG');
});

describe('a log call', () => {
  it('merges its arguments into the message by the rules of %', () => {
    getLogger('a').info('%s is %05.1f%% of %d', 'x', 12.345, 7);
    expect(seen.lines).toEqual(['x is 012.3% of 7']);
  });

  it('reads %(key)s from a single object', () => {
    getLogger('a').info('%(user)s did %(n)d', { user: 'bob', n: 3 });
    expect(seen.lines).toEqual(['bob did 3']);
  });

  it('names the placeholder and the type that do not go together, and not the value', () => {
    const { text } = captureStderr(() => getLogger('a').info('order %d paid', 'secret-7'));
    expect(seen.records.map((record) => record.getMessage())).toEqual(['order %d paid secret-7']);
    expect(text).toContain('(%d format: a real number is required, not str); %s takes any value');
    expect(text).not.toContain('secret-7');
  });

  it('leaves a message without arguments as it is', () => {
    getLogger('a').info('100%');
    expect(seen.lines).toEqual(['100%']);
  });

  it('takes options from a last argument with no other keys than theirs', () => {
    getLogger('a').info('hello %s', 'bob', { extra: { user_id: 7 } });
    expect(seen.lines).toEqual(['hello bob']);
    expect(seen.records[0]?.user_id).toBe(7);
  });

  it('treats an object with any other key as an argument', () => {
    getLogger('a').info('%(extra)s and %(other)s', { extra: 1, other: 2 });
    expect(seen.lines).toEqual(['1 and 2']);
  });

  it('makes a surplus Error the record excInfo', () => {
    const error = new Error('boom');
    getLogger('a').error('failed %s', 'twice', error);
    expect(seen.records[0]?.excInfo).toBe(error);
    expect(seen.lines[0]).toMatch(/^failed twice\nError: boom\n {4}at /);
  });

  it('formats an Error that a placeholder takes', () => {
    getLogger('a').error('failed: %s', new TypeError('boom'));
    expect(seen.lines).toEqual(['failed: TypeError: boom']);
  });

  it('logs the message and the traceback of an Error given alone', () => {
    getLogger('a').exception(new RangeError('too far'));
    expect(seen.records[0]?.getMessage()).toBe('too far');
    expect(seen.lines[0]).toContain('RangeError: too far\n    at');
  });

  it('takes whatever was thrown in exception, Error or not', () => {
    getLogger('a').exception('failed', 'a string');
    expect(seen.records[0]).toMatchObject({ levelname: 'ERROR', excInfo: 'a string' });
  });

  it.each([...RESERVED_ATTRIBUTES, 'exc_info', 'exc_text', 'stack_info'])(
    'refuses extra.%s, a built-in attribute, while calls are strict',
    (key) => {
      setStrictCalls(true);
      expect(() => getLogger('a').info('x', { extra: { [key]: 1 } })).toThrow(
        expect.objectContaining({
          code: 'ERR_LOGGING_EXTRA_CLASH',
          message: expect.stringContaining(`extra.${key}`),
        }),
      );
    },
  );

  it('never lets extra reach a prototype', () => {
    const extra = JSON.parse('{"__proto__": {"polluted": true}, "constructor": 1, "getMessage": 2}');
    getLogger('a').info('x', { extra });
    expect(seen.lines).toEqual(['x']);
    expect(Object.getPrototypeOf(seen.records[0])).toBe(LogRecord.prototype);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect(seen.records[0]?.attribute('getMessage')).toBe(2);
  });

  it('never throws for a message that cannot be formatted, and reports it on standard error', () => {
    setStrictCalls(true);
    const { text } = captureStderr(() => getLogger('a').info('%d', 'x'));
    expect(text).toMatch(/^--- Logging error ---\n/);
    expect(text).toContain('%d format: a real number is required, not str');
    expect(text).toContain('Message: %d');
  });

  it('reports which line of the application logged what cannot be formatted', () => {
    setStrictCalls(true);
    function pay(): void {
      getLogger('a').info('%d', 'x');
    }
    const { text } = captureStderr(pay);
    expect(text).toMatch(/\nCall stack:\n {4}at .*\(.*\blogger\.test\.ts:\d+:\d+\)\n/);
    expect(text.indexOf('Call stack:')).toBeLessThan(text.indexOf('Message: %d'));
  });

  it('reports the line if it is known, once the log call is over', () => {
    getLogger('a').info('nobody asked');
    const record = seen.records[0] as LogRecord;
    const unknown = captureStderr(() => reportLoggingError(getLogger('a'), record, new Error('late')));
    expect(unknown.text).not.toMatch(/Call stack|Logged from/);
    const known = makeLogRecord({ msg: 'sent here', pathname: '/app/shop.ts', lineno: 7 });
    const { text } = captureStderr(() => reportLoggingError(getLogger('a'), known, new Error('late')));
    expect(text).toContain('\nLogged from file /app/shop.ts, line 7\nMessage: sent here\n');
  });

  it('reports a failing handler and serves the others', () => {
    class Broken extends ListHandler {
      override emit(): void {
        throw new Error('disk on fire');
      }
    }
    getLogger('a').addHandler(new Broken());
    const { text } = captureStderr(() => getLogger('a').info('hello'));
    expect(text).toContain('disk on fire');
    expect(seen.lines).toEqual(['hello']);
  });

  it('survives a handler whose handleError fails', () => {
    class Hopeless extends ListHandler {
      override emit(): void {
        throw new Error('first');
      }
      override handleError(): void {
        throw new Error('second');
      }
    }
    getLogger('a').addHandler(new Hopeless());
    const { text } = captureStderr(() => getLogger('a').info('hello'));
    expect(text).toContain('second');
  });

  it('leaves out what a handler logs while it emits', () => {
    class Chatty extends ListHandler {
      override emit(record: LogRecord): void {
        super.emit(record);
        getLogger('a').info('I got one');
      }
    }
    const chatty = new Chatty();
    getLogger('a').addHandler(chatty);
    getLogger('a').info('hello');
    expect(chatty.lines).toEqual(['hello']);
    expect(seen.lines).toEqual(['I got one', 'hello']);
  });
});

describe('levels', () => {
  it('come from the nearest logger above that has one', () => {
    getLogger('a').setLevel('ERROR');
    expect(getLogger('a.b.c').getEffectiveLevel()).toBe(40);
    expect(getLogger('a.b.c').isEnabledFor('WARNING')).toBe(false);
    getLogger('a.b').setLevel('DEBUG');
    expect(getLogger('a.b.c').isEnabledFor('DEBUG')).toBe(true);
  });

  it('take effect at once when they change, through the property too', () => {
    const child = getLogger('a.b');
    getLogger('a').level = 50;
    child.error('no');
    getLogger('a').level = 10;
    child.error('yes');
    expect(seen.lines).toEqual(['yes']);
  });

  it('are overruled by disable()', () => {
    disable('WARNING');
    getLogger('a').warning('no');
    getLogger('a').error('yes');
    disable('NOTSET');
    getLogger('a').debug('again');
    expect(seen.lines).toEqual(['yes', 'again']);
  });

  it('are not inherited by a disabled logger: it is silent', () => {
    getLogger('a').disabled = true;
    getLogger('a').critical('no');
    getLogger('a.b').critical('yes');
    expect(seen.lines).toEqual(['yes']);
  });

  it('that nobody registered are refused with a suggestion', () => {
    expect(() => getLogger('a').setLevel('debgu')).toThrow(
      `a.level: unknown level 'debgu'; did you mean "DEBUG"?`,
    );
    expect(() => getLogger('a').setLevel(1.5)).toThrow('a level is an integer or a name, got 1.5');
  });
});

describe('the tree', () => {
  it('gives the same logger for the same name, and the root for none', () => {
    expect(getLogger('a.b')).toBe(getLogger('a.b'));
    expect(getLogger('root')).toBe(getLogger());
    expect(getLogger('')).toBe(getLogger(null));
  });

  it('puts a logger made later between its children and those above', () => {
    const deep = getLogger('x.y.z');
    expect(deep.parent).toBe(getLogger());
    const middle = getLogger('x.y');
    expect(deep.parent).toBe(middle);
    const top = getLogger('x');
    expect(middle.parent).toBe(top);
    expect(deep.parent).toBe(middle);
  });

  it('knows children exactly one level below', () => {
    getLogger('a.b.c');
    getLogger('a.b');
    getLogger('a.d');
    getLogger('ab');
    const names = [...getLogger('a').getChildren()].map((logger) => logger.name);
    expect(names.sort()).toEqual(['a.b', 'a.d']);
    expect([...getLogger().getChildren()].map((logger) => logger.name).sort()).toEqual(['a', 'ab']);
  });

  it('makes children by suffix', () => {
    expect(getLogger('a').getChild('b.c')).toBe(getLogger('a.b.c'));
    expect(getLogger().getChild('a')).toBe(getLogger('a'));
  });

  it('stops at a logger that does not propagate', () => {
    const own = new ListHandler();
    getLogger('a').propagate = false;
    getLogger('a').addHandler(own);
    getLogger('a.b').info('hello');
    expect(own.lines).toEqual(['hello']);
    expect(seen.lines).toEqual([]);
  });

  it('finds handlers that are pushed straight onto the list', () => {
    const direct = new ListHandler();
    getLogger('a').handlers.push(direct);
    getLogger('a.b').info('hello');
    expect(direct.lines).toEqual(['hello']);
  });

  it('refuses names and handlers of the wrong kind', () => {
    expect(() => getLogger(7 as never)).toThrow("a logger's name is a string, got number");
    expect(() => getLogger('a').addHandler({} as Handler)).toThrow(
      'addHandler: expected a Handler, got object',
    );
  });
});

describe('filters', () => {
  it('by name let a logger and its children pass', async () => {
    const { Filter } = await import('../../lib/core.js');
    seen.addFilter(new Filter({ name: 'a.b' }));
    for (const name of ['a', 'a.b', 'a.b.c', 'a.bc']) getLogger(name).info(name);
    expect(seen.lines).toEqual(['a.b', 'a.b.c']);
  });

  it('see extra fields as attributes and may add their own', () => {
    seen.setFormatter(new Formatter({ format: '%(user)s %(ip)s %(message)s' }));
    seen.addFilter((record) => {
      record.ip = `ip of ${record.user}`;
      return true;
    });
    getLogger('a').info('hi', { extra: { user: 'bob' } });
    expect(seen.lines).toEqual(['bob ip of bob hi']);
  });

  it('may put another record in the place of the first', () => {
    getLogger('a').addFilter((record) => new LogRecord({ name: record.name, levelno: 30, msg: 'replaced' }));
    getLogger('a').info('hi');
    expect(seen.records[0]).toMatchObject({ levelname: 'WARNING', msg: 'replaced' });
  });

  it('on a logger do not see records of its children', () => {
    getLogger('a').addFilter(() => false);
    getLogger('a.b').info('child');
    getLogger('a').info('own');
    expect(seen.lines).toEqual(['child']);
  });

  it('that throw suppress the record, are reported, and do not reach the caller', () => {
    getLogger('a').addFilter(() => {
      throw new Error('filter broke');
    });
    const { text } = captureStderr(() => getLogger('a').info('secret'));
    expect(text).toContain('filter broke');
    expect(seen.lines).toEqual([]);
  });
});

describe('what makes loggers and records', () => {
  it('can be a class of the user', () => {
    class Shouting extends Logger {
      override info(msg: unknown, ...args: unknown[]): void {
        super.info(`${String(msg)}!`, ...args);
      }
    }
    setLoggerClass(Shouting);
    getLogger('loud').info('hey');
    expect(seen.lines).toEqual(['hey!']);
    expect(() => setLoggerClass(Date as never)).toThrow('expected a class derived from Logger');
  });

  it('can be a record factory', () => {
    setLogRecordFactory((options) => {
      const record = new LogRecord(options);
      record.host = 'web-1';
      return record;
    });
    seen.setFormatter(new Formatter({ format: '%(host)s %(message)s' }));
    getLogger('a').info('hi');
    expect(seen.lines).toEqual(['web-1 hi']);
  });
});

describe('without any handler', () => {
  it('warnings and above go to standard error as bare messages', () => {
    getLogger().removeHandler(seen);
    const { text } = captureStderr(() => {
      getLogger('a').info('quiet');
      getLogger('a').warning('loud %d', 1);
    });
    expect(text).toBe('loud 1\n');
  });
});

describe('hostile values', () => {
  const hostile = new Proxy(
    {},
    {
      get: () => {
        throw new Error('get');
      },
      ownKeys: () => {
        throw new Error('keys');
      },
      getPrototypeOf: () => {
        throw new Error('prototype');
      },
    },
  );
  const { proxy: revoked, revoke } = Proxy.revocable({}, {});
  revoke();
  const throwing = {
    get user(): string {
      throw new Error('getter');
    },
  };

  it.each<[how: string, args: unknown[], notice?: string]>([
    ['as the message', [hostile]],
    ['revoked, as the message', [revoked]],
    ['as an argument', ['%s', hostile]],
    ['as a surplus argument', ['x', revoked], 'do not fit the message'],
    ['as options', ['x', { extra: hostile }]],
    ['with a throwing getter in extra', ['x', { extra: throwing }]],
    ['as what was thrown', ['x', { excInfo: hostile }], "attribute 'excInfo'"],
  ])('%s never reach the caller and lose no record', (_, args, notice = '') => {
    const { text } = captureStderr(() => getLogger('a').info(...(args as [unknown])));
    expect(seen.records).toHaveLength(1);
    expect(text).toEqual(notice === '' ? '' : expect.stringContaining(notice));
  });
});
