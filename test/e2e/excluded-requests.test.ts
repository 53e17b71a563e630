import { createRequire } from 'node:module';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  Controller,
  ForbiddenException,
  GatewayTimeoutException,
  Get,
  type INestApplication,
  InternalServerErrorException,
  Module,
  Param,
  ServiceUnavailableException,
  type Type,
  Version,
  VersioningType,
} from '@nestjs/common';
import { type AbstractHttpAdapter, NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { LoggingModule } from '../../lib/nest/module/logging.module.js';
import type { LoggingModuleOptions } from '../../lib/nest/module/logging-options.js';
import { collectStderr } from '../support/stderr-collector.js';
import { loggedModule } from './support/logged-module.js';
import { platforms } from './support/platforms.js';
import { pause, Recorder } from './support/recorder.js';
import { exchange } from './support/wire.js';

const express = createRequire(import.meta.url)('express') as () => {
  enable(setting: string): { enable(setting: string): unknown };
};

type Excluded = NonNullable<Exclude<LoggingModuleOptions['http'], false | undefined>>['exclude'];

/** What a check of one's health may throw. */
const failures: Readonly<Record<string, () => unknown>> = {
  // As terminus does it.
  down: () =>
    new ServiceUnavailableException({ status: 'error', error: { db: { status: 'down' } }, details: {} }),
  forbidden: () => new ForbiddenException(),
  timeout: () => new GatewayTimeoutException(),
  broken: () => new TypeError('db is undefined'),
  internal: () => new InternalServerErrorException('the check is broken'),
};

@Controller()
class PathsController {
  @Get('health')
  health(): string {
    return 'up';
  }

  @Get('cats/:id')
  cat(): string {
    return 'cat';
  }

  @Get('ready/:how')
  ready(@Param('how') how: string): never {
    throw failures[how]?.();
  }

  @Version('2')
  @Get('versioned')
  versioned(): string {
    return 'two';
  }
}

/** Patterns of `exclude`, a path, and whether a platform's router would take the path for the pattern. */
const matches: [pattern: string | RegExp, path: string, express: boolean, fastify: boolean][] = [
  ['/health', '/health', true, true],
  ['/health', '/health?verbose=1', true, true],
  ['/health', '/healthy', false, false],
  ['/health', '/health/', true, false],
  ['/health/', '/health', true, false],
  ['/health/', '/health/', true, true],
  ['/health', '/HEALTH', true, false],
  ['/HEALTH', '/health', true, false],
  ['/cats/:id', '/cats/7', true, true],
  ['/cats/:id', '/cats/7/toys', false, false],
  ['/cats/:id', '/cats', false, false],
  ['/cats/:id?', '/cats', true, true],
  ['/cats{/:id}', '/cats/7', true, true],
  ['/x/*/y', '/x/1/y', true, true],
  ['/x/*/y', '/x/1/2/y', true, true],
  ['/x/*/y', '/x/1/z', false, false],
  ['/x/*rest', '/x/1/z', true, true],
  ['/docs/*', '/docs/', true, true],
  ['/docs/*', '/docs/a/b.css', true, true],
  ['/docs/*', '/documents', false, false],
  ['/docs*', '/documents', false, false],
  ['/doc*', '/documents', true, true],
  ['/{*splat}', '/anything/at/all', true, true],
  ['/*', '/', true, true],
  ['/', '/', true, true],
  ['/', '/health', false, false],
  ['/a.b', '/aXb', false, false],
  ['/café menu', '/caf%C3%A9%20menu', true, true],
  [/^\/he.lth$/, '/health', true, true],
  [/^\/he.lth$/g, '/health', true, true],
  [/^\/he.lth$/, '/health/live', false, false],
];

describe.each(platforms)('requests that are excluded on $name', ({ name, createAdapter }) => {
  const recorder = new Recorder();
  let app: INestApplication | undefined;

  async function start(
    exclude: Excluded,
    {
      adapter = createAdapter(),
      prepare,
      controller = PathsController,
    }: {
      adapter?: AbstractHttpAdapter;
      prepare?: (app: INestApplication) => void;
      controller?: Type;
    } = {},
  ): Promise<(path: string) => Promise<boolean>> {
    @Module({ imports: [loggedModule(recorder, { http: { exclude } })], controllers: [controller] })
    class AppModule {}
    app = await NestFactory.create(AppModule, adapter, { logger: false, abortOnError: false });
    prepare?.(app);
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address() as { port: number };
    return async (path) => {
      recorder.clear();
      await exchange(port, { path });
      await pause(15);
      return recorder.of('nest.server').length === 0;
    };
  }

  afterEach(async () => {
    await app?.close();
    app = undefined;
  });

  it.each(matches)(
    '%s and the path %s, as its router compares them',
    async (pattern, path, express, fastify) => {
      const isExcluded = await start([pattern]);
      expect(await isExcluded(path)).toBe(name === 'express' ? express : fastify);
    },
  );

  it('goes by the settings of its router', async () => {
    let adapter: AbstractHttpAdapter;
    if (name === 'express') {
      // Before the adapter has it: the router takes the settings of when it is made.
      const application = express();
      application.enable('strict routing').enable('case sensitive routing');
      adapter = new ExpressAdapter(application);
    } else {
      const routerOptions = { caseSensitive: false, ignoreTrailingSlash: true };
      adapter = new FastifyAdapter({ routerOptions }) as unknown as AbstractHttpAdapter;
    }
    const isExcluded = await start(['/health'], { adapter });
    expect(await isExcluded('/health/')).toBe(name === 'fastify');
    expect(await isExcluded('/HEALTH')).toBe(name === 'fastify');
    expect(await isExcluded('/health')).toBe(true);
  });

  it('means a path with or without the global prefix and the version', async () => {
    const prepare = (made: INestApplication): void => {
      made.setGlobalPrefix('api');
      made.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });
    };
    const isExcluded = await start(['/health', '/versioned', '/v1/cats/:id'], { prepare });
    expect(await isExcluded('/api/v1/health')).toBe(true);
    expect(await isExcluded('/api/v2/versioned')).toBe(true);
    expect(await isExcluded('/api/v1/cats/7')).toBe(true);
    expect(await isExcluded('/api/v2/cats/7')).toBe(false);
    expect(await isExcluded('/api/v9/health')).toBe(false);
    expect(await isExcluded('/api/vhealth')).toBe(false);
  });

  it.each([
    ['down', false],
    ['forbidden', false],
    ['timeout', false],
    ['broken', true],
    ['internal', true],
  ])('are quiet when they fail with an answer that was meant: %s', async (how, isLogged) => {
    const isExcluded = await start(['/ready/*']);
    expect(await isExcluded(`/ready/${how}`)).toBe(true);
    const told = recorder.records.map((record) => [
      record.name,
      record.levelname,
      record.excInfo !== undefined,
    ]);
    expect(told).toEqual(isLogged ? [['nest.request', 'ERROR', true]] : []);
  });

  it('logs the same failures where nothing is excluded', async () => {
    const isExcluded = await start([]);
    expect(await isExcluded('/ready/down')).toBe(false);
    expect(recorder.of('nest.request').map(({ levelname }) => levelname)).toEqual(['ERROR']);
  });

  it('means the template of a route', async () => {
    const prepare = (made: INestApplication): void => void made.setGlobalPrefix('api');
    const isExcluded = await start(['/api/cats/:id'], { prepare });
    expect(await isExcluded('/api/cats/7')).toBe(true);
  });

  it('reports a function that throws or makes one wait, and logs the request', async () => {
    const isExcluded = await start([
      () => {
        throw new Error('no idea');
      },
    ]);
    const errors = collectStderr();
    expect(await isExcluded('/health')).toBe(false);
    expect(errors.text).toMatch(/no idea[\s\S]*http\.exclude/);
    await app?.close();
    const isExcludedLater = await start([(async () => true) as never]);
    expect(await isExcludedLater('/health')).toBe(false);
    expect(errors.stop()).toContain('returned a promise');
  });
});

describe('a pattern that can never match', () => {
  it.each([
    ['health', "'health' never matches: expected a path that starts with /"],
    ['https://shop/health', 'expected a path that starts with /'],
    ['', "'' never matches: expected a path that starts with /"],
    ['/health?verbose=1', "a path ends before '?'"],
    ['/docs#top', "a path ends before '#'"],
    ['/cats/:', "'/cats/:' is not a path pattern: Missing parameter name"],
    ['/docs{/more', "'/docs{/more' is not a path pattern: "],
    ['//ok', "'//ok' never matches: no route has an empty segment; write '/ok'"],
    ['/cats//:id', "write '/cats/:id'"],
    ['/health//', "write '/health/'"],
    [/^\/health\?full/, '/^\\/health\\?full/ never matches: the query is not looked at; leave it out'],
    [/^health/, '/^health/ never matches: paths start with /, so write /^\\/health/'],
  ])('is refused: %s', (pattern, message) => {
    expect(() => LoggingModule.forRoot(undefined, { http: { exclude: [pattern] } })).toThrow(
      expect.objectContaining({ code: 'ERR_LOGGING_OPTIONS', message: expect.stringContaining(message) }),
    );
  });

  it('is refused where only another platform knows its kind', async () => {
    @Module({ imports: [LoggingModule.forRoot(undefined, { http: { exclude: ['/cats/:id(\\d+)'] } })] })
    class AppModule {}
    const options = { logger: false, abortOnError: false } as const;
    await expect(NestFactory.create(AppModule, new ExpressAdapter(), options)).rejects.toThrow(
      "http.exclude: '/cats/:id(\\d+)' never matches: Express has no expressions in routes; give a RegExp",
    );
    const app = await NestFactory.create(
      AppModule,
      new FastifyAdapter() as unknown as AbstractHttpAdapter,
      options,
    );
    await app.close();
  });
});
