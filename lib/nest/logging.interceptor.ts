import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { type Observable, tap } from 'rxjs';
import { noteFailure } from './http/failure-record.js';
import { observeRoute } from './route-observer.guard.js';

/**
 * Notes controller and handler of a request, and logs what the handler throws even where another interceptor turns it
 * into an answer.
 *
 * Not registered unless `http.interceptor` says so: `LoggingModule.forRoot` learns the same of every request by means
 * that cost less. Bind it with `@UseInterceptors` to the handlers where swallowed errors are to be seen.
 */
@Injectable()
export class LoggingInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const state = context.getType() === 'http' ? observeRoute(context) : undefined;
    if (state === undefined) return next.handle();
    return next.handle().pipe(tap({ error: (error: unknown) => noteFailure(error, state) }));
  }
}
