import type { LogCall } from '../../core/calls/call-options.js';
import { checkLevel, ERROR, INFO, WARNING } from '../../core/levels.js';
import type { Logger } from '../../core/loggers/logger.js';
import { getLogger } from '../../core/loggers/manager.js';
import { isTaken } from '../../core/records/log-record.js';
import { referenceTo } from '../work/failure-traceback.js';
import { addReason, causeOfRefusal } from '../work/refusal-reason.js';
import { errorName } from '../work/thrown-status.js';
import { callFieldsOption, callOption } from './application-callbacks.js';
import type { RequestVerdict } from './failures/request-verdict.js';
import type { ResolvedHttpLogOptions } from './http-log-options.js';
import { pickHeaders, pickQuery } from './logged-values.js';
import type { Outcome, RequestState } from './request-state.js';

/** The fields that the message of an access record sums up: they are for machines. */
const SUMMARIZED: ReadonlySet<string> = new Set([
  ...['method', 'path', 'route', 'status', 'controller', 'handler', 'duration_ms', 'bytes', 'aborted'],
  'reason',
]);
/** The same where the message, or a record of its own, says what was thrown. */
const SUMMARIZED_WITH_ERROR: ReadonlySet<string> = new Set([...SUMMARIZED, 'error']);

/**
 * Logs the one access record of a request.
 *
 * @param isInContext Whether the record has the fields of the request's context anyway.
 * @param verdict Why it was refused, or what failed.
 * @returns Whether it was made: its level may not be enabled.
 */
export function logAccess(
  state: RequestState,
  outcome: Outcome,
  options: ResolvedHttpLogOptions,
  isInContext: boolean,
  { errors, failure }: RequestVerdict,
): boolean {
  const logger = getLogger('nest.server');
  const { status, durationMs, aborted } = outcome;
  const isSlow = options.slowThresholdMs !== undefined && durationMs >= options.slowThresholdMs;
  const isFailed = errors.length > 0;
  const least = isFailed ? ERROR : isSlow || !state.isAnswered ? WARNING : INFO;
  const level = chooseLevel(state, options) ?? Math.max(levelOf(status), least);
  if (!logger.isEnabledFor(level)) return false;
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
  if (failure !== undefined) extra.error = errorName(failure.thrown);
  // A failure of the server has a separate record with the reason.
  const reason =
    failure === undefined || isFailed
      ? undefined
      : addReason(extra, failure.thrown, (text) => state.withoutQuery(text));
  if (options.headers.length > 0) extra.headers = pickHeaders(state.request.headers, options.headers);
  if (options.query.length > 0) extra.query = pickQuery(state.query, options.query);
  const summarized = addOwnFields(extra, state, options, summarizedBy(isFailed, reason));
  const args = [method, path, status, durationMs];
  if (reason !== undefined) args.push(reason);
  const call: LogCall = { msg: messageFor(state, aborted, reason !== undefined), args, extra, summarized };
  if (failure !== undefined && !isFailed) addCause(call, failure.thrown, logger, level, state);
  logger.logRead(logAccess, level, call);
  return true;
}

function summarizedBy(isFailed: boolean, reason: string | undefined): ReadonlySet<string> {
  return isFailed || reason !== undefined ? SUMMARIZED_WITH_ERROR : SUMMARIZED;
}

/** The record of a refusal has the cause as its traceback. */
function addCause(call: LogCall, thrown: unknown, logger: Logger, level: number, state: RequestState): void {
  const cause = causeOfRefusal(thrown);
  if (cause === undefined) return;
  call.excInfo = cause;
  call.excText = referenceTo(cause, logger, level, state.startedAt);
}

function messageFor({ isAnswered }: RequestState, aborted: boolean, hasReason: boolean): string {
  const ending = isAnswered ? '' : aborted ? ' aborted' : ' incomplete';
  return `%s %s %d %.1fms${ending}${hasReason ? ': %s' : ''}`;
}

/** INFO, from 400 on WARNING, from 500 on ERROR. */
function levelOf(status: number): number {
  if (status >= 500) return ERROR;
  return status >= 400 ? WARNING : INFO;
}

function chooseLevel(state: RequestState, options: ResolvedHttpLogOptions): number | undefined {
  if (options.level === undefined) return undefined;
  const level = callOption('http.level', () =>
    options.level?.(state.platformRequest, state.platformResponse),
  );
  return level === undefined ? undefined : callOption('http.level', () => checkLevel(level, 'http.level'));
}

/**
 * Names that records have already are left out.
 *
 * @param summarized What the message sums up.
 * @returns The same without fields of the application's own.
 */
function addOwnFields(
  extra: Record<string, unknown>,
  state: RequestState,
  options: ResolvedHttpLogOptions,
  summarized: ReadonlySet<string>,
): ReadonlySet<string> {
  if (options.fields === undefined) return summarized;
  const fields = callFieldsOption('http.fields', () =>
    options.fields?.(state.platformRequest, state.platformResponse),
  );
  let left: Set<string> | undefined;
  for (const [key, value] of Object.entries(fields ?? {})) {
    if (isTaken(key)) continue;
    extra[key] = value;
    if (!summarized.has(key)) continue;
    left ??= new Set(summarized);
    left.delete(key);
  }
  return left ?? summarized;
}

function hasBody({ method }: RequestState, status: number): boolean {
  return method !== 'HEAD' && status !== 204 && status !== 304;
}
