import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { getLogger } from 'nestjs-logging/core';
import {
  captureLogs,
  isolateLogging,
  ListHandler,
  type LogCapture,
  type LoggingIsolation,
  loggingMatchers,
} from 'nestjs-logging/testing';

expect.extend(loggingMatchers);

class PaymentError extends Error {}

let isolation: LoggingIsolation;
let logs: LogCapture;

beforeEach(() => {
  isolation = isolateLogging();
  logs = captureLogs('shop');
  getLogger('shop').info('opened');
  getLogger('shop.orders').warning('order %d paid late', 7, { extra: { user_id: 1, tags: ['a', 'b'] } });
  getLogger('shop.orders').error('payment failed', new PaymentError('card refused'));
});
afterEach(async () => {
  logs.stop();
  await isolation.restore();
});

/** What a failing expectation says. */
function failureOf(expectation: () => void): string {
  try {
    expectation();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('the expectation was met');
}

describe('toHaveLogged', () => {
  it('passes for a record of the level, with the message and the fields', () => {
    expect(logs).toHaveLogged();
    expect(logs).toHaveLogged('WARNING');
    expect(logs).toHaveLogged('WARNING', /paid/, { extra: { user_id: 1 } });
    expect(logs).toHaveLogged(30, 'order 7 paid late');
    expect(logs).toHaveLogged(undefined, 'order %d paid late');
    expect(logs).toHaveLogged(/paid/, { extra: { tags: ['a', 'b'] }, times: 1 });
    expect(logs).toHaveLogged({ name: 'shop.orders', excInfo: PaymentError });
    expect(logs).toHaveLogged('WARNING', expect.stringContaining('late'), {
      extra: { user_id: expect.any(Number) },
    });
  });

  it('fails for another level, message, field or number', () => {
    expect(logs).not.toHaveLogged('DEBUG');
    expect(logs).not.toHaveLogged('INFO', /paid/);
    expect(logs).not.toHaveLogged('WARNING', 'order');
    expect(logs).not.toHaveLogged('WARNING', /paid/, { extra: { user_id: 2 } });
    expect(logs).not.toHaveLogged('WARNING', /paid/, { extra: { tenant: undefined } });
    expect(logs).not.toHaveLogged({ name: 'shop.orders', times: 1 });
  });

  it('says what was logged instead, and why it does not do', () => {
    const text = failureOf(() => expect(logs).toHaveLogged('WARNING', /paid/, { extra: { user_id: 2 } }));
    expect(text.split('\n')).toEqual([
      'expect(logs).toHaveLogged(WARNING, /paid/, { extra: { user_id: 2 } })',
      '',
      'No such record. Logged:',
      '  1. INFO shop: opened',
      '       is not WARNING, message differs, has no user_id',
      "  2. WARNING shop.orders: order 7 paid late { user_id: 1, tags: [ 'a', 'b' ] }",
      '       user_id is 1',
      '  3. ERROR shop.orders: payment failed (PaymentError: card refused)',
      '       is not WARNING, message differs, has no user_id',
    ]);
  });

  it('says how often it was logged', () => {
    const text = failureOf(() => expect(logs).toHaveLogged({ name: 'shop.orders', times: 3 }));
    expect(text).toContain('2 such records, not 3. Logged:');
  });

  it('says what was logged that should not have been', () => {
    const text = failureOf(() => expect(logs).not.toHaveLogged('ERROR'));
    expect(text).toContain('expect(logs).not.toHaveLogged(ERROR)');
    expect(text).toContain('1. ERROR shop.orders: payment failed');
    expect(text).not.toContain('opened');
  });

  it('keeps control characters from the terminal', () => {
    getLogger('shop').info('\u001b[31mred');
    expect(failureOf(() => expect(logs).toHaveLogged('DEBUG'))).toContain('\\x1b[31mred');
  });

  it('refuses a level that does not exist', () => {
    expect(() => expect(logs).toHaveLogged('WARNIG')).toThrow("unknown level 'WARNIG'");
  });

  it.each([
    [[{ levle: 'INFO' }], `; did you mean "level"?`],
    [['WARNING', /paid/, { user_id: 1 }], "unknown key 'user_id'"],
    [[/paid/, { user_id: 1 }], '(fields of a record stand in extra)'],
  ])('refuses what is no part of a pattern: %o', (expected, message) => {
    expect(() => expect(logs).toHaveLogged(...(expected as [object]))).toThrow(message);
  });
});

describe('toHaveLoggedException', () => {
  it('passes for any error, a class, a text, an equal error', () => {
    expect(logs).toHaveLoggedException();
    expect(logs).toHaveLoggedException(PaymentError);
    expect(logs).toHaveLoggedException(/refused$/);
    expect(logs).toHaveLoggedException('card');
    expect(logs).toHaveLoggedException(new PaymentError('card refused'));
  });

  it('fails for another one, and says which there are', () => {
    expect(logs).not.toHaveLoggedException(TypeError);
    expect(logs).not.toHaveLoggedException(/stolen/);
    expect(failureOf(() => expect(logs).toHaveLoggedException(TypeError))).toContain(
      'expect(logs).toHaveLoggedException(TypeError)\n\nNo such error. Logged:',
    );
  });
});

describe('toHaveLoggedNothing', () => {
  it('passes if there is nothing, or nothing of a level', () => {
    expect(logs).toHaveLoggedNothing('CRITICAL');
    logs.clear();
    expect(logs).toHaveLoggedNothing();
  });

  it('fails with what there is', () => {
    const text = failureOf(() => expect(logs).toHaveLoggedNothing('WARNING'));
    expect(text).toContain('1. WARNING shop.orders: order 7 paid late');
    expect(text).not.toContain('opened');
    logs.clear();
    expect(failureOf(() => expect(logs).not.toHaveLoggedNothing())).toContain('Nothing was logged.');
  });
});

describe('what is expected of', () => {
  it('may be a logger, its name, records, or a handler that has them', () => {
    const handler = new ListHandler();
    expect('shop').toHaveLogged('INFO', 'opened');
    expect('shop.orders').not.toHaveLogged('INFO', 'opened');
    expect(getLogger('shop.orders')).toHaveLogged('WARNING');
    expect(logs.records).toHaveLogged('INFO');
    expect(handler).toHaveLoggedNothing();
  });

  it('is asked of the innermost capture that sees the logger', () => {
    captureLogs('shop.orders', () => {
      expect('shop.orders').toHaveLoggedNothing();
      expect('shop').toHaveLogged('INFO', 'opened');
    });
  });

  it('must be captured', () => {
    expect(() => expect('other').toHaveLogged()).toThrow('nothing captures other: call captureLogs() first');
    expect(() => expect(5).toHaveLogged()).toThrow('got 5');
  });
});
