import type { IncomingMessage, ServerResponse } from 'node:http';
import { getLogger } from '../../core/loggers/manager.js';
import type { Fields } from '../../core/records/log-record.js';
import { reportLoggingError } from '../../core/reports/diagnostics.js';
import { levelTokenReader } from '../work/level-token-reader.js';
import { logAccess } from './access-record.js';
import { callFieldsOption } from './application-callbacks.js';
import { ExcludedRequests, type RoutedApplication } from './excluded-requests.js';
import { logErrors, logRefusal, logServerFailures, logUndecidedFailures } from './failures/failure-record.js';
import { isUnexpected, judgeRequest } from './failures/request-verdict.js';
import { statusDecided } from './failures/undecided-failures.js';
import type { PlatformRequest, PlatformResponse, ResolvedHttpLogOptions } from './http-log-options.js';
import { loggableNames } from './logged-values.js';
import type { RequestIds } from './request-id.js';
import {
  type Outcome,
  type RequestFollower,
  RequestState,
  stateOfRequest,
  stateOfResponse,
} from './request-state.js';
import { requestBegun } from './response/ended-requests.js';
import { addToHead } from './response/late-header.js';
import { watchResponse } from './response/watched-response.js';
import { countBytes } from './response/written-bytes.js';

/** Follows each request from the platform's first hook until its response is closed. */
export class RequestLog implements RequestFollower {
  readonly logsAccess: boolean;
  readonly logsFailures: boolean;
  readonly #options: ResolvedHttpLogOptions;
  readonly #excluded: ExcludedRequests | undefined;

  constructor(
    options: ResolvedHttpLogOptions,
    application: RoutedApplication | undefined,
    private readonly ids: RequestIds,
    private readonly usesContext: boolean,
  ) {
    this.#excluded = application && new ExcludedRequests(options.exclude, application);
    this.#options = {
      ...options,
      headers: [...loggableNames('http.headers', options.headers)],
      query: [...loggableNames('http.query', options.query)],
    };
    this.logsAccess = options.enabled;
    this.logsFailures = options.exceptionFilter;
  }

  /**
   * Continues a request in its context, once; begins to follow it if needed.
   *
   * @param proceed Whatever the platform does next; always called, exactly once.
   */
  follow<T>(platformRequest: PlatformRequest, platformResponse: PlatformResponse, proceed: () => T): T {
    const state = this.takeUp(
      (platformRequest.raw ?? platformRequest) as IncomingMessage,
      (platformResponse.raw ?? platformResponse) as ServerResponse,
    );
    if (state === undefined || state.isFollowed) return proceed();
    state.isFollowed = true;
    state.platformRequest = platformRequest;
    state.platformResponse = platformResponse;
    if (platformRequest !== state.request) state.rename(this.ids.ofPlatform(platformRequest));
    // Among the headers that Fastify keeps, where it need not be added.
    if (state.responseHeader !== '' && platformResponse !== state.response)
      platformResponse.header(state.responseHeader, state.sentId);
    // Without a context, errors still have to be attributed.
    return state.run(this.usesContext, proceed);
  }

  /** Starts to watch a request, once. */
  takeUp(request: IncomingMessage, response: ServerResponse): RequestState | undefined {
    try {
      // Errors of one request are noted once, even if the request object was copied.
      const known = stateOfRequest(request) ?? stateOfResponse(response);
      if (known !== undefined) return known;
      const state = new RequestState(request, response, this);
      this.#answerClient(state);
      if (levelTokenReader.read !== undefined)
        state.store.levels = levelTokenReader.read((name) => firstOf(request.headers[name]));
      if (this.#options.enabled) countBytes(response, state);
      watchResponse(state);
      requestBegun(state);
      return state;
    } catch (error) {
      reportLoggingError(getLogger('nest.server'), undefined, error);
      return undefined;
    }
  }

  #answerClient(state: RequestState): void {
    const { responseHeader } = this.#options;
    const { response } = state;
    if (responseHeader !== false && !response.headersSent) addToHead(response, state, responseHeader);
  }

  idOf(state: RequestState): string {
    return this.ids.ofRequest(state.request);
  }

  /** Sends the id to the client, unless it is already sent, or the application has set it. */
  renamed(state: RequestState, before: string): void {
    const { responseHeader: name } = this.#options;
    const { response, platformResponse } = state;
    if (name === false || response.headersSent) return;
    try {
      if (response.getHeader(name) === before) response.setHeader(name, state.sentId);
      else if (platformResponse !== response && platformResponse.getHeader?.(name) === before)
        platformResponse.header(name, state.sentId);
    } catch (error) {
      reportLoggingError(getLogger('nest.server'), undefined, error);
    }
  }

  get hasContextFields(): boolean {
    return this.#options.contextFields !== undefined;
  }

  contextFieldsOf(state: RequestState): Fields | undefined {
    return callFieldsOption('http.contextFields', () => this.#options.contextFields?.(state.platformRequest));
  }

  logEnded(state: RequestState): void {
    this.#attempt(state, this.#logEnd);
  }

  logUndecided(state: RequestState): void {
    this.#attempt(state, logUndecidedFailures);
  }

  /** The response ends outside any context, but its records belong to the context of the request. */
  #attempt(state: RequestState, log: (state: RequestState) => void): void {
    try {
      state.runLate(this.usesContext, log);
    } catch (error) {
      reportLoggingError(getLogger('nest.server'), undefined, error);
    }
  }

  excludes(state: RequestState): boolean {
    state.isExcluded ??= this.#excluded?.has(state) ?? false;
    return state.isExcluded;
  }

  readonly #logEnd = (state: RequestState): void => {
    const outcome = state.outcome as Outcome;
    state.isLogged = true;
    statusDecided(state);
    state.settle();
    state.store.end();
    const { logsAccess, logsFailures } = state;
    if (!state.isFollowed && outcome.status === 400) noteMalformedUrl(state);
    const verdict = judgeRequest(state.failures ?? [], outcome);
    if (this.excludes(state)) {
      // A failing health check is an answer; one that throws unexpectedly is a failure.
      if (logsFailures) logErrors(verdict.errors.filter(isUnexpected), state, outcome);
      return;
    }
    const isRefused = verdict.errors.length === 0 && outcome.status >= 400 && outcome.status < 500;
    const { refusalRecord } = this.#options;
    if (logsFailures) logServerFailures(state, verdict, outcome);
    if (logsFailures && isRefused && refusalRecord) logRefusal(verdict.failure, state, outcome);
    const isLogged = logsAccess && logAccess(state, outcome, this.#options, this.usesContext, verdict);
    if (logsFailures && isRefused && !refusalRecord && !isLogged) logRefusal(verdict.failure, state, outcome);
  };
}

/** A request that Fastify's router rejects never reaches anything that sees errors. */
function noteMalformedUrl(state: RequestState): void {
  if (state.failures !== undefined) return;
  try {
    decodeURI(state.path);
  } catch (error) {
    state.meets(error, false);
  }
}

function firstOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}

/** Gives a request an access record where requests get none. */
export function wantAccessRecord(state: RequestState): void {
  if (state.logsAccess) return;
  state.logsAccess = true;
  countBytes(state.response, state);
}
