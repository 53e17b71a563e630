import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { reportLoggingError } from '../../core/reports/diagnostics.js';
import { stateOfRequest } from '../../nest/requests/request-state.js';

/** Bytes of a body that are read. */
const MAX_BODY = 65_536;

/** What Express and Fastify give of a request. */
export interface PlatformRequest {
  readonly raw?: IncomingMessage;
  readonly body?: unknown;
  readonly params?: Readonly<Record<string, string>>;
}

/** What Express and Fastify give of a response. */
export interface PlatformResponse {
  readonly raw?: ServerResponse;
  /** Of Fastify: the answer is not its own. */
  hijack?(): unknown;
}

/** A refused request, with its status. */
export class RefusedRequest extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** Headers of every answer: it is not cached, shown in a frame, or taken for another type of content. */
const HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

/**
 * A request and its answer, on Node's own objects, so that interceptors and serializers of the application do not change
 * them.
 */
export class Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: URLSearchParams;

  constructor(
    private readonly platformRequest: PlatformRequest,
    private readonly platformResponse: PlatformResponse,
  ) {
    this.request = platformRequest.raw ?? (platformRequest as IncomingMessage);
    this.response = platformResponse.raw ?? (platformResponse as ServerResponse);
    const { url = '' } = this.request;
    const start = url.indexOf('?');
    this.query = new URLSearchParams(start < 0 ? '' : url.slice(start + 1));
  }

  /** Takes the answer over from the platform. */
  take(): this {
    this.platformResponse.hijack?.();
    // Looking at logs is not to fill them. What changes something keeps its access record.
    const isReading = ['GET', 'HEAD'].includes(this.request.method ?? '');
    const state = isReading ? stateOfRequest(this.request) : undefined;
    if (state !== undefined) state.isExcluded = true;
    return this;
  }

  /** A header as one text; `''` if it is not there. */
  header(name: string): string {
    const value = this.request.headers[name];
    return Array.isArray(value) ? value.join(', ') : (value ?? '');
  }

  /** A parameter of the route, decoded. */
  parameter(name: string): string {
    return this.platformRequest.params?.[name] ?? '';
  }

  /** Whether the request's content type is JSON, of these kinds. */
  isJson(pattern = /^application\/json$/i): boolean {
    return pattern.test(this.header('content-type').split(';', 1)[0]!.trim());
  }

  /** The body, read and parsed unless the platform has done so. @throws {RefusedRequest} 400 or 413. */
  async body(): Promise<unknown> {
    const { body } = this.platformRequest;
    if (body !== undefined) return body;
    const text = await readText(this.request);
    if (text === '') return undefined;
    try {
      return JSON.parse(text) as unknown;
    } catch {
      throw new RefusedRequest(400, 'the body is not JSON');
    }
  }

  /** Answers with JSON. */
  json(status: number, value: unknown, type = 'application/json'): void {
    const body = Buffer.from(JSON.stringify(value));
    this.#head(status, { 'content-type': type, 'content-length': String(body.length) });
    this.response.end(body);
  }

  /** Answers with a document. */
  html(html: string, policy: string): void {
    const body = Buffer.from(html);
    this.#head(200, {
      'content-type': 'text/html; charset=utf-8',
      'content-length': String(body.length),
      'content-security-policy': policy,
      'cross-origin-opener-policy': 'same-origin',
      'x-frame-options': 'DENY',
    });
    this.response.end(body);
  }

  /** Answers without a body. */
  empty(status: number, headers: Readonly<Record<string, string>> = {}): void {
    this.#head(status, headers);
    this.response.end();
  }

  /** Begins a stream of server-sent events. What compresses or buffers answers on the way would keep them. */
  beginEvents(): ServerResponse {
    this.#head(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    });
    this.response.flushHeaders();
    return this.response;
  }

  #head(status: number, headers: Readonly<Record<string, string>>): void {
    const { response } = this;
    response.statusCode = status;
    for (const [name, value] of Object.entries({ ...HEADERS, ...headers })) response.setHeader(name, value);
  }
}

async function readText(request: Readable): Promise<string> {
  if (request.readableEnded) return '';
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += (chunk as Buffer).length;
    if (length > MAX_BODY) throw new RefusedRequest(413, `the body is longer than ${MAX_BODY} bytes`);
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Answers an exchange; what is refused is answered with its status and the reason. */
export async function answer(exchange: Exchange, work: (exchange: Exchange) => unknown): Promise<void> {
  exchange.take();
  try {
    await work(exchange);
  } catch (error) {
    if (exchange.response.headersSent) exchange.response.destroy();
    else if (error instanceof RefusedRequest) exchange.json(error.status, { error: error.message });
    else if (isRefusal(error)) exchange.json(400, { error: error.message });
    else {
      exchange.json(500, { error: 'internal error' });
      // Not thrown: the filters of the application would answer what is answered.
      reportLoggingError({ toString: () => '<nestjs-logging/live>' }, undefined, error);
    }
  }
}

/** What the library refuses on purpose: an unknown level, an option that does not fit. */
function isRefusal(error: unknown): error is Error {
  return String((error as { code?: unknown } | undefined)?.code).startsWith('ERR_LOGGING_');
}
