import { ContextFilter } from '../context/context.filter.js';
import { Filter } from '../core/filter.js';
import { Formatter } from '../core/formatter.js';
import { CallbackFilter } from '../filters/callback.filter.js';
import { RateLimitFilter } from '../filters/rate-limit.filter.js';
import { RedactionFilter } from '../filters/redaction.filter.js';
import { RequireDebugFalse, RequireDebugTrue } from '../filters/require-debug.filter.js';
import { SamplingFilter } from '../filters/sampling.filter.js';
import { AirflowFormatter } from '../formatters/airflow.formatter.js';
import { AirflowColorFormatter } from '../formatters/airflow-color.formatter.js';
import { CeleryFormatter, CeleryTaskFormatter } from '../formatters/celery.formatter.js';
import { ColorFormatter } from '../formatters/color.formatter.js';
import { ColorlogFormatter } from '../formatters/colorlog.formatter.js';
import { DjangoServerFormatter } from '../formatters/django-server.formatter.js';
import { JsonFormatter } from '../formatters/json.formatter.js';
import { LogfmtFormatter } from '../formatters/logfmt.formatter.js';
import { PythonJsonFormatter } from '../formatters/python-json.formatter.js';
import { UvicornAccessFormatter, UvicornFormatter } from '../formatters/uvicorn.formatter.js';
import { AdminEmailHandler } from '../handlers/admin-email.handler.js';
import { AirflowTaskHandler } from '../handlers/airflow-task.handler.js';
import { BufferingHandler } from '../handlers/buffering.handler.js';
import { DatagramHandler } from '../handlers/datagram.handler.js';
import { FileHandler } from '../handlers/file.handler.js';
import { HTTPHandler } from '../handlers/http.handler.js';
import { MemoryHandler } from '../handlers/memory.handler.js';
import { NullHandler } from '../handlers/null.handler.js';
import { QueueHandler } from '../handlers/queue.handler.js';
import { RedirectStdHandler } from '../handlers/redirect-std.handler.js';
import { RelpHandler } from '../handlers/relp.handler.js';
import { RotatingFileHandler } from '../handlers/rotating-file.handler.js';
import { SMTPHandler } from '../handlers/smtp.handler.js';
import { SocketHandler } from '../handlers/socket.handler.js';
import { StreamHandler } from '../handlers/stream.handler.js';
import { SysLogHandler } from '../handlers/syslog.handler.js';
import { TimedRotatingFileHandler } from '../handlers/timed-rotating-file.handler.js';
import { WatchedFileHandler } from '../handlers/watched-file.handler.js';
import { lazy } from '../internal/lazy.js';
import type { ComponentFactory } from './logging-config.js';

/** The classes that configurations may name without registering them, by kind. */
export interface BuiltinComponents {
  readonly handler: ReadonlyMap<string, ComponentFactory>;
  readonly formatter: ReadonlyMap<string, ComponentFactory>;
  readonly filter: ReadonlyMap<string, ComponentFactory>;
}

/** The handlers by the names that configurations may give them. */
const handlers = () => ({
  StreamHandler,
  'logging.StreamHandler': StreamHandler,
  FileHandler,
  'logging.FileHandler': FileHandler,
  NullHandler,
  'logging.NullHandler': NullHandler,
  WatchedFileHandler,
  'logging.handlers.WatchedFileHandler': WatchedFileHandler,
  RotatingFileHandler,
  'logging.handlers.RotatingFileHandler': RotatingFileHandler,
  TimedRotatingFileHandler,
  'logging.handlers.TimedRotatingFileHandler': TimedRotatingFileHandler,
  BufferingHandler,
  'logging.handlers.BufferingHandler': BufferingHandler,
  MemoryHandler,
  'logging.handlers.MemoryHandler': MemoryHandler,
  QueueHandler,
  'logging.handlers.QueueHandler': QueueHandler,
  SocketHandler,
  'logging.handlers.SocketHandler': SocketHandler,
  DatagramHandler,
  'logging.handlers.DatagramHandler': DatagramHandler,
  SysLogHandler,
  'logging.handlers.SysLogHandler': SysLogHandler,
  RelpHandler,
  HTTPHandler,
  'logging.handlers.HTTPHandler': HTTPHandler,
  SMTPHandler,
  'logging.handlers.SMTPHandler': SMTPHandler,
  AdminEmailHandler,
  'django.utils.log.AdminEmailHandler': AdminEmailHandler,
  RedirectStdHandler,
  'airflow.utils.log.logging_mixin.RedirectStdHandler': RedirectStdHandler,
  'airflow.utils.log.non_caching_file_handler.NonCachingFileHandler': FileHandler,
  'airflow.utils.log.non_caching_file_handler.NonCachingRotatingFileHandler': RotatingFileHandler,
  AirflowTaskHandler,
  'airflow.utils.log.file_task_handler.FileTaskHandler': AirflowTaskHandler,
  'airflow.utils.log.file_processor_handler.FileProcessorHandler': AirflowTaskHandler,
});

/** The formatters. */
const formatters = () => ({
  Formatter,
  'logging.Formatter': Formatter,
  JsonFormatter,
  ColorFormatter,
  LogfmtFormatter,
  PythonJsonFormatter,
  'pythonjsonlogger.json.JsonFormatter': PythonJsonFormatter,
  'pythonjsonlogger.jsonlogger.JsonFormatter': PythonJsonFormatter,
  DjangoServerFormatter,
  'django.utils.log.ServerFormatter': DjangoServerFormatter,
  UvicornFormatter,
  'uvicorn.logging.DefaultFormatter': UvicornFormatter,
  'uvicorn.logging.ColourizedFormatter': UvicornFormatter,
  UvicornAccessFormatter,
  'uvicorn.logging.AccessFormatter': UvicornAccessFormatter,
  CeleryFormatter,
  'celery.utils.log.ColorFormatter': CeleryFormatter,
  CeleryTaskFormatter,
  'celery.app.log.TaskFormatter': CeleryTaskFormatter,
  ColorlogFormatter,
  'colorlog.ColoredFormatter': ColorlogFormatter,
  'colorlog.TTYColoredFormatter': ColorlogFormatter,
  AirflowFormatter,
  'airflow.utils.log.timezone_aware.TimezoneAware': AirflowFormatter,
  AirflowColorFormatter,
  'airflow.utils.log.colored_log.CustomTTYColoredFormatter': AirflowColorFormatter,
});

/** The filters. */
const filters = () => ({
  Filter,
  'logging.Filter': Filter,
  ContextFilter,
  RedactionFilter,
  RateLimitFilter,
  SamplingFilter,
  CallbackFilter,
  'django.utils.log.CallbackFilter': CallbackFilter,
  RequireDebugFalse,
  'django.utils.log.RequireDebugFalse': RequireDebugFalse,
  RequireDebugTrue,
  'django.utils.log.RequireDebugTrue': RequireDebugTrue,
  'airflow.utils.log.secrets_masker.SecretsMasker': RedactionFilter,
  'airflow.sdk.execution_time.secrets_masker.SecretsMasker': RedactionFilter,
});

/** The built-in handlers' classes by name, as types. */
export type BuiltinHandlers = ReturnType<typeof handlers>;
/** The built-in formatters' classes by name, as types. */
export type BuiltinFormatters = ReturnType<typeof formatters>;
/** The built-in filters' classes by name, as types. */
export type BuiltinFilters = ReturnType<typeof filters>;

/** The table of built-in components; the one place that knows every plug-in. */
export const builtinComponents = lazy(
  (): BuiltinComponents => ({
    handler: new Map(Object.entries(handlers())),
    formatter: new Map(Object.entries(formatters())),
    filter: new Map(Object.entries(filters())),
  }),
);
