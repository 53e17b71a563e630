import { createServer } from 'node:http';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { fastify } from 'fastify';
import { type BaseLogger, pino } from 'pino';
import {
  addLevelName,
  disable,
  Formatter,
  getLogger,
  getLoggingErrors,
  getLoggingStats,
  JsonFormatter,
  PinoAdapter,
  setStrictCalls,
} from '../../lib/core.js';
import { ListHandler } from '../support/list-handler.js';
import { resetLogging } from '../support/reset-logging.js';
import { captureStderr } from '../support/stderr-capture.js';

let seen: ListHandler;
let log: PinoAdapter;

beforeEach(() => {
  resetLogging();
  seen = new ListHandler();
  getLogger().addHandler(seen);
  getLogger().setLevel('INFO');
  log = new PinoAdapter(getLogger('lib'));
});

const last = () => seen.records[seen.records.length - 1];
const fields = () => last()?.extraFields();

describe('the arguments of a PinoAdapter', () => {
  const failure = new Error('no disk');
  const calls: unknown[][] = [
    ['plain 100% text'],
    ['twice 100%% without values'],
    ['%s and %s', 'a', 1],
    ['%d %i %f', '42', 4.9, 2.5],
    ['%s of 100%%', 7],
    ['%s %x %', 7],
    ['%s %s', 'one value'],
    [{ a: 1 }, 'fields and %s', 'text'],
    [{ a: 1, msg: 'own' }],
    [null, 'after null'],
    [undefined, 'after undefined'],
    [failure],
    [failure, 'instead'],
    [{ err: failure }],
    [{ err: failure }, 'beside'],
    [{ a: 1 }, '%s %d', 'x', 5],
    ['%s', null],
  ];

  it.each(calls)('make the message that pino makes of them: %p %p', (...given) => {
    const lines: string[] = [];
    const theirs = pino({ level: 'info' }, { write: (line) => lines.push(line) });
    (theirs.info as (...args: unknown[]) => void)(...given);
    (log.info as (...args: unknown[]) => void)(...given);
    const expected = JSON.parse(lines[0] as string) as { msg?: string; a?: number };
    expect(last()?.getMessage()).toBe(expected.msg ?? '');
    expect(fields()?.a).toBe(expected.a);
  });

  it('have an Error as the traceback, wherever it stands', () => {
    for (const given of [
      [failure],
      [failure, 'x'],
      [{ err: failure }, 'x'],
      ['x', failure],
      ['%s', 'x', failure],
    ]) {
      (log.error as (...args: unknown[]) => void)(...given);
      expect(last()?.excInfo).toBe(failure);
    }
  });

  it('lose nothing that no placeholder takes', () => {
    log.info('proxy created', '/api', { target: 'a' }, ['b']);
    expect(last()?.getMessage()).toBe("proxy created /api [ 'b' ]");
    expect(fields()).toEqual({ target: 'a' });
    log.info('%s', 'a', 7);
    expect(last()?.getMessage()).toBe('a 7');
    log.info([1, 2]);
    expect(last()?.getMessage()).toBe('[ 1, 2 ]');
    log.child({ b: 2 }, { msgPrefix: '100% ' }).info({ a: 1 });
    expect(last()?.getMessage()).toBe('100% { a: 1 }');
    expect(fields()).toEqual({ b: 2, a: 1 });
    log.info(7);
    expect(last()?.getMessage()).toBe('7');
  });

  it('show objects for %o, %O and %j', () => {
    log.info('%o %O %j', { a: 1 }, [2], { b: null });
    for (const part of ['a', '2', 'b']) expect(last()?.getMessage()).toContain(part);
    expect(last()?.args).toEqual([{ a: 1 }, [2], { b: null }]);
  });

  it('keep what has the name of an attribute, and report nothing, strict or not', () => {
    const { text } = captureStderr(() => {
      for (const isStrict of [false, true]) {
        setStrictCalls(isStrict);
        log.child({ name: 'auth', module: 'm', extra_module: 'n' }).info({ args: [1], msg: 7 }, 'x');
        expect(fields()).toEqual({
          extra_name: 'auth',
          extra_extra_module: 'm',
          extra_module: 'n',
          extra_args: [1],
          extra_msg: 7,
        });
      }
    });
    expect(text).toBe('');
  });

  it('throw nothing, whatever they are', () => {
    const before = getLoggingErrors().length;
    const hostile = new Proxy(
      {},
      {
        get: () => {
          throw new Error('trap');
        },
        ownKeys: () => {
          throw new Error('trap');
        },
      },
    );
    const getter = Object.defineProperty({}, 'a', {
      enumerable: true,
      get: () => {
        throw new Error('get');
      },
    });
    for (const value of [hostile, getter, Symbol('s'), 1n, () => 1, new Map([[1, 2]]), Object.create(null)]) {
      for (const given of [[value], [value, 'x'], ['%d', value], ['%s', value], ['x', value]])
        expect(() => (log.info as (...args: unknown[]) => void)(...given)).not.toThrow();
    }
    expect(seen.records).toHaveLength(35);
    expect(getLoggingErrors().length).toBe(before);
  });

  it("log a request of Node's without its headers and its query", async () => {
    seen.setFormatter(new JsonFormatter());
    const server = createServer((request, response) => {
      log.info(request, 'got it');
      log.info(response, 'answered');
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    await fetch(`http://127.0.0.1:${port}/pay?token=hush`, { headers: { authorization: 'hush' } });
    server.close();
    expect(seen.records.map((record) => record.extraFields())).toEqual([
      { req: { method: 'GET', path: '/pay' } },
      { res: { statusCode: 200 } },
    ]);
    expect(seen.lines.join()).not.toContain('hush');
  });
});

describe('the levels of a PinoAdapter', () => {
  it.each([
    ['trace', 5, 'VERBOSE', 10],
    ['debug', 10, 'DEBUG', 20],
    ['info', 20, 'INFO', 30],
    ['warn', 30, 'WARNING', 40],
    ['error', 40, 'ERROR', 50],
    ['fatal', 50, 'CRITICAL', 60],
  ] as const)('have %s at %d', (name, levelno, levelname, levelVal) => {
    getLogger('lib').setLevel(levelno);
    log[name]('x');
    expect([last()?.levelno, last()?.levelname, log.level, log.levelVal]).toEqual([
      levelno,
      levelname,
      name,
      levelVal,
    ]);
    expect(log.isLevelEnabled(name)).toBe(true);
    getLogger('lib').setLevel(levelno + 1);
    log[name]('y');
    expect(seen.records).toHaveLength(1);
    expect(log.isLevelEnabled(name)).toBe(false);
  });

  it('are those of the logger beneath, as they are now', () => {
    expect(log.level).toBe('info');
    getLogger().setLevel('ERROR');
    expect(log.level).toBe('error');
    disable('CRITICAL');
    expect([log.level, log.levelVal]).toEqual(['silent', Number.POSITIVE_INFINITY]);
    disable('NOTSET');
    expect([log.isLevelEnabled('silent'), log.isLevelEnabled('loud')]).toEqual([false, false]);
    log.silent({ a: 1 }, 'x');
    expect(seen.records).toEqual([]);
  });

  it('can be its own, which concerns its later children and no one else', () => {
    const before = log.child({});
    log.level = 'debug';
    const [after, quiet] = [log.child({}), log.child({}, { level: 'silent' })];
    before.debug('no');
    after.debug('yes');
    log.debug('yes');
    quiet.fatal('no');
    getLogger('lib').debug('no');
    expect(seen.lines).toEqual(['yes', 'yes']);
    expect([log.level, before.level, after.level, quiet.level]).toEqual(['debug', 'info', 'debug', 'silent']);
    expect(getLogger('lib').getEffectiveLevel()).toBe(20);
    disable('DEBUG');
    log.debug('no');
    disable('NOTSET');
    getLogger('lib').disabled = true;
    log.fatal('no');
    expect(seen.lines).toHaveLength(2);
  });

  it('may be named as ours, and no others', () => {
    addLevelName(25, 'NOTICE');
    log.level = 'NOTICE';
    expect(log.level).toBe('warn');
    expect(() => {
      log.level = 'lod';
    }).toThrow(expect.objectContaining({ code: 'ERR_LOGGING_UNKNOWN_LEVEL' }));
    expect(() => log.child({}, { level: 'lod' })).toThrow(/PinoAdapter.level: unknown level 'lod'/);
  });
});

describe('a child of a PinoAdapter', () => {
  it('has the fields of all above it, its own first', () => {
    const child = log.child({ a: 1, b: 1 }).child({ b: 2 });
    child.setBindings({ c: 3 });
    child.info({ c: 4 }, 'x');
    expect(fields()).toEqual({ a: 1, b: 2, c: 4 });
    expect(child.bindings()).toEqual({ a: 1, b: 2, c: 3 });
    child.bindings().a = 7;
    expect(child.bindings().a).toBe(1);
    expect(log.bindings()).toEqual({});
  });

  it('serializes fields and bindings, but no Error', () => {
    const failure = new Error('no disk');
    const serializers = {
      user: ({ id }: { id: number }) => id,
      err: () => 'gone',
      card: () => {
        throw new Error('broken serializer');
      },
    };
    const child = log
      .child({ user: { id: 7, pin: 1 } }, { serializers })
      .child({}, { serializers: { b: () => 2 } });
    const { text } = captureStderr(() => child.info({ b: 1, err: failure, card: '4111' }, 'x'));
    expect(fields()).toEqual({ user: 7, b: 2, err: failure, card: '[unreadable]' });
    expect(last()?.excInfo).toBe(failure);
    expect(text).toContain('broken serializer');
  });

  it('adds its prefix to that of its parent', () => {
    const child = log.child({}, { msgPrefix: '[a 100%] ' }).child({}, { msgPrefix: '[b] ' });
    child.info('got %s', 1);
    child.info({ a: 1 }, 'x');
    expect(seen.lines).toEqual(['[a 100%] [b] got 1', '[a 100%] [b] x']);
    expect([child.msgPrefix, log.msgPrefix]).toEqual(['[a 100%] [b] ', undefined]);
  });

  it('redacts what its options and those of its parents name', () => {
    const child = log
      .child({ token: 'hush' }, { redact: ['token', 'user.pin'] })
      .child({}, { redact: { paths: ['card'], remove: true } });
    child.info({ user: { pin: 1, id: 7 }, card: 4111 }, 'x');
    expect(fields()).toEqual({ token: '[REDACTED]', user: { pin: '[REDACTED]', id: 7 } });
    expect(() => log.child({}, { redact: ['a..b'] })).toThrow(/no path: "a..b"/);
  });
});

describe('a PinoAdapter', () => {
  it('lends its methods, and finds who called', () => {
    seen.setFormatter(new Formatter({ format: '%(filename)s %(a)s %(message)s' }));
    const { info, warn } = log.child({ a: 1 });
    info('x');
    ['y'].forEach((text) => {
      warn(text);
    });
    expect(seen.lines).toEqual(['pino-adapter.test.ts 1 x', 'pino-adapter.test.ts 1 y']);
  });

  it('flushes the handlers above its logger, then calls back', async () => {
    const flushed: string[] = [];
    seen.flush = async () => {
      flushed.push('handler');
    };
    await new Promise<void>((resolve) => log.flush(() => resolve()));
    expect(flushed).toEqual(['handler']);
    seen.flush = () => {
      throw new Error('no disk');
    };
    const error = await new Promise((resolve) => log.flush(resolve));
    expect(error).toEqual(new Error('no disk'));
  });

  it('has the type of a logger of pino', () => {
    const base: BaseLogger = log;
    base.info({ a: 1 }, 'x %s', 'y');
    expect(seen.lines).toEqual(['x y']);
  });
});

describe('Fastify with a PinoAdapter', () => {
  it('logs in the tree, with its serializers and the id of the request', async () => {
    const app = fastify({ loggerInstance: log });
    app.get('/quiet', { logLevel: 'warn' }, (request) => {
      request.log.info('no');
      return 'ok';
    });
    app.get('/teapot', (request) => {
      request.log.info({ cups: 2 }, '%s wants tea', 'Ann');
      throw new Error('no water');
    });
    expect((await app.inject('/teapot')).statusCode).toBe(500);
    expect((await app.inject('/quiet')).statusCode).toBe(200);
    await app.close();
    expect(seen.lines.filter((line) => line !== 'no')).toEqual(seen.lines);
    expect(seen.lines.slice(0, 2)).toEqual(['incoming request', 'Ann wants tea']);
    expect(seen.records[0]?.extraFields()).toMatchObject({
      reqId: 'req-1',
      req: { method: 'GET', url: '/teapot' },
    });
    expect(seen.records[1]?.extraFields()).toEqual({ reqId: 'req-1', cups: 2 });
    const failed = seen.records.filter((record) => record.excInfo !== undefined);
    expect(failed.map(({ levelno, excInfo }) => [levelno, excInfo])).toEqual([[40, new Error('no water')]]);
    expect(getLoggingStats().malformedCalls).toBe(0);
  });
});
