import type { IncomingMessage, ServerResponse } from 'node:http';
import { reportLoggingError } from '../../core/diagnostics.js';
import { getLogger } from '../../core/manager.js';
import { logAccess } from './access-record.js';
import { requestBegun } from './ended-requests.js';
import { settleFailure } from './failure-record.js';
import type { PlatformRequest, PlatformResponse, ResolvedHttpLogOptions } from './http-log-options.js';
import { addToHead } from './late-header.js';
import { loggableNames } from './logged-values.js';
import {
  type Outcome,
  type RequestFollower,
  RequestState,
  stateOfRequest,
  stateOfResponse,
} from './request-state.js';
import { watchResponse } from './watched-response.js';
import { countBytes } from './written-bytes.js';

/** How a platform's responses are to be treated. */
export interface ResponseTreatment {
  /** Whether each response counts its bytes itself; not where its prototype does. */
  readonly countsBytes: boolean;
  /** Whether the header with the request's id is added as late as the head is written. */
  readonly addsToHead: boolean;
}

/** Follows each request from the platform's edge until its response is closed. */
export class RequestLog implements RequestFollower {
  readonly #options: ResolvedHttpLogOptions;

  constructor(
    options: ResolvedHttpLogOptions,
    private readonly usesContext: boolean,
    private readonly treatment: ResponseTreatment,
  ) {
    this.#options = {
      ...options,
      headers: [...loggableNames(options.headers)],
      query: [...loggableNames(options.query)],
    };
  }

  /**
   * Goes on with a request in its context, once; takes it up if that has not been done.
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
    // Among the headers that Fastify keeps, where it need not be added.
    if (state.responseHeader !== '') platformResponse.header(state.responseHeader, state.id);
    state.platformRequest = platformRequest;
    state.platformResponse = platformResponse;
    // Without a context, what is thrown is still to be told from whom it is.
    return this.usesContext || this.#options.exceptionFilter
      ? state.run(this.usesContext, proceed)
      : proceed();
  }

  /** Starts to watch a request, once. */
  takeUp(request: IncomingMessage, response: ServerResponse): RequestState | undefined {
    try {
      // What answers one request is told once, whatever copy of the request it was handed on with.
      const known = stateOfRequest(request) ?? stateOfResponse(response);
      if (known !== undefined) return known;
      const state = new RequestState(request, response, this);
      this.#tellClient(state);
      if (this.#options.enabled && this.treatment.countsBytes) countBytes(response, state);
      watchResponse(state);
      requestBegun(request);
      return state;
    } catch (error) {
      reportLoggingError(getLogger('nest.server'), undefined, error);
      return undefined;
    }
  }

  #tellClient(state: RequestState): void {
    const { responseHeader } = this.#options;
    const { response } = state;
    if (responseHeader === false || response.headersSent) return;
    if (this.treatment.addsToHead) addToHead(response, state, responseHeader);
    else response.setHeader(responseHeader, state.id);
  }

  tell(state: RequestState): void {
    try {
      // The response closes outside of any context; what is logged of the request still belongs to its own.
      state.runLate(this.usesContext, this.#tell);
    } catch (error) {
      reportLoggingError(getLogger('nest.server'), undefined, error);
    }
  }

  readonly #tell = (state: RequestState): void => {
    const outcome = state.outcome as Outcome;
    state.settle();
    state.store.end();
    if (this.#options.exceptionFilter) settleFailure(state, outcome.status);
    if (this.#options.enabled && !this.#isExcluded(state))
      logAccess(state, outcome, this.#options, this.usesContext);
  };

  #isExcluded(state: RequestState): boolean {
    return this.#options.exclude.some((pattern) => {
      if (typeof pattern === 'function') return pattern(state.platformRequest);
      if (typeof pattern === 'string') return matchesPath(pattern, state.path);
      pattern.lastIndex = 0;
      return pattern.test(state.path);
    });
  }
}

/** A path matches itself; one that ends in `*` all that begin as it does. */
function matchesPath(pattern: string, path: string): boolean {
  return pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : path === pattern;
}
