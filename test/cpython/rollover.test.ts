import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { TimedRotatingFileHandler, type TimedRotatingFileHandlerOptions } from '../../lib/core.js';
import { useTemporaryFolder } from '../support/temporary-folder.js';
import { askLibrary, type RolloverAnswer, type TimeQuestion } from '../support/time-in-zones.js';

const folder = useTemporaryFolder();
const HOUR = 3_600;
const DAY = 24 * HOUR;

function computeRollover(options: Partial<TimedRotatingFileHandlerOptions>, now: number): number {
  const handler = new TimedRotatingFileHandler({
    filename: folder.file('app.log'),
    utc: true,
    delay: true,
    ...options,
  });
  return handler.computeRollover(now);
}

describe('computeRollover in UTC', () => {
  it.each([
    ['S', 1, 1],
    ['M', 1, 60],
    ['H', 1, HOUR],
    ['D', 1, DAY],
    ['MIDNIGHT', 1, DAY],
    // 1970 began on a Thursday; the Monday ends four days later.
    ['W0', 1, 5 * DAY],
    ['S', 3, 3],
    ['M', 3, 180],
    ['H', 3, 3 * HOUR],
    ['D', 3, 3 * DAY],
  ])('is one interval on: %s, interval %d', (when, interval, expected) => {
    expect(computeRollover({ when, interval }, 0)).toBe(expected);
  });

  it.each([
    ['MIDNIGHT', 3 * DAY],
    ['W0', 5 * DAY + 14 * DAY],
  ])('is the third %s with an interval of 3', (when, expected) => {
    expect(computeRollover({ when, interval: 3 }, 0)).toBe(expected);
  });

  it('is the next midnight, or the next time of day', () => {
    const at = (atTime: string | null, hours: number, seconds = 0) =>
      computeRollover({ when: 'MIDNIGHT', atTime }, hours * HOUR + seconds) / HOUR;
    expect([at(null, 0), at(null, 24, -1), at(null, 24), at(null, 25)]).toEqual([24, 24, 48, 48]);
    expect([at('12:00:00', 0), at('12:00:00', 12, -1), at('12:00:00', 12), at('12:00:00', 13)]).toEqual([
      12, 12, 36, 36,
    ]);
  });

  it('is the next time of day on that weekday', () => {
    const monday = Date.UTC(2024, 4, 13) / 1000;
    for (let today = 0; today < 7; today += 1) {
      for (let day = 0; day < 7; day += 1) {
        const at = (seconds: number) =>
          computeRollover({ when: `W${day}`, atTime: '12:00:00' }, monday + today * DAY + seconds) -
          monday -
          today * DAY;
        const ahead = ((day - today + 7) % 7) * DAY + 12 * HOUR;
        const after = day === today ? ahead + 7 * DAY : ahead;
        expect([at(0), at(12 * HOUR - 1), at(12 * HOUR), at(13 * HOUR)]).toEqual([
          ahead,
          ahead,
          after,
          after,
        ]);
      }
    }
  });
});

interface LocalRollover {
  readonly when: string;
  readonly interval: number;
  readonly atTime: string | null;
  readonly after: string;
  readonly comes: string;
}

/** What Python's four tests of local rollovers assert, in a zone with their rules. */
const local = readRollovers('rollovers-in-new-york.jsonl');

describe('computeRollover where summer time begins on 2012-03-11 and ends on 2012-11-04, at 2 a.m.', () => {
  let answers: string[] = [];

  // One process for all: the zone of this one cannot be changed.
  beforeAll(() => {
    const questions = local.map(
      ({ when, interval, atTime, after }): TimeQuestion => ({
        ask: 'rollover',
        tz: 'America/New_York',
        options: { when, interval, atTime, utc: false },
        now: Date.parse(after) / 1000,
      }),
    );
    answers = askLibrary<RolloverAnswer>(questions).map(({ rolloverAt }) =>
      new Date(rolloverAt * 1000).toISOString(),
    );
  });

  it.each([
    ['MIDNIGHT', 1, 49],
    ['W6', 1, 55],
    ['MIDNIGHT', 3, 24],
    ['W6', 3, 36],
  ])('is that of Python for %s with an interval of %d: %d moments', (when, interval, count) => {
    const asked = local
      .map(({ comes, ...question }, index) => ({ ...question, comes, answer: answers[index] }))
      .filter((row) => row.when === when && row.interval === interval);
    expect(asked).toHaveLength(count);
    expect(asked.filter(({ comes, answer }) => new Date(comes).toISOString() !== answer)).toEqual([]);
  });
});

function readRollovers(name: string): LocalRollover[] {
  const lines = readFileSync(new URL(name, import.meta.url), 'utf8')
    .trimEnd()
    .split('\n');
  return lines.map((line) => JSON.parse(line) as LocalRollover);
}
