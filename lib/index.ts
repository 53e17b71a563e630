/**
 * Python's logging for NestJS.
 *
 * Everything of `nestjs-logging/core`, and the parts that need Nest. `Logger` is a decorator and a type here; the
 * class of loggers is exported as `LoggerBase`.
 *
 * @packageDocumentation
 */

export { VERBOSE } from './core/levels.js';
export { Logger as LoggerBase } from './core/loggers/logger.js';
export * from './core.js';
export { ComponentOptions } from './nest/components/component-options.decorator.js';
export { defaultLoggingConfig } from './nest/module/default-config.js';
export { InjectLogger, Logger, type LoggerDecorator } from './nest/module/logger.decorator.js';
export { LoggingInterceptor } from './nest/module/logging.interceptor.js';
export { LoggingModule } from './nest/module/logging.module.js';
export {
  getFilterToken,
  getFormatterToken,
  getHandlerToken,
  getLoggerToken,
} from './nest/module/logging.tokens.js';
export { LoggingExceptionFilter } from './nest/module/logging-exception.filter.js';
export {
  type LoggingHealth,
  LoggingHealthIndicator,
  type LoggingHealthOptions,
} from './nest/module/logging-health.indicator.js';
export type {
  LoggingConfigFactory,
  LoggingConfigFunction,
  LoggingFeature,
  LoggingModuleAsyncOptions,
  LoggingModuleOptions,
  ProvidedLogging,
  ProvidedOption,
} from './nest/module/logging-options.js';
export { LoggingStats } from './nest/module/logging-stats.provider.js';
export { WithContext } from './nest/module/with-context.decorator.js';
export { NestLogger } from './nest/nest-logger/nest-logger.adapter.js';
export type { HttpLogOptions, PlatformRequest, PlatformResponse } from './nest/requests/http-log-options.js';
export type {
  RequestIdFunction,
  RequestIdOption,
  RequestIdOptions,
} from './nest/requests/request-id-options.js';
