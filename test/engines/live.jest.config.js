import base from '../../jest.config.js';

/** A pattern: what is told apart by its name. */
export const LIVE_TESTS = '<rootDir>/test/engines/(live|replicas)-[^/]*$';

/**
 * The tests of `nestjs-logging/live` with real engines and browsers, one after the other: what a page or six replicas do in a
 * second is measured there, and no other engine may have the processor meanwhile.
 *
 * @type {import('jest').Config}
 */
export default {
  ...base,
  testMatch: ['<rootDir>/test/engines/{live,replicas}-*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  maxWorkers: 1,
  testTimeout: 180_000,
};
