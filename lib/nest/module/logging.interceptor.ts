import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  type CallHandler,
  type ExecutionContext,
  Inject,
  Injectable,
  type NestInterceptor,
  Optional,
} from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { type Observable, tap } from 'rxjs';
import { MARKS } from '../internals/marks.js';
import { readDeclared } from '../lifecycle/application-config.js';
import { followMessage } from '../messages/follow-message.js';
import { currentMessage, Message } from '../messages/message.js';
import { patternText } from '../messages/pattern-text.js';
import { noteFailure } from '../requests/failures/failure-record.js';
import type { PlatformRequest, PlatformResponse } from '../requests/http-log-options.js';
import { RequestIds } from '../requests/request-id.js';
import { RequestLog, wantAccessRecord } from '../requests/request-log.js';
import { type RequestState, stateOf } from '../requests/request-state.js';
import { observeRoute } from '../requests/route-observer.guard.js';
import type { ResolvedLoggingOptions } from './logging-options.js';

/**
 * Logs the requests of the handlers it is bound to: each gets an access record of `nest.server` when its response ends,
 * with controller and handler, and what the handler throws is seen even where another interceptor turns it into an answer.
 *
 * `LoggingModule.forRoot` logs every request in cheaper ways. Together with it, nothing is logged twice. It is for
 * applications that want the requests of some handlers only: with `http: false`, `@UseInterceptors(LoggingInterceptor)`
 * on a controller or a method, or `APP_INTERCEPTOR` for all. Requests that reach no handler (404, a guard that refuses)
 * are not seen then.
 *
 * Messages of microservices and gateways get their record if nothing else follows them (`messages: false`).
 */
@Injectable()
export class LoggingInterceptor implements NestInterceptor {
  private requestLog: RequestLog | undefined;

  constructor(@Optional() @Inject(ModulesContainer) private readonly modules?: ModulesContainer) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const type = context.getType<string>();
    if (type === 'rpc' || type === 'ws') return this.interceptMessage(type, context, next);
    const state = type === 'http' ? this.requestOf(context) : graphqlRequestOf(context);
    if (state === undefined) return next.handle();
    wantAccessRecord(state);
    return next.handle().pipe(tap({ error: (error: unknown) => noteFailure(error, state) }));
  }

  /** The state of a request; if it is not followed yet, from now on. */
  private requestOf(context: ExecutionContext): RequestState | undefined {
    const known = observeRoute(context);
    if (known !== undefined) return known;
    const request = context.getArgByIndex<PlatformRequest>(0);
    const response = context.getArgByIndex<PlatformResponse>(1);
    this.requestLog ??= this.makeRequestLog();
    const state = this.requestLog.takeUp(
      (request.raw ?? request) as IncomingMessage,
      (response.raw ?? response) as ServerResponse,
    );
    if (state === undefined) return undefined;
    state.platformRequest = request;
    state.platformResponse = response;
    return observeRoute(context);
  }

  private makeRequestLog(): RequestLog {
    const { http, requestId } = this.declaredOptions();
    const options = { ...http, enabled: true, responseHeader: false } as const;
    return new RequestLog(options, undefined, new RequestIds(requestId), false);
  }

  private interceptMessage(
    kind: 'rpc' | 'ws',
    context: ExecutionContext,
    next: CallHandler,
  ): Observable<unknown> {
    if (currentMessage() !== undefined) return next.handle();
    const handler = context.getHandler();
    const fields = { controller: context.getClass().name, handler: handler.name };
    const message = new Message(
      { kind, pattern: patternOf(kind, handler), fields },
      this.declaredOptions().context,
    );
    return followMessage(message, () => next.handle()) as Observable<unknown>;
  }

  private declaredOptions(): ResolvedLoggingOptions {
    return readDeclared(this.modules ?? new ModulesContainer()).options;
  }
}

/** The request that a resolver's operation came with, if its context has it where drivers put it. */
function graphqlRequestOf(context: ExecutionContext): RequestState | undefined {
  if (context.getType<string>() !== 'graphql') return undefined;
  return stateOf(context.getArgByIndex<{ req?: unknown } | undefined>(2)?.req);
}

/** The pattern that a handler is for, by Nest's own marks; the name of its method where it has none that can be printed. */
function patternOf(kind: 'rpc' | 'ws', handler: { readonly name: string }): string {
  const given: unknown = Reflect.getMetadata(kind === 'rpc' ? MARKS.rpcPattern : MARKS.wsPattern, handler);
  const [pattern] = [given].flat();
  const isPattern = typeof pattern === 'string' || (typeof pattern === 'object' && pattern !== null);
  return isPattern ? patternText(pattern) : handler.name;
}
