/**
 * Tests of what an application logs.
 *
 * @packageDocumentation
 */
export { assertLogs, assertNoLogs, LogAssertionError } from './testing/assert-logs.js';
export {
  type CaptureArguments,
  type CapturedRun,
  type CaptureOf,
  captureLogs,
} from './testing/capture-logs.js';
export { describeHandlerContract } from './testing/contract/handler-contract.js';
export type {
  ContractExpect,
  ContractOptions,
  ContractRunner,
  HandlerContract,
} from './testing/contract/handler-contract-case.js';
export {
  type FailingTestLogsOptions,
  printLogsOfFailingTests,
  type TestHooks,
} from './testing/failing-test-logs.js';
export { type FakeClock, useFakeClock } from './testing/fake-clock.js';
export { ListHandler } from './testing/list.handler.js';
export { LogCapture } from './testing/log-capture.js';
export { isolateLogging, type LoggingIsolation } from './testing/logging-isolation.js';
export { loggingMatchers } from './testing/logging-matchers.js';
export {
  LoggingTestingModule,
  overrideHandlers,
  type ProviderOverrides,
} from './testing/logging-testing.module.js';
export type { ExpectedRecord, LoggingMatchers } from './testing/matcher-types.js';
export type { ExpectedError, RecordPattern } from './testing/record-pattern.js';
export type { LoggerReference } from './testing/record-tap.js';
