import type { IncomingMessage, ServerResponse } from 'node:http';
import { captureSpan } from '../../context/active-span.js';
import { lookForTracing } from '../../context/context-provider.js';
import type { ContextStore } from '../../context/context-store.js';
import { brand, isBranded } from '../../internal/brand.js';
import { currentWork, runAs, type Work } from '../running-work.js';
import type { PlatformRequest, PlatformResponse } from './http-log-options.js';
import { requestIdOf } from './request-id.js';

/** Characters of a path that are logged. */
const MAX_PATH = 1_024;

/**
 * Where a request of Node keeps its state. On the request itself: a WeakMap of objects that live as short as these
 * makes each garbage collection dearer, and cost more than all the rest together.
 */
const STATE = Symbol.for('nestjs-logging.request-state');

/** Node's request object with its state on it. */
interface FollowedRequest {
  readonly [STATE]?: RequestState;
}

/** What is known of a running request. */
export class RequestState implements Work {
  readonly startedAt = performance.now();
  readonly id: string;
  readonly method: string;
  /** The context it runs in; its fields change when something is bound. */
  readonly store: ContextStore;
  /** The template of the route, once a controller has the request. */
  route: string | null = null;
  controller: string | null = null;
  handler: string | null = null;
  /** Bytes of the body that were written. */
  bytes = 0;
  /** A failure that is the client's, to be told when the status is known. */
  refusal: { readonly thrown: unknown } | undefined;
  /** Whether a record told a failure of this request. */
  hasTold = false;
  /** What else is to be logged when the response is closed. */
  readonly beforeEnd: (() => void)[] = [];
  /** Whether all of the response was handed to the system. */
  isAnswered = false;
  /** Whether the platform has the request, in its context. */
  isFollowed = false;
  /** The platform's own objects, for the application's callbacks; Node's until the platform has the request. */
  platformRequest: PlatformRequest;
  platformResponse: PlatformResponse;
  /** Runs a function under the span that was active when the request came. */
  readonly #inSpan: ((run: () => void) => void) | undefined;
  readonly #url: string;
  #failures: unknown[] = [];

  constructor(
    readonly request: IncomingMessage,
    readonly response: ServerResponse,
  ) {
    lookForTracing();
    this.#inSpan = captureSpan();
    this.platformRequest = request;
    this.platformResponse = response;
    this.id = requestIdOf(request.headers);
    this.method = request.method ?? '';
    // Express changes url while it routes.
    this.#url = request.url ?? '';
    this.store = { fields: Object.freeze({ request_id: this.id }), owner: this };
    // Out of sight of whoever prints or copies the request.
    Object.defineProperty(request, STATE, { value: this });
  }

  /** The path without the query, cut to what a record can bear. */
  get path(): string {
    const end = this.#url.search(/[?#]/);
    const path = end < 0 ? this.#url : this.#url.slice(0, end);
    return path.length <= MAX_PATH ? path : `${path.slice(0, MAX_PATH)}…`;
  }

  /** The query as it came, without `?`. */
  get query(): string {
    const start = this.#url.indexOf('?');
    return start < 0 ? '' : this.#url.slice(start + 1);
  }

  /** Notes something thrown. @returns Whether it is new to this request. */
  meets(thrown: unknown): boolean {
    if (this.#failures.includes(thrown)) return false;
    this.#failures.push(thrown);
    return true;
  }

  /** Runs a function when the request is over, and what it was started with is not at hand. */
  runLate(usesContext: boolean, work: () => void): void {
    const inSpan = this.#inSpan;
    this.run(usesContext, () => (inSpan === undefined ? work() : inSpan(work)));
  }

  /** Runs a function as part of the request. @param usesContext Whether records made in it carry its fields. */
  run<T>(usesContext: boolean, work: () => T): T {
    return runAs(this, usesContext, work);
  }
}
brand(RequestState.prototype, 'request');

/** The request that is being handled where this is called, if any. */
export function currentRequest(): RequestState | undefined {
  const work = currentWork();
  return isBranded(work, 'request') ? (work as RequestState) : undefined;
}

/** The state of a request, by Node's, Express's or Fastify's object. */
export function stateOf(request: unknown): RequestState | undefined {
  if (typeof request !== 'object' || request === null) return undefined;
  const { raw } = request as { raw?: unknown };
  return ((typeof raw === 'object' && raw !== null ? raw : request) as FollowedRequest)[STATE];
}
