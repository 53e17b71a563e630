/**
 * Python's logging for NestJS.
 *
 * Everything of `nestjs-logging/core`, and the parts that need Nest. `Logger` is a decorator and a type here; the
 * class of loggers is exported as `LoggerBase`.
 *
 * @packageDocumentation
 */
export * from './core/index.js';
export { Logger as LoggerBase } from './core/logger.js';
export { ComponentOptions } from './nest/component-options.decorator.js';
export { defaultLoggingConfig } from './nest/default-config.js';
export type { HttpLogOptions, PlatformRequest, PlatformResponse } from './nest/http/http-log-options.js';
export { InjectLogger, Logger, type LoggerDecorator } from './nest/logger.decorator.js';
export { LoggingInterceptor } from './nest/logging.interceptor.js';
export { LoggingModule } from './nest/logging.module.js';
export { getFilterToken, getFormatterToken, getHandlerToken, getLoggerToken } from './nest/logging.tokens.js';
export { LoggingExceptionFilter } from './nest/logging-exception.filter.js';
export {
  type LoggingHealth,
  LoggingHealthIndicator,
  type LoggingHealthOptions,
} from './nest/logging-health.indicator.js';
export type {
  LoggingConfigFactory,
  LoggingConfigFunction,
  LoggingFeature,
  LoggingModuleAsyncOptions,
  LoggingModuleOptions,
} from './nest/logging-options.js';
export { LoggingStats } from './nest/logging-stats.provider.js';
export { NestLogger, VERBOSE } from './nest/nest-logger.adapter.js';
export { WithContext } from './nest/with-context.decorator.js';
