import { className } from '../../core/records/traceback.js';

/** The status properties of errors. */
interface ThrownError {
  readonly getStatus?: unknown;
  readonly statusCode?: unknown;
  readonly status?: unknown;
  readonly message?: unknown;
  readonly expose?: unknown;
  readonly code?: unknown;
}

/**
 * The status of a thrown value: that of HTTP errors, 500 for everything else. It may be below 400, as of
 * an HttpException that redirects. Throws nothing.
 */
export function statusOf(thrown: unknown): number {
  if (typeof thrown !== 'object' || thrown === null) return 500;
  try {
    const status = declaredStatus(thrown);
    return typeof status === 'number' && status >= 200 && status < 600 ? status : 500;
  } catch {
    return 500;
  }
}

function declaredStatus(error: ThrownError): unknown {
  if (typeof error.getStatus === 'function') return error.getStatus.call(error);
  return isHttpError(error) ? error.statusCode : undefined;
}

/**
 * Values that Nest accepts as HTTP errors: errors of Fastify, of `http-errors`, and plain objects with a status and a
 * message.
 */
function isHttpError(error: ThrownError): boolean {
  if (typeof error.statusCode !== 'number') return false;
  if (
    typeof error.code === 'string' &&
    ((error as { constructor?: { name?: unknown } }).constructor?.name === 'FastifyError' ||
      error.code === 'FST_ERR_VALIDATION')
  )
    return true;
  if (typeof error.expose === 'boolean' && error.status === error.statusCode) return true;
  return !(error instanceof Error) && typeof error.message === 'string' && error.message !== '';
}

/** The type of a thrown value in records: the name of an error's class, `null` for null. */
export function errorName(thrown: unknown): string {
  if (thrown === null) return 'null';
  return typeof thrown === 'object' ? className(thrown) : typeof thrown;
}
