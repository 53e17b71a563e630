import { beforeAll, describe, expect, it } from '@jest/globals';
import { TimedRotatingFileHandler, type TimedRotatingFileHandlerOptions } from '../../lib/core/index.js';
import { RolloverSchedule } from '../../lib/handlers/support/rollover-schedule.js';
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
    ['MIDNIGHT', DAY, 3 * DAY],
    ['W0', 5 * DAY, 5 * DAY + 14 * DAY],
  ])('is the very next %s, and the interval counts from there', (when, first, next) => {
    expect(computeRollover({ when, interval: 3 }, 0)).toBe(first);
    expect(new RolloverSchedule({ when, interval: 3, utc: true }).nextRollover(0)).toBe(next);
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

describe('the following rollover where summer time begins on 2012-03-11 and ends on 2012-11-04, at 2 a.m.', () => {
  const [EST, EDT] = ['-05:00', '-04:00'];
  const cases = [
    ['MIDNIGHT', null, 1, `2012-03-10T23:59:59${EST}`, `2012-03-11T00:00${EST}`],
    ['MIDNIGHT', null, 1, `2012-03-11T01:00${EST}`, `2012-03-12T00:00${EDT}`],
    ['MIDNIGHT', null, 1, `2012-11-04T01:00${EDT}`, `2012-11-05T00:00${EST}`],
    ['MIDNIGHT', '12:00:00', 1, `2012-03-10T13:00${EST}`, `2012-03-11T12:00${EDT}`],
    ['MIDNIGHT', '12:00:00', 1, `2012-11-03T12:00${EDT}`, `2012-11-04T12:00${EST}`],
    ['MIDNIGHT', '02:00:00', 1, `2012-03-10T02:00${EST}`, `2012-03-11T03:00${EDT}`],
    ['MIDNIGHT', '02:00:00', 1, `2012-03-11T03:00${EDT}`, `2012-03-12T02:00${EDT}`],
    ['MIDNIGHT', '02:00:00', 1, `2012-11-04T01:59:59${EST}`, `2012-11-04T02:00${EST}`],
    ['MIDNIGHT', '02:30:00', 1, `2012-03-10T02:30${EST}`, `2012-03-11T03:30${EDT}`],
    ['MIDNIGHT', '01:30:00', 1, `2012-11-04T01:00${EDT}`, `2012-11-04T01:30${EDT}`],
    ['MIDNIGHT', '01:30:00', 1, `2012-11-04T01:30${EST}`, `2012-11-05T01:30${EST}`],
    ['MIDNIGHT', null, 3, `2012-03-09T00:00${EST}`, `2012-03-12T00:00${EDT}`],
    ['MIDNIGHT', '12:00:00', 3, `2012-11-01T13:00${EDT}`, `2012-11-04T12:00${EST}`],
    ['W6', null, 1, `2012-03-05T00:00${EST}`, `2012-03-12T00:00${EDT}`],
    ['W6', null, 1, `2012-10-29T00:00${EDT}`, `2012-11-05T00:00${EST}`],
    ['W6', '12:00:00', 1, `2012-03-04T12:00${EST}`, `2012-03-11T12:00${EDT}`],
    ['W6', '02:30:00', 1, `2012-03-04T03:00${EST}`, `2012-03-11T03:30${EDT}`],
    ['W6', '01:30:00', 1, `2012-11-04T02:00${EST}`, `2012-11-11T01:30${EST}`],
    ['W6', null, 3, `2012-02-20T00:00${EST}`, `2012-03-12T00:00${EDT}`],
    ['W6', '12:00:00', 3, `2012-10-14T13:00${EDT}`, `2012-11-04T12:00${EST}`],
  ] as const;
  let answers: string[] = [];

  // One process for all: the zone of this one cannot be changed.
  beforeAll(() => {
    const questions = cases.map(
      ([when, atTime, interval, moment]): TimeQuestion => ({
        ask: 'rollover',
        tz: 'America/New_York',
        options: { when, interval, atTime, utc: false },
        now: Date.parse(moment) / 1000,
      }),
    );
    answers = askLibrary<RolloverAnswer>(questions).map(({ next }) => new Date(next * 1000).toISOString());
  });

  it.each(cases.map((row, index) => [...row, index] as const))(
    '%s at %s, interval %d: after %s comes %s',
    (_when, _atTime, _interval, _moment, expected, index) => {
      expect(answers[index]).toBe(new Date(expected).toISOString());
    },
  );
});
