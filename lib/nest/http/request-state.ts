import type { IncomingMessage, ServerResponse } from 'node:http';
import { inspect } from 'node:util';
import { captureSpan } from '../../context/active-span.js';
import { lookForTracing } from '../../context/context-provider.js';
import { brand, branded } from '../../internal/brand.js';
import { currentWork, runAs, type Work } from '../running-work.js';
import type { PlatformRequest, PlatformResponse } from './http-log-options.js';
import { RequestContext } from './request-context.js';
import { requestIdOf } from './request-id.js';

/** Characters of a path that are logged. */
const MAX_PATH = 1_024;

/**
 * Where a request of Node and its response keep their state; the same for every copy of this package. An ordinary
 * property is found several times as fast as a private field of others' objects, and made far faster than one that is
 * not enumerable.
 */
const STATE: unique symbol = Symbol.for('nestjs-logging.request-state') as never;

interface Followed {
  [STATE]?: RequestState;
}

/** `write` and `end` of a response as they are called: the encoding may be left out. */
export type Writer = (
  this: ServerResponse,
  chunk?: unknown,
  encoding?: unknown,
  callback?: unknown,
) => unknown;

/** `writeHead` of a response as it is called: the reason may be left out. */
export type HeadWriter = (this: ServerResponse, status: number, ...rest: unknown[]) => ServerResponse;

/** `emit` of a response. */
export type Emitter = (this: ServerResponse, event: string | symbol, ...args: unknown[]) => boolean;

/** A handler of requests, by the names of the controller's class and its method. */
export interface RequestHandler {
  readonly controller: string;
  readonly handler: string;
}

/** How a request ended. */
export interface Outcome {
  readonly status: number;
  readonly aborted: boolean;
  readonly durationMs: number;
}

/** Who follows requests and is told when one is over. */
export interface RequestFollower {
  /** Makes the records of a request that is over. Throws nothing. */
  tell(state: RequestState): void;
}

/** What is known of a running request. */
export class RequestState implements Work {
  readonly startedAt = performance.now();
  readonly id: string;
  readonly method: string;
  /** The context it runs in; its fields change when something is bound. */
  readonly store: RequestContext;
  /** The template of the route, once a controller has the request. */
  route: string | null = null;
  /** Names of the controller's class and its method, once one has the request. */
  controller: string | null = null;
  handler: string | null = null;
  /** Bytes of the body that were written. */
  bytes = 0;
  /** The response's own `write` and `end`, where its bytes are counted. */
  write: Writer | undefined;
  end: Writer | undefined;
  /** The response's own `emit`. */
  emit: Emitter | undefined;
  /** The response's own `writeHead` and the header that is added to the head, where one is. */
  writeHead: HeadWriter | undefined;
  responseHeader = '';
  /** Whether the body is complete: some responses end by calling `write`. */
  isEnding = false;
  /** A failure that is the client's, to be told when the status is known. */
  refusal: { readonly thrown: unknown } | undefined;
  /** Whether a record told a failure of this request. */
  hasTold = false;
  /** How it ended, once its response is closed. */
  outcome: Outcome | undefined;
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
  #path: string | undefined;
  #failures: unknown[] | undefined;
  #beforeEnd: (() => void)[] | undefined;

  constructor(
    readonly request: IncomingMessage,
    readonly response: ServerResponse,
    readonly follower: RequestFollower,
  ) {
    this.#inSpan = captureSpan();
    if (this.#inSpan !== undefined) lookForTracing();
    this.platformRequest = request;
    this.platformResponse = response;
    this.id = requestIdOf(request.headers);
    this.method = request.method ?? '';
    // Express changes url while it routes, and keeps what it was.
    this.#url = (request as { originalUrl?: string }).originalUrl ?? request.url ?? '';
    this.store = new RequestContext(this);
    (request as Followed)[STATE] = this;
    (response as Followed)[STATE] = this;
  }

  /** The path without the query, cut to what a record can bear. */
  get path(): string {
    this.#path ??= pathOf(this.#url);
    return this.#path;
  }

  /** The query as it came, without `?`. */
  get query(): string {
    const start = this.#url.indexOf('?');
    return start < 0 ? '' : this.#url.slice(start + 1);
  }

  /** Notes which handler has the request, and the template of its route. */
  reaches({ controller, handler }: RequestHandler, route: string | null): void {
    this.controller = controller;
    this.handler = handler;
    this.route = route;
  }

  /** Notes something thrown. @returns Whether it is new to this request. */
  meets(thrown: unknown): boolean {
    this.#failures ??= [];
    if (this.#failures.includes(thrown)) return false;
    this.#failures.push(thrown);
    return true;
  }

  /** Has something done when the response is closed, before its own records are made. */
  beforeEnd(work: () => void): void {
    this.#beforeEnd ??= [];
    this.#beforeEnd.push(work);
  }

  /** Does what was to be done at the end, once. */
  settle(): void {
    const work = this.#beforeEnd;
    if (work === undefined) return;
    this.#beforeEnd = undefined;
    for (const each of work) each();
  }

  /** Runs a function when the request is over, and what it was started with is not at hand. */
  runLate(usesContext: boolean, work: (state: RequestState) => void): void {
    const inSpan = this.#inSpan;
    if (inSpan !== undefined) inSpan(() => runAs(this, usesContext, work, this));
    else if (usesContext) runAs(this, usesContext, work, this);
    else work(this);
  }

  /** Short, where an application prints its request. */
  [inspect.custom](): string {
    return `<request ${this.id}>`;
  }

  /** Runs a function as part of the request. @param usesContext Whether records made in it carry its fields. */
  run<T>(usesContext: boolean, work: () => T): T {
    return runAs(this, usesContext, work);
  }
}
brand(RequestState.prototype, 'request');

/** Whether what runs is a request. */
export const isRequest = branded<RequestState>('request');

/** The request that is being handled where this is called, if any. */
export function currentRequest(): RequestState | undefined {
  const work = currentWork();
  return isRequest(work) ? work : undefined;
}

/** The state of a request, by its request or its response, of Node, Express or Fastify. */
export function stateOf(object: unknown): RequestState | undefined {
  if (typeof object !== 'object' || object === null) return undefined;
  const { raw } = object as { raw?: unknown };
  return (typeof raw === 'object' && raw !== null ? (raw as Followed) : (object as Followed))[STATE];
}

/** The state of just this request of Node, not of one that it is a copy of. */
export function stateOfRequest(request: IncomingMessage): RequestState | undefined {
  const state = (request as Followed)[STATE];
  return state?.request === request ? state : undefined;
}

/** The state of a request, by Node's own response, or what an application has made of it. */
export function stateOfResponse(response: ServerResponse): RequestState | undefined {
  return (response as Followed)[STATE];
}

function pathOf(url: string): string {
  let end = url.indexOf('?');
  const fragment = url.indexOf('#');
  if (fragment >= 0 && (end < 0 || fragment < end)) end = fragment;
  const path = end < 0 ? url : url.slice(0, end);
  return path.length <= MAX_PATH ? path : `${path.slice(0, MAX_PATH)}…`;
}
