/** What the log says of requests that are refused and of those that fail: one record each, by the status that was sent. */
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  type ArgumentsHost,
  BadRequestException,
  Body,
  Catch,
  ConflictException,
  Controller,
  type ExceptionFilter,
  Get,
  HttpException,
  type INestApplication,
  Injectable,
  Module,
  Post,
  Res,
  Scope,
  ServiceUnavailableException,
  UnprocessableEntityException,
} from '@nestjs/common';
import { APP_FILTER, NestFactory } from '@nestjs/core';
import { getLogger } from '../../lib/core/loggers/manager.js';
import type { LogRecord } from '../../lib/core/records/log-record.js';
import type { LoggingModuleOptions } from '../../lib/nest/module/logging-options.js';
import { useTemporaryFolder } from '../support/temporary-folder.js';
import { expectEveryInternal } from './support/internals.js';
import { loggedModule } from './support/logged-module.js';
import { platforms } from './support/platforms.js';
import { pause, Recorder } from './support/recorder.js';
import { runApp } from './support/run-app.js';
import { exchange, statusOf } from './support/wire.js';

expectEveryInternal();

/** An error of a library, which knows nothing of HTTP. */
class UniqueViolation extends Error {
  constructor(readonly answer: number) {
    super('Unique constraint failed');
  }
}

/** What the platforms' responses share. */
interface AnyReply {
  status(code: number): AnyReply;
  send(body: unknown): unknown;
}

@Catch(UniqueViolation)
class MappingFilter implements ExceptionFilter<UniqueViolation> {
  async catch({ answer }: UniqueViolation, host: ArgumentsHost): Promise<void> {
    if (answer === 202) await pause(5);
    host.switchToHttp().getResponse<AnyReply>().status(answer).send({ taken: true });
  }
}

@Injectable({ scope: Scope.REQUEST })
class ScopedFilter extends MappingFilter {}
Catch(UniqueViolation)(ScopedFilter);

const CONTROL = '\u001b[31m';

@Controller()
class RefusalsController {
  @Get('text')
  text() {
    throw new BadRequestException('card 7 has expired');
  }

  @Post('list')
  list(@Body() _body: unknown) {
    throw new BadRequestException(['email must be an email', 'age must be a number']);
  }

  @Get('objects')
  objects() {
    const error = {
      target: { pin: '4711' },
      value: '4711',
      constraints: { isInt: 'pin must be an integer' },
    };
    throw new BadRequestException([{ property: 'card', children: [error] }]);
  }

  @Get('caused')
  caused() {
    throw new ConflictException('taken', { cause: new Error('duplicate key') });
  }

  @Get('hostile')
  hostile() {
    throw new BadRequestException(`${CONTROL}no\npassword=hunter2 ${'x'.repeat(5_000)}`);
  }

  @Get('many')
  many() {
    throw new BadRequestException(Array.from({ length: 500 }, (_, index) => `field ${index} is wrong`));
  }

  @Get('plain-list')
  plainList() {
    throw new HttpException(['no such card', 'no such pin'] as never, 400);
  }

  @Get('named')
  named() {
    const errors = {
      email: 'is taken',
      roles: ['unknown', 'too many'],
      password: 'password is empty',
      pin: { value: 471_181 },
    };
    throw new UnprocessableEntityException({ status: 422, errors });
  }

  @Get('issues')
  issues() {
    throw new UnprocessableEntityException({ errors: [{ path: ['pin'], message: 'pin is too short' }, 7] });
  }

  // The answer of nestjs-zod.
  @Get('schema')
  schema() {
    const errors = [
      {
        code: 'too_small',
        path: ['cards', 0, 'password'],
        message: 'Too small: expected string',
        minimum: 8,
      },
      { code: 'invalid_type', path: ['password'], message: 'Required' },
      { code: 'unrecognized_keys', path: [], message: 'Unrecognized key: "kind"' },
      {
        code: 'invalid_enum_value',
        path: ['kind'],
        message: "Invalid enum value. Expected 'a' | 'b', received '471181'",
      },
    ];
    throw new BadRequestException({ statusCode: 400, message: 'Validation failed', errors });
  }

  @Get('null')
  rejectsWithNull() {
    return Promise.reject(null);
  }

  @Get('nameless')
  nameless() {
    throw new UnprocessableEntityException({ errors: { pin: 471_181 } });
  }

  @Get('quotes')
  quotes() {
    throw new BadRequestException(
      Array.from({ length: 20 }, () => `property ${'"'.repeat(4_000)} should not exist`),
    );
  }

  @Get('moved')
  moved() {
    throw new HttpException('moved to /cards', 302);
  }

  @Get('mapped/409')
  mapped() {
    throw new UniqueViolation(409);
  }

  @Get('mapped/503')
  unavailable() {
    throw new UniqueViolation(503);
  }

  @Get('mapped/202')
  accepted() {
    throw new UniqueViolation(202);
  }

  @Get('own-404')
  own(@Res() reply: AnyReply) {
    reply.status(404).send('nothing here');
  }

  @Get('down')
  down() {
    throw new ServiceUnavailableException('the warehouse does not answer');
  }
}

describe.each(platforms)('on $name', ({ name: platform, createAdapter }) => {
  const recorder = new Recorder();
  let app: INestApplication | undefined;

  async function start(options: LoggingModuleOptions = {}, filter: typeof MappingFilter = MappingFilter) {
    @Module({
      imports: [loggedModule(recorder, options)],
      controllers: [RefusalsController],
      providers: [{ provide: APP_FILTER, useClass: filter }],
    })
    class RefusalsModule {}
    app = await NestFactory.create(RefusalsModule, createAdapter(), { logger: false });
    await app.listen(0, '127.0.0.1');
    recorder.clear();
    return (app.getHttpServer().address() as { port: number }).port;
  }
  const summary = (records: readonly LogRecord[]) =>
    records.map((record) => {
      const { status, error, reason } = record.extraFields();
      return { name: record.name, level: record.levelname, status, error, reason };
    });
  /** Sends one request; gives what was logged of it. */
  async function logged(port: number, path: string, init: { body?: string } = {}): Promise<LogRecord[]> {
    recorder.clear();
    const headers = { 'Content-Type': 'application/json' };
    await exchange(port, { path, ...(init.body !== undefined && { method: 'POST', headers, ...init }) });
    await pause(25);
    return [...recorder.records];
  }
  afterEach(async () => {
    await app?.close();
    app = undefined;
    recorder.clear();
  });

  describe('a refused request has one record, which says why', () => {
    it.each([
      ['/text', undefined, 400, 'BadRequestException', 'card 7 has expired'],
      ['/list', '{}', 400, 'BadRequestException', ['email must be an email', 'age must be a number']],
      ['/objects', undefined, 400, 'BadRequestException', ['pin must be an integer']],
      [
        '/named',
        undefined,
        422,
        'UnprocessableEntityException',
        ['email: is taken', 'roles: unknown', 'roles: too many', 'password is empty'],
      ],
      ['/issues', undefined, 422, 'UnprocessableEntityException', ['pin is too short']],
      [
        '/schema',
        undefined,
        400,
        'BadRequestException',
        [
          'Validation failed',
          'cards.0.password: Too small: expected string',
          'password: Required',
          'Unrecognized key: "kind"',
          "kind: Invalid enum value. Expected 'a' | 'b'",
        ],
      ],
      ['/nameless', undefined, 422, 'UnprocessableEntityException', 'Unprocessable Entity Exception'],
      ['/nothing-here', undefined, 404, 'NotFoundException', 'Cannot GET /nothing-here'],
      ['/nothing?email=a@b.example', undefined, 404, 'NotFoundException', 'Cannot GET /nothing'],
      ['/mapped/409', undefined, 409, 'UniqueViolation', 'Unique constraint failed'],
      ['/own-404', undefined, 404, undefined, undefined],
    ])('%s', async (path, body, status, error, reason) => {
      const port = await start();
      const records = await logged(port, path, body === undefined ? {} : { body });
      expect(summary(records)).toEqual([{ name: 'nest.server', level: 'WARNING', status, error, reason }]);
      expect(records[0]?.excInfo).toBeUndefined();
      const ending = reason === undefined ? '' : `: ${[reason].flat().join('; ')}`;
      expect(records[0]?.message?.replace(/ \d+\.\dms/, '')).toBe(
        `${body === undefined ? 'GET' : 'POST'} ${path.split('?')[0]} ${status}${ending}`,
      );
    });

    it('with the traceback of its cause', async () => {
      const records = await logged(await start(), '/caused');
      expect(records).toHaveLength(1);
      expect(records[0]?.excInfo).toMatchObject({ message: 'duplicate key' });
    });

    it('and neither control characters, secrets nor more than a line can bear', async () => {
      const port = await start();
      const [hostile] = await logged(port, '/hostile');
      const reason = String(hostile?.extraFields().reason);
      expect(reason).toMatch(/^\\x1b\[31mno\\npassword=\[REDACTED\] x+…$/);
      expect(reason.length).toBeLessThan(600);
      const [many] = await logged(port, '/many');
      expect(many?.extraFields().reason).toHaveLength(20);
    });

    it('and nothing of a body that cannot be parsed', async () => {
      const records = await logged(await start(), '/list', { body: '{"pin": 471181 s3cret}' });
      expect(summary(records)).toEqual([
        expect.objectContaining({ name: 'nest.server', status: 400, reason: expect.any(String) }),
      ]);
      const text = JSON.stringify(records.map((record) => [record.toDict(), String(record.excInfo)]));
      expect(text).not.toMatch(/s3cret|471181/);
    });

    it('of the platform itself, too', async () => {
      const port = await start();
      const records = await logged(port, '/list', { body: JSON.stringify('x'.repeat(2_000_000)) });
      expect(summary(records)).toEqual([
        {
          name: 'nest.server',
          level: 'WARNING',
          status: 413,
          error: expect.stringMatching(
            /^(PayloadTooLargeException|PayloadTooLargeError|FastifyError|HttpException)$/,
          ),
          reason: expect.stringMatching(/too large/i),
        },
      ]);
    });
  });

  it.each<[string, LoggingModuleOptions, string[]]>([
    ['a second one with refusalRecord', { http: { refusalRecord: true } }, ['nest.request', 'nest.server']],
    ['one of nest.request without access records', { http: { enabled: false } }, ['nest.request']],
    ['one of nest.request with http: false', { http: false }, ['nest.request']],
    ['one, if failures are left to Nest', { http: { exceptionFilter: false } }, ['nest.server']],
    ['one without a context', { context: false }, ['nest.server']],
  ])('a refused request has %s', async (_name, options, loggers) => {
    const port = await start(options);
    for (const path of ['/text', '/mapped/409']) {
      const records = await logged(port, path);
      expect(records.map(({ name }) => name)).toEqual(loggers);
      for (const record of records) {
        expect(record.levelname).toBe('WARNING');
        expect(record.extraFields()).toMatchObject({ error: expect.any(String), reason: expect.any(String) });
      }
    }
  });

  it('a refused request has a record of nest.request where the level of access records is higher', async () => {
    const port = await start();
    getLogger('nest.server').setLevel('ERROR');
    try {
      expect(summary(await logged(port, '/text'))).toEqual([
        expect.objectContaining({ name: 'nest.request', level: 'WARNING', reason: 'card 7 has expired' }),
      ]);
    } finally {
      getLogger('nest.server').setLevel('NOTSET');
    }
  });

  describe.each([
    ['a filter', MappingFilter],
    ['a request-scoped filter', ScopedFilter],
  ])('what %s answers', (_name, filter) => {
    it.each([
      [409, []],
      [503, [503]],
      [202, [202]],
    ])('with %d is a failure of the server or not by that status', async (status, failed) => {
      const port = await start({}, filter);
      const records = await logged(port, `/mapped/${status}`);
      const failures = records.filter(({ name }) => name === 'nest.request');
      expect(failures.map((record) => record.extraFields().status)).toEqual(failed);
      for (const record of failures) {
        expect(record.levelname).toBe('ERROR');
        expect(record.excInfo).toBeInstanceOf(UniqueViolation);
        expect(record.extraFields()).toMatchObject({ error: 'UniqueViolation', path: `/mapped/${status}` });
      }
      const access = records.filter(({ name }) => name === 'nest.server');
      expect(access.map((record) => record.extraFields())).toEqual([
        expect.objectContaining({ status, error: 'UniqueViolation' }),
      ]);
    });
  });

  it('null that is thrown is called null', async () => {
    expect(summary(await logged(await start(), '/null'))).toEqual([
      { name: 'nest.request', level: 'ERROR', status: 500, error: 'null', reason: undefined },
      { name: 'nest.server', level: 'ERROR', status: 500, error: 'null', reason: undefined },
    ]);
  });

  it('an excluded request is quiet whatever it answers, unless it fails with an error that nobody meant', async () => {
    const port = await start({ http: { exclude: ['/down', '/text', '/mapped/*'] } });
    expect(await logged(port, '/down')).toEqual([]);
    expect(await logged(port, '/text')).toEqual([]);
    expect(await logged(port, '/mapped/409')).toEqual([]);
    expect(summary(await logged(port, '/mapped/503'))).toEqual([
      expect.objectContaining({
        name: 'nest.request',
        level: 'ERROR',
        status: 503,
        error: 'UniqueViolation',
      }),
    ]);
  });

  it('a list that is the whole response of an HttpException is the reason', async () => {
    expect(summary(await logged(await start(), '/plain-list'))).toEqual([
      expect.objectContaining({ name: 'nest.server', reason: ['no such card', 'no such pin'] }),
    ]);
  });

  it('what a client has quoted a thousand times costs no more than other text', async () => {
    const port = await start();
    await logged(port, '/quotes');
    const before = process.cpuUsage();
    expect(await logged(port, '/quotes')).toHaveLength(1);
    const { user } = process.cpuUsage(before);
    expect(user / 1_000).toBeLessThan(1_000);
  });

  it('an HttpException of 3xx that is answered so is no failure', async () => {
    expect(summary(await logged(await start(), '/moved'))).toEqual([
      {
        name: 'nest.server',
        level: 'INFO',
        status: 302,
        error: 'HttpException',
        reason: 'moved to /cards',
      },
    ]);
  });

  it('an HttpException of 5xx is a failure of the server', async () => {
    const records = await logged(await start(), '/down');
    expect(summary(records)).toEqual([
      {
        name: 'nest.request',
        level: 'ERROR',
        status: 503,
        error: 'ServiceUnavailableException',
        reason: undefined,
      },
      expect.objectContaining({ name: 'nest.server', level: 'ERROR', status: 503 }),
    ]);
  });

  it('a failure that nobody answers is logged when the application is closed', async () => {
    @Catch()
    class SilentFilter implements ExceptionFilter {
      catch(): void {
        // Hijacked, so that Fastify waits as Express does.
      }
    }
    const port = await start({}, SilentFilter as never);
    const answer = exchange(port, { path: '/down', abortAfter: 60 });
    await pause(30);
    expect(recorder.records).toEqual([]);
    await answer;
    await pause(30);
    expect(summary(recorder.records).map(({ name, level, status }) => [name, level, status])).toEqual(
      platform === 'express'
        ? [
            ['nest.request', 'ERROR', 499],
            ['nest.server', 'ERROR', 499],
          ]
        : expect.any(Array),
    );
    expect(recorder.tracebacks).toHaveLength(1);
    expect(statusOf(await answer)).toBeNaN();
  });

  describe('what a process was about to log when it ends', () => {
    const folder = useTemporaryFolder();

    it.each(['exit', 'crash', 'refused-exit'])('is logged: %s', (ending) => {
      const { log } = runApp(folder.path, 'dying-requests.ts', platform, ending);
      const lines = log.split('\n').filter((line) => line !== '');
      const records = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
      const own = records.filter(({ logger }) => logger === 'nest.request');
      const refused = ending === 'refused-exit';
      expect(own).toEqual([
        expect.objectContaining(
          refused
            ? { level: 'WARNING', status: 400, error: 'BadRequestException', reason: 'no such card' }
            : { level: 'ERROR', status: 500, error: 'Error', exception: expect.stringContaining('it broke') },
        ),
      ]);
      expect(own[0]).toMatchObject({ method: 'GET', path: `/${ending}`, request_id: expect.any(String) });
    });
  });
});
