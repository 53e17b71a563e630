/**
 * Python's logging for any Node program: everything but the parts for NestJS.
 *
 * @packageDocumentation
 */
export { type BasicConfigOptions, basicConfig } from '../config/basic-config.js';
export { type ComponentKind, registerComponent, registerExternal } from '../config/component-registry.js';
export type { CreateComponent } from '../config/component-factory.js';
export {
  type ConfigPlan,
  LoggingConfigError,
  type PlannedComponent,
  type PlannedLogger,
  type PlanOptions,
  planConfig,
} from '../config/config-plan.js';
export { type ApplyOptions, applyPlan, dictConfig, type StandingConfig } from '../config/dict-configurator.js';
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
export { critical, debug, error, exception, fatal, info, log, warn, warning } from '../config/root-functions.js';
export { NullHandler } from '../handlers/null.handler.js';
export type { HandlerSettings } from '../handlers/support/handler-options.js';
export type { LogOptions } from './call-arguments.js';
export type { CallerInfo } from './caller.js';
export { captureWarnings } from './capture-warnings.js';
export { LoggingError, type LoggingErrorCode } from './errors.js';
export { Filter, Filterer, type FilterFunction, type FilterLike, type FilterOptions, type FilterResult } from './filter.js';
export type { FormatStyle } from './format-style.js';
export { BufferingFormatter } from './buffering-formatter.js';
export { Formatter, type FormatterOptions } from './formatter.js';
export { gmtime, localtime } from './record-clock.js';
export { type FormatterLike, getHandlerByName, getHandlerNames, Handler, type HandlerOptions, isHandler } from './handler.js';
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
export { isLogger, Logger, RootLogger } from './logger.js';
export { type AdapterTarget, LoggerAdapter, type LoggerAdapterOptions } from './logger-adapter.js';
export { disable, getLogger, getLoggerClass, getManager, getRootLogger, Manager, setLoggerClass } from './manager.js';
export type { Fault } from './options.js';
export type { Sanitize } from './sanitize.js';
export { getLogRecordFactory, makeLogRecord, setLogRecordFactory } from './record-factory.js';
export { shutdown } from './shutdown.js';
export type { LoggerClass, LogRecordFactory } from './state.js';
