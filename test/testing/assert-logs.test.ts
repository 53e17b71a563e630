import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { getLogger, getRootLogger } from 'nestjs-logging/core';
import {
  assertLogs,
  assertNoLogs,
  isolateLogging,
  ListHandler,
  LogAssertionError,
  type LoggingIsolation,
} from 'nestjs-logging/testing';

let isolation: LoggingIsolation;
beforeEach(() => {
  isolation = isolateLogging();
});
afterEach(() => isolation.restore());

describe('assertLogs', () => {
  it('gives what was logged', () => {
    const { output, records } = assertLogs('shop', 'INFO', () => {
      getLogger('shop').info('first message');
      getLogger('shop.orders').error('second message');
    });
    expect(output).toEqual(['INFO:shop:first message', 'ERROR:shop.orders:second message']);
    expect(records).toHaveLength(2);
  });

  it("fails in Python's words when nothing was logged", () => {
    expect(() => assertLogs('shop.orders', 'WARNING', () => getLogger('shop.orders').info('fine'))).toThrow(
      new LogAssertionError('no logs of level WARNING or above triggered on shop.orders'),
    );
    expect(() => assertLogs(() => {})).toThrow('no logs of level INFO or above triggered on root');
  });

  it('waits for an async function', async () => {
    const logs = await assertLogs('shop', async () => {
      await sleep(1);
      getLogger('shop').info('later');
      return 'result';
    });
    expect([logs.messages, logs.result]).toEqual([['later'], 'result']);
    await expect(assertLogs('shop', async () => {})).rejects.toBeInstanceOf(LogAssertionError);
  });

  it('starts at INFO', () => {
    expect(() => assertLogs('shop', () => getLogger('shop').debug('detail'))).toThrow(LogAssertionError);
  });

  it('keeps the records from the handlers, as Python does', () => {
    const handler = new ListHandler();
    getRootLogger().addHandler(handler);
    assertLogs('shop', () => getLogger('shop').error('failed'));
    expect(handler.lines).toEqual([]);
  });

  it('points to the test', () => {
    try {
      assertLogs('shop', () => {});
    } catch (error) {
      expect((error as Error).stack?.split('\n')[1]).toContain('assert-logs.test.ts');
    }
    expect.assertions(1);
  });
});

describe('assertNoLogs', () => {
  it('gives an empty capture when nothing was logged', () => {
    const { records } = assertNoLogs('shop', 'WARNING', () => getLogger('shop').info('fine'));
    expect(records).toEqual([]);
  });

  it('fails with what was logged', async () => {
    expect(() =>
      assertNoLogs('shop', () => getLogger('shop').info('order %d', 7, { extra: { user_id: 1 } })),
    ).toThrow('Unexpected logs found:\n  1. INFO shop: order 7 { user_id: 1 }');
    await expect(assertNoLogs(async () => getLogger('shop').info('x'))).rejects.toBeInstanceOf(
      LogAssertionError,
    );
  });
});
