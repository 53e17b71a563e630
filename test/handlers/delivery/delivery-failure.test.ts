import { expect, it } from '@jest/globals';
import { oneLineFailure } from '../../../lib/handlers/delivery/delivery-failure.js';

const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' });

it.each([
  [
    'a cause with a text',
    new Error('fetch failed', { cause: refused }),
    'fetch failed: connect ECONNREFUSED 127.0.0.1:1',
  ],
  [
    'a cause that is an object without one',
    new Error('WRONGPASS', { cause: { code: undefined } }),
    'WRONGPASS',
  ],
  ['a cause that has a code alone', new Error('failed', { cause: { code: 'EPIPE' } }), 'failed: EPIPE'],
  ['several addresses', new AggregateError([refused]), 'connect ECONNREFUSED 127.0.0.1:1'],
])('a failure with %s is one line', (_, error, line) => {
  expect(oneLineFailure(error, 'redis://redis')).toBe(`redis://redis: ${line}`);
});
