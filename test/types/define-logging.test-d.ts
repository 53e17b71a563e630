/** What `defineLogging` accepts and refuses; the compiler is the test. */
import {
  defineLogging,
  FileHandler,
  type FileHandlerOptions,
  Filter,
  Handler,
  type HandlerOptions,
  type LoggingConfig,
} from 'nestjs-logging/core';

interface AuditOptions extends HandlerOptions {
  url: string;
  retries?: number;
  /** Where records go that cannot be sent. */
  fallback?: Handler;
  onError?: (error: unknown) => void;
}

class AuditHandler extends Handler {
  constructor(readonly options: AuditOptions) {
    super(options);
  }
  emit(): void {}
}

class Mailer {
  send(): void {}
}

class InjectedHandler extends Handler {
  constructor(readonly mailer: Mailer) {
    super();
  }
  emit(): void {}
}

class TaggedFileHandler extends FileHandler {
  constructor(options: FileHandlerOptions & { tag: string }) {
    super(options);
  }
}

class PlainHandler extends Handler {
  emit(): void {}
}

declare module 'nestjs-logging/core' {
  interface RegisteredHandlers {
    'acme.Audit': typeof AuditHandler;
  }
  interface RegisteredLevels {
    TRACE: 5;
  }
}

const MAILER = Symbol('mailer');
const makeHandler = (options: { topic: string }): Handler => new AuditHandler({ url: options.topic });

// Everything that is right.
const whole: LoggingConfig = defineLogging({
  version: 1,
  disable_existing_loggers: false,
  formatters: {
    bare: {},
    verbose: { format: '%(message)s', datefmt: '%H:%M', style: '%', validate: true },
    json: { class: 'JsonFormatter', static_fields: { service: 'shop' } },
    server: { '()': 'django.utils.log.ServerFormatter', format: '[{server_time}] {message}', style: '{' },
  },
  filters: {
    shop: { name: 'shop' },
    own: { '()': Filter, name: 'shop' },
    production: { '()': 'RequireDebugFalse' },
    check: { '()': 'CallbackFilter', callback: 'ext://shop.check' },
  },
  handlers: {
    console: {
      class: 'logging.StreamHandler',
      stream: 'ext://sys.stdout',
      level: 'TRACE',
      formatter: 'verbose',
    },
    file: { class: 'logging.handlers.RotatingFileHandler', filename: 'a.log', maxBytes: 1, backupCount: 5 },
    memory: { class: 'MemoryHandler', capacity: 100, target: 'file', flushLevel: 'ERROR' },
    queue: {
      class: 'logging.handlers.QueueHandler',
      handlers: ['file', 'console'],
      respect_handler_level: true,
    },
    mail: { class: 'SMTPHandler', mailhost: ['mail', 587], fromaddr: 'a@b', toaddrs: ['c@d'], subject: 'x' },
    audit: { class: AuditHandler, url: 'https://audit', fallback: 'file', filters: ['shop', () => true] },
    named: { class: 'acme.Audit', url: 'cfg://handlers.audit.url', level: 25 },
    injected: { class: InjectedHandler, level: 'WARNING', anything: 1 },
    token: { class: MAILER, anything: 1 },
    tagged: { class: TaggedFileHandler, filename: 'b.log', tag: 'x' },
    made: { '()': makeHandler, topic: 'orders', '.': { terminator: '' } },
    plain: { class: PlainHandler, formatter: null },
  },
  groups: { web: ['nest.server', 'nest.request'] },
  loggers: {
    'shop.orders': { level: 'DEBUG', handlers: ['file', 'audit'], propagate: false, filters: ['production'] },
    web: { level: 'WARNING' },
  },
  root: { level: 'INFO', handlers: ['console'] },
});
void whole;

defineLogging({ version: 1 });
defineLogging({ version: 1, incremental: true, root: { level: 10 } });

// Names that are not defined.
defineLogging({
  version: 1,
  formatters: { verbose: {} },
  filters: { shop: {} },
  handlers: {
    console: {
      class: 'StreamHandler',
      // @ts-expect-error no formatter "verbos"
      formatter: 'verbos',
      // @ts-expect-error no filter "shopp"
      filters: ['shop', 'shopp'],
    },
    memory: {
      class: 'logging.handlers.MemoryHandler',
      capacity: 10,
      // @ts-expect-error no handler "consol"
      target: 'consol',
    },
    queue: {
      class: 'logging.handlers.QueueHandler',
      // @ts-expect-error no handler "consol"
      handlers: ['consol'],
    },
    audit: {
      class: AuditHandler,
      url: 'https://audit',
      // @ts-expect-error no handler "consol"
      fallback: 'consol',
    },
  },
  loggers: {
    shop: {
      handlers: [
        'console',
        // @ts-expect-error no handler "fil"
        'fil',
      ],
      // @ts-expect-error no filter "shopp"
      filters: ['shopp'],
    },
  },
  root: {
    // @ts-expect-error no handler "fil"
    handlers: ['fil'],
  },
});

defineLogging({
  version: 1,
  handlers: {
    console: {
      class: 'StreamHandler',
      // @ts-expect-error there is no formatter at all
      formatter: 'verbose',
    },
  },
});

defineLogging({
  version: 1,
  root: {
    // @ts-expect-error there is no handler at all
    handlers: ['console'],
  },
});

// Classes that are not known, and options that a class does not have.
defineLogging({
  version: 1,
  formatters: {
    json: {
      class: 'JsonFormatter',
      // @ts-expect-error another formatter's
      style: '%',
    },
    verbose: {
      // @ts-expect-error not a style
      style: '#',
    },
    unknown: {
      // @ts-expect-error no such class
      class: 'JsonFormater',
    },
  },
  filters: {
    shop: {
      // @ts-expect-error not a text
      name: 3,
    },
    check: {
      '()': 'CallbackFilter',
      // @ts-expect-error not a function
      callback: 'check',
    },
  },
  handlers: {
    unknown: {
      // @ts-expect-error no such class
      class: 'logging.FilHandler',
    },
    // @ts-expect-error no class
    none: { level: 'INFO' },
    // @ts-expect-error no filename
    file: { class: 'logging.FileHandler' },
    rotating: {
      class: 'logging.handlers.RotatingFileHandler',
      filename: 'a.log',
      // @ts-expect-error not a number
      maxBytes: '10MB',
    },
    typo: {
      class: 'logging.handlers.RotatingFileHandler',
      filename: 'a.log',
      // @ts-expect-error did you mean maxBytes?
      maxByte: 10,
    },
    audit: {
      class: AuditHandler,
      // @ts-expect-error not a text
      url: 3,
    },
    // @ts-expect-error no url
    named: { class: 'acme.Audit' },
    made: {
      '()': makeHandler,
      // @ts-expect-error not a text
      topic: 3,
    },
    plain: {
      class: PlainHandler,
      // @ts-expect-error nothing of the kind
      url: 'https://audit',
    },
    level: {
      class: 'StreamHandler',
      // @ts-expect-error not a level
      level: 'INF',
    },
  },
});

// Keys that are not there.
defineLogging({
  version: 1,
  // @ts-expect-error did you mean handlers?
  handler: {},
});

defineLogging({
  version: 1,
  loggers: {
    shop: {
      // @ts-expect-error did you mean level?
      levle: 'INFO',
    },
  },
});

defineLogging({
  version: 1,
  root: {
    // @ts-expect-error the root passes nothing on
    propagate: true,
  },
});

defineLogging({
  // @ts-expect-error there is one version
  version: 2,
});
