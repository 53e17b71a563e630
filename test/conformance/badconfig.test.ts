import { describe, expect, it } from '@jest/globals';
import { readCases, runSteps } from './steps.js';

/** What CPython 3.13 answers, which takes any text between the brackets of `cfg://`, and 3.11 did not. */
const changed: Readonly<Record<string, readonly string[]>> = { 'badconfig-1-24': ['ok'] };

describe('the recorded cases of the suite "badconfig" give what CPython gave', () => {
  it.each(readCases('badconfig'))('$id', async (testCase) => {
    const { values, files, logging_errors } = testCase.want;
    expect(await runSteps(testCase)).toEqual({
      values: changed[testCase.id] ?? values,
      files,
      logging_errors,
    });
  });
});
