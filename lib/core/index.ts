/**
 * Python's logging for any Node program: everything but the parts for NestJS.
 *
 * @packageDocumentation
 */
export { type BasicConfigOptions, basicConfig } from '../config/basic-config.js';
export type { CreateComponent } from '../config/component-factory.js';
export { type ComponentKind, registerComponent, registerExternal } from '../config/component-registry.js';
export { findReusable } from '../config/component-reuse.js';
export type { ConfigModuleContext } from '../config/config-files.js';
export { type Follower, followConfig } from '../config/config-follower.js';
export type { ConfigFault, Place } from '../config/config-origin.js';
export {
  type ConfigPlan,
  LoggingConfigError,
  type PlannedComponent,
  type PlannedLogger,
  type PlanOptions,
  planConfig,
} from '../config/config-plan.js';
export { defineLogging } from '../config/define-logging.js';
export {
  type ApplyOptions,
  applyPlan,
  dictConfig,
  type StandingConfig,
} from '../config/dict-configurator.js';
export type { Environment } from '../config/env-values.js';
export { applyEnvironment } from '../config/environment-levels.js';
export {
  type ConvertIniOptions,
  convertIniToDict,
  type FileConfigOptions,
  fileConfig,
} from '../config/file-config.js';
export { loggingJsonSchema } from '../config/json-schema.js';
export { type LoadOptions, loadLoggingConfig } from '../config/load-logging-config.js';
export type {
  ComponentFactory,
  ComponentName,
  FilterConfig,
  FormatterConfig,
  HandlerConfig,
  LoggerConfig,
  LoggingConfig,
  RootLoggerConfig,
} from '../config/logging-config.js';
export type { ConfigReference, DefinedLogging, LevelName } from '../config/logging-config-types.js';
// Not for programs: a worker thread finds it here.
export { runQueueWorker } from '../config/queue-worker.js';
// With a star, so that applications can add to these interfaces through this entry.
export type * from '../config/registered-components.js';
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
} from '../config/root-functions.js';
export { ContextFilter, type ContextFilterOptions } from '../context/context.filter.js';
export { bindContext, captureContext, getContext, runInContext } from '../context/context.js';
export { installContextProvider } from '../context/context-provider.js';
export { CallbackFilter, type CallbackFilterOptions } from '../filters/callback.filter.js';
export { RateLimitFilter, type RateLimitFilterOptions } from '../filters/rate-limit.filter.js';
export { RedactionFilter, type RedactionFilterOptions } from '../filters/redaction.filter.js';
export {
  RequireDebugFalse,
  type RequireDebugOptions,
  RequireDebugTrue,
} from '../filters/require-debug.filter.js';
export { SamplingFilter, type SamplingFilterOptions } from '../filters/sampling.filter.js';
export { AirflowFormatter } from '../formatters/airflow.formatter.js';
export { AirflowColorFormatter } from '../formatters/airflow-color.formatter.js';
export {
  CeleryFormatter,
  type CeleryFormatterOptions,
  CeleryTaskFormatter,
} from '../formatters/celery.formatter.js';
export { ColorFormatter, type ColorFormatterOptions } from '../formatters/color.formatter.js';
export { ColorlogFormatter, type ColorlogFormatterOptions } from '../formatters/colorlog.formatter.js';
export { DjangoServerFormatter } from '../formatters/django-server.formatter.js';
export { JsonFormatter, type JsonFormatterOptions } from '../formatters/json.formatter.js';
export { LogfmtFormatter, type LogfmtFormatterOptions } from '../formatters/logfmt.formatter.js';
export { PythonJsonFormatter, type PythonJsonFormatterOptions } from '../formatters/python-json.formatter.js';
export {
  UvicornAccessFormatter,
  UvicornFormatter,
  type UvicornFormatterOptions,
} from '../formatters/uvicorn.formatter.js';
export { AdminEmailHandler } from '../handlers/admin-email.handler.js';
export { AirflowTaskHandler, type AirflowTaskHandlerOptions } from '../handlers/airflow-task.handler.js';
export { BaseRotatingHandler, type BaseRotatingHandlerOptions } from '../handlers/base-rotating-handler.js';
export { BufferingHandler, type BufferingHandlerOptions } from '../handlers/buffering.handler.js';
export { DatagramHandler } from '../handlers/datagram.handler.js';
export { FileHandler, type FileHandlerOptions } from '../handlers/file.handler.js';
export { HTTPHandler } from '../handlers/http.handler.js';
export { MemoryHandler, type MemoryHandlerOptions } from '../handlers/memory.handler.js';
export { NullHandler } from '../handlers/null.handler.js';
export { QueueHandler, type QueueHandlerOptions } from '../handlers/queue.handler.js';
export { QueueListener, type QueueListenerOptions } from '../handlers/queue-listener.js';
export { RedirectStdHandler, type RedirectStdHandlerOptions } from '../handlers/redirect-std.handler.js';
export { RelpHandler } from '../handlers/relp.handler.js';
export { RotatingFileHandler, type RotatingFileHandlerOptions } from '../handlers/rotating-file.handler.js';
export { SMTPHandler } from '../handlers/smtp.handler.js';
export { SocketHandler } from '../handlers/socket.handler.js';
export { StreamHandler, type StreamHandlerOptions } from '../handlers/stream.handler.js';
export type { AdminEmailHandlerOptions } from '../handlers/support/admin-email-options.js';
export type {
  DeliveryStats,
  DropReason,
  OverflowPolicy,
  QueueStats,
} from '../handlers/support/bounded-queue.js';
export type { DigestOptions } from '../handlers/support/digest.js';
export {
  type DjangoSettings,
  registerExceptionReporter,
  setDjangoSettings,
} from '../handlers/support/django-settings.js';
export {
  type ExceptionReport,
  ExceptionReporter,
  type ExceptionReporterClass,
} from '../handlers/support/exception-reporter.js';
export type { HandlerSettings } from '../handlers/support/handler-options.js';
export type { HTTPHandlerOptions } from '../handlers/support/http-options.js';
export type { MailMessage, MailTransport, Nodemailer } from '../handlers/support/mail-transport.js';
export { RecordQueue } from '../handlers/support/record-queue.js';
export type { RelpHandlerOptions } from '../handlers/support/relp-options.js';
export type { SMTPHandlerOptions } from '../handlers/support/smtp-options.js';
export type { SocketHandlerOptions } from '../handlers/support/socket-options.js';
export type { SpoolStats } from '../handlers/support/spool/spool-books.js';
export type { SpoolOptions } from '../handlers/support/spool/spool-options.js';
export type { SysLogHandlerOptions } from '../handlers/support/syslog-options.js';
export type { TlsContextOptions } from '../handlers/support/tls-options.js';
export { SysLogHandler } from '../handlers/syslog.handler.js';
export {
  TimedRotatingFileHandler,
  type TimedRotatingFileHandlerOptions,
} from '../handlers/timed-rotating-file.handler.js';
export { WatchedFileHandler, type WatchedFileHandlerOptions } from '../handlers/watched-file.handler.js';
export { WorkerQueueListener } from '../handlers/worker-queue-listener.js';
export { BufferingFormatter } from './buffering-formatter.js';
export type { LogOptions } from './call-arguments.js';
export type { CallerInfo } from './caller.js';
export { captureWarnings } from './capture-warnings.js';
export { type CaptureCrashesOptions, captureCrashes } from './crash-records.js';
export { LoggingError, type LoggingErrorCode } from './errors.js';
export {
  getLoggingFaults,
  type LoggingFault,
  type LoggingFaultListener,
  onLoggingFault,
} from './fault-channel.js';
export { Filter, Filterer, type FilterOptions } from './filter.js';
export type { FilterFunction, FilterLike, FilterObject, FilterOwner, FilterResult } from './filter-like.js';
export type { FormatStyle } from './format-style.js';
export { Formatter, type FormatterOptions } from './formatter.js';
export {
  type FormatterLike,
  getHandlerByName,
  getHandlerNames,
  Handler,
  type HandlerOptions,
  isHandler,
} from './handler.js';
export type { DeliveryCounts } from './handler-ledger.js';
export { getLastResort, getRaiseExceptions, setLastResort, setRaiseExceptions } from './last-resort.js';
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
} from './levels.js';
export {
  type CallBoundary,
  type Fields,
  isLogRecord,
  LogRecord,
  type LogRecordOptions,
} from './log-record.js';
export { isLogger, Logger } from './logger.js';
export { type AdapterTarget, LoggerAdapter, type LoggerAdapterOptions } from './logger-adapter.js';
export { loggingMetrics, type MeterLike, type ObservableLike, renderPrometheus } from './logging-metrics.js';
export { getLoggingStats, type HandlerStats, type LoggingStatsSnapshot } from './logging-stats.js';
export {
  disable,
  getLogger,
  getLoggerClass,
  getManager,
  getRootLogger,
  Manager,
  setLoggerClass,
} from './manager.js';
export type { Fault } from './options.js';
export { gmtime, localtime } from './record-clock.js';
export type { RecordCounts } from './record-counts.js';
export { getLogRecordFactory, makeLogRecord, setLogRecordFactory } from './record-factory.js';
export { RootLogger } from './root-logger.js';
export type { Sanitize } from './sanitize.js';
export { shutdown } from './shutdown.js';
export type { LoggerClass, LogRecordFactory } from './state.js';
