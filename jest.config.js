import { availableParallelism } from 'node:os';

/**
 * Jest runs the TypeScript sources as ES modules, compiled file by file with SWC.
 * The packaging tests and those against real engines have configurations of their own.
 *
 * @type {import('jest').Config}
 */
export default {
  rootDir: import.meta.dirname,
  roots: ['<rootDir>/lib', '<rootDir>/sample-app', '<rootDir>/test'],
  // The sample application has its tests beside its sources, as applications of Nest do.
  testMatch: ['<rootDir>/test/**/*.test.ts', '<rootDir>/sample-app/**/*.spec.ts'],
  testPathIgnorePatterns: [
    '/node_modules/',
    ...['packaging', 'types', 'engines'].map((room) => `<rootDir>/test/${room}/`),
  ],
  testEnvironment: 'node',
  // Many tests wait for servers, timers and other processes, and leave room for others meanwhile.
  maxWorkers: availableParallelism() * 2,
  // Each file's modules stay in the memory of its worker: after some hundred files, collecting garbage takes longer than testing.
  workerIdleMemoryLimit: '1GB',
  // They start programs and servers, which takes its time on a machine that does other things too.
  testTimeout: 60_000,
  injectGlobals: false,
  extensionsToTreatAsEsm: ['.ts'],
  globalSetup: '<rootDir>/test/support/jest-setup.mjs',
  resolver: '<rootDir>/test/support/jest-resolver.cjs',
  moduleNameMapper: {
    '/handlers-module\\.js$': '<rootDir>/test/support/handlers-module.ts',
    '^nestjs-logging$': '<rootDir>/lib/index.ts',
    '^nestjs-logging/(core|handlers|live|testing)$': '<rootDir>/lib/$1.ts',
  },
  transform: {
    '\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2023',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: true },
          keepClassNames: true,
        },
        sourceMaps: 'inline',
      },
    ],
  },
  reporters: ['default', '<rootDir>/test/support/count-reporter.mjs'],
  collectCoverageFrom: ['lib/**/*.ts', '!lib/**/index.ts'],
};
