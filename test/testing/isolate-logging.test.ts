import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import {
  addLevelName,
  dictConfig,
  getHandlerByName,
  getLevelName,
  getLogger,
  getRootLogger,
  Handler,
  NullHandler,
  setLogRecordFactory,
} from 'nestjs-logging/core';
import { isolateLogging, ListHandler } from 'nestjs-logging/testing';
import { state } from '../../lib/core/state.js';

class SlowHandler extends Handler {
  closed = false;
  emit(): void {}
  override async close(): Promise<void> {
    await sleep(5);
    this.closed = true;
    await super.close();
  }
}

describe('isolateLogging', () => {
  it('gives a fresh logging and brings the former one back', () => {
    const before = getLogger('shop');
    before.setLevel('ERROR');
    const isolation = isolateLogging();
    addLevelName(25, 'NOTICE');
    dictConfig({
      version: 1,
      handlers: { nothing: { class: 'logging.NullHandler' } },
      root: { level: 'DEBUG', handlers: ['nothing'] },
    });
    setLogRecordFactory(() => {
      throw new Error('never');
    });
    expect(getLogger('shop')).not.toBe(before);
    expect(getLogger('shop').getEffectiveLevel()).toBe(10);
    void isolation.restore();

    expect(getLogger('shop')).toBe(before);
    expect(before.level).toBe(40);
    expect(getLevelName(25)).toBe('Level 25');
    expect(getHandlerByName('nothing')).toBeUndefined();
    expect(getRootLogger().handlers).toEqual([]);
  });

  it('does not touch the handlers that were there', () => {
    const handler = new ListHandler();
    handler.name = 'mine';
    const isolation = isolateLogging();
    dictConfig({ version: 1 });
    expect(getHandlerByName('mine')).toBeUndefined();
    void isolation.restore();
    expect(getHandlerByName('mine')).toBe(handler);
    handler.close();
  });

  it('closes what was opened inside', async () => {
    const isolation = isolateLogging();
    const handler = new SlowHandler();
    await isolation.restore();
    expect(handler.closed).toBe(true);
  });

  it('runs a function, and gives what it gives', async () => {
    let handler: SlowHandler | undefined;
    const result = await isolateLogging(async () => {
      handler = new SlowHandler();
      await sleep(1);
      return 3;
    });
    expect(result).toBe(3);
    expect(handler?.closed).toBe(true);
    expect(isolateLogging(() => 4)).toBe(4);
    expect(() => isolateLogging(() => JSON.parse('{'))).toThrow(SyntaxError);
  });

  it('keeps functions apart that run at the same time', async () => {
    const run = (level: string) =>
      isolateLogging(async () => {
        getRootLogger().addHandler(new NullHandler());
        getLogger('shop').setLevel(level);
        await sleep(2);
        return [getLogger('shop').level, getRootLogger().handlers.length];
      });
    const both = Promise.all([run('DEBUG'), run('ERROR')]);
    expect(getRootLogger().handlers).toHaveLength(0);
    expect(await both).toEqual([
      [10, 1],
      [40, 1],
    ]);
  });

  it('can be nested, and ended in any order', () => {
    const outside = getRootLogger();
    const first = isolateLogging();
    const inFirst = getRootLogger();
    const second = isolateLogging();
    void first.restore();
    expect(getRootLogger()).not.toBe(inFirst);
    void second.restore();
    void second.restore();
    expect(getRootLogger()).toBe(outside);
  });

  it('leaves the state as plain as it was', async () => {
    await isolateLogging().restore();
    const { get, writable } = Object.getOwnPropertyDescriptor(state, 'manager') ?? {};
    expect([get, writable]).toEqual([undefined, true]);
  });

  it('ends with a using block', () => {
    const outside = getRootLogger();
    {
      using _ = isolateLogging();
      expect(getRootLogger()).not.toBe(outside);
    }
    expect(getRootLogger()).toBe(outside);
  });
});
