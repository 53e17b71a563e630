import base from '../../jest.config.js';
import { LIVE_TESTS } from './live.jest.config.js';

/**
 * The tests against real engines, which `node scripts/engines.mjs` installs; those of live.jest.config.js run by themselves.
 *
 * @type {import('jest').Config}
 */
export default {
  ...base,
  testMatch: ['<rootDir>/test/engines/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', LIVE_TESTS],
  // They wait for engines more than they compute.
  maxWorkers: 2,
  // Engines take seconds to start, on a busy machine a minute.
  testTimeout: 180_000,
};
