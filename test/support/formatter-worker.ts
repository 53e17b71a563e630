/**
 * Formats records, one JSON line each: `{ tz, options, record }` in, `{ text }` or `{ error }` out.
 *
 * A process of its own because Jest hands tests a copy of `process.env`: setting TZ there never reaches `Date`.
 */
import { createInterface } from 'node:readline';
import { Formatter } from '../../lib/core/formatting/formatter.js';
import { makeLogRecord } from '../../lib/core/records/record-factory.js';
import type { FormatterAnswer, FormatterQuestion } from './formatter-question.js';

function answer({ options, record }: FormatterQuestion): FormatterAnswer {
  try {
    return { text: new Formatter({ ...options, sanitize: 'none' }).format(makeLogRecord(record)) };
  } catch (error) {
    return { error: String(error) };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const question = JSON.parse(line) as FormatterQuestion;
  process.env.TZ = question.tz;
  process.stdout.write(`${JSON.stringify(answer(question))}\n`);
}
