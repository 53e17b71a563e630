import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import { boundedCache } from '../../lib/runtime/bounded-cache.js';

describe('boundedCache', () => {
  it('computes once while it remembers, and forgets what was not used for the longest', () => {
    const computed: string[] = [];
    const cache = boundedCache(
      (key) => {
        computed.push(key);
        return { key };
      },
      4,
      10,
    );
    expect(cache.get('a')).toBe(cache.get('a'));
    for (const key of ['b', 'c', 'a', 'd', 'a', 'e', 'a', 'c', 'b']) expect(cache.get(key)).toEqual({ key });
    expect(computed).toEqual(['a', 'b', 'c', 'd', 'e', 'c', 'b']);
  });

  it('never holds more than it may, and always what was used last', () => {
    let misses = 0;
    const cache = boundedCache(
      (key) => {
        misses += 1;
        return { key };
      },
      100,
      10,
    );
    const readBack = (count: number): number => {
      misses = 0;
      for (let at = 0; at < count; at += 1) cache.get(`${count}.${at}`);
      for (let at = count - 1; at >= 0; at -= 1) cache.get(`${count}.${at}`);
      return 2 * count - misses;
    };
    expect(readBack(50)).toBe(50);
    const found = readBack(1_000);
    expect(found).toBeGreaterThanOrEqual(50);
    expect(found).toBeLessThanOrEqual(100);
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
