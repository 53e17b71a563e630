import type { Agent, ClientRequest, IncomingMessage } from 'node:http';
import { nodeModule } from '../../runtime/node-module.js';
import { DeliveryFailure } from '../delivery/delivery-failure.js';

/** The longest `Retry-After` that is honoured, in milliseconds. */
const MAX_RETRY_AFTER_MS = 3_600_000;

/** Where requests go, and how. */
export interface HttpTarget {
  /** `https://logs.example.com:8443`: how errors name it, without path and secrets. */
  readonly origin: string;
  readonly secure: boolean;
  readonly hostname: string;
  readonly port: number;
  readonly agent: Agent;
  /** The most milliseconds until there is a connection, and until the answer is complete. */
  readonly connectTimeoutMs: number;
  readonly timeoutMs: number;
  /** The most bytes of the answer that are of use. */
  readonly maxAnswerBytes: number;
}

/** What one request carries. */
export interface HttpMessage {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Record<string, string>;
  /** What is sent, or what makes it once there is a connection: for a server that is down nothing is made. */
  readonly body: string | Buffer | undefined | (() => string | Buffer | Promise<string | Buffer>);
}

/** The response of a server. */
export interface HttpAnswer {
  readonly status: number;
  /** How long it asked to wait, in milliseconds; 0 if it did not. */
  readonly retryAfterMs: number;
  /** The body, decompressed, or its beginning. */
  readonly body: Buffer;
}

/**
 * Makes one request and returns any response. Redirects are not followed. A request that a kept connection was closed
 * under before anything of the answer was read goes once more.
 *
 * @throws {DeliveryFailure} Where there is no answer, or it ends too soon.
 */
export async function exchangeHttp(
  target: HttpTarget,
  message: HttpMessage,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  try {
    return await exchange(target, message, signal);
  } catch (error) {
    if (!isStaleConnection(error)) throw unreachable(target, error);
    return exchange(target, message, signal).catch((second: unknown) => {
      throw unreachable(target, second);
    });
  }
}

/** A kept connection that the server had closed just then: nothing was read from it, so the request goes once more. */
class StaleConnection extends Error {}

function isStaleConnection(error: unknown): boolean {
  return error instanceof StaleConnection;
}

function exchange(target: HttpTarget, message: HttpMessage, signal: AbortSignal): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const { hostname, port, agent, timeoutMs } = target;
    const request = nodeModule(target.secure ? 'node:https' : 'node:http').request({
      ...{ hostname, port, method: message.method, agent, signal },
      path: message.path,
      headers: { 'Accept-Encoding': 'identity', ...message.headers },
    });
    const timers = [
      setTimeout(() => request.destroy(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs),
    ];
    const send = () => {
      sendBody(request, message.body).catch((error: unknown) => request.destroy(error as Error));
    };
    request.once('socket', (socket) => {
      if (!socket.connecting) {
        send();
        return;
      }
      const { connectTimeoutMs } = target;
      const late = () => request.destroy(new Error(`no connection within ${connectTimeoutMs} ms`));
      const timer = setTimeout(late, connectTimeoutMs);
      timers.push(timer);
      socket.once(target.secure ? 'secureConnect' : 'connect', () => {
        clearTimeout(timer);
        send();
      });
    });
    request.once('response', (response) => {
      const body = collect(response, target.maxAnswerBytes);
      response.once('close', () => {
        if (target.maxAnswerBytes > 0 && !response.complete) reject(new Error('the answer broke off'));
        resolve({
          status: response.statusCode ?? 0,
          retryAfterMs: retryAfter(response),
          body: decompressed(Buffer.concat(body), response, target.maxAnswerBytes),
        });
      });
    });
    request.once('upgrade', (_response, socket) => {
      socket.destroy();
      reject(new Error('the server switched to another protocol'));
    });
    request.on('error', (error: NodeJS.ErrnoException) => {
      const isStale = request.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
      reject(isStale ? new StaleConnection() : error);
    });
    request.once('close', () => timers.forEach(clearTimeout));
  });
}

/** Ends a request with its body. Nothing of it was sent before. */
async function sendBody(request: ClientRequest, content: HttpMessage['body']): Promise<void> {
  const body = typeof content === 'function' ? await content() : content;
  if (body !== undefined) request.setHeader('Content-length', Buffer.byteLength(body));
  request.end(body);
}

/** Reads a body to its end, since only then the connection is free, and keeps so many bytes of it. */
function collect(response: IncomingMessage, maxBytes: number): readonly Buffer[] {
  const chunks: Buffer[] = [];
  let left = maxBytes;
  response.on('error', ignore).on('data', (chunk: Buffer) => {
    if (left <= 0) return;
    chunks.push(chunk.length > left ? chunk.subarray(0, left) : chunk);
    left -= chunk.length;
  });
  return chunks;
}

function ignore(): void {}

/** The most bytes that are made of a compressed answer, so that a small one cannot fill the memory. */
const MAX_DECOMPRESSED = 32 * 1024 * 1024;

/** A proxy may compress what nobody asked it to. What cannot be read stays as it is. */
function decompressed(body: Buffer, { headers }: IncomingMessage, maxBytes: number): Buffer {
  if (body.length === 0 || !/^\s*(x-gzip|gzip|deflate)\s*$/i.test(headers['content-encoding'] ?? ''))
    return body;
  const { unzipSync, constants } = nodeModule('node:zlib');
  try {
    // The end may be missing.
    const options = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: MAX_DECOMPRESSED };
    return unzipSync(body, options).subarray(0, maxBytes);
  } catch {
    return body;
  }
}

function unreachable(target: HttpTarget, cause: unknown): DeliveryFailure {
  return new DeliveryFailure(`${target.origin} cannot be reached`, 'retry', { cause });
}

/** `Retry-After`, in seconds or as a date, in milliseconds from now; 0 if there is none. */
function retryAfter(response: IncomingMessage): number {
  const value = response.headers['retry-after'];
  if (value === undefined) return 0;
  const waitMs = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return waitMs > 0 ? Math.min(waitMs, MAX_RETRY_AFTER_MS) : 0;
}
