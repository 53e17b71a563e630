import { statusOf } from '../work/thrown-status.js';

/** How an error outside HTTP is logged. */
export interface FailureVerdict {
  /** Whether the application meant it as an answer: logged at WARNING, else at ERROR. */
  readonly isRefusal: boolean;
  readonly hasTraceback: boolean;
}

/** What Nest's guards throw outside HTTP. */
const FORBIDDEN = 'Forbidden resource';

/** Codes of GraphQL errors that the client caused. */
const CLIENT_CODES: ReadonlySet<unknown> = new Set([
  'BAD_REQUEST',
  'BAD_USER_INPUT',
  'FORBIDDEN',
  'NOT_FOUND',
  'UNAUTHENTICATED',
]);

/**
 * Codes of gRPC that correspond to an HTTP status of 4xx.
 *
 * @see https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto
 */
const GRPC_CLIENT_CODES: ReadonlySet<unknown> = new Set([1, 3, 5, 6, 7, 8, 9, 10, 11, 16]);

/**
 * Judges what a handler threw by Django's rule: an error with a status of 4xx is a refusal, without a traceback; one
 * without is a failure.
 *
 * Nest's RpcException and WsException only mean that the answer is intended: they are refusals, and keep their
 * traceback unless they have a status of 4xx, or over gRPC a code that corresponds to one.
 *
 * @param transport By which the message came.
 */
export function judgeFailure(thrown: unknown, transport?: unknown): FailureVerdict {
  if (typeof thrown !== 'object' || thrown === null) return { isRefusal: false, hasTraceback: true };
  if (isDeclared(thrown)) {
    const answer = thrown.getError();
    return { isRefusal: true, hasTraceback: answer !== FORBIDDEN && !isClientsError(answer, transport) };
  }
  const isRefusal = statusOf(thrown) < 500 || hasClientsCode(thrown);
  return { isRefusal, hasTraceback: !isRefusal };
}

/** The answer for an error, if an exception filter made one. */
export interface Answered {
  readonly value: unknown;
}

/**
 * Judges what a handler threw by the answer of the application's exception filter: what was answered with a status of
 * 4xx, or an RpcException or WsException, is refused, whatever was thrown.
 */
export function judgeAnswered(
  thrown: unknown,
  answer: Answered | undefined,
  transport?: unknown,
): FailureVerdict {
  const own = judgeFailure(thrown, transport);
  if (answer === undefined || answer.value === thrown || own.isRefusal) return own;
  const mapped = judgeFailure(answer.value, transport);
  if (mapped.isRefusal) return mapped;
  return isClientsError(answer.value, transport) ? { isRefusal: true, hasTraceback: false } : own;
}

function isDeclared(thrown: object): thrown is { getError(): unknown } {
  return typeof (thrown as { getError?: unknown }).getError === 'function';
}

function isClientsError(answer: unknown, transport: unknown): boolean {
  if (typeof answer !== 'object' || answer === null) return false;
  const { code, status, statusCode = status } = answer as Record<'code' | 'status' | 'statusCode', unknown>;
  if (transport === 'grpc' && GRPC_CLIENT_CODES.has(code)) return true;
  return typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500;
}

function hasClientsCode({ extensions }: { extensions?: { code?: unknown } | null }): boolean {
  return typeof extensions === 'object' && extensions !== null && CLIENT_CODES.has(extensions.code);
}
