import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { getLogger, getManager, NullHandler } from 'nestjs-logging/core';
import { isolateLogging, type LoggingIsolation } from 'nestjs-logging/testing';
import { findRecords } from '../../lib/live/records/record-query.js';
import { RecordRing } from '../../lib/live/records/record-ring.js';

let isolation: LoggingIsolation;
let rings: RecordRing[];
beforeEach(() => {
  isolation = isolateLogging();
  rings = [];
  getLogger('shop').setLevel('INFO');
  getLogger('shop').addHandler(new NullHandler());
});
afterEach(async () => {
  for (const ring of rings) ring.close();
  await isolation.restore();
});

function openRing(capacity: number): RecordRing {
  const ring = new RecordRing(getManager(), { capacity, maxCharacters: 1e9, keepsAlways: true });
  rings.push(ring);
  ring.open();
  return ring;
}

function logSome(count: number): void {
  for (let n = 0; n < count; n += 1) getLogger('shop').info('record %d', n);
}

it('a search finds each record once, in order, whatever is logged meanwhile', async () => {
  const ring = openRing(3_000);
  logSome(5_900);
  const found = findRecords(ring.newestFirst(), { matches: () => true, after: 0, limit: 2_900 });
  // The search has let others have their turn, and the ring drops what it has overwritten.
  logSome(400);
  const numbers = (await found).map(({ seq }) => seq);
  expect(numbers.length).toBeGreaterThan(2_500);
  expect(numbers).toEqual([...new Set(numbers)].sort((one, other) => one - other));
});

it('the numbers of a process that starts later are higher, so that a page that stays open takes its records', async () => {
  const before = openRing(10);
  logSome(5);
  await delay(5);
  expect(openRing(10).seq).toBeGreaterThan(before.seq);
});
