import { STATUS_CODES } from 'node:http';
import { ERROR, WARNING } from '../../../core/levels.js';
import { getLogger } from '../../../core/loggers/manager.js';
import { reportLoggingError } from '../../../core/reports/diagnostics.js';
import { referenceTo } from '../../work/failure-traceback.js';
import { markLogged } from '../../work/logged-failures.js';
import { addReason, causeOfRefusal } from '../../work/refusal-reason.js';
import { errorName, statusOf } from '../../work/thrown-status.js';
import { currentRequest, type Failure, type Outcome, type RequestState } from '../request-state.js';
import { isUnexpected, judgeRequest, type RequestVerdict } from './request-verdict.js';
import { awaitStatus } from './undecided-failures.js';

/** The fields that the message of a record sums up. The record of a failure has its error below the message. */
const SUMMARIZED: ReadonlySet<string> = new Set([
  'method',
  'path',
  'route',
  'status',
  'controller',
  'handler',
]);
const SUMMARIZED_OF_ERROR: ReadonlySet<string> = new Set([...SUMMARIZED, 'error']);

/** How a request ended, for the records of its failures. */
type Ending = Pick<Outcome, 'status' | 'aborted'>;

/**
 * Notes something thrown while a request is handled. Its record depends on the status that the client gets, and is made
 * when the request is over.
 *
 * What is thrown where no request is running is left to Nest. Never throws.
 *
 * @param request The request it was thrown in; the running one if left out.
 * @param breaksAnswer Whether it broke the answer while that was sent.
 */
export function noteFailure(
  thrown: unknown,
  request: RequestState | undefined = currentRequest(),
  breaksAnswer = false,
): void {
  try {
    if (request === undefined) return;
    if (request.logsFailures) markLogged(thrown);
    const failure = request.meets(thrown, breaksAnswer);
    if (failure === undefined) return;
    if (request.isLogged) logLate(failure, request, request.outcome as Outcome);
    else awaitStatus(request);
  } catch (error) {
    reportLoggingError(getLogger('nest.request'), undefined, error);
  }
}

/** What was thrown after the records of the request's end were made. */
function logLate(failure: Failure, request: RequestState, outcome: Outcome): void {
  if (!request.logsFailures) return;
  const { errors } = judgeRequest([failure], outcome);
  if (request.follower.excludes(request)) logErrors(errors.filter(isUnexpected), request, outcome);
  else if (errors.length > 0) logErrors(errors, request, outcome);
  // A client that has gone cannot be refused anything.
  else if (!outcome.aborted && outcome.status < 400) logRefusal(failure, request, outcome);
}

/** Logs the failures of a request that has not ended, with the status that was sent, or else their own. */
export function logUndecidedFailures(request: RequestState): void {
  const { failures = [], response } = request;
  const last = failures.at(-1);
  if (last === undefined || !request.logsFailures) return;
  const ending = {
    status: response.headersSent ? response.statusCode : statusOf(last.thrown),
    aborted: false,
  };
  const { errors } = judgeRequest(failures, ending);
  if (errors.length > 0) logErrors(errors, request, ending);
  else logRefusal(last, request, ending);
}

/** Logs each failure of the server at ERROR, with its traceback. An answer of 5xx may have none: then nothing was thrown. */
export function logServerFailures(request: RequestState, { errors }: RequestVerdict, ending: Ending): void {
  if (errors.length > 0) logErrors(errors, request, ending);
  else if (ending.status >= 500 && !request.hasFailureRecord) logFailure(ERROR, undefined, request, ending);
}

/** Logs failures of the server at ERROR, each with its traceback. */
export function logErrors(errors: readonly Failure[], request: RequestState, ending: Ending): void {
  for (const error of errors) {
    if (!error.isLogged) logFailure(ERROR, error, request, ending);
  }
}

/** Logs that a request was refused, at WARNING: where it has no access record, or where two records are requested. */
export function logRefusal(failure: Failure | undefined, request: RequestState, ending: Ending): void {
  if (failure?.isLogged !== true) logFailure(WARNING, failure, request, ending);
}

function logFailure(
  level: number,
  failure: Failure | undefined,
  request: RequestState,
  { status }: Ending,
): void {
  const logger = getLogger('nest.request');
  if (failure !== undefined) failure.isLogged = true;
  if (!logger.isEnabledFor(level)) return;
  const isError = level === ERROR;
  const extra = requestFields(request, status);
  if (failure !== undefined) {
    extra.error = errorName(failure.thrown);
    if (!isError) addReason(extra, failure.thrown, (text) => request.withoutQuery(text));
  }
  const phrase = status >= (isError ? 500 : 400) ? STATUS_CODES[status] : undefined;
  const shown = isError ? failure?.thrown : causeOfRefusal(failure?.thrown);
  const call = {
    msg: '%s: %s %s',
    args: [phrase ?? 'Request failed', request.method, request.path],
    extra,
    summarized: isError ? SUMMARIZED_OF_ERROR : SUMMARIZED,
    excInfo: shown,
    excText: referenceTo(shown, logger, level, request.startedAt),
  };
  const log = (): void => logger.logRead(noteFailure, level, call);
  if (failure?.scope === undefined) log();
  else failure.scope.runInAsyncScope(log);
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
