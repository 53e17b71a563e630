import type { LogRecord } from '../../../lib/core/records/log-record.js';
import { StreamHandler } from '../../../lib/handlers/console/stream.handler.js';
import type { RealConfiguration } from './real-configuration.js';

const maskSecrets = `
import re
class SecretsMasker:
    def filter(self, record):
        record.msg = re.sub("at", "**", record.msg)
        return True
`;
const SecretsMasker = () => ({
  filter(record: LogRecord): boolean {
    record.msg = String(record.msg).replaceAll('at', '**');
    return true;
  },
});

/** Dictionaries of schedulers, workers and libraries, and those that use all there is. */
export const JOB_CONFIGURATIONS: Readonly<Record<string, RealConfiguration>> = {
  'a scheduler that masks secrets': {
    config: {
      version: 1,
      disable_existing_loggers: false,
      formatters: {
        line: {
          format: '[%(asctime)s] {%(filename)s:%(lineno)d} %(levelname)s - %(message)s',
          class: 'logging.Formatter',
        },
        processor: {
          format:
            '[%(asctime)s] [SOURCE:DAG_PROCESSOR] {%(filename)s:%(lineno)d} %(levelname)s - %(message)s',
        },
      },
      filters: { mask: { '()': 'shop.SecretsMasker' } },
      handlers: {
        console: {
          class: 'logging.StreamHandler',
          formatter: 'line',
          stream: 'ext://sys.stdout',
          filters: ['mask'],
        },
        task: {
          class: 'logging.FileHandler',
          formatter: 'line',
          filename: '{DIR}/task.log',
          filters: ['mask'],
        },
        processor: {
          class: 'logging.handlers.RotatingFileHandler',
          formatter: 'processor',
          filename: '{DIR}/processor.log',
          mode: 'a',
          maxBytes: 104857600,
          backupCount: 5,
        },
      },
      loggers: {
        'airflow.task': { handlers: ['task'], level: 'INFO', propagate: true, filters: ['mask'] },
        'airflow.processor': { handlers: ['processor', 'console'], level: 'INFO', propagate: false },
        flask_appbuilder: { handlers: ['console'], level: 'WARNING', propagate: true },
      },
      root: { handlers: ['console'], level: 'INFO', filters: ['mask'] },
    },
    python: maskSecrets,
    shop: { filter: { SecretsMasker } },
    loggers: ['', 'airflow.task', 'airflow.task.operators', 'airflow.processor', 'flask_appbuilder'],
  },
  "a scheduler, with its package's formatter": {
    config: {
      version: 1,
      formatters: {
        airflow: {
          format: '[%(asctime)s] {%(filename)s:%(lineno)d} %(levelname)s - %(message)s',
          class: 'airflow.utils.log.timezone_aware.TimezoneAware',
        },
      },
      handlers: { console: { class: 'logging.StreamHandler', formatter: 'airflow' } },
      root: { level: 'INFO', handlers: ['console'] },
    },
    needs: 'airflow',
    loggers: ['', 'airflow.task'],
  },
  'a task queue': {
    config: {
      version: 1,
      disable_existing_loggers: false,
      formatters: {
        worker: {
          '()': 'celery.utils.log.ColorFormatter',
          fmt: '[%(asctime)s: %(levelname)s/%(processName)s] %(message)s',
          use_color: false,
        },
        task: {
          '()': 'celery.app.log.TaskFormatter',
          fmt: '[%(levelname)s/%(processName)s] %(task_name)s[%(task_id)s]: %(message)s',
          use_color: false,
        },
      },
      handlers: {
        worker: { class: 'logging.StreamHandler', formatter: 'worker' },
        task: { class: 'logging.StreamHandler', formatter: 'task', stream: 'ext://sys.stdout' },
      },
      loggers: {
        celery: { handlers: ['worker'], level: 'INFO', propagate: false },
        'celery.task': { handlers: ['task'], level: 'DEBUG', propagate: false },
      },
      root: { handlers: ['worker'], level: 'INFO' },
    },
    needs: 'celery',
    loggers: ['', 'celery', 'celery.worker', 'celery.task', 'celery.task.mail'],
  },
  'a workflow engine, with levels from its settings': {
    config: {
      version: 1,
      disable_existing_loggers: false,
      levels: { flows: 'INFO', server: 'WARNING' },
      formatters: {
        standard: {
          format: '%(asctime)s.%(msecs)03d | %(levelname)-7s | %(name)s - %(message)s',
          datefmt: '%H:%M:%S',
        },
        flow_runs: {
          format: "%(asctime)s.%(msecs)03d | %(levelname)-7s | Flow run '%(flow_run_name)s' - %(message)s",
          datefmt: '%H:%M:%S',
        },
        json: { format: '{"level": "%(levelname)s", "message": "%(message)s"}' },
      },
      handlers: {
        console: { level: 0, class: 'logging.StreamHandler', formatter: 'standard' },
        console_flow_runs: {
          level: 0,
          class: 'logging.StreamHandler',
          formatter: 'flow_runs',
          stream: 'ext://sys.stdout',
        },
        debug: { level: 0, class: 'logging.StreamHandler', formatter: 'json' },
      },
      loggers: {
        engine: { level: 'cfg://levels.server', handlers: ['console'], propagate: false },
        'engine.flow_runs': { level: 'NOTSET', handlers: ['console_flow_runs'] },
        'engine.task_runs': { level: 'NOTSET', handlers: ['debug'] },
        'engine.server': { level: 'cfg://levels.server' },
        'engine.flows': { level: 'cfg://levels.flows' },
      },
    },
    extra: { flow_run_name: 'brave-otter' },
    loggers: ['engine', 'engine.flow_runs', 'engine.task_runs', 'engine.server', 'engine.flows', ''],
  },
  'references into references': {
    config: {
      version: 1,
      paths: {
        folder: '{DIR}',
        files: ['{DIR}/first.log', '{DIR}/second.log'],
        byKind: { audit: 'cfg://paths.files[1]' },
      },
      formats: { line: '%(levelname)s|%(name)s|%(message)s', dates: { iso: '%Y-%m-%dT%H:%M:%S' } },
      sets: { usual: ['first', 'audit'], quiet: ['first'] },
      levels: { shop: 'INFO' },
      formatters: { line: { format: 'cfg://formats.line', datefmt: 'cfg://formats.dates.iso' } },
      handlers: {
        first: { class: 'logging.FileHandler', filename: 'cfg://paths.files[0]', formatter: 'line' },
        audit: {
          class: 'logging.FileHandler',
          filename: 'cfg://paths.byKind.audit',
          formatter: 'line',
          level: 'WARNING',
        },
      },
      loggers: { shop: { level: 'cfg://levels[shop]', handlers: 'cfg://sets.usual' } },
      root: { level: 'DEBUG', handlers: 'cfg://sets.quiet' },
    },
    loggers: ['', 'shop', 'shop.cart'],
  },
  'a reference to a handler section': {
    config: {
      version: 1,
      formatters: { line: { format: '%(levelname)s %(message)s' } },
      templates: { file: { class: 'logging.FileHandler', filename: '{DIR}/from-template.log' } },
      handlers: {
        file: 'cfg://templates.file',
        memory: {
          class: 'logging.handlers.MemoryHandler',
          capacity: 3,
          flushLevel: 40,
          target: 'file',
        },
      },
      root: { level: 'INFO', handlers: ['memory'] },
    },
    loggers: ['', 'x'],
  },
  'ext:// of all kinds': {
    config: {
      version: 1,
      formatters: {
        made: { '()': 'ext://shop.make', template: 'ext://shop.TEMPLATE' },
        line: { format: 'ext://shop.TEMPLATE' },
      },
      filters: { odd: { '()': 'ext://shop.Odd', digits: 'ext://shop.DIGITS' } },
      handlers: {
        out: { class: 'logging.StreamHandler', stream: 'ext://sys.stdout', formatter: 'made' },
        err: {
          class: 'logging.StreamHandler',
          stream: 'ext://sys.stderr',
          formatter: 'line',
          level: 'ext://logging.WARNING',
          filters: ['odd'],
        },
        old: {
          class: 'logging.StreamHandler',
          stream: 'ext://sys.__stdout__',
          level: 'ext://logging.CRITICAL',
        },
      },
      loggers: { shop: { level: 'ext://logging.ERROR' } },
      root: { level: 'ext://logging.DEBUG', handlers: ['out', 'err', 'old'] },
    },
    python: `
import logging
TEMPLATE = "%(name)s=%(levelno)d %(message)s"
DIGITS = [1, 3, 5]
def make(template): return logging.Formatter("made " + template)
class Odd:
    def __init__(self, digits): self.digits = digits
    def filter(self, record): return record.levelno // 10 in self.digits
`,
    shop: {
      external: {
        TEMPLATE: '%(name)s=%(levelno)d %(message)s',
        DIGITS: [1, 3, 5],
        make: ({ template }: { template: string }) => ({
          format: (record: LogRecord) =>
            `made ${record.name}=${record.levelno} ${template === '' ? '' : record.getMessage()}`,
        }),
        Odd: ({ digits }: { digits: number[] }) => ({
          filter: (record: LogRecord) => digits.includes(Math.floor(record.levelno / 10)),
        }),
      },
    },
    loggers: ['', 'shop', 'other'],
  },
  'handlers made by functions, with properties': {
    config: {
      version: 1,
      formatters: { line: { format: '%(message)s' } },
      handlers: {
        made: {
          '()': 'shop.make_handler',
          stream: 'ext://sys.stdout',
          level: 'INFO',
          formatter: 'line',
          '.': { terminator: '!\n' },
        },
        classed: {
          class: 'shop.BracketHandler',
          stream: 'ext://sys.stdout',
          formatter: 'line',
          '.': { terminator: ']\n', colour: 'red' },
        },
      },
      root: { level: 'NOTSET', handlers: ['made', 'classed'] },
    },
    python: `
import logging
class BracketHandler(logging.StreamHandler):
    def format(self, record): return "[" + super().format(record)
def make_handler(stream): return logging.StreamHandler(stream)
`,
    shop: {
      handler: {
        BracketHandler: class extends StreamHandler {
          override format(record: LogRecord): string {
            return `[${super.format(record)}`;
          }
        },
        make_handler: (({ stream }: { stream: NodeJS.WritableStream }) =>
          new StreamHandler({ stream })) as never,
      },
    },
    loggers: ['', 'a.b'],
  },
  'a bus client, with network handlers nobody uses': {
    config: {
      version: 1,
      formatters: { line: { format: '%(levelname)s %(name)s %(message)s' } },
      handlers: {
        out: { class: 'logging.StreamHandler', formatter: 'line', stream: 'ext://sys.stdout' },
        syslog: { class: 'logging.handlers.SysLogHandler', address: ['127.0.0.1', 9], facility: 'local3' },
        socket: { class: 'logging.handlers.SocketHandler', host: '127.0.0.1', port: 9 },
        datagram: { class: 'logging.handlers.DatagramHandler', host: '127.0.0.1', port: 9 },
        web: {
          class: 'logging.handlers.HTTPHandler',
          host: '127.0.0.1:9',
          url: '/log',
          method: 'POST',
          level: 60,
        },
        mail: {
          class: 'logging.handlers.SMTPHandler',
          mailhost: ['127.0.0.1', 9],
          fromaddr: 'bus@example.com',
          toaddrs: ['ada@example.com'],
          subject: 'bus',
          level: 60,
        },
      },
      loggers: { bus: { handlers: ['web', 'mail'], level: 'INFO' } },
      root: { level: 'WARNING', handlers: ['out'] },
    },
    loggers: ['', 'bus', 'bus.consumer'],
  },
  'a crawler, with filters on loggers': {
    config: {
      version: 1,
      disable_existing_loggers: false,
      formatters: {
        dollar: { format: '$asctime $levelname ${name} $$ $message', style: '$', datefmt: '%H.%M' },
        odd: { format: '%(levelname)s %(message)', validate: false },
      },
      filters: { spiders: { name: 'crawler.spiders' }, all: { name: '' } },
      handlers: {
        out: {
          class: 'logging.StreamHandler',
          formatter: 'dollar',
          stream: 'ext://sys.stdout',
          filters: ['all'],
        },
      },
      loggers: {
        crawler: { level: 'INFO', filters: ['spiders'] },
        'crawler.spiders': { level: 'DEBUG', filters: ['spiders', 'all'] },
        'crawler.spidersman': { filters: ['spiders'], level: 'NOTSET' },
      },
      root: { level: 'WARN', handlers: ['out'] },
    },
    loggers: ['', 'crawler', 'crawler.spiders', 'crawler.spiders.shop', 'crawler.spidersman'],
  },
  'a game, whose files share their handlers': {
    config: {
      version: 1,
      formatters: {
        tabs: { format: '%(levelno)s\t%(name)-8.4s\t%(message)s\t%(threadName)s' },
        numbers: { format: '%(msecs)08.3f %(relativeCreated)+d %(created)f %(lineno)05d %(message)s' },
      },
      handlers: {
        shared: {
          class: 'logging.FileHandler',
          filename: '{DIR}/game.log',
          mode: 'w',
          formatter: 'tabs',
          delay: true,
        },
        sized: {
          class: 'logging.handlers.RotatingFileHandler',
          filename: '{DIR}/sized.log',
          formatter: 'numbers',
          maxBytes: 400,
          backupCount: 2,
        },
      },
      loggers: {
        'game.world': { level: 'DEBUG', handlers: ['shared', 'sized'], propagate: false },
        'game.players': { level: 'ERROR', handlers: ['shared'] },
      },
      root: { level: 'ERROR', handlers: ['sized'] },
    },
    loggers: ['', 'game.world', 'game.players', 'game.world.sea'],
  },
  'levels of its own': {
    config: {
      version: 1,
      formatters: { line: { format: '%(levelname)-8s%(levelno)3d %(message)s' } },
      handlers: {
        out: {
          class: 'logging.StreamHandler',
          formatter: 'line',
          stream: 'ext://sys.stdout',
          level: 'TRACE',
        },
      },
      loggers: { loud: { level: 'NOTICE' }, louder: { level: 'WARN' }, numbered: { level: 15 } },
      root: { level: 'TRACE', handlers: ['out'] },
    },
    levels: { TRACE: 5, NOTICE: 25 },
    loggers: ['', 'loud', 'louder', 'numbered', 'numbered.x'],
  },
  'levels changed by an incremental one': {
    config: {
      version: 1,
      formatters: { line: { format: '%(name)s %(levelname)s %(message)s' } },
      handlers: {
        out: {
          class: 'logging.StreamHandler',
          formatter: 'line',
          stream: 'ext://sys.stdout',
          level: 'DEBUG',
        },
        err: { class: 'logging.StreamHandler', formatter: 'line', level: 'CRITICAL' },
      },
      loggers: { jobs: { level: 'ERROR', handlers: ['err'], propagate: true } },
      root: { level: 'WARNING', handlers: ['out'] },
    },
    second: {
      version: 1,
      incremental: true,
      handlers: { out: { level: 'INFO' }, err: { level: 'ERROR' } },
      loggers: { jobs: { level: 'DEBUG', propagate: false }, unnamed: { level: 'DEBUG' } },
      root: { level: 'INFO' },
    },
    loggers: ['', 'jobs', 'unnamed'],
  },
  'one after another, with loggers left behind': {
    config: {
      version: 1,
      handlers: { out: { class: 'logging.StreamHandler', stream: 'ext://sys.stdout' } },
      loggers: { first: { level: 'DEBUG', handlers: ['out'], propagate: false }, 'first.part': {} },
      root: { level: 'ERROR', handlers: ['out'] },
    },
    second: {
      version: 1,
      handlers: { err: { class: 'logging.StreamHandler', stream: 'ext://sys.stderr' } },
      loggers: { second: { level: 'INFO' }, first: {} },
      root: { handlers: ['err'] },
    },
    before: ['zero'],
    loggers: ['', 'zero', 'first', 'first.part', 'second', 'third'],
  },
  'a queue in front of two handlers': {
    config: {
      version: 1,
      formatters: { line: { format: '%(name)s %(levelname)s %(message)s' } },
      handlers: {
        out: { class: 'logging.StreamHandler', formatter: 'line', stream: 'ext://sys.stdout' },
        file: {
          class: 'logging.FileHandler',
          formatter: 'line',
          filename: '{DIR}/queued.log',
          level: 'ERROR',
        },
        queue: {
          class: 'logging.handlers.QueueHandler',
          handlers: ['out', 'file'],
          respect_handler_level: true,
        },
      },
      root: { level: 'INFO', handlers: ['queue'] },
    },
    since: 12,
    loggers: ['', 'queued'],
  },
  'defaults for fields that a call may leave out': {
    config: {
      version: 1,
      formatters: {
        line: {
          format: '{levelname} {user} {tenant} {message}',
          style: '{',
          defaults: { user: 'nobody', tenant: 'none' },
        },
      },
      handlers: { out: { class: 'logging.StreamHandler', formatter: 'line', stream: 'ext://sys.stdout' } },
      root: { level: 'INFO', handlers: ['out'] },
    },
    since: 12,
    extra: { user: 'ada' },
    loggers: ['', 'accounts'],
  },
};
