import { STATUS_CODES } from 'node:http';
import { reportLoggingError } from '../../core/diagnostics.js';
import { ERROR, WARNING } from '../../core/levels.js';
import { getLogger } from '../../core/manager.js';
import { className } from '../../core/traceback.js';
import { markTold } from '../told-failures.js';
import { currentRequest, type RequestState } from './request-state.js';

/**
 * Sees to it that something thrown gets its one record: at ERROR with the traceback, at once, or, where it is the
 * client's fault, at WARNING without, when the answer has gone out.
 *
 * What is thrown where no request is running is left to Nest. Never throws.
 *
 * @param request The request it was thrown in; the running one if left out.
 */
export function noteFailure(thrown: unknown, request: RequestState | undefined = currentRequest()): void {
  try {
    if (request === undefined) return;
    markTold(thrown);
    if (!request.meets(thrown)) return;
    const status = statusOf(thrown);
    if (status < 500) request.refusal = { thrown };
    else logFailure(thrown, status, request);
  } catch (error) {
    reportLoggingError(getLogger('nest.request'), undefined, error);
  }
}

/** Tells, when the answer has gone out, what was not told before: Django's rule goes by the status. */
export function settleFailure(request: RequestState, status: number): void {
  if (status < 400 || request.hasTold) return;
  logFailure(request.refusal?.thrown, status, request);
}

function logFailure(thrown: unknown, status: number, request: RequestState): void {
  const logger = getLogger('nest.request');
  const level = status >= 500 ? ERROR : WARNING;
  request.hasTold = true;
  if (!logger.isEnabledFor(level)) return;
  const extra = requestFields(request, status);
  if (thrown !== undefined)
    extra.error = typeof thrown === 'object' && thrown !== null ? className(thrown) : typeof thrown;
  const options = status >= 500 && thrown !== undefined ? { extra, excInfo: thrown } : { extra };
  const reason = STATUS_CODES[status] ?? 'Request failed';
  logger.logFrom(noteFailure, level, '%s: %s %s', [reason, request.method, request.path, options]);
}

function requestFields(state: RequestState, status: number): Record<string, unknown> {
  return {
    method: state.method,
    path: state.path,
    route: state.route,
    status,
    request_id: state.id,
    controller: state.controller,
    handler: state.handler,
  };
}

/** The status that something thrown asks for: that of HTTP errors, 500 for everything else. */
export function statusOf(thrown: unknown): number {
  if (typeof thrown !== 'object' || thrown === null) return 500;
  const error = thrown as {
    getStatus?: unknown;
    statusCode?: unknown;
    status?: unknown;
    message?: unknown;
    expose?: unknown;
    code?: unknown;
  };
  const status =
    typeof error.getStatus === 'function'
      ? (error.getStatus as () => unknown)()
      : isHttpError(error)
        ? error.statusCode
        : 500;
  return typeof status === 'number' && status >= 400 && status < 600 ? status : 500;
}

/** What Nest takes for one: errors of Fastify, of `http-errors`, and plain objects with a status and a message. */
function isHttpError(error: {
  statusCode?: unknown;
  status?: unknown;
  message?: unknown;
  expose?: unknown;
  code?: unknown;
}): boolean {
  if (typeof error.statusCode !== 'number') return false;
  if (
    typeof error.code === 'string' &&
    (error.constructor.name === 'FastifyError' || error.code === 'FST_ERR_VALIDATION')
  )
    return true;
  if (typeof error.expose === 'boolean' && error.status === error.statusCode) return true;
  return !(error instanceof Error) && typeof error.message === 'string' && error.message !== '';
}
