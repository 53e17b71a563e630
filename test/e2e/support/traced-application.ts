import { createServer, get, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { Readable } from 'node:stream';
import {
  type ArgumentsHost,
  BadRequestException,
  Body,
  Catch,
  Controller,
  type DynamicModule,
  type ExceptionFilter,
  ForbiddenException,
  Get,
  HttpException,
  Module,
  Param,
  Post,
  StreamableFile,
  UseFilters,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { HttpAdapterHost, NestFactory } from '@nestjs/core';
import { trace } from '@opentelemetry/api';
import { map, type Observable } from 'rxjs';
import { getLogger } from '../../../lib/core/loggers/manager.js';
import type { LoggingModuleOptions } from '../../../lib/nest/module/logging-options.js';
import { loggedModule } from './logged-module.js';
import { platforms } from './platforms.js';
import { Recorder } from './recorder.js';
import { requestText, send } from './wire.js';

class Refuses {
  canActivate(): boolean {
    throw new ForbiddenException('not you');
  }
}

class Passes {
  canActivate(): boolean {
    return true;
  }
}

class Wraps {
  intercept(_context: unknown, next: { handle(): Observable<unknown> }): Observable<unknown> {
    return next.handle().pipe(map((data) => ({ data })));
  }
}

@Catch(RangeError)
class Conflicts implements ExceptionFilter {
  constructor(private readonly host: HttpAdapterHost) {}
  catch(error: RangeError, host: ArgumentsHost): void {
    this.host.httpAdapter.reply(host.switchToHttp().getResponse(), { message: error.message }, 409);
  }
}
Reflect.defineMetadata('design:paramtypes', [HttpAdapterHost], Conflicts);

let upstream = 0;
let reachSlow = (): void => {};

@Controller('traced')
class TracedController {
  @Get('ok')
  ok(): string {
    return 'ok';
  }
  @Get('work/:id')
  @UseGuards(Passes)
  @UseInterceptors(Wraps)
  async work(@Param('id') id: string): Promise<string> {
    getLogger('work').info('outside');
    return trace.getTracer('work').startActiveSpan('inner', async (span) => {
      await new Promise((resolve) => setImmediate(resolve));
      getLogger('work').info('inside');
      span.end();
      return id;
    });
  }
  @Get('calls')
  calls(): Promise<string> {
    return new Promise((resolve, reject) => {
      get(`http://127.0.0.1:${upstream}/upstream`, (answer) => {
        answer.resume();
        answer.on('end', () => resolve(String(answer.headers['x-traced'])));
      }).on('error', reject);
    });
  }
  @Get('refused')
  refused(): never {
    throw new BadRequestException('card 7 has expired');
  }
  @Get('guarded')
  @UseGuards(Refuses)
  guarded(): string {
    return 'never';
  }
  @Get('broken')
  broken(): never {
    throw new Error('broken');
  }
  @Get('unavailable')
  async unavailable(): Promise<never> {
    await Promise.resolve();
    throw new HttpException('later', 503);
  }
  @Get('conflict')
  @UseFilters(Conflicts)
  conflict(): never {
    throw new RangeError('twice');
  }
  @Get('stream')
  stream(): StreamableFile {
    return new StreamableFile(Readable.from([Buffer.from('in '), Buffer.from('pieces')]));
  }
  @Get('slow')
  slow(): Promise<string> {
    reachSlow();
    return new Promise((resolve) => setTimeout(() => resolve('late'), 150));
  }
  @Post('echo')
  echo(@Body() body: object): object {
    return body;
  }
}

/** An application that is watched. */
export interface TracedApplication {
  readonly port: number;
  /** Names and messages of what was logged, and whether with the ids of a trace. */
  logged(): readonly string[];
  close(): Promise<void>;
}

/** Starts one. @param logging Options of the logging module; `undefined` for none. */
export async function startTraced(
  platform: string,
  logging: LoggingModuleOptions | undefined,
  modules: readonly DynamicModule[],
): Promise<TracedApplication> {
  const recorder = new Recorder();
  class AppModule {}
  Module({
    imports: [...modules, ...(logging === undefined ? [] : [loggedModule(recorder, logging)])],
    controllers: [TracedController],
  })(AppModule);
  const adapter = platforms.find(({ name }) => name === platform)?.createAdapter();
  const app = await NestFactory.create(AppModule, adapter as never, { logger: false });
  app.use('/traced/ok', (_request: unknown, _response: unknown, next: () => void) => next());
  await app.listen(0, '127.0.0.1');
  const called = createServer((request, response) => {
    response.setHeader(
      'x-traced',
      String('traceparent' in request.headers || 'sentry-trace' in request.headers),
    );
    response.end();
  });
  await new Promise<void>((resolve) => called.listen(0, '127.0.0.1', resolve));
  upstream = portOf(called);
  return {
    port: portOf(app.getHttpServer() as Server),
    logged: () =>
      recorder.records
        .filter(({ name }) => /^(work|nest\.(server|request))$/.test(name))
        .map(({ name, message, ...record }) =>
          [name, message?.replace(/ [\d.]+ms/, ''), 'trace_id' in record ? 'traced' : 'untraced'].join(' '),
        ),
    close: async () => {
      await app.close();
      called.closeAllConnections();
      await new Promise((resolve) => called.close(resolve));
    },
  };
}

const json = { 'Content-Type': 'application/json' };

/** Asks for everything, one after the other. */
export async function tracedRequests(port: number): Promise<void> {
  const ask = (path: string, method = 'GET', body?: string, headers: Record<string, string> = {}) =>
    send(port, requestText({ path, method, headers, ...(body !== undefined && { body }) }, 'close'));
  const paths = [
    'ok',
    'work/7',
    'calls',
    'refused',
    'guarded',
    'broken',
    'unavailable',
    'conflict',
    'stream',
  ];
  for (const name of paths) await ask(`/traced/${name}?token=x`);
  await ask('/nowhere');
  await ask('/traced/%FF');
  await ask('/traced/echo', 'POST', '{"cat":"Tom"}', json);
  await ask('/traced/echo', 'POST', '{"cat":', json);
  await ask('/traced/ok', 'GET', undefined, {
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  });
  await ask('/traced/ok', 'HEAD');
  await ask('/traced/ok', 'OPTIONS');
  await hangUp(port);
  await send(
    port,
    requestText({ path: '/traced/work/1' }, 'keep-alive') +
      requestText({ path: '/traced/broken' }, 'keep-alive') +
      requestText({ path: '/traced/work/2' }, 'close'),
  );
}

/** Asks for what takes long, and hangs up as soon as the server is at it. */
async function hangUp(port: number): Promise<void> {
  const isReached = new Promise<void>((resolve) => {
    reachSlow = resolve;
  });
  const socket = connect(port, '127.0.0.1', () =>
    socket.write(requestText({ path: '/traced/slow' }, 'close')),
  );
  await isReached;
  socket.destroy();
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port;
