import { describe, expect, it } from '@jest/globals';
import { gmTime, localTime } from '../../lib/python/time/broken-down-time.js';
import {
  askLibrary,
  askPython,
  CHANGES,
  pythonVersion,
  type TimeQuestion,
  ZONES,
} from '../support/time-in-zones.js';

/** Noon UTC of 5 January and of 3 July 2024. */
const WINTER = 1704456000;
const SUMMER = 1720008000;

describe('gmTime', () => {
  it('takes a moment apart', () => {
    expect({ ...gmTime(1709211845.9) }).toEqual({
      epochSeconds: 1709211845,
      year: 2024,
      month: 2,
      day: 29,
      hour: 13,
      minute: 4,
      second: 5,
      weekday: 4,
      utcOffsetSeconds: 0,
      zoneName: 'GMT',
      isDst: false,
    });
  });

  it.each([
    ['2023-12-31', 365],
    ['2024-02-29', 60],
    ['2024-12-31', 366],
    ['1900-12-31', 365],
    ['2000-03-01', 61],
  ])('counts %s as day %d of its year', (date, yearDay) => {
    expect(gmTime(Date.parse(date) / 1000).yearDay).toBe(yearDay);
  });

  it('has no numbers for a moment that Date cannot hold', () => {
    expect(gmTime(1e18).year).toBeNaN();
    expect(localTime(Number.NaN).yearDay).toBeNaN();
  });
});

describe('the name and offset of the local zone', () => {
  const ask = (tz: string, seconds: number, folder?: string): TimeQuestion => ({
    ask: 'zone',
    tz,
    seconds,
    ...(folder !== undefined && { folder }),
  });

  it("are the tz database's", () => {
    expect(
      askLibrary([
        ask('Europe/Berlin', WINTER),
        ask('Europe/Berlin', SUMMER),
        ask('America/St_Johns', SUMMER),
        ask('Asia/Kolkata', SUMMER),
        ask('Australia/Lord_Howe', WINTER),
        ask('America/Sao_Paulo', WINTER),
        ask('Europe/Berlin', -3_000_000_000),
      ]),
    ).toEqual([
      ['CET', 3600, false],
      ['CEST', 7200, true],
      ['NDT', -9000, true],
      ['IST', 19800, false],
      ['+11', 39600, true],
      ['-03', -10800, false],
      ['LMT', 3208, false],
    ]);
  });

  it("are Intl's where there is no tz database", () => {
    expect(
      askLibrary([
        ask('Europe/Berlin', SUMMER, '/nowhere'),
        ask('America/New_York', WINTER, '/nowhere'),
        ask('Asia/Kathmandu', SUMMER, '/nowhere'),
        ask('America/Sao_Paulo', SUMMER, '/nowhere'),
      ]),
    ).toEqual([
      ['CEST', 7200, true],
      ['EST', -18000, false],
      ['+0545', 20700, false],
      ['-03', -10800, false],
    ]);
  });

  it('are those of UTC for a zone that does not exist', () => {
    expect(askLibrary([ask('Nowhere/At_All', SUMMER), ask('../../etc/passwd', SUMMER)])).toEqual([
      ['+00', 0, false],
      ['+00', 0, false],
    ]);
  });

  (pythonVersion() === undefined ? it.skip : it)(
    'are what Python says, around every change and far from one',
    () => {
      const moments = [
        ...CHANGES.flatMap((at) => [at - 1, at]),
        0,
        -1_000_000_000,
        3_000_000_000,
        5_000_000_000,
      ];
      const questions = ZONES.flatMap((tz) => moments.map((seconds) => ask(tz, seconds)));
      expect(askLibrary(questions)).toEqual(askPython(questions));
    },
  );
});
