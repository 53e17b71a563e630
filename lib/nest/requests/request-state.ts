import { AsyncResource } from 'node:async_hooks';
import type { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { inspect } from 'node:util';
import { captureSpan } from '../../context/active-span.js';
import { lookForTracing } from '../../context/context-provider.js';
import type { Fields } from '../../core/records/log-record.js';
import { brand } from '../../runtime/brand.js';
import { cutText } from '../../runtime/cut-text.js';
import { causeOf } from '../../runtime/error-chain.js';
import { isRequest, type RunningRequest, requestBehind, STATE } from '../work/running-request.js';
import { currentWork, runAs } from '../work/running-work.js';
import type { PlatformRequest, PlatformResponse } from './http-log-options.js';
import { type ContextOwner, RequestContext } from './request-context.js';
import { isSendable } from './request-id.js';

/** Characters of a path that are logged. */
const MAX_PATH = 1_024;

interface Followed {
  [STATE]?: RequestState;
}

/** `write` and `end` of a response: a chunk, its encoding and a callback, each of which may be left out. */
export type Writer = (this: ServerResponse, ...args: unknown[]) => unknown;

/** `writeHead` of a response: a status, a reason and headers, of which the latter two may be left out. */
export type HeadWriter = (this: ServerResponse, ...args: unknown[]) => ServerResponse;

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

/** Something thrown while a request was handled. */
export interface Failure {
  readonly thrown: unknown;
  /**
   * Whether it broke the answer while it was sent: then it is a failure of the server, whatever status the client
   * got.
   */
  readonly breaksAnswer: boolean;
  /** Where it was thrown: with the fields that were bound and the span that was active there. */
  readonly scope: AsyncResource | undefined;
  /** Whether it has its record. */
  isLogged: boolean;
}

/** Follows requests; it is called when one has ended. */
export interface RequestFollower {
  /** Whether requests get an access record. */
  readonly logsAccess: boolean;
  /** Whether failures of the server get a record of their own. */
  readonly logsFailures: boolean;
  /** Makes the records of a request that is over. Throws nothing. */
  logEnded(state: RequestState): void;
  /** The id of a request. Throws nothing. */
  idOf(state: RequestState): string;
  /** The application has given a request another id than the client got. Throws nothing. */
  renamed(state: RequestState, before: string): void;
  /** Whether the application gives fields for each request, and those of one. Throws nothing. */
  readonly hasContextFields: boolean;
  contextFieldsOf(state: RequestState): Fields | undefined;
  /** Whether a request is one of those the application wants no records of. */
  excludes(state: RequestState): boolean;
  /** Logs the failures of a request that is not over, with the status as far as it is known. Throws nothing. */
  logUndecided(state: RequestState): void;
}

/** What is known of a running request. */
export class RequestState implements RunningRequest, ContextOwner {
  readonly startedAt = performance.now();
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
  /** Whether the response came before its connection was free for it. */
  isPipelined = false;
  /** Whether it came in by a server's socket. */
  isOfServer = false;
  /** Whether it came over HTTP/2. */
  isOverHttp2 = false;
  /** Whether the server has closed the response's stream, over HTTP/2, before it was over. */
  isStreamClosed = false;
  /** The status that was written past the response, where something took the connection over, as for a WebSocket. */
  takenOverWith: number | undefined;
  /** The streams that are piped to the response, each with what listens to its errors. */
  sources: Map<EventEmitter, (error: unknown) => void> | undefined;
  /** Whether it gets an access record, and whether its failures get records of their own. */
  logsAccess: boolean;
  logsFailures: boolean;
  /** What was thrown, in order; `undefined` as long as nothing was. */
  failures: Failure[] | undefined;
  /** Ends the wait for the status of what was thrown. */
  undecidedTimer: NodeJS.Timeout | undefined;
  /** Whether a record of another kind has a failure of this request, as that of a GraphQL operation. */
  hasFailureRecord = false;
  /** Whether the application wants no records of it; `undefined` until that is known. */
  isExcluded: boolean | undefined;
  /** Whether the records of its end are made. */
  isLogged = false;
  /** How it ended, once its response is closed. */
  outcome: Outcome | undefined;
  /** Whether all of the response was given to the system. */
  isAnswered = false;
  /** Whether the platform has the request, in its context. */
  isFollowed = false;
  /** The platform's own objects, for the application's callbacks; Node's until the platform has the request. */
  platformRequest: PlatformRequest;
  platformResponse: PlatformResponse;
  /** Runs a function under the span that was active when the request came. */
  #id: string | undefined;
  #sentId: string | undefined;
  readonly #inSpan: ((run: () => void) => void) | undefined;
  readonly #url: string;
  #path: string | undefined;
  #beforeEnd: (() => void)[] | undefined;

  constructor(
    readonly request: IncomingMessage,
    readonly response: ServerResponse,
    readonly follower: RequestFollower,
  ) {
    this.logsAccess = follower.logsAccess;
    this.logsFailures = follower.logsFailures;
    this.#inSpan = captureSpan();
    if (this.#inSpan !== undefined) lookForTracing();
    this.platformRequest = request;
    this.platformResponse = response;
    this.method = request.method ?? '';
    // Express changes url while it routes, and keeps what it was.
    this.#url = (request as { originalUrl?: string }).originalUrl ?? request.url ?? '';
    this.store = new RequestContext(this);
    (request as Followed)[STATE] = this;
    (response as Followed)[STATE] = this;
  }

  /** The id that all of its records have. Computed when first read: Fastify's own is not there from the start. */
  get id(): string {
    this.#id ??= this.follower.idOf(this);
    return this.#id;
  }

  /** The id for the client: the last one that can be sent in a header. */
  get sentId(): string {
    this.#sentId ??= this.id;
    return this.#sentId;
  }

  /** Takes the id that the application has bound or the platform has given. */
  rename(id: unknown): void {
    const given = typeof id === 'number' || typeof id === 'bigint' ? String(id) : id;
    if (typeof given !== 'string' || given === this.#id) return;
    const before = this.#sentId;
    // If it cannot be sent, the client gets the one before.
    const sent = isSendable(given) ? given : this.sentId;
    this.#sentId = sent;
    this.#id = given;
    if (before !== undefined && sent !== before) this.follower.renamed(this, before);
  }

  get hasContextFields(): boolean {
    return this.follower.hasContextFields;
  }

  contextFields(): Fields | undefined {
    return this.follower.contextFieldsOf(this);
  }

  /** The path without the query, cut to a length fit for a record. */
  get path(): string {
    this.#path ??= pathOf(this.#url);
    return this.#path;
  }

  /** The query as it came, without `?`. */
  get query(): string {
    const start = this.#url.indexOf('?');
    return start < 0 ? '' : this.#url.slice(start + 1);
  }

  /** A text without the query of the request, which Nest quotes where it finds no route. */
  withoutQuery(text: string): string {
    const start = this.#url.indexOf('?');
    return start < 0 ? text : text.replaceAll(this.#url, this.#url.slice(0, start));
  }

  /** Notes which handler has the request, and the template of its route. */
  reaches({ controller, handler }: RequestHandler, route: string | null): void {
    this.controller = controller;
    this.handler = handler;
    this.route = route;
  }

  /** Notes something thrown. @returns It, if it is new to this request. */
  meets(thrown: unknown, breaksAnswer: boolean): Failure | undefined {
    this.failures ??= [];
    if (this.failures.some((failure) => failure.thrown === thrown)) return undefined;
    const scope = currentRequest() === this ? new AsyncResource('nestjs-logging.failure') : undefined;
    const failure = { thrown, breaksAnswer, scope, isLogged: false };
    const cause = causeOf(thrown);
    const wrapped = this.failures.findIndex((one) => one.thrown === cause && !one.isLogged);
    // The same failure, wrapped: its traceback shows both.
    if (cause === undefined || wrapped < 0) this.failures.push(failure);
    else
      this.failures[wrapped] = {
        ...failure,
        breaksAnswer: breaksAnswer || this.failures[wrapped]?.breaksAnswer === true,
      };
    return failure;
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

  /** Runs a function when the request has ended, if its arguments are not available. */
  runLate(usesContext: boolean, work: (state: RequestState) => void): void {
    const inSpan = this.#inSpan;
    if (inSpan !== undefined) inSpan(() => runAs(this, usesContext, work, this));
    else if (usesContext) runAs(this, usesContext, work, this);
    else work(this);
  }

  /** A short text, for an application that prints its request. */
  [inspect.custom](): string {
    return `<request ${this.id}>`;
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
  return isRequest(work) ? (work as RequestState) : undefined;
}

/** The state of a request, by its request or its response, of Node, Express or Fastify. */
export function stateOf(object: unknown): RequestState | undefined {
  return requestBehind(object) as RequestState | undefined;
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
  return cutText(path, MAX_PATH, '…');
}
