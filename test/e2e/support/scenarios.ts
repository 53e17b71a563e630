import type { WireRequest } from './wire.js';

/** What a request is to leave in the log when no filter of the application steps in. */
export interface Scenario extends WireRequest {
  readonly name: string;
  /** The status the client gets without filters; not compared with those. */
  readonly status: number;
  /** Without filters: `refused` with 4xx, or `failed` with 5xx. */
  readonly outcome: 'answered' | 'refused' | 'failed';
  /** The handler that was reached, if one was. */
  readonly handler?: string;
  /** Whether what is thrown has a cause, and whether it is nothing that a reason could be read from. */
  readonly hasCause?: boolean;
  readonly hasNoReason?: boolean;
  /** The template of the route, if a controller had the request. */
  readonly route?: string;
}

const get = (
  name: string,
  path: string,
  status: number,
  outcome: Scenario['outcome'],
  handler?: string,
): Scenario => ({
  name,
  path: `/scenarios/${path}`,
  status,
  outcome,
  ...(handler !== undefined && { handler, route: `/scenarios/${path}` }),
});

const json = { 'Content-Type': 'application/json' };

/** Every way a request can go. */
export const scenarios: readonly Scenario[] = [
  { ...get('an answer', 'ok/7?access_token=s3cret', 200, 'answered', 'ok'), route: '/scenarios/ok/:id' },
  get('text', 'text', 200, 'answered', 'text'),
  get('an answer without a body', 'empty', 204, 'answered', 'empty'),
  { ...get('a body', 'created', 201, 'answered', 'created'), method: 'POST', headers: json, body: '{"a":1}' },
  get('a redirect', 'redirect', 302, 'answered', 'redirect'),
  { ...get('HEAD', 'ok/7', 200, 'answered', 'ok'), method: 'HEAD', route: '/scenarios/ok/:id' },
  { ...get('OPTIONS', 'ok/7', 404, 'refused'), method: 'OPTIONS' },
  get('no such route', 'nowhere', 404, 'refused'),
  { ...get('no such method', 'text', 404, 'refused'), method: 'DELETE' },
  get('a guard that refuses', 'refused', 403, 'refused', 'refused'),
  get('a guard that throws 401', 'unauthorized', 401, 'refused', 'unauthorized'),
  get('a guard that breaks', 'broken-guard', 500, 'failed', 'brokenGuard'),
  { ...get('a pipe that refuses', 'pipe/seven', 400, 'refused', 'pipe'), route: '/scenarios/pipe/:id' },
  {
    ...get('a pipe that breaks', 'broken-pipe/7', 500, 'failed', 'brokenPipe'),
    route: '/scenarios/broken-pipe/:id',
  },
  get('an interceptor that breaks', 'broken-interceptor', 500, 'failed', 'brokenInterceptor'),
  get('a handler that throws', 'throws', 500, 'failed', 'throws'),
  get('a handler that rejects', 'rejects', 500, 'failed', 'rejects'),
  get('an observable that fails', 'observable-fails', 500, 'failed', 'observableFails'),
  get('a thrown string', 'throws-string', 500, 'failed', 'throwsString'),
  { ...get('a thrown object', 'throws-object', 500, 'failed', 'throwsObject'), hasNoReason: true },
  get('HttpException 400', 'http-400', 400, 'refused', 'http400'),
  get('HttpException 404', 'http-404', 404, 'refused', 'http404'),
  get('HttpException 500', 'http-500', 500, 'failed', 'http500'),
  get('HttpException 502', 'http-502', 502, 'failed', 'http502'),
  { ...get('an error with a cause', 'caused', 500, 'failed', 'caused'), hasCause: true },
  get('@Res', 'res', 202, 'answered', 'res'),
  get('@Res and a throw', 'res-throws', 500, 'failed', 'resThrows'),
  get('a stream', 'stream', 200, 'answered', 'stream'),
  get('server-sent events', 'events', 200, 'answered', 'events'),
  get('middleware that throws', 'middleware-throws', 500, 'failed'),
  get('middleware that rejects', 'middleware-rejects', 500, 'failed'),
  get('middleware that answers', 'middleware-answers', 203, 'answered'),
  get('application middleware that throws', 'ok/7?fail=app', 500, 'failed'),
  { ...get('a malformed body', 'created', 400, 'refused'), method: 'POST', headers: json, body: '{"a":' },
  {
    ...get('an oversized body', 'created', 413, 'refused'),
    method: 'POST',
    headers: json,
    body: JSON.stringify('x'.repeat(2_000_000)),
  },
  get('a malformed path', 'ok/%FF', 400, 'refused'),
];
