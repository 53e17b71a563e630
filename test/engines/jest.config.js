import base from '../../jest.config.js';

/**
 * The tests against real engines, which `node scripts/engines.mjs` installs.
 *
 * @type {import('jest').Config}
 */
export default {
  ...base,
  testMatch: ['<rootDir>/test/engines/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  // What a page or six replicas do in a second is measured here: no other engine may have the processor meanwhile.
  maxWorkers: 1,
  // Engines take seconds to start, on a busy machine a minute.
  testTimeout: 180_000,
};
