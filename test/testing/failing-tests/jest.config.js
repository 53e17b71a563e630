import base from '../../../jest.config.js';

/** Jest for tests that fail on purpose; run by print-logs-of-failing-tests.test.ts. */
export default {
  ...base,
  rootDir: new URL('../../../', import.meta.url).pathname,
  roots: ['<rootDir>/test/testing/failing-tests'],
  testMatch: ['**/*.jest.ts'],
  setupFilesAfterEnv: ['<rootDir>/test/testing/failing-tests/jest-setup.ts'],
  reporters: ['default'],
};
