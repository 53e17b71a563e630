/**
 * Python's logging for any Node program: everything but the parts for NestJS.
 *
 * @packageDocumentation
 */
export { type BasicConfigOptions, basicConfig } from './config/apply/basic-config.js';
export type { CreateComponent } from './config/apply/component-factory.js';
export { findReusable } from './config/apply/component-reuse.js';
export { type Follower, followConfig } from './config/apply/config-follower.js';
export {
  type ActiveConfig,
  type ApplyOptions,
  applyPlan,
  dictConfig,
} from './config/apply/dict-configurator.js';
export {
  type ConvertIniOptions,
  convertIniToDict,
  type FileConfigOptions,
  fileConfig,
} from './config/apply/file-config.js';
// Not for programs: a worker thread finds it here.
export { runQueueWorker } from './config/apply/queue-worker.js';
export {
  critical,
  debug,
  error,
  exception,
  fatal,
  info,
  log,
  warn,
  warning,
} from './config/apply/root-functions.js';
export {
  type ComponentKind,
  registerComponent,
  registerExternal,
} from './config/components/component-registry.js';
export { defineLogging } from './config/components/define-logging.js';
export { loggingJsonSchema } from './config/components/json-schema.js';
export type { ConfigReference, DefinedLogging, LevelName } from './config/components/logging-config-types.js';
// With a star, so that applications can add to these interfaces through this entry.
export type * from './config/components/registered-components.js';
export { LoggingConfigError, planConfig } from './config/plan/config-plan.js';
export { applyEnvironment } from './config/plan/environment-levels.js';
export type {
  ComponentFactory,
  ComponentName,
  FilterConfig,
  FormatterConfig,
  HandlerConfig,
  LoggerConfig,
  LoggingConfig,
  RootLoggerConfig,
} from './config/plan/logging-config.js';
export type {
  ConfigPlan,
  PlannedComponent,
  PlannedLogger,
  PlanOptions,
} from './config/plan/planned-config.js';
export type { ConfigModuleContext } from './config/read/config-files.js';
export type { ConfigIssue, Place } from './config/read/config-origin.js';
export type { Environment } from './config/read/env-values.js';
export { type LoadOptions, loadLoggingConfig } from './config/read/load-logging-config.js';
export * from './context/components.js';
export { bindContext, captureContext, getContext, runInContext } from './context/context.js';
export { installContextProvider } from './context/context-provider.js';
export { getStrictCalls, setStrictCalls } from './core/calls/call-arguments.js';
export type { LogCall, LogOptions } from './core/calls/call-options.js';
export type { CallBoundary, CallerInfo } from './core/calls/caller.js';
export type { LogArguments } from './core/calls/log-arguments.js';
export { LoggingError, type LoggingErrorCode } from './core/errors.js';
export { Filterer } from './core/filter.js';
export type {
  FilterFunction,
  FilterLike,
  FilterObject,
  FilterOwner,
  FilterResult,
} from './core/filter-like.js';
export { BufferingFormatter } from './core/formatting/buffering-formatter.js';
export type { FormatStyle } from './core/formatting/format-style.js';
export { gmtime, localtime } from './core/formatting/record-clock.js';
export type { Sanitize } from './core/formatting/sanitize.js';
export {
  type FormatterLike,
  getHandlerByName,
  getHandlerNames,
  Handler,
  type HandlerOptions,
  isHandler,
} from './core/handler.js';
export { getLastResort, getRaiseExceptions, setLastResort, setRaiseExceptions } from './core/last-resort.js';
export {
  addLevelName,
  CRITICAL,
  DEBUG,
  ERROR,
  FATAL,
  getLevelName,
  getLevelNamesMapping,
  INFO,
  type Level,
  NOTSET,
  WARN,
  WARNING,
} from './core/levels.js';
export { isLogger, Logger, type LoggerClass } from './core/loggers/logger.js';
export {
  type AdapterTarget,
  LoggerAdapter,
  type LoggerAdapterOptions,
} from './core/loggers/logger-adapter.js';
export type { LoggerTree } from './core/loggers/logger-node.js';
export {
  disable,
  getLogger,
  getLoggerClass,
  getManager,
  getRootLogger,
  Manager,
  RootLogger,
  setLoggerClass,
} from './core/loggers/manager.js';
export { PinoAdapter, type PinoAdapterOptions } from './core/loggers/pino-adapter.js';
export type { OptionIssue } from './core/options.js';
export {
  type Fields,
  isLogRecord,
  LogRecord,
  type LogRecordFactory,
  type LogRecordOptions,
} from './core/records/log-record.js';
export { getLogRecordFactory, makeLogRecord, setLogRecordFactory } from './core/records/record-factory.js';
export { captureWarnings } from './core/reports/capture-warnings.js';
export { type CaptureCrashesOptions, captureCrashes } from './core/reports/crash-records.js';
export {
  getLoggingErrors,
  type LoggingErrorListener,
  type LoggingErrorReport,
  onLoggingError,
} from './core/reports/error-reports.js';
export type { DeliveryCounts } from './core/reports/handler-counters.js';
export {
  loggingMetrics,
  type MeterLike,
  type ObservableLike,
  renderPrometheus,
} from './core/reports/logging-metrics.js';
export {
  getLoggingStats,
  type HandlerStats,
  type LoggingStatsSnapshot,
} from './core/reports/logging-stats.js';
export type { RecordCounts } from './core/reports/record-counts.js';
export { shutdown } from './core/shutdown.js';
export * from './filters/components.js';
export * from './formatters/components.js';
export type { OverflowPolicy } from './handlers/delivery/bounded-queue.js';
export type { DeliveryStats, DropReason, QueueStats } from './handlers/delivery/delivery-queue.js';
export type { SpoolStats } from './handlers/delivery/spool/spool-counters.js';
export type { SpoolOptions } from './handlers/delivery/spool/spool-options.js';
export {
  BaseRotatingHandler,
  type BaseRotatingHandlerOptions,
} from './handlers/file/rotation/base-rotating-handler.js';
export type { HandlerSettings } from './handlers/handler-options.js';
export * from './handlers/local-components.js';
export { QueueListener, type QueueListenerOptions } from './handlers/queue/queue-listener.js';
export { RecordQueue } from './handlers/queue/record-queue.js';
export { WorkerQueueListener } from './handlers/queue/worker/worker-queue-listener.js';
export { providePackage } from './runtime/provided-packages.js';
