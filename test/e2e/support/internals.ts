import { afterAll, expect } from '@jest/globals';
import { missingInternals } from '../../../lib/nest/internals/expected-internals.js';

/** Has the tests of a file fail if any of what is leaned on of Nest's inside, and is used in them, was not there. */
export function expectEveryInternal(): void {
  afterAll(() => expect(missingInternals()).toEqual([]));
}
