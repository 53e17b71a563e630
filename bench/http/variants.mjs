import { ConsoleLogger, RequestMethod } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { tap } from 'rxjs';
import { applicationModule } from './application.mjs';
import { logByHand } from './limit.mjs';

/**
 * The same application with one way of logging each: `{ module, create?, ready?(app) }`.
 * All write one JSON line a request to standard output, which leads to a file.
 */
export const VARIANTS = {
  none: async () => ({ module: applicationModule(), create: { logger: false } }),

  limit: async () => ({ module: applicationModule(), create: { logger: false }, ready: logByHand }),

  ours: () => ours(),

  /** As nestjs-pino does on its own: lines are collected, and written by the dozen. */
  'ours-batched': () =>
    ours({
      version: 1,
      formatters: { json: { class: 'JsonFormatter' } },
      handlers: {
        stdout: { class: 'StreamHandler', stream: 'stdout', bufferSize: 16_000, formatter: 'json' },
      },
      root: { level: 'INFO', handlers: ['stdout'] },
    }),

  /** With what makes the server faster, which has nothing to do with logging. */
  'ours-tuned': () => ours(undefined, { http: { tuning: true } }),

  'nestjs-pino': async () => {
    const { Logger, LoggerModule } = await import('nestjs-pino');
    // Its own default matches no route of Nest 12 on Fastify: nothing would be logged.
    const forRoutes = [{ path: '*splat', method: RequestMethod.ALL }];
    return {
      module: applicationModule({ imports: [LoggerModule.forRoot({ forRoutes })] }),
      create: { bufferLogs: true },
      ready: (app) => app.useLogger(app.get(Logger)),
    };
  },

  'nest-winston': async () => {
    const { WINSTON_MODULE_NEST_PROVIDER, WinstonModule } = await import('nest-winston');
    const winston = (await import('winston')).default;
    const { combine, json, timestamp } = winston.format;
    const options = { format: combine(timestamp(), json()), transports: [new winston.transports.Console()] };
    const logger = WinstonModule.createLogger(options);
    return {
      module: applicationModule({
        imports: [WinstonModule.forRoot(options)],
        providers: [requestLog((fields) => logger.log({ message: 'request completed', ...fields }, 'http'))],
      }),
      create: { bufferLogs: true },
      ready: (app) => app.useLogger(app.get(WINSTON_MODULE_NEST_PROVIDER)),
    };
  },

  'nest-json': async () => {
    const logger = new ConsoleLogger('http', { json: true, colors: false });
    return {
      module: applicationModule({
        providers: [requestLog((fields) => logger.log({ message: 'request completed', ...fields }))],
      }),
      create: { logger },
    };
  },
};

async function ours(config, options) {
  const { LoggingModule, NestLogger } = await import('nestjs-logging');
  return {
    module: applicationModule({ imports: [LoggingModule.forRoot(config, options)] }),
    create: { bufferLogs: true },
    ready: (app) => app.useLogger(app.get(NestLogger)),
  };
}

/** The interceptor that the documentation of both recommends. */
function requestLog(write) {
  const interceptor = {
    intercept(context, next) {
      const started = performance.now();
      const http = context.switchToHttp();
      const { method, url } = http.getRequest();
      return next
        .handle()
        .pipe(
          tap(() =>
            write({ method, url, status: http.getResponse().statusCode, ms: performance.now() - started }),
          ),
        );
    },
  };
  return { provide: APP_INTERCEPTOR, useValue: interceptor };
}
