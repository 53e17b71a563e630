import { describe, expect, it } from '@jest/globals';
import { inOwnMemory } from '../../../lib/handlers/delivery/own-memory.js';

describe('bytes that may wait for long', () => {
  it('leave the pool that small Buffers share', () => {
    const shared = Buffer.from('naïve');
    const own = inOwnMemory(shared);
    expect([own.toString(), own.buffer.byteLength]).toEqual(['naïve', 6]);
    expect(shared.buffer.byteLength).toBeGreaterThan(6);
  });

  it('stay where they are if nothing else is there', () => {
    const own = Buffer.allocUnsafeSlow(10_000);
    expect(inOwnMemory(own)).toBe(own);
  });
});
