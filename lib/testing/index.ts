/**
 * Tests of what an application logs.
 *
 * @packageDocumentation
 */
export { assertLogs, assertNoLogs, LogAssertionError } from './assert-logs.js';
export { type CaptureArguments, type CapturedRun, type CaptureOf, captureLogs } from './capture-logs.js';
export { type FailingTestLogsOptions, printLogsOfFailingTests, type TestHooks } from './failing-test-logs.js';
export { type FakeClock, useFakeClock } from './fake-clock.js';
export {
  type ContractExpect,
  type ContractOptions,
  type ContractRunner,
  describeHandlerContract,
  type HandlerContract,
} from './handler-contract.js';
export { ListHandler } from './list.handler.js';
export { LogCapture } from './log-capture.js';
export { isolateLogging, type LoggingIsolation } from './logging-isolation.js';
export { loggingMatchers } from './logging-matchers.js';
export { LoggingTestingModule, overrideHandlers, type ProviderOverrides } from './logging-testing.module.js';
export type { LoggingMatchers } from './matcher-types.js';
export type { ExpectedError, RecordPattern } from './record-pattern.js';
export type { LoggerReference } from './record-tap.js';
