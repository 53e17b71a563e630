import { reportLoggingError } from '../../core/diagnostics.js';
import { checkLevel, ERROR, INFO, WARNING } from '../../core/levels.js';
import { isTaken } from '../../core/log-record.js';
import { getLogger } from '../../core/manager.js';
import type { ResolvedHttpLogOptions } from './http-log-options.js';
import { pickHeaders, pickQuery } from './logged-values.js';
import type { Outcome, RequestState } from './request-state.js';

/** What the client did not wait for, as nginx numbers it. */
const CLIENT_CLOSED_REQUEST = 499;

/** How a request ended, once its response is closed: whole, or cut off before all of it was handed to the system. */
export function outcomeOf(state: RequestState): Outcome {
  const { response, isAnswered } = state;
  return {
    status: isAnswered || response.headersSent ? response.statusCode : CLIENT_CLOSED_REQUEST,
    aborted: !isAnswered,
    durationMs: Math.round((performance.now() - state.startedAt) * 1_000) / 1_000,
  };
}

/**
 * Logs the one access record of a request.
 *
 * @param isInContext Whether the record has the fields of the request's context anyway.
 */
export function logAccess(
  state: RequestState,
  outcome: Outcome,
  options: ResolvedHttpLogOptions,
  isInContext: boolean,
): void {
  const logger = getLogger('nest.server');
  const { status, durationMs, aborted } = outcome;
  const isSlow = options.slowThresholdMs !== undefined && durationMs >= options.slowThresholdMs;
  const level = chooseLevel(state, options) ?? Math.max(levelOf(status), isSlow ? WARNING : INFO);
  if (!logger.isEnabledFor(level)) return;
  const { id, method, path } = state;
  const extra: Record<string, unknown> = {
    method,
    path,
    route: state.route,
    status,
    controller: state.controller,
    handler: state.handler,
    duration_ms: durationMs,
    bytes: hasBody(state, status) ? state.bytes : 0,
    aborted,
  };
  if (!isInContext || state.store.fields.request_id !== id) extra.request_id = id;
  if (isSlow) extra.slow = true;
  if (options.headers.length > 0) extra.headers = pickHeaders(state.request.headers, options.headers);
  if (options.query.length > 0) extra.query = pickQuery(state.query, options.query);
  addOwnFields(extra, state, options);
  const message = aborted ? '%s %s %d %.1fms aborted' : '%s %s %d %.1fms';
  const args = [method, path, status, durationMs];
  logger.logRead(logAccess, level, { msg: message, args, options: { extra }, excInfo: undefined });
}

/** INFO, from 400 on WARNING, from 500 on ERROR. */
export function levelOf(status: number): number {
  if (status >= 500) return ERROR;
  return status >= 400 ? WARNING : INFO;
}

function chooseLevel(state: RequestState, options: ResolvedHttpLogOptions): number | undefined {
  if (options.level === undefined) return undefined;
  const level = attempt('http.level', () => options.level?.(state.platformRequest, state.platformResponse));
  return level === undefined ? undefined : attempt('http.level', () => checkLevel(level, 'http.level'));
}

/** Names that records have already are left out. */
function addOwnFields(
  extra: Record<string, unknown>,
  state: RequestState,
  options: ResolvedHttpLogOptions,
): void {
  if (options.fields === undefined) return;
  const fields = attempt('http.fields', () =>
    options.fields?.(state.platformRequest, state.platformResponse),
  );
  for (const [key, value] of Object.entries(fields ?? {})) {
    if (!isTaken(key)) extra[key] = value;
  }
}

/** An application's callback: what it throws must not reach the request. */
function attempt<T>(name: string, work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    reportLoggingError({ toString: () => `<${name} of LoggingModule>` }, undefined, error);
    return undefined;
  }
}

function hasBody({ method }: RequestState, status: number): boolean {
  return method !== 'HEAD' && status !== 204 && status !== 304;
}
