import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { askLibrary, type RolloverAnswer } from '../support/time-in-zones.js';

interface TimedCase {
  id: string;
  tz: string;
  when: string;
  interval: number;
  utc: boolean;
  atTime: [number, number, number] | null;
  now: number;
  want: { rolloverAt: number; suffix: string };
}

const read = (name: string) => readFileSync(new URL(`cases/${name}`, import.meta.url), 'utf8');
const readCases = (name: string) =>
  read(name)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as TimedCase);

/** What CPython 3.13 answers where it counts the interval, or corrects for summer time, and 3.11 did not. */
const changed = JSON.parse(read('timed-3.13-changes.json')) as Record<string, number>;

/** On Lord Howe Island summer time is half an hour; Python takes it for an hour and rolls half an hour off. */
const corrected: Record<string, number> = { 'timed-1-195': 1712496600, 'timed-1-199': 1712583000 };

const cases = [...readCases('timed.jsonl'), ...readCases('timed-3.13.jsonl')].map((recorded) => {
  const { rolloverAt, suffix } = recorded.want;
  return {
    ...recorded,
    want: { rolloverAt: corrected[recorded.id] ?? changed[recorded.id] ?? rolloverAt, suffix },
  };
});

describe('the recorded cases of TimedRotatingFileHandler', () => {
  const answers = askLibrary<RolloverAnswer>(
    cases.map(({ tz, now, when, interval, utc, atTime }) => ({
      ask: 'rollover',
      tz,
      now,
      options: { when, interval, utc, atTime },
    })),
  );

  it.each(cases.map((recorded, index) => ({ ...recorded, index })))(
    '$id: $when x $interval in $tz',
    ({ want, index }) => {
      const { rolloverAt, suffix } = answers[index] as RolloverAnswer;
      expect({ rolloverAt, suffix }).toEqual(want);
    },
  );
});
