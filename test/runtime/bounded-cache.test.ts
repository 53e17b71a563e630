import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
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

  it('keeps no text that a key was cut out of', () => {
    setFlagsFromString('--expose_gc');
    const collect = runInNewContext('gc') as () => void;
    const cache = boundedCache((key) => ({ key }), 100, 64);
    collect();
    const before = process.memoryUsage().heapUsed;
    for (let at = 0; at < 100; at += 1) {
      const text = Buffer.alloc(500_000, `a key that is long enough ${at} `).toString('latin1');
      cache.get(text.slice(0, 40));
    }
    collect();
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(10_000_000);
    expect(cache.get('a')).toEqual({ key: 'a' });
  });

  it('does not keep what has a long key', () => {
    const cache = boundedCache((key) => ({ key }), 2, 3);
    expect(cache.get('long')).not.toBe(cache.get('long'));
    expect(cache.get('long')).toEqual({ key: 'long' });
  });
});
