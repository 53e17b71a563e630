import { it } from '@jest/globals';
import { ascii, repr, str } from '../../lib/python/python-text.js';
import { toPython } from '../support/live-python.js';
import { describeLive, expectSame, number, sample, text } from '../support/python-cases.js';

describeLive('str, repr and ascii beside the live interpreter', () => {
  it('repr and ascii quote and escape strings as Python does', () => {
    expectSame(
      sample(text),
      'return repr(case) + "|" + ascii(case)',
      (one) => one,
      (one) => ({ text: `${repr(one)}|${ascii(one)}` }),
    );
  });

  it('str writes numbers as Python does', () => {
    const numbers = sample(number).filter((one) => Math.abs(Number(one)) < 1e21 || typeof one === 'bigint');
    expectSame(numbers, 'return str(case)', toPython, (one) => ({ text: str(one) }));
  });
});
