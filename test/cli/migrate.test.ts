import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from '@jest/globals';
import { ChildApp } from '../support/child-app.js';
import { compileFolder } from '../support/compiled-sources.js';
import { linkPackages } from '../support/link-packages.js';
import { type EndedCommand, runCliIn } from '../support/run-cli.js';

const fixtures = fileURLToPath(new URL('./fixtures/migrate/', import.meta.url));

/** An application's folder with its sources in `src/`, and the command line in it. */
class Application {
  readonly folder = mkdtempSync(join(tmpdir(), 'migrate-'));

  constructor() {
    writeFileSync(join(this.folder, 'package.json'), '{ "type": "module" }\n');
    linkPackages(this.folder);
    afterAll(() => rmSync(this.folder, { recursive: true, force: true }));
  }

  take(from: string): this {
    cpSync(join(fixtures, from), join(this.folder, 'src'), { recursive: true });
    return this;
  }

  write(sources: Readonly<Record<string, string>>): void {
    rmSync(join(this.folder, 'src'), { recursive: true, force: true });
    mkdirSync(join(this.folder, 'src'));
    for (const [name, text] of Object.entries(sources)) writeFileSync(join(this.folder, 'src', name), text);
  }

  migrate(from: string, ...options: string[]): Promise<EndedCommand> {
    return runCliIn(this.folder, ['migrate', '--from', from, 'src', ...options]);
  }

  sources(): Record<string, string> {
    return contents(join(this.folder, 'src'));
  }
}

function contents(folder: string): Record<string, string> {
  const names = readdirSync(folder).sort();
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

const LEFT = {
  nest: [
    'src/mail.ts:9:3: the logger "open" stays: it is not private, and other files may use it',
    'src/mail.ts:11:28: the logger stays: it has options of its own',
    'src/mail.ts:13:69: the injected Logger stays: @Logger() of nestjs-logging injects one of ours',
    'src/mail.ts:16:5: the logger "logger" stays: what comes after the message may be a context, or a message of its own',
    'src/mail.ts:18:5: Logger.debug() stays: it comes out of nest.<context> as before',
    'src/mail.ts:24:23: Logger stays: it is the type of a parameter',
    '6 files to change, 6 places left; --write writes',
  ],
  'nestjs-pino': [
    'src/app.module.ts:8:5: `redact` of req and res is not needed: no header is logged unless `http.headers` names it',
    'src/app.module.ts:8:5: `customProps` is asked at the start of a request; what is known at its end only, belongs in `http.fields`',
    'src/app.module.ts:8:5: the level comes from the environment: "trace" is called VERBOSE now, and there is no "silent"',
    '4 files to change, 3 places left; --write writes',
  ],
  'nest-winston': [
    'src/app.module.ts:8:5: `defaultMeta` is `static_fields` of JSON; lines for people do not show it',
    '3 files to change, 1 place left; --write writes',
  ],
};

/** What the application that came of it prints for a request. */
const PRINTED = {
  nest: [
    '"logger":"OrdersService","message":"order 7 paid"',
    `"message":"order 7 isn't sent","exception":"Error: no courier`,
  ],
  'nestjs-pino': [
    '"name":"shop","message":"order 7 paid"',
    '"tenant":"acme","orderId":7,"user":{"id":7,"password":"[REDACTED]"}',
    '"message":"GET /orders/7 200',
  ],
  'nest-winston': ['OrdersService order paid orderId=7', 'order 7 late', 'Error: no courier'],
};

describe.each(['nest', 'nestjs-pino', 'nest-winston'] as const)(
  'nestjs-logging migrate --from %s',
  (from) => {
    const app = new Application().take(`${from}/before`);
    const patched = new Application().take(`${from}/before`);

    it('shows what it would change and why it left the rest, and writes nothing', async () => {
      const { stdout, stderr, status } = await app.migrate(from);
      expect(app.sources()).toEqual(contents(join(fixtures, from, 'before')));
      expect(stdout).toContain('\n+import { ');
      expect(stderr.trimEnd().split('\n')).toEqual(LEFT[from]);
      expect(status).toBe(1);
      const applied = spawnSync('git', ['apply', '-'], {
        cwd: patched.folder,
        input: stdout,
        encoding: 'utf8',
      });
      expect(applied.stderr).toBe('');
    });

    it('writes what the diff says, and finds nothing more to change then', async () => {
      await app.migrate(from, '--write');
      expect(app.sources()).toEqual(contents(join(fixtures, from, 'after')));
      expect(patched.sources()).toEqual(app.sources());
      const again = await app.migrate(from, '--json');
      expect(JSON.parse(again.stdout)).toMatchObject({ written: false, changes: [] });
    });

    it('gives an application that runs and logs', async () => {
      compileFolder(app.folder);
      const running = await ChildApp.start(join(app.folder, 'src/main.js'), app.folder, {
        NODE_ENV: 'production',
      });
      try {
        await running.ask('/orders/7', { headers: { 'x-tenant': 'acme' } });
        await running.quiet();
      } finally {
        await running.stop();
      }
      for (const part of PRINTED[from]) expect(running.printed()).toContain(part);
    }, 120_000);
  },
);

describe('what migrate takes and leaves', () => {
  const app = new Application();

  /** What becomes of one source. */
  async function migrated(from: string, text: string, more: Record<string, string> = {}) {
    app.write({ 'a.ts': text, ...more });
    const { stderr, status } = await app.migrate(from, '--write');
    const left = stderr.trimEnd().split('\n').slice(0, -1);
    return { text: app.sources()['a.ts'], left, status };
  }

  it('leaves a logger whole when one of its calls is not understood', async () => {
    const source = `import { Logger } from '@nestjs/common';
class A {
  private readonly logger = new Logger(A.name);
  go(more: unknown) {
    this.logger.log('gone');
    this.logger.log('gone', more);
  }
}
`;
    const { text, left } = await migrated('nest', source);
    expect(text).toBe(source);
    expect(left).toEqual([
      expect.stringMatching(/^src\/a\.ts:6:5: the logger "logger" stays: what comes after/),
    ]);
  });

  it.each([
    ['handed on', 'keep(this.logger);', /it is handed on/],
    ['taken apart', 'const { logger } = this; logger.log(1);', /reached in a way that is not followed/],
    ['read by its key', "this['logger'].log(1);", /reached in a way that is not followed/],
    ['spread into', 'this.logger.log(...args);', /arguments are not known/],
    ['asked for levels', 'this.logger.localInstance;', /it is handed on|no equivalent/],
  ])('leaves a logger that is %s', async (_, statement, why) => {
    const source = `import { Logger } from '@nestjs/common';
class A {
  private readonly logger = new Logger(A.name);
  go(...args: [unknown]) {
    ${statement}
  }
}
`;
    const { text, left } = await migrated('nest', source);
    expect(text).toBe(source);
    expect(left.join('\n')).toMatch(why);
  });

  it('takes a logger that is named as one of its methods', async () => {
    const { text, left } = await migrated(
      'nest',
      `import { Logger } from '@nestjs/common';
class A {
  private readonly log = new Logger(A.name);
  go(n: number) {
    this.log.log('gone');
    console.log(Math.log(n));
  }
}
`,
    );
    expect(left).toEqual([expect.stringContaining('no NestFactory.create(…)')]);
    expect(text).toContain("this.log.info('gone');");
    expect(text).toContain('console.log(Math.log(n));');
  });

  it('leaves a file in which the name means something else too', async () => {
    const source = `import { Logger } from '@nestjs/common';
const logger = new Logger('a');
export const f = (Logger: number) => logger.log(String(Logger));
`;
    const { text, left } = await migrated('nest', source);
    expect(text).toBe(source);
    expect(left[0]).toMatch(/^src\/a\.ts:3:19: the file stays: something else in it is called "Logger" too/);
  });

  it('names what tests do to loggers that are ours now, and to those that are not', async () => {
    const { left } = await migrated(
      'nest',
      `import { Logger } from '@nestjs/common';
export class Orders {
  private readonly logger = new Logger(Orders.name);
  pay(): void {
    this.logger.log('paid');
  }
}
`,
      {
        'a.spec.ts': `import { Logger } from '@nestjs/common';
import { Orders } from './a';
const orders = new Orders();
jest.spyOn(Logger.prototype, 'error');
jest.spyOn(orders['logger'], 'log');
(orders as any).logger = { log: jest.fn() };
Object.defineProperty(orders, 'logger', { value: {} });
orders['other'];
Logger.overrideLogger(false);
Logger.flush();
`,
      },
    );
    const ours =
      '"logger" may be a logger of ours now: its methods are debug, info, warning, error; nestjs-logging/testing captures what it logs';
    const [, ...inTest] = left.filter((line) => line.includes('a.spec.ts'));
    expect(inTest).toEqual([
      'src/a.spec.ts:4:12: Logger.prototype stays: a spy on it is called for loggers that stay, not for those that are ours now',
      `src/a.spec.ts:5:12: ${ours}`,
      `src/a.spec.ts:6:1: ${ours}`,
      `src/a.spec.ts:7:1: ${ours}`,
      'src/a.spec.ts:9:1: Logger.overrideLogger() stays: it replaces ours',
      'src/a.spec.ts:10:1: Logger.flush() stays: it works as before',
    ]);
  });

  it('leaves a file that cannot be parsed, and says so', async () => {
    const { text, left, status } = await migrated(
      'nest',
      "import { Logger } from '@nestjs/common';\nclass {",
    );
    expect(text).toContain('class {');
    expect([left[0], status]).toEqual(['src/a.ts:1:1: the file stays: it cannot be parsed', 1]);
  });

  it('keeps line ends, indentation, quotes and missing semicolons', async () => {
    const source =
      'import { Injectable, Logger } from "@nestjs/common"\r\n\r\nconst logger = new Logger("a")\r\n\r\nlogger.log( `of ${Injectable.name}` , { a:1 } )\r\n';
    expect((await migrated('nest', source)).text).toBe(
      'import { Injectable } from "@nestjs/common"\r\nimport { getLogger } from "nestjs-logging"\r\n\r\nconst logger = getLogger("a")\r\n\r\nlogger.info( "of %s", Injectable.name , { a:1 } )\r\n',
    );
  });

  it('never makes a format of what was none', async () => {
    const source = `import { Logger } from '@nestjs/common';
const logger = new Logger('a');
logger.log('100 %d', { a: 1 });
logger.log(process.title, { a: 1 });
logger.log(\`at 5% \${process.pid}\`, { a: 1 });
logger.log('100 %d');
`;
    expect((await migrated('nest', source)).text).toBe(`import { getLogger } from 'nestjs-logging';
const logger = getLogger('a');
logger.info('%s', '100 %d', { a: 1 });
logger.info('%s', process.title, { a: 1 });
logger.info('%s', \`at 5% \${process.pid}\`, { a: 1 });
logger.info('100 %d');
`);
  });

  it("writes a number as pino does, and no value where pino's call has none", async () => {
    const source = `import { Injectable } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
@Injectable()
export class A {
  constructor(private readonly logger: PinoLogger) {
    logger.info('took %d ms, %f, %i, 100%%d', 1.5, 2.5, 3);
    logger.info({ a: 1 }, 'took %d ms', 1.5);
    logger.info('100%off');
    logger.info({ a: 1 }, '100%off');
  }
}
`;
    const { text } = await migrated('nestjs-pino', source);
    expect(text).toContain(`
    logger.info('took %s ms, %s, %i, 100%%d', 1.5, 2.5, 3);
    logger.info({ a: 1 }, 'took %s ms', 1.5);
    logger.info('100%off');
    logger.info({ a: 1 }, '100%off');
`);
  });

  it('keeps a message the same whatever is quoted and escaped in it', async () => {
    const message = String.raw`~C:\\'$${'{pid}'}' "q" \'x\' \~~`.replaceAll('~', '`');
    const source = `import { Logger } from '@nestjs/common';
const logger = new Logger('a');
logger.log(${message}, { a: 1 });
`;
    const { text } = await migrated('nest', source);
    const [, format] = /info\(('.*'), pid, \{ a: 1 \}\);/.exec(text ?? '') ?? [];
    expect(format).toBe(String.raw`'C:\\\'%s\' "q" \'x\' \~'`.replace('~', '`'));
  });

  it('takes another name where its own is taken', async () => {
    const source = `import { Injectable, Logger } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';

@Injectable()
export class A {
  readonly open = new Logger('open');
  constructor(private readonly logger: PinoLogger) {
    logger.info('made');
  }
}
`;
    expect(
      (await migrated('nestjs-pino', source)).text,
    ).toBe(`import { Injectable, Logger } from '@nestjs/common';
import { InjectLogger, LoggerBase } from 'nestjs-logging';

@Injectable()
export class A {
  readonly open = new Logger('open');
  constructor(@InjectLogger() private readonly logger: LoggerBase) {
    logger.info('made');
  }
}
`);
  });

  it('puts LoggingModule beside a module whose options it does not understand', async () => {
    const source = `import { Injectable, Module } from '@nestjs/common';
import { InjectPinoLogger, LoggerModule, PinoLogger } from 'nestjs-pino';

@Injectable()
class A {
  @InjectPinoLogger('a') private readonly logger: PinoLogger;
  go() {
    this.logger.info('gone');
  }
}

@Module({ imports: [LoggerModule.forRoot({ pinoHttp: { level: 'info', stream: process.stderr } })], providers: [A] })
export class AppModule {}
`;
    const { text, left } = await migrated('nestjs-pino', source);
    expect(text).toContain('imports: [LoggingModule.forRoot(), LoggerModule.forRoot({ pinoHttp:');
    expect(text).toContain("import { LoggerModule } from 'nestjs-pino';");
    expect(text).toContain("@Logger('a') private readonly logger: Logger;");
    expect(left).toEqual([
      'src/a.ts:12:21: LoggerModule stays: `pinoHttp.stream` is not translated; LoggingModule.forRoot() is beside it until then',
    ]);
  });

  /** A module of nestjs-pino that is registered by a factory. */
  const asyncModule = (factory: string) => `import { Module } from '@nestjs/common';
import { ConfigModule, ConfigService } from '@nestjs/config';
import { LoggerModule, type Params } from 'nestjs-pino';
@Module({
  imports: [
    LoggerModule.forRootAsync({
      imports: [ConfigModule],
      inject: [ConfigService],
      useFactory: ${factory},
    }),
  ],
})
export class AppModule {}
`;

  it('translates what a factory returns, and leaves what is around it', async () => {
    const { text, left } = await migrated(
      'nestjs-pino',
      asyncModule(`async (config: ConfigService) => {
        const isLocal = () => { return config.get('NODE_ENV') === 'local'; };
        return {
          pinoHttp: {
            level: config.get('LOG_LEVEL'),
            transport: isLocal() ? { target: 'pino-pretty' } : undefined,
            autoLogging: { ignore: (req) => req.url === '/health' },
          },
        };
      }`),
    );
    expect(text).toBe(`import { Module } from '@nestjs/common';
import { ConfigModule, ConfigService } from '@nestjs/config';
import { type Params } from 'nestjs-pino';
import { LoggingModule } from 'nestjs-logging';
@Module({
  imports: [
    LoggingModule.forRootAsync({
      imports: [ConfigModule],
      inject: [ConfigService],
      useFactory: async (config: ConfigService) => {
        const isLocal = () => { return config.get('NODE_ENV') === 'local'; };
        return {
          version: 1,
          formatters: {
            json: { class: 'JsonFormatter' },
            pretty: { class: 'ColorFormatter' },
          },
          handlers: {
            console: {
              class: 'StreamHandler',
              stream: 'ext://sys.stdout',
              formatter: isLocal() ? 'pretty' : 'json',
            },
          },
          root: { level: config.get('LOG_LEVEL') ?? 'INFO', handlers: ['console'] },
          http: { exclude: [(req) => req.url === '/health'] },
        };
      },
    }),
  ],
})
export class AppModule {}
`);
    expect(left).toEqual([
      'src/a.ts:6:5: the level comes from the environment: "trace" is called VERBOSE now, and there is no "silent"',
    ]);
  });

  it.each([
    ['(): Params => ({ pinoHttp: {} })', '`useFactory` needs Params'],
    ['makeOptions', '`useFactory` does not return one object that is written out'],
    ['() => makeOptions()', '`useFactory` does not return one object that is written out'],
    [
      'function (c) { if (c) return {}; return { pinoHttp: {} }; }',
      '`useFactory` does not return one object that is written out',
    ],
    ['() => ({ pinoHttp: { stream } })', '`pinoHttp.stream` is not translated'],
  ])('leaves the factory %s', async (factory, why) => {
    const source = asyncModule(factory);
    const { text, left } = await migrated('nestjs-pino', source);
    expect(text).toBe(source);
    expect(left.at(-1)).toBe(`src/a.ts:6:5: LoggerModule stays: ${why}`);
  });

  it('translates a factory of winston', async () => {
    const source = `import { Module } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { WinstonModule } from 'nest-winston';
import * as winston from 'winston';
@Module({ imports: [WinstonModule.forRootAsync({
  inject: [ConfigService],
  useFactory: (config: ConfigService) => ({
    level: config.get('level', 'info'),
    transports: [new winston.transports.File({ level: config.get('fileLevel'), filename: config.get('file') })],
  }),
})] })
export class AppModule {}
`;
    const { text } = await migrated('nest-winston', source);
    expect(text).toContain('LoggingModule.forRootAsync({\n  inject: [ConfigService],');
    // A transport without a level has that of the logger, and so has a handler.
    expect(text).toContain("level: config.get('fileLevel'),");
    expect(text).toContain('makeDirs: true,');
    expect(text).toContain("root: { level: config.get('level', 'info') ?? 'INFO', handlers: ['file'] },");
    expect(text).not.toMatch(/winston/i);
  });

  it('takes files of winston that are rolled over by the day', async () => {
    const source = (transport: string, imports: string) => `import { Module } from '@nestjs/common';
import { WinstonModule } from 'nest-winston';
${imports}
@Module({ imports: [WinstonModule.forRoot({ transports: [new ${transport}] })] })
export class AppModule {}
`;
    const both = "import * as winston from 'winston';\nimport 'winston-daily-rotate-file';";
    const daily = await migrated(
      'nest-winston',
      source(
        "winston.transports.DailyRotateFile({ dirname: 'logs', filename: 'app-%DATE%.log', level: 'warn', datePattern: 'YYYY-MM-DD', zippedArchive: true, maxSize: '20m', maxFiles: '14d' })",
        both,
      ),
    );
    expect(daily.text).toContain(`    app: {
      class: 'TimedRotatingFileHandler',
      filename: 'logs/app.log',
      when: 'midnight',
      makeDirs: true,
      maxBytes: 20971520,
      maxAge: '14d',
      compress: true,
      level: 'WARNING',
      formatter: 'json',
    },`);
    expect(daily.text).not.toContain('winston');
    expect(daily.left).toEqual([
      'src/a.ts:5:21: the current file of DailyRotateFile is logs/app.log now, and the date is behind the name of those rolled over',
    ]);
    const hourly = await migrated(
      'nest-winston',
      source(
        "Daily({ filename: '%DATE%.log', datePattern: 'YYYY-MM-DD-HH', maxFiles: 30 })",
        "import Daily from 'winston-daily-rotate-file';",
      ),
    );
    expect(hourly.text).toContain(`filename: 'app.log',
      when: 'H',
      backupCount: 29,`);
    expect(hourly.text).not.toContain('winston');
    const monthly = await migrated(
      'nest-winston',
      source("winston.transports.DailyRotateFile({ filename: '%DATE%.log', datePattern: 'YYYY-MM' })", both),
    );
    expect(monthly.text).toContain("import 'winston-daily-rotate-file';");
    expect(monthly.left[0]).toContain('`DailyRotateFile.datePattern` is not translated');
  });

  describe('a logger of nest-winston that NestFactory is given', () => {
    const module = `import { Module } from '@nestjs/common';
@Module({ providers: [] })
export class AppModule {}
`;
    const main = (options: string) => `import { NestFactory } from '@nestjs/core';
import { utilities, WinstonModule } from 'nest-winston';
import * as winston from 'winston';
import { AppModule } from './a';
const folder = 'logs';
await NestFactory.create(AppModule, ${options});
`;

    it('becomes the configuration of the root module', async () => {
      const { text, left } = await migrated('nest-winston', module, {
        'main.ts': main(`{
  cors: true,
  logger: WinstonModule.createLogger({
    level: process.env.LOG_LEVEL,
    format: winston.format.combine(winston.format.timestamp(), utilities.format.nestLike('shop')),
    transports: [new winston.transports.Console()],
  }),
}`),
      });
      expect(text).toBe(`import { Module } from '@nestjs/common';
import { LoggingModule } from 'nestjs-logging';
@Module({ imports: [LoggingModule.forRoot({
  version: 1,
  formatters: { pretty: { class: 'ColorFormatter' } },
  handlers: {
    console: { class: 'StreamHandler', stream: 'ext://sys.stdout', formatter: 'pretty' },
  },
  root: { level: process.env.LOG_LEVEL ?? 'INFO', handlers: ['console'] },
})], providers: [] })
export class AppModule {}
`);
      expect(app.sources()['main.ts']).toBe(`import { NestFactory } from '@nestjs/core';
import { AppModule } from './a';
const folder = 'logs';
await NestFactory.create(AppModule, {
  cors: true,
  bufferLogs: true,
});
`);
      expect(left).toEqual([
        'src/main.ts:8:3: the level comes from the environment: there is no "http" and no "silly"',
      ]);
    });

    it.each([
      [
        '{ bufferLogs: true, logger: WinstonModule.createLogger({ transports: new winston.transports.Console() }) }',
      ],
      [
        '{ logger: WinstonModule.createLogger({ transports: new winston.transports.Console() }), bufferLogs: true }',
      ],
    ])('goes where Nest buffers already: %s', async (options) => {
      await migrated('nest-winston', module, { 'main.ts': main(options) });
      expect(app.sources()['main.ts']).toContain('NestFactory.create(AppModule, { bufferLogs: true });');
    });

    it.each([
      ['WinstonModule.createLogger({ instance })', 'WinstonModule.createLogger() stays'],
      [
        'WinstonModule.createLogger({ transports: [new winston.transports.File({ filename: folder })] })',
        'WinstonModule.createLogger() stays',
      ],
      [
        'WinstonModule.createLogger({ transports: [new winston.transports.Http()] })',
        'the option `logger` stays: `new winston.transports.Http()` is not translated',
      ],
    ])('stays: %s', async (logger, why) => {
      const source = main(`{ logger: ${logger} }`);
      const { text, left } = await migrated('nest-winston', module, { 'main.ts': source });
      expect(text).toBe(module);
      expect(app.sources()['main.ts']).toBe(source);
      expect(left.join('\n')).toContain(why);
    });
  });

  it('has no part for serializers of req and res, and takes what makes the ids of requests', async () => {
    const source = (options: string) => `import { Module } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
@Module({ imports: [LoggerModule.forRoot({ pinoHttp: { ${options} } })] })
export class AppModule {}
`;
    const serialized = await migrated(
      'nestjs-pino',
      source('serializers: { req(req) { return req.url; }, res: (res) => res.statusCode }'),
    );
    expect(serialized.text).toContain('LoggingModule.forRoot({');
    expect(serialized.left).toEqual([
      'src/a.ts:3:21: `serializers` of req and res have no part here; `http.fields` adds fields to access records',
    ]);
    const others = await migrated('nestjs-pino', source('serializers: { user: String }'));
    expect(others.left[0]).toContain('`pinoHttp.serializers` is not translated');
    const named = await migrated('nestjs-pino', source("genReqId: (req) => String(req.headers['x-id'])"));
    expect(named.text).toContain("}, { requestId: (req) => String(req.headers['x-id']) })] })");
    const answered = await migrated('nestjs-pino', source('genReqId: (req, res) => res.id'));
    expect(answered.left[0]).toContain('`pinoHttp.genReqId` is not translated');
  });

  it('adds a registration on a line of its own where the others have one', async () => {
    const source = `import { Injectable, Module } from '@nestjs/common';
import { InjectPinoLogger, LoggerModule, PinoLogger } from 'nestjs-pino';
@Injectable()
class A {
  constructor(@InjectPinoLogger('a') private readonly logger: PinoLogger) { logger.info('made'); }
}
@Module({
  imports: [
    LoggerModule.forRoot({ pinoHttp: { stream: process.stderr } }),
  ],
  providers: [A],
})
export class AppModule {}
`;
    const { text } = await migrated('nestjs-pino', source);
    expect(text).toContain(
      'imports: [\n    LoggingModule.forRoot(),\n    LoggerModule.forRoot({ pinoHttp: { stream',
    );
  });

  it('keeps a module that something needs still, but for tests', async () => {
    const module = `import { Module } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
@Module({ imports: [LoggerModule.forRoot()] })
export class AppModule {}
`;
    const user = "import { PinoLogger } from 'nestjs-pino';\nexport const token = PinoLogger;\n";
    expect((await migrated('nestjs-pino', module, { 'b.ts': user })).text).toBe(module);
    const { text, left } = await migrated('nestjs-pino', module, { 'b.spec.ts': user });
    expect(text).toContain('imports: [LoggingModule.forRoot({');
    expect(left).toEqual([
      'src/b.spec.ts:2:22: PinoLogger of nestjs-pino stays; in tests provide getLoggerToken(name) of nestjs-logging',
    ]);
  });

  it('keeps a module whose package is named where that is not followed', async () => {
    const module = `import { Module } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
@Module({ imports: [LoggerModule.forRoot()] })
export class AppModule {}
`;
    const passedOn = "export { PinoLogger as Log, InjectPinoLogger } from 'nestjs-pino';\n";
    expect(await migrated('nestjs-pino', module, { 'b.ts': passedOn })).toMatchObject({
      text: module,
      left: [
        'src/a.ts:3:21: LoggerModule stays: something needs it still, see the other places',
        'src/b.ts:1:53: PinoLogger, InjectPinoLogger of nestjs-pino stays: it is passed on from here, and other files may use it',
      ],
    });
    for (const use of ["export * from 'nestjs-pino';", "export const later = import('nestjs-pino');"]) {
      const { text, left } = await migrated('nestjs-pino', module, { 'b.ts': `${use}\n` });
      expect(text).toBe(module);
      expect(left[1]).toMatch(
        /src\/b\.ts:1:\d+: nestjs-pino stays: what is taken from it here is not followed$/,
      );
    }
    const mock = "jest.mock('nestjs-pino');\n";
    const { text, left } = await migrated('nestjs-pino', module, { 'b.spec.ts': mock });
    expect(text).toContain('LoggingModule.forRoot({');
    expect(left).toEqual([expect.stringContaining('src/b.spec.ts:1:11: nestjs-pino stays')]);
    const nest = "export { Injectable, Logger } from '@nestjs/common';\n";
    expect((await migrated('nest', nest)).left).toContain(
      'src/a.ts:1:36: Logger of @nestjs/common stays: it is passed on from here, and other files may use it',
    );
  });

  it('names loggers that are made of winston itself', async () => {
    const own = `import { createLogger, format, type Logger, transports } from 'winston';
export const logger: Logger = createLogger({ format: format.json(), transports: [new transports.Console()] });
`;
    const kept = `import { WinstonModule } from 'nest-winston';
import { transports } from 'winston';
export const logger = WinstonModule.createLogger({ transports: [new transports.Console()] });
`;
    const { text, left } = await migrated('nest-winston', own, { 'b.ts': kept });
    expect(text).toBe(own);
    expect(left).toEqual([
      expect.stringMatching(
        /^src\/a\.ts:2:\d+: \w+ of winston stays: its transports and formats are handlers/,
      ),
      expect.stringMatching(/^src\/b\.ts:3:23: WinstonModule\.createLogger\(\) stays/),
    ]);
  });

  it('finds the root module behind files that pass it on', async () => {
    const main = `import { NestFactory } from '@nestjs/core';
import { Root } from './shop';
export const app = NestFactory.create(Root);
`;
    const module = `import { Logger, Module } from '@nestjs/common';
@Module({ imports: [] })
class AppModule {}
export { AppModule as ShopModule };
new (class { private readonly logger = new Logger('a'); up() { this.logger.log('up'); } })().up();
`;
    await migrated('nest', main, {
      'shop.ts': "export * from './other';\nexport { ShopModule as Root } from './app.module';\n",
      'other.ts': "export * from './shop';\n",
      'app.module.ts': module,
    });
    expect(app.sources()['app.module.ts']).toContain('@Module({ imports: [LoggingModule.forRoot()] })');
    expect(app.sources()['a.ts']).toContain('NestFactory.create(Root, { bufferLogs: true })');
  });

  it('hides no less than the options did', async () => {
    const source = (options: string) => `import { Module } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
@Module({ imports: [LoggerModule.forRoot({ pinoHttp: { ${options} } })] })
export class AppModule {}
`;
    const pretty = "transport: { target: 'pino-pretty' }";
    expect((await migrated('nestjs-pino', source(`redact: ['user.pin'], ${pretty}`))).text).toContain(
      "secrets: { '()': 'RedactionFilter', paths: ['user.pin'] }",
    );
    expect((await migrated('nestjs-pino', source("redact: { paths: ['a'], remove: true }"))).text).toContain(
      "redact: { paths: ['a'], remove: true }",
    );
    const hidden = await migrated(
      'nestjs-pino',
      source(`redact: { paths: ['req.headers.cookie'], remove: true }, ${pretty}`),
    );
    expect(hidden.text).toContain("formatters: { pretty: { class: 'ColorFormatter' } },");
    const { text, left } = await migrated(
      'nestjs-pino',
      source(`redact: { paths: ['a'], remove: true }, ${pretty}`),
    );
    expect(text).toContain('LoggerModule.forRoot({ pinoHttp');
    expect(left[0]).toContain('`pinoHttp.redact.remove` is not translated');
  });

  /** What is made of the options of pino-http, and of imports and options of nestjs-pino itself. */
  const ofPino = (options: string, imports = '', outer = '') =>
    migrated(
      'nestjs-pino',
      `${imports}import { Module } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
@Module({ imports: [LoggerModule.forRoot({ ${outer} pinoHttp: { ${options} } })] })
export class AppModule {}
`,
    );

  it.each([
    [
      'levels by status, which are so here',
      "customLogLevel: (_req, res, err) => err || res.statusCode >= 500 ? 'error' : res.statusCode >= 400 ? 'warn' : 'info'",
      "root: { level: 'INFO', handlers: ['console'] },",
      '`customLogLevel` is not needed: a status of 4xx is at WARNING, one of 5xx at ERROR',
    ],
    [
      'a level of requests',
      "useLevel: 'debug'",
      "level: (_request, response) => (response.statusCode < 400 ? 'DEBUG' : undefined),",
      '`useLevel` is the level of what succeeds: a status of 4xx is at WARNING, one of 5xx at ERROR',
    ],
    [
      'an id from a header, or a random one',
      `genReqId: (req, res) => {
        const given = req.headers['x-correlation-id'];
        const id = (typeof given === 'string' && given) || randomUUID();
        res.setHeader('X-Correlation-Id', id);
        return id;
      }`,
      "{ http: { responseHeader: 'x-correlation-id' }, requestId: 'x-correlation-id' }",
      '`genReqId` is `requestId`: the id of x-correlation-id, else a random UUID, which the response has too',
    ],
    [
      'messages of its own',
      'customSuccessMessage: (req, res) => `${req.method}`',
      "root: { level: 'INFO', handlers: ['console'] },",
      '`customSuccessMessage` has no part here: the message of an access record is always the same',
    ],
    [
      'paths that are made elsewhere',
      "redact: { paths: [...PATHS, 'pin'], censor: '***' }",
      "redact: { paths: [...PATHS, 'pin'], censor: '***' },",
      '`redact` of req and res is not needed: no header is logged unless `http.headers` names it',
    ],
    [
      'a level that a function gives',
      'level: levelOf()',
      "root: { level: levelOf() ?? 'INFO', handlers: ['console'] },",
      'the level comes from the environment: "trace" is called VERBOSE now, and there is no "silent"',
    ],
  ])('takes of pino-http %s', async (_what, options, expected, note) => {
    const { text, left } = await ofPino(options, "import { randomUUID } from 'node:crypto';\n");
    expect(text).toContain(expected);
    expect(text).not.toContain('nestjs-pino');
    expect(left).toEqual([`src/a.ts:4:21: ${note}`]);
  });

  it.each([
    [
      'names of keys',
      "messageKey: 'msg'",
      "renameContext: 'name',",
      "rename_fields: { logger: 'name', message: 'msg' }",
    ],
    [
      'a condition of its records',
      "autoLogging: env === 'production'",
      '',
      "{ http: { enabled: env === 'production' } }",
    ],
    [
      'routes that it does not see',
      'autoLogging: { ignore: isQuiet }',
      "exclude: ['health', { path: '/doc', method: RequestMethod.ALL }],",
      "{ http: { exclude: [isQuiet, '/health', '/doc'] } }",
    ],
    [
      'lines for people on a condition',
      "...(isLocal && { transport: { target: 'pino-pretty', options: { singleLine: true } } })",
      '',
      "formatter: isLocal ? 'pretty' : 'json',",
    ],
    [
      'times and levels in the form they have here',
      `timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (label) => ({ level: label }) },
      serializers: { err: pino.stdSerializers.err }`,
      '',
      "formatters: { json: { class: 'JsonFormatter' } },",
    ],
    [
      'several targets',
      `transport: { targets: [
        { target: 'pino-pretty', level: 'info', options: { colorize: true } },
        { target: 'pino/file', level: 'error', options: { destination: 'logs/error.log', mkdir: true } },
        { target: 'pino-roll', options: { file: './logs/api.log', frequency: 'daily', size: '10m', mkdir: true } },
      ] }`,
      '',
      `handlers: {
    console: {
      class: 'StreamHandler',
      stream: 'ext://sys.stdout',
      formatter: 'pretty',
      level: 'INFO',
    },
    error: {
      class: 'FileHandler',
      filename: 'logs/error.log',
      makeDirs: true,
      formatter: 'json',
      level: 'ERROR',
    },
    api: {
      class: 'TimedRotatingFileHandler',
      filename: './logs/api.log',
      when: 'midnight',
      maxBytes: 10485760,
      makeDirs: true,
      formatter: 'json',
    },
  },
  root: { level: 'INFO', handlers: ['console', 'error', 'api'] },`,
    ],
  ])('takes of nestjs-pino %s', async (_what, options, outer, expected) => {
    const { text } = await ofPino(options, "import pino from 'pino';\n", outer);
    expect(text).toContain(expected);
    expect(text).not.toContain('nestjs-pino');
    expect(text?.includes("from 'pino'")).toBe(!options.includes('pino.'));
  });

  it.each([
    ['LoggingModule.forRoot(), LoggerModule.forRoot()', 'LoggingModule.forRoot({'],
    ['LoggerModule.forRoot(), LoggingModule.forRoot()', 'LoggingModule.forRoot({'],
  ])('registers LoggingModule once where an earlier run put it beside: %s', async (imports, expected) => {
    const { text } = await migrated(
      'nestjs-pino',
      `import { Module } from '@nestjs/common';
import { LoggingModule } from 'nestjs-logging';
import { LoggerModule } from 'nestjs-pino';
@Module({ imports: [${imports}] })
export class AppModule {}
`,
    );
    expect(text).toContain(`imports: [${expected}`);
    expect(text?.match(/LoggingModule\.forRoot/g)).toHaveLength(1);
    expect(text).not.toContain('nestjs-pino');
  });

  it("takes NestLogger for nest-winston's logger with Nest's methods", async () => {
    const service = `import { Inject, Injectable, LoggerService } from '@nestjs/common';
import { WINSTON_MODULE_NEST_PROVIDER } from 'nest-winston';
@Injectable()
export class A {
  constructor(@Inject(WINSTON_MODULE_NEST_PROVIDER) protected readonly logger: LoggerService) {}
}
`;
    const { text, left } = await migrated('nest-winston', service, {
      'module.ts': `import { Module } from '@nestjs/common';
import { WinstonModule } from 'nest-winston';
import * as winston from 'winston';
@Module({ imports: [WinstonModule.forRoot({ transports: new winston.transports.Console() })] })
export class AppModule {}
`,
    });
    expect(text).toContain("import { NestLogger } from 'nestjs-logging';");
    expect(text).toContain('constructor(@Inject(NestLogger) protected readonly logger: LoggerService) {}');
    expect(app.sources()['module.ts']).not.toContain('winston');
    expect(left).toEqual([
      'src/a.ts:5:15: the logger "logger" stays: it is not private, and other files may use it',
    ]);
  });

  it.each([
    ['nestjs-pino', 'LoggerModule', '{}'],
    ['nest-winston', 'WinstonModule', '{ transports: new transports.Console() }'],
  ])('exports LoggingModule where a module of %s exports %s', async (from, name, options) => {
    const { text } = await migrated(
      from,
      `import { Module } from '@nestjs/common';
import { ${name} } from '${from}';
import { transports } from 'winston';
@Module({ imports: [${name}.forRoot(${options})], exports: [${name}] })
export class LogModule {}
`,
    );
    expect(text).toContain('exports: [LoggingModule]');
    expect(text).not.toContain(name);
  });

  it("takes NestLogger for nestjs-pino's Logger where it is asked for", async () => {
    const main = `import { NestFactory } from '@nestjs/core';
import { Logger } from 'nestjs-pino';
import { AppModule } from './a';
const app = await NestFactory.create(AppModule, { bufferLogs: true });
const logger: Logger = app.get<Logger>(Logger);
app.useLogger(logger);
logger.log('made', 'Bootstrap');
`;
    const source = (options: string) => `import { Module } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
@Module({ imports: [LoggerModule.forRoot(${options})] })
export class AppModule {}
`;
    const mail = `import { Injectable } from '@nestjs/common';
import { Logger } from 'nestjs-pino';
@Injectable()
export class Mail {
  constructor(readonly logger: Logger) {}
}
`;
    await migrated('nestjs-pino', source(''), { 'main.ts': main, 'mail.ts': mail });
    expect(app.sources()['mail.ts']).toContain("import { NestLogger } from 'nestjs-logging';");
    expect(app.sources()['mail.ts']).toContain('constructor(readonly logger: NestLogger) {}');
    expect(app.sources()['main.ts']).toBe(
      main
        .replace("{ Logger } from 'nestjs-pino'", "{ NestLogger } from 'nestjs-logging'")
        .replace(': Logger = app.get<Logger>(Logger)', ': NestLogger = app.get<NestLogger>(NestLogger)'),
    );
    const { left } = await migrated('nestjs-pino', source('options'), { 'main.ts': main });
    expect(app.sources()['main.ts']).toBe(main);
    expect(left).toContain(
      'src/main.ts:5:15: Logger of nestjs-pino stays; NestLogger of nestjs-logging has the same methods',
    );
  });

  it.each([
    [
      "customLogLevel: (_req, res) => res.statusCode >= 400 ? 'error' : 'silent'",
      '`http.level` takes (request, response)',
    ],
    [
      'genReqId: (req, res) => { res.setHeader("x-id", next()); return next(); }',
      '`requestId` takes the request alone',
    ],
    ['customProps: (req, res) => ({ user: req.user })', '`http.contextFields`'],
    ['formatters: { level: (label) => ({ severity: label }) }', '`pinoHttp.formatters` is not translated'],
    ['timestamp: false', '`pinoHttp.timestamp` is not translated'],
    ["transport: { targets: [{ target: '@axiomhq/pino' }] }", '`pinoHttp.transport` is not translated'],
    [
      "transport: { target: 'pino-roll', options: { file: 'a.log', size: '10m' } }",
      '`pinoHttp.transport` is not translated',
    ],
    ['...(isLocal && { transport: { targets: [] } })', '`pinoHttp.transport` is not translated'],
    ['...common', '`pinoHttp....common` is not followed'],
  ])('leaves nestjs-pino with %s', async (options, why) => {
    const { text, left } = await ofPino(options);
    expect(text).toContain('LoggerModule.forRoot({  pinoHttp');
    expect(left[0]).toContain(why);
  });

  it.each([
    ['AppModule', 'AppModule, { bufferLogs: true }'],
    ['AppModule, {}', 'AppModule, { bufferLogs: true }'],
    ['AppModule, { cors: true }', 'AppModule, { bufferLogs: true, cors: true }'],
    ['AppModule, new FastifyAdapter()', 'AppModule, new FastifyAdapter(), { bufferLogs: true }'],
    ['AppModule, { logger: false }', 'AppModule, { logger: false }'],
    ['AppModule, { ...options }', 'AppModule, { ...options }'],
    ['AppModule, { bufferLogs: false }', 'AppModule, { bufferLogs: false }'],
  ])('lets Nest buffer its first messages: create(%s)', async (before, after) => {
    const source = (given: string) => `import { Logger, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
const logger = new Logger('a');
logger.log('a');
@Module({})
class AppModule {}
await NestFactory.create(${given});
`;
    expect((await migrated('nest', source(before))).text).toContain(`NestFactory.create(${after});`);
  });

  it('says which levels of winston the environment must not have', async () => {
    const source = `import { Module } from '@nestjs/common';
import { WinstonModule } from 'nest-winston';
import * as winston from 'winston';
@Module({ imports: [WinstonModule.forRoot({
  level: process.env.LOG_LEVEL || 'info',
  transports: [new winston.transports.Console()],
})] })
class AppModule {}
`;
    const { text, left } = await migrated('nest-winston', source);
    expect(text).toContain("level: process.env.LOG_LEVEL || 'INFO'");
    expect(left).toEqual([
      'src/a.ts:4:21: the level comes from the environment: there is no "http" and no "silly"',
    ]);
  });

  it('says so where the options are not written out', async () => {
    const source = `import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { LoggerModule } from 'nestjs-pino';
import { options } from './options.js';
@Module({ imports: [LoggerModule.forRoot()] })
class AppModule {}
await NestFactory.create(AppModule, options);
`;
    const { left } = await migrated('nestjs-pino', source);
    expect(left).toEqual([
      'src/a.ts:7:7: add `bufferLogs: true` to its options, so that the first messages are ours as well',
    ]);
  });

  it('brings the token of a test over', async () => {
    const source = `import { getLoggerToken } from 'nestjs-pino';
export const provider = { provide: getLoggerToken('Orders'), useValue: {} };
`;
    expect((await migrated('nestjs-pino', source)).text).toBe(
      source.replace('nestjs-pino', 'nestjs-logging'),
    );
  });

  it('says when there is nothing to register the module in', async () => {
    const source =
      "import { Logger } from '@nestjs/common';\nconst logger = new Logger('a');\nlogger.log('a');\n";
    expect((await migrated('nest', source)).left[0]).toMatch(/no NestFactory\.create/);
  });

  it('refuses a logger and a folder that it does not know', async () => {
    expect((await app.migrate('log4js')).status).toBe(2);
    const { status, stderr } = await runCliIn(app.folder, ['migrate', '--from', 'nest', 'nowhere']);
    expect([status, stderr]).toEqual([1, 'error: nowhere: there is no such file or folder\n']);
  });
});

describe('an application without TypeScript', () => {
  const app = new Application();

  it('says what to install', async () => {
    rmSync(join(app.folder, 'node_modules'), { recursive: true });
    app.write({ 'a.ts': '' });
    const { status, stderr } = await app.migrate('nest');
    expect([status, stderr]).toEqual([1, expect.stringContaining('npm install --no-save "typescript@6"')]);
  });
});
