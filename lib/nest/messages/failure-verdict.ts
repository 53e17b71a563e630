import { statusOf } from '../http/failure-record.js';

/** How something thrown outside of HTTP is told. */
export interface FailureVerdict {
  /** Whether the application meant it as an answer: told at WARNING, else at ERROR. */
  readonly isRefusal: boolean;
  readonly hasTraceback: boolean;
}

/** What Nest's guards throw outside of HTTP. */
const FORBIDDEN = 'Forbidden resource';

/** Codes of GraphQL errors that are the client's fault. */
const CLIENT_CODES: ReadonlySet<unknown> = new Set([
  'BAD_REQUEST',
  'BAD_USER_INPUT',
  'FORBIDDEN',
  'NOT_FOUND',
  'UNAUTHENTICATED',
]);

/**
 * Codes of gRPC that stand for an HTTP status of 4xx.
 *
 * @see https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto
 */
const GRPC_CLIENT_CODES: ReadonlySet<unknown> = new Set([1, 3, 5, 6, 7, 8, 9, 10, 11, 16]);

/**
 * Judges what a handler threw by Django's rule: what has a status of 4xx is refused, without a traceback; what has none
 * failed.
 *
 * Nest's RpcException and WsException say only that the answer is meant: they are refusals, and keep their traceback
 * unless they have a status of 4xx, or over gRPC a code that stands for one.
 *
 * @param transport By which the message came.
 */
export function judgeFailure(thrown: unknown, transport?: unknown): FailureVerdict {
  if (typeof thrown !== 'object' || thrown === null) return { isRefusal: false, hasTraceback: true };
  if (isDeclared(thrown)) {
    const answer = thrown.getError();
    return { isRefusal: true, hasTraceback: answer !== FORBIDDEN && !isClientsFault(answer, transport) };
  }
  const isRefusal = statusOf(thrown) < 500 || isClientsError(thrown);
  return { isRefusal, hasTraceback: !isRefusal };
}

function isDeclared(thrown: object): thrown is { getError(): unknown } {
  return typeof (thrown as { getError?: unknown }).getError === 'function';
}

function isClientsFault(answer: unknown, transport: unknown): boolean {
  if (typeof answer !== 'object' || answer === null) return false;
  const { code, status, statusCode = status } = answer as Record<'code' | 'status' | 'statusCode', unknown>;
  if (transport === 'grpc' && GRPC_CLIENT_CODES.has(code)) return true;
  return typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500;
}

function isClientsError({ extensions }: { extensions?: { code?: unknown } | null }): boolean {
  return typeof extensions === 'object' && extensions !== null && CLIENT_CODES.has(extensions.code);
}
