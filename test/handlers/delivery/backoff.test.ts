import { describe, expect, it } from '@jest/globals';
import { Backoff } from '../../../lib/handlers/delivery/backoff.js';

describe('the waits between attempts', () => {
  it('have bounds that double from 0.5 s up to 30 s', () => {
    const backoff = new Backoff({ random: () => 1 });
    const waits = Array.from({ length: 8 }, () => backoff.next());
    expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  });

  it('are spread over the whole of their bounds', () => {
    const waits = Array.from({ length: 200 }, () => new Backoff().next());
    expect(Math.min(...waits)).toBeLessThan(100);
    expect(Math.max(...waits)).toBeGreaterThan(400);
  });

  it('start over after a success', () => {
    const backoff = new Backoff({ random: () => 1 });
    backoff.next();
    backoff.next();
    backoff.reset();
    expect(backoff.next()).toBe(500);
  });

  it('are as long as the other side asks, beyond any bound', () => {
    expect(new Backoff().next(60_000)).toBe(60_000);
  });

  it('never overflow, however often it failed', () => {
    const backoff = new Backoff({ random: () => 1 });
    for (let attempt = 0; attempt < 5_000; attempt += 1) backoff.next();
    expect(backoff.next()).toBe(30_000);
  });

  describe('with quick retries', () => {
    const make = () => new Backoff({ quickRetries: 3, random: () => 1 });
    const waits = (backoff: Backoff, count: number) => Array.from({ length: count }, () => backoff.next());

    it('are as long as ever before the first success', () => {
      expect(waits(make(), 3)).toEqual([500, 1_000, 2_000]);
    });

    it('are short for one failure after two successes, and then as long as ever', () => {
      const backoff = make();
      backoff.reset();
      backoff.reset();
      expect(waits(backoff, 3)).toEqual([20, 500, 1_000]);
    });

    it('are short three times at most, however long all went well', () => {
      const backoff = make();
      for (let success = 0; success < 1_000; success++) backoff.reset();
      expect(waits(backoff, 5)).toEqual([20, 20, 20, 500, 1_000]);
    });

    it('are always short where every fourth attempt fails', () => {
      const backoff = make();
      for (let n = 0; n < 8; n++) backoff.reset();
      const failures = Array.from({ length: 100 }, () => {
        for (let n = 0; n < 3; n++) backoff.reset();
        return backoff.next();
      });
      expect(new Set(failures)).toEqual(new Set([20]));
    });

    it('are short as long as two thirds of the batches get through', () => {
      const next = (share: number) => {
        const backoff = make();
        return Array.from({ length: 20 }, () => {
          backoff.reset(1 - share);
          return backoff.next(0, share);
        });
      };
      expect(new Set(next(0.25))).toEqual(new Set([20]));
      expect(new Set(next(0.5))).toContain(500);
    });

    it('are as long as the other side asks', () => {
      const backoff = make();
      for (let n = 0; n < 8; n++) backoff.reset();
      expect(backoff.next(2_000)).toBe(2_000);
    });
  });
});
