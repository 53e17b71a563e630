import { describe, expect, it } from '@jest/globals';
import { boundedCache } from '../../lib/runtime/bounded-cache.js';

describe('boundedCache', () => {
  it('computes once while it remembers, and forgets the oldest first', () => {
    const computed: string[] = [];
    const cache = boundedCache(
      (key) => {
        computed.push(key);
        return { key };
      },
      2,
      10,
    );
    expect(cache.get('a')).toBe(cache.get('a'));
    cache.get('b');
    cache.get('c');
    expect(cache.get('b')).toBe(cache.get('b'));
    cache.get('a');
    expect(computed).toEqual(['a', 'b', 'c', 'a']);
  });

  it('does not keep what has a long key', () => {
    const cache = boundedCache((key) => ({ key }), 2, 3);
    expect(cache.get('long')).not.toBe(cache.get('long'));
    expect(cache.get('long')).toEqual({ key: 'long' });
  });
});
