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
});
