import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { Readable } from 'node:stream';
import compress from '@fastify/compress';
import fastifyCookie from '@fastify/cookie';
import fastifyHelmet from '@fastify/helmet';
import fastifyMultipart from '@fastify/multipart';
import fastifyRateLimit from '@fastify/rate-limit';
import fastifySession from '@fastify/session';
import fastifyStatic from '@fastify/static';
import {
  Body,
  Controller,
  type DynamicModule,
  Get,
  Header,
  HttpCode,
  type INestApplication,
  Module,
  NotFoundException,
  Param,
  Post,
  Redirect,
  Req,
  Res,
  Sse,
  StreamableFile,
  Version,
  VersioningType,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import compression from 'compression';
import { rateLimit } from 'express-rate-limit';
import session from 'express-session';
import helmet from 'helmet';
import { createProxyMiddleware } from 'http-proxy-middleware';
import multer from 'multer';
import { from, type Observable } from 'rxjs';
import serveStatic from 'serve-static';

/** Files that are served as they are. */
const FILES = path.join(import.meta.dirname, 'answer-files');
const SECRET = 'a secret of more than thirty-two characters';
const LONG = 'grün ✓ '.repeat(20_000);

type Reply = ServerResponse & { raw?: ServerResponse; hijack?(): unknown };

/** A request: Fastify's has Node's. */
type Raw = IncomingMessage & { readonly raw?: IncomingMessage };

/** Node's own response, which nobody else is going to answer with. */
function rawOf(reply: Reply): ServerResponse {
  reply.hijack?.();
  return reply.raw ?? reply;
}

@Controller('answers')
class AnswersController {
  /** What happened to the last answer of `ordered`. */
  readonly #order: string[] = [];

  @Get('text')
  text(): string {
    return 'Tom';
  }
  @Get('json')
  json(): object {
    return { name: 'grün ✓', list: [1, 2, 3] };
  }
  @Get('nothing')
  nothing(): void {}
  @Get('long')
  long(): string {
    return LONG;
  }
  @Get('no-content')
  @HttpCode(204)
  noContent(): void {}
  @Get('redirect')
  @Redirect('/answers/text', 301)
  redirect(): void {}
  @Get('header')
  @Header('Cache-Control', 'none')
  @Header('X-Cat', 'Tom')
  header(): string {
    return 'with headers';
  }
  @Get('missing/:id')
  missing(@Param('id') id: string): never {
    throw new NotFoundException(`no ${id}`);
  }
  @Get('broken')
  broken(): never {
    throw new Error('broken');
  }
  @Post('echo')
  echo(@Body() body: unknown): object {
    return { body };
  }
  @Get('file')
  file(): StreamableFile {
    return new StreamableFile(Buffer.from('a file'), { type: 'text/plain', disposition: 'attachment' });
  }
  @Get('stream')
  stream(): StreamableFile {
    return new StreamableFile(Readable.from([Buffer.from('in '), Buffer.from('pieces')]));
  }
  @Sse('events')
  events(): Observable<{ data: number }> {
    return from([{ data: 1 }, { data: 2 }]);
  }
  @Get('written')
  written(@Res() reply: Reply): void {
    const response = rawOf(reply);
    response.writeHead(200, 'Fine', ['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2']);
    response.write('in ');
    response.write(Buffer.from('pieces'));
    response.end();
  }
  @Get('trailers')
  trailers(@Res() reply: Reply): void {
    const response = rawOf(reply);
    response.setHeader('Trailer', 'X-Sum');
    response.write('Tom');
    response.addTrailers({ 'X-Sum': '3' });
    response.end();
  }
  @Get('hints')
  hints(@Res() reply: Reply): void {
    const response = rawOf(reply);
    response.writeEarlyHints({ link: '</style.css>; rel=preload; as=style' });
    if (!('stream' in response)) response.writeProcessing();
    response.end('after hints');
  }
  @Get('piped')
  piped(@Res() reply: Reply): void {
    Readable.from(['one ', 'two ', 'three']).pipe(rawOf(reply));
  }
  @Get('cut')
  cut(@Res() reply: Reply): void {
    const response = rawOf(reply);
    response.writeHead(200, { 'Content-Length': '10' });
    response.write('half');
    setTimeout(() => response.destroy(), 5);
  }
  @Get('hung-up')
  hungUp(@Res() reply: Reply): void {
    const response = rawOf(reply);
    response.write('half');
    setTimeout(() => response.socket?.destroy(), 5);
  }
  @Get('twice')
  twice(@Res() reply: Reply): void {
    const response = rawOf(reply);
    response.end('once');
    // Each of them is an error, and how many events that makes depends on Node and the protocol.
    response.on('error', () => undefined);
    response.write('again', () => undefined);
    response.end('again');
  }
  @Get('ordered')
  ordered(@Req() request: Raw, @Res() reply: Reply): void {
    const response = rawOf(reply);
    this.#order.length = 0;
    const note = (what: string) => () => this.#order.push(what);
    response.once('prefinish', note('prefinish')).once('finish', note('finish')).once('close', note('close'));
    (request.raw ?? request).once('end', note('request end')).once('close', note('request close'));
    queueMicrotask(note('microtask'));
    process.nextTick(note('tick'));
    setImmediate(note('immediate'));
    response.end('Tom', note('ended'));
    note('after end')();
  }
  @Get('order')
  async order(): Promise<object> {
    await new Promise((resolve) => setTimeout(resolve, 30));
    return this.#order;
  }
  @Version('2')
  @Get('versioned')
  versioned(): string {
    return 'two';
  }
  @Get('late')
  async late(): Promise<string> {
    await new Promise((resolve) => setTimeout(resolve, 5));
    return 'late';
  }
}

@Controller()
class MountedController {
  @Get('helmet/page')
  helmet(): string {
    return '<p>safe</p>';
  }
  @Get('compressed/page')
  compressed(): string {
    return 'again '.repeat(500);
  }
  @Get('session/count')
  count(@Req() request: { session: { count?: number } }): object {
    request.session.count = (request.session.count ?? 0) + 1;
    return { count: request.session.count };
  }
  @Get('limited/page')
  limited(): string {
    return 'not too often';
  }
  @Post('upload/one')
  async upload(@Req() request: Upload): Promise<object> {
    const file = request.file;
    if (typeof file !== 'function') return { name: file?.originalname, size: file?.size };
    const part = await file.call(request);
    return { name: part.filename, size: (await part.toBuffer()).length };
  }
}

/** A request with a file, of multer or of \@fastify/multipart. */
interface Upload {
  readonly file?:
    | { readonly originalname: string; readonly size: number }
    | (() => Promise<{ readonly filename: string; toBuffer(): Promise<Buffer> }>);
}

/** What a route of Fastify answers with. */
interface ProxyReply {
  readonly raw: ServerResponse;
  hijack(): void;
  code(status: number): { send(body: string): unknown };
}

interface ProxyHost {
  get(path: string, handler: (request: { url: string }, reply: ProxyReply) => unknown): void;
}

/** An application, and how to end it with all that belongs to it. */
export interface AnswerApplication {
  readonly app: INestApplication;
  readonly port: number;
  close(): Promise<void>;
}

/** How an application is to be made. */
export interface AnswerOptions {
  readonly platform: 'express' | 'fastify';
  /** Certificate and key: with them it speaks TLS. */
  readonly tls?: object | undefined;
  readonly http2?: boolean;
  readonly imports: readonly DynamicModule[];
}

/** Starts an application whose answers come in every way that answers do, middleware of many makers included. */
export async function startAnswering(options: AnswerOptions): Promise<AnswerApplication> {
  class AnswerModule {}
  Module({ imports: [...options.imports], controllers: [AnswersController, MountedController] })(
    AnswerModule,
  );
  const upstream = await startUpstream();
  const target = `http://127.0.0.1:${portOf(upstream)}`;
  const app =
    options.platform === 'express'
      ? await makeExpress(AnswerModule, options, target)
      : await makeFastify(AnswerModule, options, target);
  app.enableCors({ origin: /^http:\/\/cats\.example$/, credentials: true });
  app.enableVersioning({ type: VersioningType.URI });
  app.enableShutdownHooks();
  await app.listen(0, '127.0.0.1');
  return {
    app,
    port: portOf(app.getHttpServer() as Server),
    close: async () => {
      await app.close();
      upstream.closeAllConnections();
      await new Promise((resolve) => upstream.close(resolve));
    },
  };
}

async function makeExpress(
  module: object,
  { tls }: AnswerOptions,
  target: string,
): Promise<INestApplication> {
  const app = await NestFactory.create(module as never, new ExpressAdapter(), {
    logger: false,
    ...(tls !== undefined && { httpsOptions: tls }),
  });
  app.use('/helmet', helmet());
  app.use('/compressed', compression({ threshold: 0 }));
  app.use(
    '/session',
    session({ secret: SECRET, genid: () => 'one', resave: false, saveUninitialized: true }),
  );
  app.use('/limited', rateLimit({ windowMs: 3_600_000, limit: 2, standardHeaders: 'draft-8' }));
  app.use('/files', serveStatic(FILES));
  app.use('/upload', multer({ storage: multer.memoryStorage(), limits: { fileSize: 100 } }).single('file'));
  app.use('/proxied', createProxyMiddleware({ target, changeOrigin: true }));
  const other = new ExpressAdapter().getInstance<{
    use(handle: (request: IncomingMessage, response: ServerResponse) => void): void;
  }>();
  other.use((request, response) => response.end(`another application: ${request.url}`));
  app.use('/other', other);
  return app;
}

async function makeFastify(
  module: object,
  { tls, http2 }: AnswerOptions,
  target: string,
): Promise<INestApplication> {
  const adapter = new FastifyAdapter({
    forceCloseConnections: true,
    ...(tls !== undefined && { https: tls }),
    ...(http2 === true && { http2: true }),
  } as never);
  const app = await NestFactory.create(module as never, adapter as never, { logger: false });
  const fastify = app as unknown as { register(plugin: unknown, options?: object): Promise<unknown> };
  await fastify.register(fastifyHelmet);
  await fastify.register(compress, { threshold: 0 });
  await fastify.register(fastifyCookie);
  await fastify.register(fastifySession, {
    secret: SECRET,
    idGenerator: () => 'one',
    cookie: { secure: false },
  });
  await fastify.register(fastifyRateLimit, { global: true, max: 1_000, timeWindow: 3_600_000 });
  await fastify.register(fastifyMultipart, { limits: { fileSize: 100 } });
  await fastify.register(fastifyStatic, { root: FILES, prefix: '/files/' });
  // By hand: what a proxy of Fastify does is to hand over the head and the body of another answer.
  const instance = adapter.getInstance() as unknown as ProxyHost;
  instance.get('/proxied/*', async (request, reply) => {
    const answer = await fetch(target + request.url).catch(() => undefined);
    if (answer === undefined) return reply.code(502).send('no upstream');
    reply.hijack();
    reply.raw.writeHead(answer.status, [...answer.headers].filter(([name]) => name === 'set-cookie').flat());
    return reply.raw.end(await answer.text());
  });
  return app;
}

/** What the proxy asks. */
async function startUpstream(): Promise<Server> {
  const server = createServer((request, response) => {
    if (request.url?.includes('refused') === true) response.destroy();
    else
      response.writeHead(203, ['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2']).end(`upstream: ${request.method}`);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return server;
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port;
