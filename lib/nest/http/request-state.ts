import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ContextStore } from '../../context/context-store.js';
import { brand, isBranded } from '../../internal/brand.js';
import { globalSlot } from '../../internal/global-slot.js';
import { currentWork, runAs, type Work } from '../running-work.js';
import type { PlatformRequest, PlatformResponse } from './http-log-options.js';
import { requestIdOf } from './request-id.js';

/** Characters of a path that are logged. */
const MAX_PATH = 1_024;

interface Requests {
  /** The states of running requests, by Node's request object. */
  readonly states: WeakMap<object, RequestState>;
}

const requests = globalSlot('nest.requests.1', (): Requests => ({ states: new WeakMap() }));

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
  readonly #url: string;
  #failures: unknown[] = [];

  constructor(
    readonly request: IncomingMessage,
    readonly response: ServerResponse,
  ) {
    this.platformRequest = request;
    this.platformResponse = response;
    this.id = requestIdOf(request.headers);
    this.method = request.method ?? '';
    // Express changes url while it routes.
    this.#url = request.url ?? '';
    this.store = { fields: Object.freeze({ request_id: this.id }), owner: this };
    requests.states.set(request, this);
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
  return requests.states.get(typeof raw === 'object' && raw !== null ? raw : request);
}
