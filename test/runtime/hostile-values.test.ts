import { describe, expect, it } from '@jest/globals';
import { causeOf, errorChain } from '../../lib/runtime/error-chain.js';
import { fieldOf, keysOf, propertyOf } from '../../lib/runtime/hostile-values.js';

const { proxy: revoked, revoke } = Proxy.revocable<Record<string, unknown>>({}, {});
revoke();

const failing = {
  get code(): never {
    throw new Error('not to be read');
  },
};

describe('reading what may throw', () => {
  it('gives a mark in place of a field, and nothing in place of a property', () => {
    expect(fieldOf(failing, 'code')).toBe('[unreadable]');
    expect(propertyOf(failing, 'code')).toBeUndefined();
    expect(propertyOf(null, 'code')).toBeUndefined();
    expect(propertyOf({ code: 1 }, 'code')).toBe(1);
  });

  it('gives no keys of a proxy that does not list them', () => {
    expect(keysOf(revoked)).toBeUndefined();
    expect(keysOf({ a: 1 })).toEqual(['a']);
  });
});

describe('errorChain', () => {
  it('goes from an error down its causes, so far and no further', () => {
    const bottom = new Error('refused');
    const middle = new Error('query failed', { cause: bottom });
    const top = new Error('order failed', { cause: middle });
    expect([...errorChain(top, 10)]).toEqual([top, middle, bottom]);
    expect([...errorChain(top, 2)]).toEqual([top, middle]);
    expect([...errorChain(null, 10)]).toEqual([]);
    expect([...errorChain('text', 10)]).toEqual(['text']);
  });

  it('ends at an error that is its own cause, and at what cannot be read', () => {
    const error = new Error('again');
    error.cause = error;
    expect([...errorChain(error, 10)]).toEqual([error]);
    expect(causeOf(revoked)).toBeUndefined();
    expect([...errorChain(revoked, 10)]).toHaveLength(1);
  });
});
