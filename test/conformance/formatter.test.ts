import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { FormatterOptions } from '../../lib/core/formatting/formatter.js';
import { type FormatterAnswer, formatHere } from '../support/formatter-question.js';

type FormatterCase = FormatterOptions & {
  id: string;
  tz: string;
  record: Record<string, unknown>;
  want: FormatterAnswer;
};

const cases = readFileSync(new URL('cases/formatter.jsonl', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as FormatterCase);

describe('the recorded cases of Formatter', () => {
  const answers = formatHere(
    cases.map(({ tz, fmt, datefmt, style, validate, defaults, utc, record }) => ({
      tz,
      options: { fmt, datefmt, style, validate, defaults, utc },
      record,
    })),
  );

  it.each(cases.map((recorded, index) => ({ ...recorded, index })))('$id: $fmt in $tz', ({ want, index }) => {
    const answer = answers[index];
    if ('error' in want) expect(answer).toHaveProperty('error');
    else expect(answer).toEqual(want);
  });
});
