import { describe, expect, it } from '@jest/globals';
import { readCases, runSteps } from './steps.js';

describe('the recorded cases of the suite "badconfig" give what CPython gave', () => {
  it.each(readCases('badconfig'))('$id', async (testCase) => {
    const { values, files, logging_errors } = testCase.want;
    expect(await runSteps(testCase)).toEqual({ values, files, logging_errors });
  });
});
