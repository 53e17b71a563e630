import base from '../../jest.config.js';

/**
 * The tests of the packed package and of its types: slow, because they install it into empty applications, and compile.
 *
 * @type {import('jest').Config}
 */
export default {
  ...base,
  testMatch: ['<rootDir>/test/{packaging,types}/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  globalSetup: '<rootDir>/test/packaging/pack.mjs',
  globalTeardown: '<rootDir>/test/packaging/unpack.mjs',
  // Compiling and installing wait for nobody.
  maxWorkers: '100%',
  testTimeout: 180_000,
};
