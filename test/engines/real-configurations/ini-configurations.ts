import { Formatter } from '../../../lib/core/formatting/formatter.js';
import type { LogRecord } from '../../../lib/core/records/log-record.js';
import type { RealConfiguration } from './real-configuration.js';

/** Formats its records in capitals. */
class LoudFormatter extends Formatter {
  override format(record: LogRecord): string {
    return super.format(record).toUpperCase();
  }
}

/** INI files as projects ship them, for `fileConfig`. */
export const INI_CONFIGURATIONS: Readonly<Record<string, RealConfiguration>> = {
  'a database migration tool': {
    config: `
[loggers]
keys = root,engine,migrations

[handlers]
keys = console

[formatters]
keys = generic

[logger_root]
level = WARN
handlers = console
qualname =

[logger_engine]
level = WARN
handlers =
qualname = sqlalchemy.engine

[logger_migrations]
level = INFO
handlers =
qualname = alembic

[handler_console]
class = StreamHandler
args = (sys.stderr,)
level = NOTSET
formatter = generic

[formatter_generic]
format = %(levelname)-5.5s [%(name)s] %(asctime)s %(message)s
datefmt = %H:%M:%S
`,
    loggers: ['', 'sqlalchemy.engine', 'sqlalchemy.engine.base', 'alembic.runtime', 'sqlalchemy.pool'],
  },
  'a web framework, with rotation in the folder of the file': {
    config: `
[DEFAULT]
logs = %(here)s

[loggers]
keys = root, shop, sql

[handlers]
keys = console, rotated

[formatters]
keys = generic, brief

[logger_root]
level = INFO
handlers = console

[logger_shop]
level = DEBUG
handlers = rotated
qualname = shop
propagate = 0

[logger_sql]
level = ERROR
handlers = console, rotated
qualname = sqlalchemy
propagate = 1

[handler_console]
class = StreamHandler
args = (sys.stdout,)
level = NOTSET
formatter = brief

[handler_rotated]
class = handlers.RotatingFileHandler
args = ('%(logs)s/shop.log', 'a', 20000000, 9)
formatter = generic
level = INFO

[formatter_generic]
format = %(asctime)s,%(msecs)03d %(levelname)-5.5s [%(name)s:%(lineno)s][%(threadName)s] %(message)s

[formatter_brief]
format = %(levelname)s %(message)s
`,
    defaults: { here: '{DIR}' },
    loggers: ['', 'shop', 'shop.views', 'sqlalchemy', 'other'],
  },
  'a cloud service, with handlers nobody uses': {
    config: `
[loggers]
keys = root, compute, amqp, lib_sql

[handlers]
keys = stderr, stdout, watchedfile, syslog, null

[formatters]
keys = context, default

[logger_root]
level = WARNING
handlers = null

[logger_compute]
level = INFO
handlers = stderr, watchedfile
qualname = compute

[logger_amqp]
level = WARNING
handlers = stderr
qualname = amqp

[logger_lib_sql]
level = WARNING
handlers = stdout
qualname = sqlalchemy
# "INFO" logs the statements.

[handler_stderr]
class = StreamHandler
args = (sys.stderr,)
formatter = context

[handler_stdout]
class = StreamHandler
args = (sys.stdout,)
formatter = context

[handler_watchedfile]
class = handlers.WatchedFileHandler
args = ('{DIR}/compute.log',)
formatter = context

[handler_syslog]
class = handlers.SysLogHandler
args = (('127.0.0.1', 9), handlers.SysLogHandler.LOG_USER)
formatter = context

[handler_null]
class = logging.NullHandler
formatter = default
args = ()

[formatter_context]
format = %(asctime)s.%(msecs)03d %(process)d %(levelname)s %(name)s [%(request_id)s] %(message)s
datefmt = %Y-%m-%d %H:%M:%S

[formatter_default]
format = %(message)s
`,
    extra: { request_id: 'req-7' },
    loggers: ['', 'compute', 'compute.api', 'amqp', 'sqlalchemy.orm', 'other'],
  },
  'an application server, with one file a logger': {
    config: `
[loggers]
keys=root, server.error, server.access

[handlers]
keys=console, error_file, access_file

[formatters]
keys=generic, access

[logger_root]
level=INFO
handlers=console

[logger_server.error]
level=INFO
handlers=error_file
propagate=1
qualname=server.error

[logger_server.access]
level=INFO
handlers=access_file
propagate=0
qualname=server.access

[handler_console]
class=StreamHandler
formatter=generic
args=(sys.stdout, )

[handler_error_file]
class=logging.FileHandler
formatter=generic
args=('{DIR}/error.log',)

[handler_access_file]
class=logging.FileHandler
formatter=access
args=('{DIR}/access.log', 'w', 'utf-8')

[formatter_generic]
format=%(asctime)s [%(process)d] [%(levelname)s] %(message)s
datefmt=[%Y-%m-%d %H:%M:%S %z]
class=logging.Formatter

[formatter_access]
format=%(message)s
class=logging.Formatter
`,
    loggers: ['', 'server', 'server.error', 'server.access'],
  },
  'a daily file with arguments by name': {
    config: `
[loggers]
keys=root

[handlers]
keys=daily

[formatters]
keys=braces

[logger_root]
level=NOTSET
handlers=daily

[handler_daily]
class=logging.handlers.TimedRotatingFileHandler
level=INFO
formatter=braces
args=('{DIR}/daily.log',)
kwargs={'when': 'midnight', 'backupCount': 7, 'encoding': 'utf-8', 'delay': True}

[formatter_braces]
format={asctime} {levelname:<8} {name:>12} {message}
datefmt=%d.%m.%y
style={
`,
    loggers: ['', 'jobs', 'jobs.mail'],
  },
  'a formatter of its own': {
    config: `
[loggers]
keys=root

[handlers]
keys=hand

[formatters]
keys=form

[logger_root]
level=NOTSET
handlers=hand

[handler_hand]
class=StreamHandler
level=15
formatter=form
args=(sys.stdout,)

[formatter_form]
class=shop.LoudFormatter
format=%(levelname)s:%(name)s:%(message)s
datefmt=
`,
    python: `
import logging
class LoudFormatter(logging.Formatter):
    def format(self, record):
        return super().format(record).upper()
`,
    shop: { formatter: { LoudFormatter } },
    loggers: ['', 'parser'],
  },
  'a level that is a number, which neither takes': {
    config: `
[loggers]
keys=root
[handlers]
keys=hand
[formatters]
keys=
[logger_root]
level=25
handlers=hand
[handler_hand]
class=StreamHandler
args=(sys.stdout,)
`,
    loggers: [''],
  },
  'a buffer in front of a screen': {
    config: `
[loggers]
keys=root,orders

[handlers]
keys=buffer,screen,mail

[formatters]
keys=dollar

[logger_root]
level=INFO
handlers=screen

[logger_orders]
level=DEBUG
qualname=orders
handlers=buffer
propagate=0

[handler_screen]
class=StreamHandler
level=NOTSET
formatter=dollar
args=(sys.stdout,)

[handler_buffer]
class=handlers.MemoryHandler
level=NOTSET
args=(4, ERROR)
target=screen

[handler_mail]
class=handlers.SMTPHandler
level=CRITICAL
args=('localhost', 'from@example.com', ['ada@example.com', 'bob@example.com'], 'Logger Subject')

[formatter_dollar]
format=$levelname/\${name}: $message $$
style=$
`,
    loggers: ['orders', 'orders.paid', ''],
  },
  'a bot, with loggers that exist before': {
    config: `
[loggers]
keys=root,bot

[handlers]
keys=screen,errors

[formatters]
keys=line

[logger_root]
level=ERROR
handlers=screen,errors

[logger_bot]
level=DEBUG
qualname=bot
handlers=

[handler_screen]
class=StreamHandler
level=NOTSET
args=()
formatter=line

[handler_errors]
class=FileHandler
level=ERROR
args=('{DIR}/errors.log', 'a')
formatter=line

[formatter_line]
format=[%(levelname)1.1s] %(name)s(%(funcName)s): %(message)s
`,
    before: ['bot', 'bot.commands', 'old', 'old.part'],
    loggers: ['', 'bot', 'bot.commands', 'old', 'old.part', 'new'],
  },
};
