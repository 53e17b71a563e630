import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  dictConfig,
  getLogger,
  getRootLogger,
  Logger,
  NullHandler,
  setStrictCalls,
} from 'nestjs-logging/core';
import { captureLogs, isolateLogging, ListHandler, type LoggingIsolation } from 'nestjs-logging/testing';
import { captureStderr } from '../support/stderr-capture.js';

let isolation: LoggingIsolation;
beforeEach(() => {
  isolation = isolateLogging();
});
afterEach(() => isolation.restore());

describe('captureLogs', () => {
  it('gives the records of a logger and of those below it', () => {
    const logs = captureLogs('shop');
    getLogger('shop').info('opened');
    getLogger('shop.orders').warning('order %d is late', 7, { extra: { user_id: 1 } });
    getLogger('shopping').info('somebody else');
    logs.stop();
    getLogger('shop').info('closed');

    expect(logs.messages).toEqual(['opened', 'order 7 is late']);
    expect(logs.recordTuples).toEqual([
      ['shop', 20, 'opened'],
      ['shop.orders', 30, 'order 7 is late'],
    ]);
    expect(logs.records[1]?.attribute('user_id')).toBe(1);
    expect(logs.output).toEqual(['INFO:shop:opened', 'WARNING:shop.orders:order 7 is late']);
  });

  it('gives text as caplog does, with the place of the call', () => {
    const logs = captureLogs();
    getLogger('shop').info('opened');
    logs.stop();
    expect(logs.text).toMatch(/^INFO {5}shop:capture-logs\.test\.ts:\d+ opened\n$/);
  });

  it('has the traceback in text and output', () => {
    const logs = captureLogs();
    getLogger('shop').exception('payment failed', new TypeError('no card'));
    logs.stop();
    expect(logs.text).toContain('payment failed\nTypeError: no card\n    at ');
    expect(logs.output[0]).toContain('ERROR:shop:payment failed\nTypeError: no card\n    at ');
  });

  it('leaves out what is below its level', () => {
    const logs = captureLogs('shop.orders', 'WARNING');
    getLogger('shop.orders').info('fine');
    getLogger('shop.orders').warning('late');
    logs.stop();
    expect(logs.messages).toEqual(['late']);
  });

  it('takes a logger instead of a name', () => {
    const logs = captureLogs(getLogger('shop'), 'INFO');
    getLogger('shop').info('opened');
    logs.stop();
    expect(logs.messages).toEqual(['opened']);
  });

  it('refuses a level that does not exist, and leaves nothing behind', () => {
    expect(() => captureLogs('shop', 'LOUD')).toThrow(
      expect.objectContaining({ code: 'ERR_LOGGING_UNKNOWN_LEVEL' }),
    );
    expect(Object.hasOwn(Logger.prototype, 'callHandlers')).toBe(true);
    expect(getLogger('shop').isEnabledFor('INFO')).toBe(false);
  });

  it('lowers the level while it is open, and restores it', () => {
    const logger = getLogger('shop');
    logger.setLevel('ERROR');
    const logs = captureLogs('shop', 'DEBUG');
    expect(logger.isEnabledFor('DEBUG')).toBe(true);
    logs.stop();
    expect(logger.level).toBe(40);
  });

  it('keeps what it makes for itself from the handlers', () => {
    const handler = new ListHandler();
    getRootLogger().addHandler(handler);
    const logs = captureLogs('shop');
    getLogger('shop').debug('detail');
    getLogger('shop').warning('late');
    logs.stop();
    expect(logs.messages).toEqual(['detail', 'late']);
    expect(handler.lines).toEqual(['late']);
  });

  it('counts as a handler: nothing falls to the last resort', () => {
    const { text } = captureStderr(() => captureLogs('shop', () => getLogger('shop').error('failed')));
    expect(text).toBe('');
  });

  it('sees loggers that do not propagate, and those made later', () => {
    getLogger('shop.quiet').propagate = false;
    const logs = captureLogs();
    getLogger('shop.quiet').error('one');
    getLogger('shop.later').error('two');
    logs.stop();
    expect(logs.messages).toEqual(['one', 'two']);
  });

  it('sees what the filters of the logger let pass', () => {
    getLogger('shop').addFilter((record) => !record.getMessage().includes('secret'));
    const logs = captureLogs('shop', () => {
      getLogger('shop').error('a secret');
      getLogger('shop').error('no harm');
    });
    expect(logs.messages).toEqual(['no harm']);
  });

  it('survives a dictConfig, whose levels then stay', () => {
    const logs = captureLogs('shop');
    dictConfig({
      version: 1,
      disable_existing_loggers: false,
      loggers: { shop: { level: 'WARNING' } },
      root: { level: 'ERROR' },
    });
    getLogger('shop').info('not enabled');
    getLogger('shop').warning('late');
    logs.stop();
    expect(logs.messages).toEqual(['late']);
    expect([getLogger('shop').level, getRootLogger().level]).toEqual([30, 40]);
  });

  it('gives a message that its arguments do not fit as it is written', () => {
    const logs = captureLogs('shop', () => getLogger('shop').info('%d and %d', 1));
    expect(logs.messages).toEqual(['%d and %d 1']);
  });

  it('says what is wrong with a message that cannot be formatted, where calls are strict', () => {
    setStrictCalls(true);
    const logs = captureLogs('shop', () => getLogger('shop').info('%d and %d', 1));
    expect(logs.messages[0]).toContain('cannot be formatted');
    expect(logs.messages[0]).toContain('%d and %d');
  });

  it('forgets on request, and goes on', () => {
    const logs = captureLogs('shop');
    getLogger('shop').info('one');
    logs.clear();
    getLogger('shop').info('two');
    logs.stop();
    logs.stop();
    expect(logs.messages).toEqual(['two']);
  });

  it('ends with a using block', () => {
    const seen: string[] = [];
    {
      using logs = captureLogs('shop');
      getLogger('shop').info('one');
      seen.push(...logs.messages);
    }
    expect(seen).toEqual(['one']);
    expect(getLogger('shop').isEnabledFor('INFO')).toBe(false);
  });

  it('is not troubled by a value that logs while it is printed', () => {
    const logger = getLogger('shop');
    const value = {
      toString: () => {
        logger.info('from within');
        return 'value';
      },
    };
    const logs = captureLogs('shop', () => logger.info('%s', value));
    expect(logs.messages).toEqual(['value']);
  });
});

describe('captures in captures', () => {
  it('both get what both ask for', () => {
    const outer = captureLogs('shop', 'DEBUG');
    const inner = captureLogs('shop.orders', 'ERROR');
    getLogger('shop.orders').debug('detail');
    getLogger('shop.orders').error('failed');
    inner.stop();
    getLogger('shop.orders').debug('more');
    outer.stop();
    expect(inner.messages).toEqual(['failed']);
    expect(outer.messages).toEqual(['detail', 'failed', 'more']);
  });

  it('restore levels in whatever order they end', () => {
    const logger = getLogger('shop');
    logger.setLevel('WARNING');
    const first = captureLogs('shop', 'INFO');
    const second = captureLogs('shop', 'DEBUG');
    first.stop();
    expect(logger.level).toBe(10);
    second.stop();
    expect(logger.level).toBe(30);
  });
});

describe('levels of a capture', () => {
  it('setLevel holds until the capture ends', () => {
    const logger = getLogger('shop');
    const logs = captureLogs('shop');
    logs.setLevel('ERROR');
    logger.warning('one');
    logger.error('two');
    expect(logger.level).toBe(40);
    logs.stop();
    expect(logs.messages).toEqual(['two']);
    expect(logger.level).toBe(0);
  });

  it('setLevel reaches other loggers, and their handlers', () => {
    const handler = new ListHandler();
    getRootLogger().addHandler(handler);
    const logs = captureLogs('shop');
    logs.setLevel('DEBUG', 'other');
    getLogger('other').debug('seen');
    logs.stop();
    getLogger('other').debug('unseen');
    expect(handler.lines).toEqual(['seen']);
  });

  it('atLevel holds for a function', async () => {
    const logs = captureLogs('shop', 'INFO');
    const result = await logs.atLevel('CRITICAL', async () => {
      await sleep(1);
      getLogger('shop').error('one');
      return 5;
    });
    getLogger('shop').info('two');
    logs.stop();
    expect(result).toBe(5);
    expect(logs.messages).toEqual(['two']);
    expect(getLogger('shop').level).toBe(0);
  });

  it('atLevel holds for a using block', () => {
    const logs = captureLogs('shop', 'INFO');
    {
      using _ = logs.atLevel('CRITICAL');
      getLogger('shop').error('one');
    }
    getLogger('shop').info('two');
    logs.stop();
    expect(logs.messages).toEqual(['two']);
  });

  it('atLevel inside of another capture leaves no level behind', () => {
    const logger = getLogger('shop');
    const outer = captureLogs('shop');
    const inner = captureLogs('shop', 'INFO');
    inner.atLevel('ERROR', 'shop', () => expect(logger.level).toBe(40));
    inner.stop();
    expect(logger.level).toBe(1);
    outer.stop();
    expect(logger.level).toBe(0);
  });
});

describe('captureLogs with a function', () => {
  it('gives the capture and the result', async () => {
    const logs = await captureLogs('shop', 'INFO', async () => {
      await sleep(1);
      getLogger('shop').info('opened');
      return 42;
    });
    expect(logs.messages).toEqual(['opened']);
    expect(logs.result).toBe(42);
    expect(logs.isOpen).toBe(false);
  });

  it('gives it at once for a synchronous function', () => {
    const { messages, result } = captureLogs(() => {
      getLogger('shop').info('opened');
      return 'done';
    });
    expect([messages, result]).toEqual([['opened'], 'done']);
  });

  it('hands on what the function throws, and restores the level', async () => {
    const fail = async () => {
      await sleep(1);
      throw new RangeError('no');
    };
    await expect(captureLogs('shop', 'DEBUG', fail)).rejects.toThrow(RangeError);
    expect(() => captureLogs('shop', 'DEBUG', () => JSON.parse('{'))).toThrow(SyntaxError);
    expect(getLogger('shop').level).toBe(0);
  });

  it('keeps apart what runs at the same time', async () => {
    const work = (name: string) => async () => {
      for (let step = 1; step <= 3; step += 1) {
        getLogger('shop').info('%s %d', name, step);
        await sleep(1);
      }
    };
    const a = captureLogs('shop', 'INFO', work('a'));
    const b = captureLogs('shop', 'DEBUG', work('b'));
    getLogger('shop').info('outside');
    expect((await a).messages).toEqual(['a 1', 'a 2', 'a 3']);
    expect((await b).messages).toEqual(['b 1', 'b 2', 'b 3']);
    expect(getLogger('shop').level).toBe(0);
  });

  it('belongs to the captures around it too', async () => {
    const everything = captureLogs('shop');
    const outer = await captureLogs('shop', async () => {
      const inner = await captureLogs('shop', async () => getLogger('shop').info('deep'));
      expect(inner.messages).toEqual(['deep']);
    });
    everything.stop();
    expect(outer.messages).toEqual(['deep']);
    expect(everything.messages).toEqual(['deep']);
  });

  it('keeps a capture opened inside of it inside', async () => {
    let inner: ReturnType<typeof captureLogs> | undefined;
    const running = captureLogs('shop', async () => {
      inner = captureLogs('shop');
      await sleep(2);
      getLogger('shop').info('inside');
      inner.stop();
    });
    getLogger('shop').info('outside');
    await running;
    expect(inner?.messages).toEqual(['inside']);
  });
});

describe('afterwards', () => {
  it('loggers are as they were', () => {
    const before = Logger.prototype.callHandlers;
    const logs = captureLogs();
    expect(Logger.prototype.callHandlers).not.toBe(before);
    logs.stop();
    expect(Logger.prototype.callHandlers).toBe(before);
    getRootLogger().addHandler(new NullHandler());
    getLogger('shop').error('nobody captures this');
    expect(logs.messages).toEqual([]);
  });

  it('levels are as they were, also if a capture that has ended is asked to set one', () => {
    const logs = captureLogs('shop');
    logs.stop();
    logs.setLevel('DEBUG');
    expect(getLogger('shop').level).toBe(0);
    expect(() => logs.setLevel('LOUD')).toThrow(/unknown level/);
  });
});
