import { statusOf } from '../../work/thrown-status.js';
import type { Failure, Outcome } from '../request-state.js';

/** How the failures of a request are judged, once the status that the client got is known. */
export interface RequestVerdict {
  /** Failures of the server, which get records of their own with the traceback. */
  readonly errors: readonly Failure[];
  /** The failure that the access record names, if there is one. */
  readonly failure: Failure | undefined;
}

/** Codes and names of Node's errors that are thrown because the client has gone. */
const CONSEQUENCES: ReadonlySet<unknown> = new Set([
  'ABORT_ERR',
  'AbortError',
  'ECONNABORTED',
  'ECONNRESET',
  'EPIPE',
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ERR_STREAM_UNABLE_TO_PIPE',
  'ERR_STREAM_WRITE_AFTER_END',
]);

/**
 * Judges what was thrown by the status that was sent. If an exception filter answered with 4xx, it is not a failure of the
 * server, whatever was thrown. If it answered with 5xx, it is one.
 */
export function judgeRequest(
  failures: readonly Failure[],
  { status, aborted }: Pick<Outcome, 'status' | 'aborted'>,
): RequestVerdict {
  const own = failures.filter((failure) => isError(failure, status, aborted));
  // The answer is a 5xx although no error has such a status: it was for the last one.
  const errors = own.length === 0 && status >= 500 ? failures.slice(-1) : own;
  const matching = failures.filter(({ thrown }) => statusOf(thrown) === status);
  return { errors, failure: errors[0] ?? matching.at(-1) ?? failures[0] };
}

/**
 * Whether a failure is more than an answer with 5xx, such as the 503 of a health check: it broke the answer, or nobody
 * intended it, or its own status is 500.
 */
export function isUnexpected({ thrown, breaksAnswer }: Failure): boolean {
  return breaksAnswer || statusOf(thrown) === 500;
}

function isError({ thrown, breaksAnswer }: Failure, status: number, aborted: boolean): boolean {
  if (aborted && isConsequence(thrown)) return false;
  if (breaksAnswer) return true;
  const isRefused = status >= 400 && status < 500 && !aborted;
  return !isRefused && statusOf(thrown) >= 500;
}

function isConsequence(thrown: unknown): boolean {
  if (typeof thrown !== 'object' || thrown === null) return false;
  const { code, name } = thrown as { code?: unknown; name?: unknown };
  return CONSEQUENCES.has(code) || CONSEQUENCES.has(name);
}
