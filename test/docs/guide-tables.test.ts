import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  Controller,
  Get,
  Inject,
  Module,
  Logger as NestCommonLogger,
  NotFoundException,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  addLevelName,
  bindContext,
  captureCrashes,
  DEBUG,
  dictConfig,
  getContext,
  getLogger,
  getLoggerToken,
  getRootLogger,
  JsonFormatter,
  Logger,
  LoggerAdapter,
  type LoggingConfig,
  LoggingError,
  LoggingModule,
  type LoggingModuleOptions,
  LogRecord,
  NestLogger,
  PinoAdapter,
  planConfig,
  runInContext,
  setLogRecordFactory,
  setStrictCalls,
  shutdown,
  VERBOSE,
} from 'nestjs-logging';
import { isolateLogging, ListHandler, type LoggingIsolation } from 'nestjs-logging/testing';
import { readPage } from '../support/docs/markdown.js';

/** What a row of a guide is held to: it runs the right-hand side. */
type Proof = () => void | Promise<void>;

/** Rows that say that there is no equivalent, or nothing to do: nothing of them can be run. */
const NOTHING = Symbol('nothing to run');

let isolation: LoggingIsolation;
const folder = mkdtempSync(join(tmpdir(), 'guide-tables-'));
beforeEach(() => {
  isolation = isolateLogging();
});
afterEach(() => isolation.restore());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a formatter of this entry prints of what is logged. */
function printed(entry: object, act: () => void, more: Partial<LoggingConfig> = {}): string[] {
  dictConfig({
    version: 1,
    disable_existing_loggers: false,
    formatters: { f: entry },
    handlers: { out: { class: ListHandler, formatter: 'f' } },
    root: { level: 'NOTSET', handlers: ['out'] },
    ...more,
  } as LoggingConfig);
  act();
  return (getRootLogger().handlers[0] as ListHandler).lines;
}

/** The same as JSON, a line each. */
function json(act: () => void, options: object = {}, more: Partial<LoggingConfig> = {}): Fields[] {
  const lines = printed({ class: 'JsonFormatter', ...options }, act, more);
  return lines.map((line) => JSON.parse(line) as Fields);
}
type Fields = Record<string, unknown>;

const text = (format: string, act: () => void, options: object = {}) =>
  printed({ format, ...options }, act).join('\n');

/** The lines of a file that a handler of this class writes. */
async function written(options: object, act: () => void): Promise<string[]> {
  const filename = join(mkdtempSync(join(folder, 'log-')), 'app.log');
  dictConfig({
    version: 1,
    handlers: { file: { filename, ...options } },
    root: { level: 'NOTSET', handlers: ['file'] },
  } as LoggingConfig);
  act();
  await shutdown();
  return readdirSync(join(filename, '..')).sort();
}

/** That a configuration with such a handler is accepted: what the handler does is tested with it. */
const accepts = (handler: object): void => {
  planConfig({ version: 1, handlers: { one: handler }, root: { handlers: ['one'] } } as LoggingConfig);
};

@Controller()
class Pages {
  constructor(
    @Logger('shop') private readonly logger: Logger,
    @Inject(getLoggerToken('shop.token')) private readonly other: Logger,
  ) {}

  @Get('ok')
  ok(): string {
    bindContext({ userID: 7 });
    this.logger.info('here');
    this.other.debug('there');
    return 'ok';
  }

  @Get('gone')
  gone(): never {
    throw new NotFoundException('gone');
  }

  @Get('broken')
  broken(): never {
    throw new Error('no courier');
  }
}

/** The records of an application that is sent a request. */
async function served(
  path: string,
  options: LoggingModuleOptions = {},
  more: Partial<LoggingConfig> = {},
  prepare: (app: Awaited<ReturnType<typeof NestFactory.create>>) => void = () => undefined,
): Promise<Fields[]> {
  const config = {
    version: 1,
    formatters: { f: { class: 'JsonFormatter' } },
    handlers: { out: { class: ListHandler, formatter: 'f' } },
    root: { level: 'INFO', handlers: ['out'] },
    ...more,
  } as LoggingConfig;
  return records(LoggingModule.forRoot(config, options), path, prepare);
}

async function records(
  logging: ReturnType<typeof LoggingModule.forRoot>,
  path: string,
  prepare: (app: Awaited<ReturnType<typeof NestFactory.create>>) => void = () => undefined,
): Promise<Fields[]> {
  @Module({ imports: [logging], controllers: [Pages] })
  class AppModule {}
  const app = await NestFactory.create(AppModule, { bufferLogs: true });
  try {
    prepare(app);
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address() as { port: number };
    await fetch(`http://127.0.0.1:${port}${path}`, { headers: { 'x-tenant': 'acme' } });
    await new Promise((resolve) => setTimeout(resolve, 100));
    const { lines } = getRootLogger().handlers[0] as ListHandler;
    return lines.map((line) => JSON.parse(line) as Fields);
  } finally {
    await app.close();
  }
}
const of = (all: readonly Fields[], logger: string) => all.filter((record) => record.logger === logger);
const access = (all: readonly Fields[]) => of(all, 'nest.server');
const tenantOf = (request: { headers: Record<string, unknown> }) => ({ tenant: request.headers['x-tenant'] });

/** Rows that more than one page has. */
const shared = {
  child: () => {
    const logger = new LoggerAdapter(getLogger('shop'), { requestId: 7 });
    expect(json(() => logger.info('paid', { orderId: 8 }))).toMatchObject([{ requestId: 7, orderId: 8 }]);
    expect(getLogger('shop').getChild('mail').name).toBe('shop.mail');
  },
  level: () => {
    const loggers = { shop: { level: 'ERROR' }, 'shop.mail': { level: 'DEBUG' } } as const;
    const act = () => {
      getLogger('shop').info('no');
      getLogger('shop.mail').debug('yes');
    };
    expect(json(act, {}, { loggers }).map(({ message }) => message)).toEqual(['yes']);
  },
  staticFields: () => {
    const [line] = json(() => getLogger('shop').info('paid'), { static_fields: { service: 'shop' } });
    expect(line).toMatchObject({ service: 'shop' });
    expect(
      text('%(service)s %(message)s', () => getLogger('shop').info('paid'), {
        defaults: { service: 'shop' },
      }),
    ).toBe('shop paid');
  },
  customLevel: () => {
    addLevelName(25, 'NOTICE');
    expect(json(() => getLogger('shop').log('NOTICE', 'read this'))).toMatchObject([{ level: 'NOTICE' }]);
  },
  nestedKey: () => {
    expect(json(() => getLogger('shop').info('paid', { id: 7 }), { nestedKey: 'meta' })).toMatchObject([
      { meta: { id: 7 } },
    ]);
  },
  redact: () => {
    const act = () => getLogger('shop').info({ user: { pin: 'pin-a', name: 'Ann' } }, 'password=hunter2');
    const paths = { redact: { paths: ['user.pin'], censor: '***' } };
    expect(json(act, paths)).toMatchObject([{ user: { pin: '***', name: 'Ann' } }]);
    expect(json(act, { redact: { paths: ['user.pin'], remove: true } })[0]?.user).toEqual({ name: 'Ann' });
    const lines = printed({ class: 'LogfmtFormatter' }, act, {
      filters: { secrets: { class: 'RedactionFilter', paths: ['user.pin'] } },
      handlers: { out: { class: ListHandler, formatter: 'f', filters: ['secrets'] } },
    } as Partial<LoggingConfig>);
    expect(lines.join('')).not.toMatch(/pin-a|hunter2/);
  },
  color: () => {
    const [line] = printed(
      { class: 'ColorFormatter', format: '%(levelname)s %(message)s', colors: true },
      () => getLogger('shop').info('paid'),
    );
    expect(line).toBe('\x1b[32mINFO\x1b[39m paid');
  },
  filter: () => {
    const drop = ({ msg }: LogRecord) => msg !== 'secret';
    const lines = printed(
      { format: '%(message)s' },
      () => {
        getLogger('shop').info('secret');
        getLogger('shop').info('paid');
      },
      {
        handlers: { out: { class: ListHandler, formatter: 'f', filters: [drop] } },
      } as Partial<LoggingConfig>,
    );
    expect(lines).toEqual(['paid']);
  },
  nestMessages: async () => {
    const lines = await served('/ok', {}, {}, () => new NestCommonLogger('Mail').log('sent'));
    expect(of(lines, 'nest.Mail')).toMatchObject([{ message: 'sent', level: 'INFO' }]);
    expect(of(lines, 'nest.NestFactory')).toMatchObject([{ message: 'Starting Nest application...' }]);
  },
  forRoot: async () => {
    const lines = await served('/ok', { http: { fields: () => ({ own: 1 }) } });
    expect(access(lines)).toMatchObject([{ own: 1, path: '/ok' }]);
  },
  forRootAsync: async () => {
    const token = Symbol('settings');
    @Module({ providers: [{ provide: token, useValue: '/ok' }], exports: [token] })
    class SettingsModule {}
    const logging = LoggingModule.forRootAsync({
      imports: [SettingsModule],
      inject: [token, 'MORE'],
      providers: [{ provide: 'MORE', useValue: 'INFO' }],
      useFactory: (path: string, level: string) => ({
        version: 1 as const,
        formatters: { f: { class: 'JsonFormatter' } },
        handlers: { out: { class: ListHandler, formatter: 'f' } },
        root: { level, handlers: ['out'] },
        http: { exclude: [path] },
      }),
    } as never);
    const lines = await records(logging, '/ok');
    expect(access(lines)).toEqual([]);
    expect(of(lines, 'shop')).toHaveLength(1);
  },
  inject: async () => {
    expect(of(await served('/ok'), 'shop')).toMatchObject([{ message: 'here' }]);
  },
  crashes: () => {
    const stop = captureCrashes({ uncaughtException: true, unhandledRejection: true }) as unknown;
    expect(process.listenerCount('uncaughtExceptionMonitor')).toBeGreaterThan(0);
    if (typeof stop === 'function') stop();
  },
};

const PINO: Record<string, Proof | typeof NOTHING> = {
  '`LoggerModule.forRoot({ pinoHttp })`': shared.forRoot,
  '`LoggerModule.forRootAsync({ imports, inject, providers, useFactory })`': shared.forRootAsync,
  '`app.useLogger(app.get(Logger))`': shared.nestMessages,
  '`NativeLogger`, `nativeLoggerOptions`': async () => {
    const lines = await served('/ok', {}, {}, (app) => app.get(NestLogger).log('sent', 'Mail'));
    expect(of(lines, 'nest.Mail')).toMatchObject([{ message: 'sent' }]);
  },
  '`Logger` of nestjs-pino, injected or from `app.get(Logger)`': async () => {
    const log = (app: { get(token: unknown): unknown }) =>
      (app.get(NestLogger) as NestLogger).log({ id: 7 }, 'was sent', 'Mail');
    const lines = await served('/ok', {}, {}, log);
    expect(of(lines, 'nest.Mail')).toMatchObject([{ message: 'was sent', id: 7 }]);
  },
  '`createLogger` of a temporary application, for `NestFactory.create({ logger })`': async () => {
    const lines = await served('/ok');
    expect(of(lines, 'nest.NestFactory')).toMatchObject([{ message: 'Starting Nest application...' }]);
  },
  '`storage`, `Store` of `nestjs-pino/storage`': () => {
    const job = () => {
      bindContext({ run: 1 });
      return getContext();
    };
    expect(runInContext({ job: 'restock' }, job)).toEqual({ job: 'restock', run: 1 });
  },
  '`@InjectPinoLogger(name)`, `PinoLogger`': shared.inject,
  '`PinoLogger.setContext(name)`': shared.inject,
  '`PinoLogger.assign({ userID })`': async () => {
    const lines = await served('/ok');
    expect([of(lines, 'shop')[0], access(lines)[0]]).toMatchObject([{ userID: 7 }, { userID: 7 }]);
  },
  '`assignResponse`': NOTHING,
  '`getLoggerToken(name)`': async () => {
    const lines = await served('/ok', {}, { loggers: { 'shop.token': { level: 'DEBUG' } } });
    expect(of(lines, 'shop.token')).toMatchObject([{ message: 'there' }]);
  },
  "`new Logger('Orders').log('%d items', 5)` of `@nestjs/common`, which nestjs-pino merges": async () => {
    const lines = await served('/ok', {}, {}, () => new NestCommonLogger('Orders').log('%d items', 5));
    expect(of(lines, 'nest.Orders').map(({ message }) => String(message))).toEqual(['%d items', '5']);
  },
  "`PinoLogger.root.level = 'debug'`": () => {
    const act = () => {
      getRootLogger().setLevel('WARNING');
      getLogger('shop').debug('no');
      getRootLogger().setLevel('DEBUG');
      getLogger('shop').debug('yes');
    };
    expect(json(act)).toMatchObject([{ message: 'yes' }]);
  },
  '`LoggerErrorInterceptor`': async () => {
    const lines = await served('/broken');
    expect(lines.filter(({ exception }) => String(exception).startsWith('Error: no courier\n'))).toHaveLength(
      1,
    );
  },
  '`forRoutes`, `exclude`': async () => {
    const lines = await served('/ok', { http: { exclude: ['/ok'] } });
    expect(access(lines)).toEqual([]);
    expect(of(lines, 'shop')[0]).toHaveProperty('request_id');
  },
  '`renameContext`': () => {
    const options = { rename_fields: { logger: 'context' } };
    expect(json(() => getLogger('shop').info('paid'), options)).toMatchObject([{ context: 'shop' }]);
  },
  "`useExisting` (Fastify's own logger)": NOTHING,

  '`autoLogging: false`': async () => {
    const lines = await served('/ok', { http: { enabled: false } });
    expect(access(lines)).toEqual([]);
    expect(of(lines, 'shop')).toHaveLength(1);
  },
  '`autoLogging.ignore`': async () => {
    expect(access(await served('/ok', { http: { exclude: [({ url }) => url === '/ok'] } }))).toEqual([]);
  },
  '`genReqId: (req, res) => id`': async () => {
    expect(access(await served('/ok', { requestId: () => 'my-own-id' }))).toMatchObject([
      { request_id: 'my-own-id' },
    ]);
  },
  '`customLogLevel`': async () => {
    expect(access(await served('/ok', { http: { level: () => 'ERROR' } }))).toMatchObject([
      { level: 'ERROR' },
    ]);
  },
  '`useLevel`': async () => {
    const level = (_request: unknown, response: { statusCode: number }) =>
      response.statusCode < 400 ? 'DEBUG' : undefined;
    const options = { http: { level: level as never } };
    const debug = { loggers: { 'nest.server': { level: 'DEBUG' } } } as const;
    expect(access(await served('/ok', options, debug))).toMatchObject([{ level: 'DEBUG' }]);
    expect(access(await served('/gone', options, debug))).toMatchObject([{ level: 'WARNING' }]);
  },
  '`customProps`': async () => {
    const lines = await served('/ok', {
      http: { contextFields: tenantOf as never, fields: () => ({ atEnd: true }) },
    });
    expect(of(lines, 'shop')).toMatchObject([{ tenant: 'acme' }]);
    expect(of(lines, 'shop')[0]).not.toHaveProperty('atEnd');
    expect(access(lines)).toMatchObject([{ tenant: 'acme', atEnd: true }]);
  },
  '`customSuccessObject`, `customErrorObject`': async () => {
    expect(access(await served('/gone', { http: { fields: tenantOf as never } }))).toMatchObject([
      { tenant: 'acme', status: 404 },
    ]);
  },
  '`customSuccessMessage`, `customErrorMessage`': async () => {
    const other = (record: LogRecord) =>
      new LogRecord({ name: record.name, levelno: record.levelno, msg: 'done', extra: record.extraFields() });
    const loggers = { 'nest.server': { filters: [other] } } as unknown as LoggingConfig['loggers'] & object;
    expect(access(await served('/ok', {}, { loggers }))).toMatchObject([{ message: 'done', status: 200 }]);
  },
  '`customReceivedMessage`, `customReceivedObject`': async () => {
    expect(access(await served('/ok'))).toHaveLength(1);
  },
  '`customAttributeKeys`': async () => {
    const formatters = { f: { class: 'JsonFormatter', rename_fields: { duration_ms: 'responseTime' } } };
    expect(access(await served('/ok', {}, { formatters }))).toMatchObject([
      { responseTime: expect.any(Number) },
    ]);
  },
  '`serializers`, `wrapSerializers`': async () => {
    const formatters = { f: { class: 'JsonFormatter', serializers: { path: () => 'hidden' } } };
    expect(access(await served('/ok', {}, { formatters }))).toMatchObject([{ path: 'hidden' }]);
  },
  '`quietReqLogger`': async () => {
    const [record] = of(await served('/ok'), 'shop');
    expect(record).toHaveProperty('request_id');
    expect(record).not.toHaveProperty('req');
  },
  '`req.log`': async () => {
    const lines = await served('/ok');
    expect(of(lines, 'shop')[0]?.request_id).toBe(access(lines)[0]?.request_id);
  },

  '`level`': shared.level,
  "`level: 'silent'`": () => {
    const write = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    try {
      dictConfig({ version: 1, handlers: { none: { class: 'NullHandler' } }, root: { handlers: ['none'] } });
      getLogger('shop').error('lost');
      expect(write).not.toHaveBeenCalled();
    } finally {
      write.mockRestore();
    }
  },
  "`isLevelEnabled('debug')`": () => {
    getLogger('shop').setLevel('DEBUG');
    getLogger('mail').setLevel('INFO');
    expect([getLogger('shop').isEnabledFor(DEBUG), getLogger('mail').isEnabledFor(DEBUG)]).toEqual([
      true,
      false,
    ]);
  },
  '`messageKey`, `errorKey`, `timestamp`': () => {
    const options = { rename_fields: { message: 'msg', exception: 'err' }, timestamp: 'epoch-ms' };
    const [line] = json(() => getLogger('shop').error('lost', new Error('no courier')), options);
    expect(line).toMatchObject({
      msg: 'lost',
      err: expect.stringContaining('no courier'),
      timestamp: expect.any(Number),
    });
    expect(json(() => getLogger('shop').info('paid'), { datefmt: '%Y' })[0]?.timestamp).toMatch(/^\d{4}$/);
  },
  '`customLevels`': shared.customLevel,
  '`trace()`': () => {
    expect(text('%(levelno)d %(message)s', () => getLogger('shop').log(VERBOSE, 'fine'))).toBe('5 fine');
  },
  '`fatal()`': () => {
    const act = () => {
      getLogger('shop').critical('one');
      getLogger('shop').fatal('two');
    };
    expect(json(act)).toMatchObject([{ level: 'CRITICAL' }, { level: 'CRITICAL' }]);
  },
  '`nestedKey`': shared.nestedKey,
  '`base`, `name`': shared.staticFields,
  '`mixin`': () => {
    setLogRecordFactory((options) => new LogRecord({ ...options, extra: { ...options.extra, build: 12 } }));
    expect(json(() => getLogger('shop').info('paid'))).toMatchObject([{ build: 12 }]);
  },
  '`child(bindings)`': shared.child,
  'a logger of pino that a library is given': () => {
    const act = () => new PinoAdapter(getLogger('name')).child({ a: 1 }).info({ b: 2 }, '%d cups', 3);
    expect(json(act)).toMatchObject([{ logger: 'name', message: '3 cups', a: 1, b: 2 }]);
  },
  "`logger.info({ a: 1 }, 'message')`": () => {
    const act = () => {
      getLogger('shop').info({ a: 1 }, 'message');
      getLogger('shop').info('message', { a: 1 });
    };
    const same = { message: 'message', a: 1 };
    expect(json(act)).toMatchObject([same, same]);
  },
  "`logger.error(err)`, `logger.error(err, 'message')`": () => {
    const error = new Error('no courier');
    const act = () => {
      getLogger('shop').error(error);
      getLogger('shop').error(error, 'lost');
      getLogger('shop').error('lost', error);
    };
    const exception = expect.stringContaining('Error: no courier\n');
    expect(json(act)).toMatchObject([
      { message: 'no courier', exception },
      { message: 'lost', exception },
      { message: 'lost', exception },
    ]);
  },
  '`%o`, `%O`, `%j` in a message': () => {
    const act = () => getLogger('shop').info('%s %o', { a: 1 }, 8);
    expect(text('%(message)s', act)).toBe('{ a: 1 } 10');
  },
  '`%d`, `%f` in a message': () => {
    const act = () => getLogger('shop').info('%s %d %f', 1.5, 1.5, 1.5);
    expect(text('%(message)s', act)).toBe('1.5 1 1.500000');
  },
  '`redact`': shared.redact,
  '`serializers`': () => {
    const serializers = { exception: (error: unknown) => (error as Error).message };
    expect(
      json(() => getLogger('shop').error('lost', new Error('no courier')), { serializers }),
    ).toMatchObject([{ exception: 'no courier' }]);
  },
  '`formatters.log`, `formatters.level`': () => {
    class Own extends JsonFormatter {
      protected override addFields(fields: Fields): void {
        fields.own = true;
      }
    }
    expect(json(() => getLogger('shop').info('paid'), { class: Own })).toMatchObject([{ own: true }]);
  },
  '`hooks`': shared.filter,
  "`transport: { target: 'pino-pretty' }`": shared.color,
  "`transport: { target: 'pino/file' }`": async () => {
    expect(await written({ class: 'FileHandler' }, () => getLogger('shop').info('paid'))).toEqual([
      'app.log',
    ]);
  },
  "`transport: { target: 'pino-roll' }`": async () => {
    const files = await written({ class: 'RotatingFileHandler', maxBytes: 10, backupCount: 2 }, () => {
      for (let index = 0; index < 5; index += 1) getLogger('shop').info('a line of text');
    });
    expect(files).toEqual(['app.log', 'app.log.1', 'app.log.2']);
    accepts({ class: 'TimedRotatingFileHandler', filename: 'a.log', when: 'D' });
  },
  '`transport: { targets: [...] }`, `multistream`': () => {
    const [out, errors] = [new ListHandler(), new ListHandler()];
    dictConfig({
      version: 1,
      formatters: { short: { format: '%(levelname)s' }, long: { format: '%(levelname)s %(message)s' } },
      handlers: {
        out: { '()': () => out, formatter: 'short' },
        errors: { '()': () => errors, level: 'ERROR', formatter: 'long' },
      },
      root: { level: 'INFO', handlers: ['out', 'errors'] },
    } as LoggingConfig);
    getLogger('shop').info('paid');
    getLogger('shop').error('lost');
    expect([out.lines, errors.lines]).toEqual([['INFO', 'ERROR'], ['ERROR lost']]);
  },
  '`pino.destination({ sync: false, minLength })`': async () => {
    const files = await written({ class: 'FileHandler', bufferSize: 4096 }, () =>
      getLogger('shop').info('paid'),
    );
    expect(files).toEqual(['app.log']);
  },
  // Run, with what it writes, by docs/handlers.md: a worker takes built files.
  'transports in a worker thread': () => {
    const file = { class: 'FileHandler', filename: 'a.log' };
    accepts({ class: 'QueueHandler', worker: { handlers: { file } } });
  },
};

const WINSTON: Record<string, Proof | typeof NOTHING> = {
  '`WinstonModule.forRoot(options)`': shared.forRoot,
  '`WinstonModule.forRootAsync({ useFactory, inject, imports, useClass })`': shared.forRootAsync,
  '`@Inject(WINSTON_MODULE_PROVIDER) logger: winston.Logger`': shared.inject,
  '`@Inject(WINSTON_MODULE_NEST_PROVIDER)`, `app.useLogger(…)`': shared.nestMessages,
  '`WinstonModule.createLogger(…)` for `NestFactory.create`': shared.nestMessages,
  '`utilities.format.nestLike(appName, { colors, prettyPrint, processId, appName })`': shared.color,
  '`context` of a message': shared.nestMessages,

  '`level`': shared.level,
  '`levels` (`error: 0 … silly: 6`)': () => {
    addLevelName(15, 'HTTP');
    expect(json(() => getLogger('shop').log('HTTP', 'GET /'))).toMatchObject([{ level: 'HTTP' }]);
  },
  '`http`, `verbose`, `silly` levels': () => {
    addLevelName(15, 'HTTP');
    const act = () => {
      getLogger('shop').log('HTTP', 'GET /');
      getLogger('shop').log(VERBOSE, 'fine');
    };
    expect(text('%(levelno)d', act)).toBe('15\n5');
  },
  '`defaultMeta`': shared.staticFields,
  '`format.json()`': () => {
    expect(json(() => getLogger('shop').info('paid'))).toMatchObject([{ message: 'paid', level: 'INFO' }]);
  },
  '`format.logstash()`': () => {
    const options = { rename_fields: { timestamp: '@timestamp' } };
    expect(json(() => getLogger('shop').info('paid', { id: 7 }), options)).toMatchObject([
      { '@timestamp': expect.any(String), id: 7 },
    ]);
  },
  '`format.simple()`, `format.printf(fn)`': () => {
    expect(text('%(levelname)s: %(message)s', () => getLogger('shop').info('paid'))).toBe('INFO: paid');
  },
  '`format.timestamp({ format })`': () => {
    expect(text('%(asctime)s', () => getLogger('shop').info('paid'), { datefmt: '%Y' })).toMatch(/^\d{4}$/);
  },
  '`format.colorize()`, `format.cli()`': shared.color,
  '`format.errors({ stack: true })`': () => {
    const act = () => getLogger('shop').error(new Error('no courier'));
    expect(text('%(message)s', act)).toMatch(/^no courier\nError: no courier\n {4}at /);
  },
  '`format.splat()`': () => {
    expect(text('%(message)s', () => getLogger('shop').info('order %d of %s', 7, 'Ann'))).toBe(
      'order 7 of Ann',
    );
  },
  '`format.label({ label })`': () => {
    expect(text('%(name)s', () => getLogger('shop').info('paid'))).toBe('shop');
  },
  '`format((info) => …)` that changes or drops': shared.filter,
  '`format.metadata()`': shared.nestedKey,
  '`format.ms()`, `format.align()`, `format.uncolorize()`, `format.prettyPrint()`': NOTHING,
  '`transports.Console({ stderrLevels })`': () => {
    accepts({ class: 'StreamHandler', stream: 'ext://sys.stderr', level: 'ERROR' });
  },
  '`transports.File({ filename, maxsize, maxFiles, tailable, zippedArchive })`': async () => {
    const options = { class: 'RotatingFileHandler', maxBytes: 10, backupCount: 1, compress: true };
    const files = await written(options, () => {
      for (let index = 0; index < 3; index += 1) getLogger('shop').info('a line of text');
    });
    expect(files).toContain('app.log');
    expect(files.some((name) => /^app\.log\.1(\.gz)?$/.test(name))).toBe(true);
  },
  '`transports.Http({ host, port, path, ssl, auth, batch })`': () => {
    accepts({
      ...{ class: 'HTTPHandler', host: 'logs:443', url: '/in', secure: true, format: 'json', batchSize: 10 },
      credentials: ['ann', 'secret'],
    });
  },
  '`transports.Stream({ stream })`': () => {
    accepts({ class: 'StreamHandler', stream: process.stderr });
  },
  'winston-daily-rotate-file: `datePattern`, `frequency`': () => {
    accepts({ class: 'TimedRotatingFileHandler', filename: 'a.log', when: 'H', interval: 6 });
  },
  "its `maxSize`, `maxFiles: 14`, `maxFiles: '14d'`": () => {
    const bounds = { maxBytes: 1_000, backupCount: 14, maxAge: '14d', maxTotalSize: '5GB' };
    accepts({ class: 'TimedRotatingFileHandler', filename: 'a.log', ...bounds });
  },
  'its `zippedArchive`, `utc`, `createSymlink`': () => {
    accepts({ class: 'TimedRotatingFileHandler', filename: 'a.log', compress: true, utc: true });
  },
  'its `dirname`, `options: { mode }`': async () => {
    const options = { class: 'FileHandler', makeDirs: true, fileMode: '0640' };
    expect(await written(options, () => getLogger('shop').info('paid'))).toEqual(['app.log']);
  },
  'winston-syslog, winston-mail': () => {
    accepts({ class: 'SysLogHandler', address: ['127.0.0.1', 514] });
    accepts({
      class: 'SMTPHandler',
      mailhost: 'mail',
      fromaddr: 'a@b.c',
      toaddrs: ['d@e.f'],
      subject: 'failed',
    });
  },
  '`silent`': () => {
    const act = () => {
      getLogger('shop').disabled = true;
      getLogger('shop').error('no');
    };
    expect(json(act)).toEqual([]);
  },
  '`exceptionHandlers`, `rejectionHandlers`, `handleExceptions`': shared.crashes,
  '`exitOnError`': NOTHING,
  "`logger.log({ level: 'info', message: 'paid', orderId: 7 })`": () => {
    expect(json(() => getLogger('shop').info('paid', { orderId: 7 }))).toMatchObject([
      { message: 'paid', orderId: 7 },
    ]);
  },
  "`logger.info('paid', { message: 'again' })`": () => {
    expect(json(() => getLogger('shop').info('paid', { message: 'again' }))).toMatchObject([
      { message: 'paid', extra_message: 'again' },
    ]);
  },
  '`logger.child({ requestId })`': shared.child,
  '`logger.profile()`, `startTimer()`': NOTHING,
  '`logger.query()`, `logger.stream()`': NOTHING,
  '`logger.add(transport)`, `remove`': () => {
    const handler = new ListHandler();
    const logger = getLogger('shop');
    logger.addHandler(handler);
    logger.error('one');
    logger.removeHandler(handler);
    logger.error('two');
    expect(handler.lines).toEqual(['one']);
  },
  '`winston.loggers.add(name)`': () => {
    expect(getLogger('shop')).toBe(getLogger('shop'));
  },
};

const NEST: Record<string, Proof | typeof NOTHING> = {
  '`verbose()`': () => {
    expect(text('%(levelno)d', () => getLogger('shop').log(VERBOSE, 'fine'))).toBe('5');
    planConfig({ version: 1, root: { level: 5 } });
  },
  ...Object.fromEntries(
    (
      [
        ['`debug()`', 'DEBUG', ['debug']],
        ['`log()`', 'INFO', ['info']],
        ['`warn()`', 'WARNING', ['warning', 'warn']],
        ['`fatal()`', 'CRITICAL', ['critical', 'fatal']],
      ] as const
    ).map(([row, level, methods]) => [
      row,
      () => {
        const lines = json(() => {
          for (const method of methods) getLogger('shop')[method]('text');
        });
        expect(lines.map((line) => line.level)).toEqual(methods.map(() => level));
      },
    ]),
  ),
  '`error(message, stack)`': () => {
    const error = new Error('no courier');
    const act = () => {
      getLogger('shop').error('lost', error);
      getLogger('shop').exception('lost', error);
    };
    const same = { level: 'ERROR', message: 'lost', exception: expect.stringContaining('no courier') };
    expect(json(act)).toMatchObject([same, same]);
  },
  "`logLevels`, `NEST_LOG_LEVEL`, `app.useLogger(['error', 'warn'])`": async () => {
    const lines = await served('/ok', {}, {}, (app) => {
      app.useLogger(['error', 'warn']);
      new NestCommonLogger('Mail').log('no');
      new NestCommonLogger('Mail').warn('yes');
      // They are those of the process.
      app.useLogger(['verbose', 'debug', 'log', 'warn', 'error', 'fatal']);
    });
    expect(of(lines, 'nest.Mail').map(({ message }) => message)).toEqual(['yes']);
  },
  '`json: true`': () => {
    expect(json(() => getLogger('shop').info('paid'))).toMatchObject([{ message: 'paid' }]);
  },
  '`colors`': shared.color,
  '`prefix`': () => {
    expect(text('[shop] %(message)s', () => getLogger('shop').info('paid'))).toBe('[shop] paid');
  },
  '`timestamp` (time since the last message)': () => {
    expect(text('%(relativeCreated)d', () => getLogger('shop').info('paid'))).toMatch(/^\d+$/);
  },
  '`context`': shared.nestMessages,
  '`compact`, `breakLength`, `depth`, `maxArrayLength`, `maxStringLength`, `sorted`, `showHidden`': NOTHING,
  '`structuredParams`': () => {
    expect(json(() => getLogger('shop').info('paid', { id: 7 }))).toMatchObject([{ id: 7 }]);
  },
  '`flattenParams`': shared.nestedKey,
  '`redact`': shared.redact,
  '`forceConsole`': NOTHING,
  'a class that extends `ConsoleLogger`': shared.filter,
  '`logger: false` of `NestFactory.create`': NOTHING,
  '`bufferLogs: true`': shared.nestMessages,
  '`app.flushLogs()`': NOTHING,
};

describe.each([
  ['docs/from-nestjs-pino.md', PINO],
  ['docs/from-nest-winston.md', WINSTON],
  ['docs/from-nest-logger.md', NEST],
] as const)('the tables of %s', (path, proofs) => {
  const rows = rowsOf(path);

  it('have no row that is not run here, and this test none that the page does not have', () => {
    expect(Object.keys(proofs).sort()).toEqual(rows.toSorted());
  });

  it.each(rows.filter((row) => typeof proofs[row] === 'function'))('%s', async (row) => {
    await (proofs[row] as Proof)();
  });
});

/** What comes out of a log call, and, with strict calls, of the same one. */
const CALLS: Record<string, { act: () => void; gives: object; strictly?: object | 'nothing' | 'an error' }> =
  {
    'values for the placeholders of the message': {
      act: () => getLogger('shop').info('%s', { extra: { id: 7 } }),
      gives: { message: expect.stringContaining('extra') },
    },
    '`{ extra, excInfo, stackInfo, stacklevel }` after them': {
      act: () => getLogger('shop').info('paid', { extra: { id: 7 } }),
      gives: { message: 'paid', id: 7 },
    },
    "another plain object after them: `info('order paid', { orderId: 7 })`": {
      act: () => getLogger('shop').info('paid', { orderId: 7 }),
      gives: { message: 'paid', orderId: 7 },
      strictly: 'nothing',
    },
    'an `Error` after them': {
      act: () => getLogger('shop').error('lost', new Error('no courier')),
      gives: { message: 'lost', exception: expect.stringContaining('no courier') },
    },
    "the text of a stack after them: `error('failed', error.stack)`": {
      act: () => getLogger('shop').error('lost', new Error('no courier').stack),
      gives: { message: 'lost', exception: expect.stringContaining('no courier') },
      strictly: 'nothing',
    },
    'an `Error` under `err`, `error`, `exception` or `cause` among the fields': {
      act: () => getLogger('shop').error('lost', { err: new Error('no courier') }),
      gives: { message: 'lost', err: expect.anything(), exception: expect.stringContaining('no courier') },
      strictly: 'nothing',
    },
    'an `Error` inside of an object or a list that the message shows': {
      act: () => getLogger('shop').error([new Error('no courier')]),
      gives: {
        message: expect.stringContaining('no courier'),
        exception: expect.stringMatching(/^Error: no courier\n\s+at /),
      },
      strictly: { message: expect.stringContaining('no courier') },
    },
    "an object or an `Error`, then a string: `error(err, 'payment failed')`": {
      act: () => getLogger('shop').error(new Error('no courier'), 'payment failed'),
      gives: { message: 'payment failed', exception: expect.stringContaining('no courier') },
      strictly: 'nothing',
    },
    'an object that `%(user)s` reads': {
      act: () => getLogger('shop').info('%(user)s paid', { user: 'Ann' }),
      gives: { message: 'Ann paid', user: 'Ann' },
      strictly: { message: 'Ann paid' },
    },
    '`undefined` after them, as of a parameter that was not given': {
      act: () => getLogger('shop').info('paid', undefined),
      gives: { message: 'paid' },
      strictly: 'nothing',
    },
    'other arguments that do not fit the message': {
      act: () => getLogger('shop').info('paid', 7),
      gives: { message: 'paid 7' },
      strictly: 'nothing',
    },
    'a field with the name of an attribute, such as `name`': {
      act: () => getLogger('shop').info('paid', { extra: { name: 'Ann' } }),
      gives: { message: 'paid', extra_name: 'Ann' },
      strictly: 'an error',
    },
    'an invalid level in `log()`': {
      act: () => getLogger('shop').log('LOUD' as never, 'paid'),
      gives: { message: expect.stringContaining('paid'), level: expect.stringMatching(/INFO|WARNING/) },
      strictly: 'an error',
    },
    'fields, through a `LoggerAdapter`': {
      act: () => new LoggerAdapter(getLogger('shop'), { requestId: 7 }).info('paid', { extra: { id: 8 } }),
      gives: { requestId: 7, id: 8 },
      strictly: { requestId: 7 },
    },
  };

describe('the table of what a log call is given', () => {
  const given = ['docs/from-nestjs-pino.md', 'docs/from-nest-winston.md', 'docs/from-nest-logger.md'].map(
    callRowsOf,
  );
  beforeEach(() => {
    // What is reported beside it has tests of its own.
    jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  });
  afterEach(() => {
    setStrictCalls(false);
    jest.restoreAllMocks();
  });

  it('is the same on all pages, and has no row that is not run here', () => {
    for (const rows of given) expect(rows.toSorted()).toEqual(Object.keys(CALLS).sort());
  });

  it.each(Object.entries(CALLS))('%s', (_, { act, gives, strictly = gives }) => {
    expect(json(act)).toMatchObject([gives]);
    setStrictCalls(true);
    if (strictly === 'an error') expect(() => json(act)).toThrow(LoggingError);
    else if (strictly === 'nothing') expect(json(act)).not.toMatchObject([gives]);
    else expect(json(act)).toMatchObject([strictly]);
  });
});

function callRowsOf(path: string): string[] {
  const [, table = ''] = readPage(path).text.split('| a log call is given |');
  const [body = ''] = table.split('\n\n');
  return [...body.matchAll(/^\| (?!---)(.*?) \| .* \| .* \|$/gm)].map(([, row = '']) => row);
}

/** The left-hand sides of the tables that map theirs to ours. */
function rowsOf(path: string): string[] {
  const rows: string[] = [];
  let isMapping = false;
  for (const line of readPage(path).text.split('\n')) {
    const [, left = '', right = ''] =
      line.split(' | ').length > 1 ? (/^\| (.*?) \| (.*)$/.exec(line) ?? []) : [];
    if (left === '') isMapping = false;
    else if (/^here \|/.test(right)) isMapping = true;
    else if (isMapping && !left.startsWith('---')) rows.push(left);
  }
  return [...new Set(rows)];
}
