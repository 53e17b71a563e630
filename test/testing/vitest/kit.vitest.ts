import { setTimeout as sleep } from 'node:timers/promises';
import { getLogger } from 'nestjs-logging/core';
import {
  assertLogs,
  assertNoLogs,
  captureLogs,
  describeHandlerContract,
  isolateLogging,
  ListHandler,
  LogAssertionError,
  useFakeClock,
} from 'nestjs-logging/testing';
import { describe, expect, it } from 'vitest';

describe('the matchers', () => {
  it('pass and fail as under Jest', () => {
    const logs = captureLogs('shop', () => {
      getLogger('shop').warning('order %d paid', 7, { extra: { user_id: 1 } });
      getLogger('shop').error('failed', new TypeError('no card'));
    });
    expect(logs).toHaveLogged('WARNING', /paid/, { extra: { user_id: expect.any(Number) } });
    expect(logs).toHaveLoggedException(TypeError);
    expect(logs).not.toHaveLoggedNothing();
    expect(() => expect(logs).toHaveLogged('INFO')).toThrow(
      'No such record. Logged:\n  1. WARNING shop: order 7 paid',
    );
  });
});

describe.concurrent('captures of tests that run at the same time', () => {
  for (const name of ['a', 'b', 'c']) {
    it(`are kept apart: ${name}`, async () => {
      const logs = await captureLogs('shop', 'INFO', async () => {
        for (let step = 1; step <= 3; step += 1) {
          getLogger('shop').info('%s %d', name, step);
          await sleep(2);
        }
      });
      expect(logs.messages).toEqual([`${name} 1`, `${name} 2`, `${name} 3`]);
    });
  }
});

describe('the assertions', () => {
  it('pass and fail', () => {
    expect(assertLogs('shop', () => getLogger('shop').info('one')).output).toEqual(['INFO:shop:one']);
    expect(() => assertLogs('shop', () => {})).toThrow(LogAssertionError);
    expect(() => assertNoLogs('shop', () => getLogger('shop').info('one'))).toThrow('Unexpected logs found');
  });
});

describe('the fake clock', () => {
  it('is what records go by', () => {
    using _ = useFakeClock(1_000_000);
    expect(captureLogs(() => getLogger('shop').error('x')).records[0]?.created).toBe(1000);
  });
});

describe('what ends with its block', () => {
  it('is a capture, a level and an isolation', async () => {
    const shop = getLogger('shop');
    {
      using logs = captureLogs('shop', 'ERROR');
      {
        using _ = logs.atLevel('WARNING');
        shop.warning('one');
      }
      shop.warning('two');
      expect(logs.messages).toEqual(['one']);
    }
    {
      await using _ = isolateLogging();
      expect(getLogger('shop')).not.toBe(shop);
    }
    expect(getLogger('shop')).toBe(shop);
  });
});

describeHandlerContract(
  'ListHandler',
  { create: (options) => new ListHandler(options), read: ({ lines }) => lines.join('\n') },
  { describe, it, expect },
);
