import { ContextFilter } from '../context/context.filter.js';
import { Filter } from '../core/filter.js';
import { Formatter } from '../core/formatter.js';
import { CallbackFilter } from '../filters/callback.filter.js';
import { RequireDebugFalse, RequireDebugTrue } from '../filters/require-debug.filter.js';
import { ColorFormatter } from '../formatters/color.formatter.js';
import { DjangoServerFormatter } from '../formatters/django-server.formatter.js';
import { JsonFormatter } from '../formatters/json.formatter.js';
import { LogfmtFormatter } from '../formatters/logfmt.formatter.js';
import { PythonJsonFormatter } from '../formatters/python-json.formatter.js';
import { AdminEmailHandler } from '../handlers/admin-email.handler.js';
import { BufferingHandler } from '../handlers/buffering.handler.js';
import { DatagramHandler } from '../handlers/datagram.handler.js';
import { FileHandler } from '../handlers/file.handler.js';
import { HTTPHandler } from '../handlers/http.handler.js';
import { MemoryHandler } from '../handlers/memory.handler.js';
import { NullHandler } from '../handlers/null.handler.js';
import { QueueHandler } from '../handlers/queue.handler.js';
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

/** The table of built-in components; the one place that knows every plug-in. */
export const builtinComponents = lazy(
  (): BuiltinComponents => ({
    handler: names([
      [StreamHandler, 'logging.StreamHandler'],
      [FileHandler, 'logging.FileHandler'],
      [NullHandler, 'logging.NullHandler'],
      [WatchedFileHandler, 'logging.handlers.WatchedFileHandler'],
      [RotatingFileHandler, 'logging.handlers.RotatingFileHandler'],
      [TimedRotatingFileHandler, 'logging.handlers.TimedRotatingFileHandler'],
      [BufferingHandler, 'logging.handlers.BufferingHandler'],
      [MemoryHandler, 'logging.handlers.MemoryHandler'],
      [QueueHandler, 'logging.handlers.QueueHandler'],
      [SocketHandler, 'logging.handlers.SocketHandler'],
      [DatagramHandler, 'logging.handlers.DatagramHandler'],
      [SysLogHandler, 'logging.handlers.SysLogHandler'],
      [HTTPHandler, 'logging.handlers.HTTPHandler'],
      [SMTPHandler, 'logging.handlers.SMTPHandler'],
      [AdminEmailHandler, 'django.utils.log.AdminEmailHandler'],
    ]),
    formatter: names([
      [Formatter, 'logging.Formatter'],
      [JsonFormatter],
      [ColorFormatter],
      [LogfmtFormatter],
      [
        PythonJsonFormatter,
        'pythonjsonlogger.json.JsonFormatter',
        'pythonjsonlogger.jsonlogger.JsonFormatter',
      ],
      [DjangoServerFormatter, 'django.utils.log.ServerFormatter'],
    ]),
    filter: names([
      [Filter, 'logging.Filter'],
      [ContextFilter],
      [CallbackFilter, 'django.utils.log.CallbackFilter'],
      [RequireDebugFalse, 'django.utils.log.RequireDebugFalse'],
      [RequireDebugTrue, 'django.utils.log.RequireDebugTrue'],
    ]),
  }),
);

/** Each class under its own name and under those that Python projects know it by. */
function names(
  rows: readonly [type: ComponentFactory, ...aliases: string[]][],
): ReadonlyMap<string, ComponentFactory> {
  return new Map(
    rows.flatMap(([type, ...aliases]) => [type.name, ...aliases].map((name) => [name, type] as const)),
  );
}
