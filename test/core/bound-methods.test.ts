import { spawnSync } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { basename } from 'node:path';
import { mock } from 'node:test';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Formatter, getLogger, Logger, LoggerAdapter, setLoggerClass } from '../../lib/core.js';
import { NestLogger } from '../../lib/nest/nest-logger/nest-logger.adapter.js';
import { compiledUrl } from '../support/compiled-sources.js';
import { ListHandler } from '../support/list-handler.js';
import { resetLogging } from '../support/reset-logging.js';

const FILE = basename(import.meta.url);
const METHODS = [
  ...(['debug', 'info', 'warning', 'warn', 'error', 'exception', 'critical', 'fatal'] as const),
];
let seen: ListHandler;

beforeEach(() => {
  resetLogging();
  seen = new ListHandler();
  seen.setFormatter(
    new Formatter({ format: '%(name)s %(levelname)s %(message)s %(filename)s:%(funcName)s' }),
  );
  getLogger().addHandler(seen);
  getLogger().setLevel('DEBUG');
});
afterEach(() => {
  jest.restoreAllMocks();
  resetLogging();
});

const lastLine = (): string | undefined => seen.lines.at(-1)?.split('\n')[0];

describe('a method that was handed over', () => {
  it.each(METHODS)('logs for its logger: %s', (name) => {
    function caller(): void {
      const method = getLogger('shop')[name];
      method('paid');
      method.call(new Map() as never, 'paid');
    }
    caller();
    const level =
      { warn: 'WARNING', exception: 'ERROR', fatal: 'CRITICAL' }[name as string] ?? name.toUpperCase();
    expect(seen.lines).toEqual(new Array(2).fill(`shop ${level} paid ${FILE}:caller`));
  });

  it('is log, of a logger and of an adapter', () => {
    const adapter = new LoggerAdapter(getLogger('shop'), { a: 1 });
    for (const { log } of [getLogger('shop'), adapter]) log('INFO', 'paid');
    expect(seen.lines).toEqual(new Array(2).fill(`shop INFO paid ${FILE}:<anonymous>`));
    expect(seen.records.at(-1)?.attribute('a')).toBe(1);
  });

  it.each(METHODS)('logs for its adapter: %s', (name) => {
    function caller(): void {
      const method = new LoggerAdapter(getLogger('shop'), { tenant: 'acme' })[name];
      method('paid');
    }
    caller();
    expect(lastLine()).toMatch(new RegExp(` paid ${FILE}:caller$`));
    expect(seen.records[0]?.attribute('tenant')).toBe('acme');
  });

  it('is taken by emitters, promises, and options of libraries', async () => {
    const logger = getLogger('lib');
    const emitter = new EventEmitter();
    emitter.on('error', logger.error);
    (function caller() {
      emitter.emit('error', new Error('boom'));
    })();
    expect(lastLine()).toBe(`lib ERROR boom ${FILE}:caller`);
    await Promise.reject(new Error('late')).catch(logger.warning);
    expect(lastLine()).toMatch(/^lib WARNING late /);
    const options = { logging: logger.debug };
    options.logging('SELECT 1');
    expect(lastLine()).toMatch(/^lib DEBUG SELECT 1 /);
    (function caller() {
      ['%d %s'].forEach(logger.info);
    })();
    expect(lastLine()).toMatch(/^lib INFO 0 .*:caller$/);
  });

  it('follows the level that its logger has when it is called', () => {
    const logger = getLogger('shop');
    const { debug } = logger;
    logger.setLevel('INFO');
    debug('no');
    logger.setLevel('DEBUG');
    debug('yes');
    expect(seen.records.map((record) => record.msg)).toEqual(['yes']);
  });

  it('is the same each time it is read', () => {
    const logger = getLogger('shop');
    expect(logger.info).toBe(logger.info);
    expect(logger.info).not.toBe(getLogger('other').info);
    expect(logger.info.name).toBe('info');
  });

  it('is one of NestLogger', () => {
    const { log, warn, error, debug, verbose, fatal } = new NestLogger();
    getLogger('nest').setLevel(1);
    for (const method of [log, warn, error, debug, verbose, fatal]) method('hello', 'Context');
    expect(seen.records.map((record) => record.name)).toEqual(new Array(6).fill('nest.Context'));
  });
});

describe('what others do with the methods of a logger still works', () => {
  it('jest.spyOn an object, and its caller', () => {
    const logger = getLogger('shop');
    const spy = jest.spyOn(logger, 'info');
    (function caller() {
      logger.info('paid');
    })();
    expect(spy).toHaveBeenCalledWith('paid');
    expect(lastLine()).toBe(`shop INFO paid ${FILE}:caller`);
    spy.mockRestore();
    logger.info('again');
    expect(spy).toHaveBeenCalledTimes(0);
    expect(seen.lines).toHaveLength(2);
  });

  it('jest.spyOn with an implementation of its own', () => {
    const logger = getLogger('shop');
    jest.spyOn(logger, 'error').mockImplementation(() => undefined);
    logger.error('silent');
    expect(logger.error).toHaveBeenCalledTimes(1);
    expect(seen.lines).toEqual([]);
  });

  it('jest.spyOn the prototype', () => {
    const spy = jest.spyOn(Logger.prototype, 'warning');
    getLogger('shop').warning('one');
    getLogger('other').warning('two');
    expect(spy.mock.calls).toEqual([['one'], ['two']]);
    expect(seen.records.map(({ name }) => name)).toEqual(['shop', 'other']);
    spy.mockRestore();
    getLogger('shop').warning('three');
    expect(spy).toHaveBeenCalledTimes(0);
    expect(seen.lines).toHaveLength(3);
  });

  it('jest.spyOn the prototype, for loggers in use and their methods that were handed over', () => {
    const logger = getLogger('shop');
    const { warning } = logger;
    logger.debug('in use');
    const spy = jest.spyOn(Logger.prototype, 'warning').mockImplementation(() => undefined);
    logger.warning('one');
    warning('two');
    expect(spy.mock.calls).toEqual([['one'], ['two']]);
    expect(spy.mock.contexts).toEqual([logger, logger]);
    spy.mockRestore();
    warning('three');
    expect(seen.records.map(({ msg }) => msg)).toEqual(['in use', 'three']);
  });

  it.each(METHODS)('node:test mock.method an object in use: %s', (name) => {
    const logger = getLogger('shop');
    logger.debug('in use');
    seen.lines.length = 0;
    const mocked = mock.method(logger, name, () => undefined);
    logger[name]('paid');
    expect(mocked.mock.callCount()).toBe(1);
    expect(seen.lines).toEqual([]);
    mocked.mock.restore();
    logger[name]('paid');
    expect(seen.lines).toHaveLength(1);
  });

  it('freezing', () => {
    const logger = Object.freeze(getLogger('frozen'));
    logger.info('paid');
    const { error } = logger;
    error('failed');
    expect(seen.records.map(({ msg }) => msg)).toEqual(['paid', 'failed']);
  });

  it('gives loggers one shape, whatever was read first', () => {
    const orders = getLogger('orders');
    const payments = getLogger('payments');
    orders.info('paid');
    payments.error('failed');
    expect(Object.getOwnPropertyNames(orders)).toEqual(Object.getOwnPropertyNames(payments));
  });

  it('assigning, Object.assign and defineProperty', () => {
    const calls: unknown[] = [];
    const keep = (msg: unknown, ..._rest: unknown[]): void => void calls.push(msg);
    const logger = getLogger('shop');
    logger.info = keep;
    Object.assign(logger, { error: keep });
    Object.defineProperty(logger, 'debug', { value: keep });
    logger.info(1);
    logger.error(2);
    logger.debug(3);
    logger.warning('through');
    expect(calls).toEqual([1, 2, 3]);
    expect(seen.lines).toHaveLength(1);
  });

  it('subclasses, with super', () => {
    class Loud extends Logger {
      override info(msg: unknown, ...args: unknown[]): void {
        super.info(`${String(msg)}!`, ...args);
      }
      readonly notice = (msg: unknown): void => this.info(msg);
    }
    setLoggerClass(Loud);
    const logger = getLogger('loud');
    (function caller() {
      logger.info('order %d', 7);
      logger.info.call(logger, 'called');
    })();
    expect(seen.lines).toEqual([`loud INFO order 7! ${FILE}:caller`, `loud INFO called! ${FILE}:caller`]);
  });

  it('methods of the prototype, called for a logger', () => {
    (function caller() {
      Logger.prototype.info.call(getLogger('shop'), 'paid');
      LoggerAdapter.prototype.info.call(new LoggerAdapter(getLogger('shop')), 'paid');
      Reflect.apply(Logger.prototype.log, getLogger('shop'), ['INFO', 'paid']);
    })();
    expect(seen.lines).toEqual(new Array(3).fill(`shop INFO paid ${FILE}:caller`));
  });

  it('takes no room in what is printed or compared', () => {
    const logger = getLogger('shop');
    logger.info('read');
    expect(Object.keys(logger)).not.toContain('info');
    expect(
      Object.getOwnPropertySymbols(logger).filter((key) =>
        Object.prototype.propertyIsEnumerable.call(logger, key),
      ),
    ).toEqual([]);
  });
});

describe('what stands for a logger', () => {
  const stands: [string, (logger: Logger) => Logger][] = [
    ['a proxy', (logger) => new Proxy(logger, {})],
    ['an object that inherits from it', (logger) => Object.create(logger)],
    ['a copy', (logger) => Object.assign(Object.create(Object.getPrototypeOf(logger)), logger)],
  ];

  it.each(stands)('logs as the logger, before and after that has logged: %s', (_name, standFor) => {
    const logger = getLogger('shop.stand');
    (function caller() {
      standFor(logger).info('before');
      logger.info('itself');
      standFor(logger).warning('after %d', 7);
      standFor(logger).log('ERROR', 'by level');
      new LoggerAdapter(standFor(logger), {}).info('adapted');
      standFor(getLogger()).error('of the root');
    })();
    const at = `${FILE}:caller`;
    expect(seen.lines).toEqual([
      `shop.stand INFO before ${at}`,
      `shop.stand INFO itself ${at}`,
      `shop.stand WARNING after 7 ${at}`,
      `shop.stand ERROR by level ${at}`,
      `shop.stand INFO adapted ${at}`,
      `root ERROR of the root ${at}`,
    ]);
  });

  it.each(stands)('has its level, and sets it: %s', (_name, standFor) => {
    const logger = getLogger('shop.level');
    const other = standFor(logger);
    other.setLevel('ERROR');
    expect([logger.level, other.level, other.getEffectiveLevel()]).toEqual([40, 40, 40]);
    expect([other.isEnabledFor('INFO'), other.isEnabledFor('ERROR')]).toEqual([false, true]);
    other.disabled = true;
    expect([logger.disabled, other.disabled, logger.isEnabledFor('ERROR')]).toEqual([true, true, false]);
    logger.disabled = false;
    logger.setLevel('NOTSET');
  });

  it.each<[string, (adapter: LoggerAdapter) => LoggerAdapter]>([
    ['a proxy', (adapter) => new Proxy(adapter, {})],
    ['an object that inherits from it', (adapter) => Object.create(adapter)],
    ['a copy', (adapter) => Object.assign(Object.create(Object.getPrototypeOf(adapter)), adapter)],
  ])('logs as the adapter, before and after that has logged: %s', (_name, standFor) => {
    const adapter = new LoggerAdapter(getLogger('shop'), { tenant: 'acme' });
    (function caller() {
      standFor(adapter).info('before');
      adapter.info('itself');
      standFor(adapter).warning('after');
    })();
    expect(seen.lines).toEqual([
      `shop INFO before ${FILE}:caller`,
      `shop INFO itself ${FILE}:caller`,
      `shop WARNING after ${FILE}:caller`,
    ]);
    expect(seen.records.map((record) => record.attribute('tenant'))).toEqual(['acme', 'acme', 'acme']);
  });

  it('calls the methods of a class that overrides them', () => {
    class Loud extends Logger {
      override info(msg: unknown, ..._args: unknown[]): void {
        super.info(`${String(msg)}!`);
      }
    }
    setLoggerClass(Loud);
    const logger = getLogger('proxied.loud');
    new Proxy(logger, {}).info('order');
    expect(seen.lines).toEqual([expect.stringMatching(/^proxied\.loud INFO order! /)]);
  });
});

describe('an object that has a logger', () => {
  it('leads through its keys neither to other loggers nor to handlers', () => {
    const service = { id: 7, logger: getLogger('shop.kept') };
    service.logger.info('read');
    expect(JSON.parse(JSON.stringify(service))).toEqual({
      id: 7,
      logger: { name: 'shop.kept', propagate: true },
    });
    const leadsTo: unknown[] = [];
    for (const key in service.logger) leadsTo.push(typeof service.logger[key as 'name']);
    expect(leadsTo).toEqual(['string', 'boolean']);
  });
});

describe('a logger that nothing was logged with', () => {
  it('weighs less than 300 bytes', () => {
    const script = `
      const { getLogger } = await import(${JSON.stringify(compiledUrl(new URL('../../lib/core.ts', import.meta.url)))});
      const names = Array.from({ length: 100_000 }, (_, i) => 'logger' + i);
      for (let i = 0; i < 1_000; i += 1) getLogger('warm' + i);
      gc(); gc();
      const before = process.memoryUsage().heapUsed;
      for (const name of names) getLogger(name);
      gc(); gc();
      console.log((process.memoryUsage().heapUsed - before) / names.length);`;
    const flags = ['--expose-gc', '--input-type=module', '-e', script];
    const { stdout, stderr } = spawnSync(process.execPath, flags, { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(Number(stdout)).toBeGreaterThan(100);
    expect(Number(stdout)).toBeLessThan(300);
  }, 60_000);
});

describe('an object that has an adapter as its prototype', () => {
  it.each(['before', 'after'])('logs with its own fields where the adapter is used %s it', (order) => {
    const adapter = new LoggerAdapter(getLogger('shop'), { tenant: 'acme' });
    if (order === 'before') adapter.info('first');
    const derived = Object.create(adapter, { extra: { value: { tenant: 'globex' } } }) as LoggerAdapter;
    derived.info('second');
    const { info } = derived;
    info('third');
    adapter.info('fourth');
    expect(seen.records.slice(-3).map((record) => record.attribute('tenant'))).toEqual([
      'globex',
      'globex',
      'acme',
    ]);
    expect([derived.info === info, derived.info === adapter.info]).toEqual([true, false]);
  });

  it('an adapter has no property of its own for what it has lent', () => {
    const adapter = new LoggerAdapter(getLogger('shop'), { tenant: 'acme' });
    const before = Reflect.ownKeys(adapter);
    adapter.info('paid');
    expect(Reflect.ownKeys(adapter)).toEqual(before);
  });
});
