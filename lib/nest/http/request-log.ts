import { type EventEmitter, errorMonitor } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { reportLoggingError } from '../../core/diagnostics.js';
import { getLogger } from '../../core/manager.js';
import { logAccess, outcomeOf } from './access-record.js';
import { noteFailure, settleFailure } from './failure-record.js';
import type { PlatformRequest, PlatformResponse, ResolvedHttpLogOptions } from './http-log-options.js';
import { loggableNames } from './logged-values.js';
import { RequestState, stateOf } from './request-state.js';
import { countBytes } from './written-bytes.js';

/** Follows each request from the platform's edge until its response is closed. */
export class RequestLog {
  readonly #options: ResolvedHttpLogOptions;

  constructor(
    options: ResolvedHttpLogOptions,
    private readonly usesContext: boolean,
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
    const request = (platformRequest.raw ?? platformRequest) as IncomingMessage;
    const response = (platformResponse.raw ?? platformResponse) as ServerResponse;
    const state = this.takeUp(request, response);
    if (state === undefined || state.isFollowed) return proceed();
    state.isFollowed = true;
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
      const known = stateOf(request);
      if (known !== undefined) return known;
      const state = new RequestState(request, response);
      const { responseHeader } = this.#options;
      if (responseHeader !== false && !response.headersSent) response.setHeader(responseHeader, state.id);
      if (this.#options.enabled) countBytes(response, state);
      this.#watch(state);
      return state;
    } catch (error) {
      reportLoggingError(getLogger('nest.server'), undefined, error);
      return undefined;
    }
  }

  #watch(state: RequestState): void {
    const { request, response } = state;
    const finish = () => {
      response.removeListener('close', finish);
      request.socket?.removeListener?.('close', finish);
      this.#finish(state);
    };
    response.once('finish', () => {
      state.isAnswered = true;
    });
    response.once('close', finish);
    // A pipelined response waits for its turn without a socket; if the connection goes first, nobody tells it.
    if (response.socket === null) request.socket.once('close', finish);
    response.on('pipe', (source: EventEmitter) => {
      source.once(errorMonitor, (error: unknown) => {
        if (!response.closed && !response.destroyed) noteFailure(error, state);
      });
    });
  }

  #finish(state: RequestState): void {
    // The response closes outside of any context; what is logged of the request still belongs to its own.
    const tell = () => {
      try {
        const outcome = outcomeOf(state);
        for (const tellFirst of state.beforeEnd.splice(0)) tellFirst();
        if (this.#options.exceptionFilter) settleFailure(state, outcome.status);
        if (this.#options.enabled && !this.#isExcluded(state)) logAccess(state, outcome, this.#options);
      } catch (error) {
        reportLoggingError(getLogger('nest.server'), undefined, error);
      }
    };
    state.runLate(this.usesContext, tell);
  }

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
