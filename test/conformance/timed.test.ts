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

const cases = readFileSync(new URL('cases/timed.jsonl', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as TimedCase);

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
      const { first, suffix } = answers[index] as RolloverAnswer;
      expect({ rolloverAt: first, suffix }).toEqual(want);
    },
  );
});
