import type { Agent, IncomingMessage } from 'node:http';
import { nodeModule } from '../../internal/node-module.js';
import { DeliveryFailure } from './delivery-failure.js';

/** The longest `Retry-After` that is honoured, in milliseconds. */
const MAX_RETRY_AFTER_MS = 3_600_000;

/** Where requests go, and how. */
export interface HttpTarget {
  /** `https://logs.example.com:8443`: how errors name it, without path and secrets. */
  readonly origin: string;
  readonly secure: boolean;
  readonly hostname: string;
  readonly port: number;
  readonly method: 'GET' | 'POST';
  readonly agent: Agent;
  /** The most milliseconds until there is a connection, and until the answer is complete. */
  readonly connectTimeoutMs: number;
  readonly timeoutMs: number;
}

/** What one request carries. */
export interface HttpMessage {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string | Buffer | undefined;
}

/**
 * Makes one request; resolves if the answer is 2xx. Redirects are not followed.
 *
 * @throws {DeliveryFailure} For any other answer and where there is none.
 */
export async function sendHttp(target: HttpTarget, message: HttpMessage, signal: AbortSignal): Promise<void> {
  let answer: Answer;
  try {
    answer = await exchange(target, message, signal);
  } catch (error) {
    if (!isStaleConnection(error)) throw unreachable(target, error);
    answer = await exchange(target, message, signal).catch((second: unknown) => {
      throw unreachable(target, second);
    });
  }
  if (answer.status < 200 || answer.status > 299) throw refused(target, answer);
}

interface Answer {
  readonly status: number;
  readonly retryAfterMs: number;
}

/** A kept connection that the server had closed just then: nothing was read from it, so the request goes once more. */
class StaleConnection extends Error {}

function isStaleConnection(error: unknown): boolean {
  return error instanceof StaleConnection;
}

function exchange(target: HttpTarget, message: HttpMessage, signal: AbortSignal): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { hostname, port, method, agent, timeoutMs } = target;
    const request = nodeModule(target.secure ? 'node:https' : 'node:http').request({
      ...{ hostname, port, method, agent, signal },
      path: message.path,
      headers: message.headers,
    });
    const timers = [
      setTimeout(() => request.destroy(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs),
    ];
    request.once('socket', (socket) => {
      if (!socket.connecting) return;
      const { connectTimeoutMs } = target;
      const late = () => request.destroy(new Error(`no connection within ${connectTimeoutMs} ms`));
      const timer = setTimeout(late, connectTimeoutMs);
      timers.push(timer);
      socket.once(target.secure ? 'secureConnect' : 'connect', () => clearTimeout(timer));
    });
    request.once('response', (response) => {
      // The body is of no use, but the connection is free only when it was read.
      response.on('error', ignore).resume();
      response.once('close', () =>
        resolve({ status: response.statusCode ?? 0, retryAfterMs: retryAfter(response) }),
      );
    });
    request.on('error', (error: NodeJS.ErrnoException) => {
      const isStale = request.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
      reject(isStale ? new StaleConnection() : error);
    });
    request.once('close', () => timers.forEach(clearTimeout));
    request.end(message.body);
  });
}

function ignore(): void {}

function unreachable(target: HttpTarget, cause: unknown): DeliveryFailure {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new DeliveryFailure(`${target.origin} cannot be reached: ${reason}`, 'retry', { cause });
}

function refused(target: HttpTarget, { status, retryAfterMs }: Answer): DeliveryFailure {
  const text = `${target.origin} answered ${status}`;
  const details = { isAnswered: true, retryAfterMs };
  if (status === 400 || status === 413 || status === 422) return new DeliveryFailure(text, 'split', details);
  if (status >= 300 && status < 400) {
    return new DeliveryFailure(
      `${text}; redirects are not followed, give the final address`,
      'reject',
      details,
    );
  }
  const isPassing = status === 408 || status === 425 || status === 429 || (status >= 500 && status !== 501);
  return new DeliveryFailure(text, isPassing ? 'retry' : 'reject', details);
}

/** `Retry-After`, in seconds or as a date, in milliseconds from now; 0 if there is none. */
function retryAfter(response: IncomingMessage): number {
  const value = response.headers['retry-after'];
  if (value === undefined) return 0;
  const waitMs = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return waitMs > 0 ? Math.min(waitMs, MAX_RETRY_AFTER_MS) : 0;
}
