import base from '../../../jest.config.js';

/**
 * The tests of the Nest parts, run with Nest 11, which is CommonJS.
 *
 * @type {import('jest').Config}
 */
export default {
  ...base,
  testMatch: ['e2e', 'live', 'nest'].map((room) => `<rootDir>/test/${room}/**/*.test.ts`),
  testPathIgnorePatterns: [
    ...base.testPathIgnorePatterns,
    // Applications in processes of their own, and the comparison with Nest 12's ConsoleLogger, whose rules hold on both.
    '/test/e2e/processes.test.ts',
    '/test/e2e/serverless.test.ts',
    '/test/e2e/graphql-mercurius.test.ts',
    '/test/nest/nest-logger.test.ts',
    // Terminus is here for Nest 12 alone; the indicator itself imports nothing of it.
    '/test/nest/logging-health.test.ts',
  ],
  globalSetup: '<rootDir>/test/e2e/nest-11/install.mjs',
  moduleNameMapper: {
    ...base.moduleNameMapper,
    '^@nestjs/(.*)$': '<rootDir>/test/e2e/nest-11/node_modules/@nestjs/$1',
    '^(rxjs|reflect-metadata)$': '<rootDir>/test/e2e/nest-11/node_modules/$1',
  },
};
