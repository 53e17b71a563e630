import { Filter } from '../../../lib/core/filter.js';
import { Formatter, type FormatterOptions } from '../../../lib/core/formatting/formatter.js';
import type { LogRecord } from '../../../lib/core/records/log-record.js';
import type { RealConfiguration } from './real-configuration.js';

const DJANGO = 'from django.conf import settings\nsettings.configure(DEBUG=False, ADMINS=[])\n';

/** Adds the address of the request. */
class RequestFilter extends Filter {
  constructor(readonly options: { readonly request: string }) {
    super();
  }
  override filter(record: LogRecord): boolean {
    record.request = `${this.options.request}#${record.levelno}`;
    return true;
  }
}

/** Dictionaries as web projects and their servers have them. */
export const WEB_CONFIGURATIONS: Readonly<Record<string, RealConfiguration>> = {
  'a Django project with mails to its admins': {
    config: {
      version: 1,
      disable_existing_loggers: false,
      filters: {
        require_debug_false: { '()': 'django.utils.log.RequireDebugFalse' },
        require_debug_true: { '()': 'django.utils.log.RequireDebugTrue' },
      },
      formatters: {
        verbose: { format: '{levelname} {asctime} {module} {process:d} {thread:d} {message}', style: '{' },
        simple: { format: '{levelname} {message}', style: '{' },
      },
      handlers: {
        console: { level: 'INFO', class: 'logging.StreamHandler', formatter: 'simple' },
        debug: {
          level: 'DEBUG',
          class: 'logging.StreamHandler',
          filters: ['require_debug_true'],
          formatter: 'simple',
        },
        live: {
          class: 'logging.FileHandler',
          filename: '{DIR}/live.log',
          filters: ['require_debug_false'],
          formatter: 'verbose',
        },
        mail_admins: {
          level: 'ERROR',
          class: 'django.utils.log.AdminEmailHandler',
          filters: ['require_debug_false'],
        },
      },
      loggers: {
        django: { handlers: ['console', 'debug'], propagate: true },
        'django.request': { handlers: ['mail_admins', 'live'], level: 'ERROR', propagate: false },
        'shop.custom': { handlers: ['console', 'mail_admins'], level: 'INFO' },
      },
    },
    python: DJANGO,
    needs: 'django',
    loggers: ['', 'django', 'django.request', 'django.db.backends', 'shop.custom'],
  },
  'a Django project with callbacks': {
    config: {
      version: 1,
      disable_existing_loggers: false,
      filters: {
        skip_static: { '()': 'django.utils.log.CallbackFilter', callback: 'ext://shop.is_no_static' },
        even: { '()': 'django.utils.log.CallbackFilter', callback: 'ext://shop.is_even' },
      },
      formatters: {
        server: {
          '()': 'django.utils.log.ServerFormatter',
          format: '[{server_time}] {message}',
          style: '{',
        },
      },
      handlers: {
        server: {
          class: 'logging.StreamHandler',
          formatter: 'server',
          filters: ['skip_static', 'even'],
          stream: 'ext://sys.stdout',
        },
      },
      loggers: { 'django.server': { handlers: ['server'], level: 'DEBUG', propagate: false } },
    },
    python: `${DJANGO}
def is_no_static(record): return "static" not in record.name
def is_even(record): return record.levelno % 20 == 0
`,
    shop: {
      external: {
        is_no_static: (record: LogRecord) => !record.name.includes('static'),
        is_even: (record: LogRecord) => record.levelno % 20 === 0,
      },
    },
    needs: 'django',
    extra: { server_time: '21/Nov/2026 10:00:00' },
    loggers: ['django.server', 'django.server.static'],
  },
  'a shop that logs JSON': {
    config: {
      version: 1,
      disable_existing_loggers: false,
      root: { level: 'INFO', handlers: ['default'] },
      formatters: {
        json: {
          '()': 'pythonjsonlogger.json.JsonFormatter',
          format: '%(levelname)s %(name)s %(message)s %(lineno)d',
          rename_fields: { levelname: 'severity' },
          static_fields: { service: 'shop' },
        },
        verbose: { format: '%(levelname)s %(name)s %(message)s [PID:%(process)d:%(threadName)s]' },
      },
      handlers: {
        default: {
          level: 'DEBUG',
          class: 'logging.StreamHandler',
          formatter: 'json',
          stream: 'ext://sys.stdout',
        },
        plain: { level: 'DEBUG', class: 'logging.StreamHandler', formatter: 'verbose' },
        null: { class: 'logging.NullHandler' },
      },
      loggers: {
        shop: { level: 'DEBUG', propagate: true },
        'shop.graphql.errors.handled': { handlers: ['plain'], level: 'INFO', propagate: false },
        graphql: { handlers: ['null'], propagate: false },
      },
    },
    needs: 'pythonjsonlogger',
    extra: { order: 7, total: 2.5, items: ['tea', 'milk'], coupon: null, note: 'é "quoted"' },
    loggers: ['', 'shop.orders', 'shop.graphql.errors.handled', 'graphql.execution'],
  },
  'an inventory with silent defaults': {
    config: {
      version: 1,
      disable_existing_loggers: false,
      formatters: {
        plain: { format: '%(name)s %(levelname)-10s %(message)s', datefmt: '%Y' },
        stamped: { format: '%(asctime)s %(pathname)s:%(lineno)d %(message)s' },
      },
      handlers: {
        null: { class: 'logging.NullHandler' },
        plain: { class: 'logging.StreamHandler', formatter: 'plain' },
        file: {
          class: 'logging.handlers.WatchedFileHandler',
          filename: '{DIR}/inventory.log',
          formatter: 'stamped',
          level: 'WARNING',
        },
      },
      loggers: {
        inventory: { handlers: ['plain', 'file'], level: 'INFO' },
        'inventory.auth.ldap': { handlers: ['null'], level: 'DEBUG', propagate: false },
        'inventory.silent': { handlers: [], level: 'CRITICAL' },
      },
      root: { handlers: ['null'] },
    },
    loggers: ['', 'inventory', 'inventory.auth', 'inventory.auth.ldap', 'inventory.silent', 'other'],
  },
  'a chat server, with filters of its own': {
    config: {
      version: 1,
      disable_existing_loggers: true,
      formatters: { default: { format: '%(asctime)s %(levelname)-4s [%(request)s] %(message)s' } },
      filters: {
        nothing: { '()': 'shop.ReturnNothing' },
        request: { '()': 'shop.RequestFilter', request: 'POST /send' },
        chat: { name: 'chat' },
      },
      handlers: {
        console: {
          level: 'DEBUG',
          class: 'logging.StreamHandler',
          formatter: 'default',
          filters: ['request', 'chat'],
        },
        file: {
          level: 'DEBUG',
          class: 'logging.handlers.WatchedFileHandler',
          formatter: 'default',
          filters: ['request'],
          filename: '{DIR}/server.log',
        },
        silenced: { class: 'logging.StreamHandler', filters: ['nothing'] },
      },
      loggers: {
        '': { level: 'INFO', handlers: ['console', 'file', 'silenced'] },
        'chat.retry': { level: 'CRITICAL' },
        chatty: { propagate: false },
      },
    },
    python: `
class ReturnNothing:
    def filter(self, record): return False
class RequestFilter:
    def __init__(self, request): self.request = request
    def filter(self, record):
        record.request = "%s#%d" % (self.request, record.levelno)
        return True
`,
    shop: { filter: { RequestFilter, ReturnNothing: () => ({ filter: () => false }) } },
    before: ['chat', 'chat.retry.mail', 'left', 'chatty.x'],
    loggers: ['', 'chat', 'chat.retry', 'chat.retry.mail', 'left', 'chatty.x', 'chattier'],
  },
  'a home server, with a buffer in front of its file': {
    config: {
      version: 1,
      formatters: {
        precise: { format: '%(name)s - %(lineno)d - %(levelname)s - %(request)s - %(message)s' },
      },
      filters: { context: { '()': 'shop.RequestFilter', request: '' } },
      handlers: {
        file: {
          class: 'logging.handlers.TimedRotatingFileHandler',
          formatter: 'precise',
          filename: '{DIR}/home.log',
          when: 'midnight',
          backupCount: 3,
          encoding: 'utf8',
        },
        buffer: {
          class: 'logging.handlers.MemoryHandler',
          target: 'file',
          capacity: 5,
          flushLevel: 40,
          filters: ['context'],
        },
      },
      loggers: { 'home.storage.SQL': { level: 'INFO' } },
      root: { level: 'DEBUG', handlers: ['buffer'] },
      disable_existing_loggers: false,
    },
    python: `
class RequestFilter:
    def __init__(self, request): self.request = request
    def filter(self, record):
        record.request = "%s#%d" % (self.request, record.levelno)
        return True
`,
    shop: { filter: { RequestFilter } },
    loggers: ['home.storage.SQL', 'home', ''],
  },
  'an ASGI server': {
    config: {
      version: 1,
      disable_existing_loggers: false,
      formatters: {
        default: {
          '()': 'uvicorn.logging.DefaultFormatter',
          fmt: '%(levelprefix)s %(asctime)s %(name)s %(message)s',
          use_colors: false,
        },
        coloured: {
          '()': 'uvicorn.logging.ColourizedFormatter',
          format: '{levelprefix} {message}',
          style: '{',
          use_colors: true,
        },
      },
      handlers: {
        default: { formatter: 'default', class: 'logging.StreamHandler', stream: 'ext://sys.stderr' },
        coloured: { formatter: 'coloured', class: 'logging.StreamHandler', stream: 'ext://sys.stdout' },
      },
      loggers: {
        uvicorn: { handlers: ['default'], level: 'INFO', propagate: false },
        'uvicorn.error': { level: 'INFO' },
        'uvicorn.access': { handlers: ['coloured'], level: 'INFO', propagate: false },
      },
    },
    needs: 'uvicorn',
    loggers: ['', 'uvicorn', 'uvicorn.error', 'uvicorn.access', 'uvicorn.asgi'],
  },
  'an API beside its server, plain formatters only': {
    config: {
      version: 1,
      disable_existing_loggers: 0,
      formatters: {
        default: { format: '%(asctime)s | %(levelname)-8s | %(name)s:%(funcName)s:%(lineno)d - %(message)s' },
        access: { format: '%(message)s', datefmt: '%H' },
      },
      handlers: {
        default: { formatter: 'default', class: 'logging.StreamHandler', stream: 'ext://sys.stdout' },
        access: {
          formatter: 'access',
          class: 'logging.handlers.RotatingFileHandler',
          filename: '{DIR}/access.log',
          maxBytes: 1048576,
          backupCount: 3,
        },
      },
      loggers: {
        'uvicorn.error': { level: 'INFO', handlers: ['default'], propagate: 1 },
        'uvicorn.access': { level: 'INFO', handlers: ['access'], propagate: 0 },
        app: { level: 10, handlers: ['default'], propagate: 1 },
      },
      root: { level: 30, handlers: ['default'] },
    },
    loggers: ['', 'uvicorn.error', 'uvicorn.access', 'app', 'app.db'],
  },
  'a pre-fork server': {
    config: {
      version: 1,
      disable_existing_loggers: false,
      root: { level: 'INFO', handlers: ['console'] },
      loggers: {
        'gunicorn.error': { level: 'INFO', handlers: ['error_console'], propagate: true },
        'gunicorn.access': { level: 'INFO', handlers: ['console'], propagate: false },
      },
      handlers: {
        console: { class: 'logging.StreamHandler', formatter: 'generic', stream: 'ext://sys.stdout' },
        error_console: { class: 'logging.StreamHandler', formatter: 'generic', stream: 'ext://sys.stderr' },
      },
      formatters: {
        generic: {
          format: '%(asctime)s [%(process)d] [%(levelname)s] %(message)s',
          datefmt: '[%Y-%m-%d %H:%M:%S %z]',
          class: 'logging.Formatter',
        },
      },
    },
    loggers: ['', 'gunicorn', 'gunicorn.error', 'gunicorn.access'],
  },
  'a service with formatters made by functions': {
    config: {
      version: 1,
      formatters: {
        short: { '()': 'shop.make_formatter', prefix: '>> ' },
        classed: { class: 'shop.PrefixFormatter', format: '%(name)s %(message)s' },
      },
      handlers: {
        out: { class: 'logging.StreamHandler', formatter: 'short', stream: 'ext://sys.stdout' },
        err: { class: 'logging.StreamHandler', formatter: 'classed' },
      },
      root: { level: 'NOTSET', handlers: ['out', 'err'] },
    },
    python: `
import logging
class PrefixFormatter(logging.Formatter):
    def formatMessage(self, record):
        return "::" + super().formatMessage(record)
def make_formatter(prefix):
    return logging.Formatter(prefix + "%(levelname)s %(message)s")
`,
    shop: {
      formatter: {
        PrefixFormatter: class extends Formatter {
          override formatMessage(record: LogRecord): string {
            return `::${super.formatMessage(record)}`;
          }
        },
        make_formatter: ({ prefix }: FormatterOptions & { prefix: string }) =>
          new Formatter({ format: `${prefix}%(levelname)s %(message)s` }),
      } as never,
    },
    loggers: ['', 'service'],
  },
  'a microframework, with the level of the root alone': {
    config: {
      version: 1,
      formatters: { default: { format: '[%(asctime)s] %(levelname)s in %(module)s: %(message)s' } },
      handlers: {
        wsgi: { class: 'logging.StreamHandler', stream: 'ext://sys.stderr', formatter: 'default' },
      },
      root: { level: 'INFO', handlers: ['wsgi'] },
    },
    before: ['werkzeug'],
    loggers: ['', 'werkzeug', 'app', 'app.views'],
  },
  'a notebook server, with handlers for one level each': {
    config: {
      version: 1,
      disable_existing_loggers: false,
      formatters: {
        line: { format: '%(levelname).1s %(asctime)s %(name)s] %(message)s', datefmt: '%H:%M:%S' },
      },
      filters: {
        info: { '()': 'shop.OnlyLevel', level: 20 },
        error: { '()': 'shop.OnlyLevel', level: 40 },
      },
      handlers: {
        info: {
          class: 'logging.StreamHandler',
          formatter: 'line',
          filters: ['info'],
          stream: 'ext://sys.stdout',
        },
        error: {
          class: 'logging.FileHandler',
          formatter: 'line',
          filters: ['error'],
          filename: '{DIR}/e.log',
        },
      },
      loggers: { notebook: { level: 'DEBUG', handlers: ['info', 'error'], propagate: 0 } },
    },
    python: `
class OnlyLevel:
    def __init__(self, level): self.level = level
    def filter(self, record): return record.levelno == self.level
`,
    shop: {
      filter: {
        OnlyLevel: ({ level }: { level: number }) => ({
          filter: (record: LogRecord) => record.levelno === level,
        }),
      },
    },
    loggers: ['notebook', 'notebook.kernel', 'traitlets'],
  },
  'a content system, with nothing but loggers': {
    config: {
      version: 1,
      disable_existing_loggers: false,
      handlers: { console: { class: 'logging.StreamHandler', level: 'DEBUG' } },
      loggers: {
        cms: { handlers: ['console'], level: 'WARNING', propagate: false },
        'cms.search': { level: 'INFO' },
        'cms.images': { handlers: ['console'], level: 'ERROR' },
        'cms.images.webp': { propagate: false },
      },
    },
    loggers: ['cms', 'cms.search', 'cms.images', 'cms.images.webp', 'cms.pages.tree'],
  },
  'a proxy, with formats of all three styles': {
    config: {
      version: 1,
      formatters: {
        percent: { format: '%(name)10.6s|%(levelno)-4d|%(message)s|%(processName)s' },
        brace: { format: '{name:>10}|{levelno:#x}|{message!s:.12}|{msecs:03.0f}', style: '{' },
        dollar: { format: '$name|$levelname|$filename:$lineno|${funcName}()', style: '$' },
      },
      handlers: {
        percent: { class: 'logging.StreamHandler', formatter: 'percent', stream: 'ext://sys.stdout' },
        brace: { class: 'logging.StreamHandler', formatter: 'brace', stream: 'ext://sys.stderr' },
        dollar: { class: 'logging.FileHandler', formatter: 'dollar', filename: '{DIR}/proxy.log' },
      },
      root: { level: 12, handlers: ['percent', 'brace', 'dollar'] },
    },
    loggers: ['', 'proxy', 'proxy.upstream.pool'],
  },
};
