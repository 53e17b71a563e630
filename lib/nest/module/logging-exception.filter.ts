import { Catch, type ExceptionFilter } from '@nestjs/common';
import { exceptionObserver } from '../internals/exception-observer.js';
import { currentMessage } from '../messages/message.js';
import { currentField } from '../messages/operation-field.js';
import { noteFailure } from '../requests/failures/failure-record.js';
import { currentRequest } from '../requests/request-state.js';

/** Notes what was thrown for the message, the field or the request that is running. */
function note(exception: unknown): void {
  const work = currentMessage() ?? currentField();
  if (work === undefined) noteFailure(exception);
  else work.fail(exception);
}

/** The same where an application has bound the filter itself: its requests get records of their failures. */
function noteBound(exception: unknown): void {
  const request = currentRequest();
  if (request !== undefined) request.logsFailures = true;
  note(exception);
}

/**
 * Observes every exception of a handler and answers none: other filters answer as if it were not there.
 * `LoggingModule.forRoot` binds it to all handlers, ahead of all other filters. Internal.
 */
@Catch(exceptionObserver(note))
export class FailureObserver implements ExceptionFilter {
  /** Never called by Nest. */
  catch(exception: unknown): never {
    throw exception;
  }
}

/**
 * Logs the failures of the server with the logger `nest.request`, at ERROR with the traceback and the status that the
 * client got; where requests have no access record, those that are refused too, at WARNING.
 *
 * `LoggingModule.forRoot` does that for every handler, so you need not bind it. With `http: { exceptionFilter: false }`
 * it can be bound where it is wanted: `@UseFilters(LoggingExceptionFilter)` on a controller or a method, or as
 * `APP_FILTER`. It sees what reaches it (filters nearer to the handler run first) and leaves the answer to other
 * filters and Nest.
 */
@Catch(exceptionObserver(noteBound))
export class LoggingExceptionFilter implements ExceptionFilter {
  /** Never called by Nest. */
  catch(exception: unknown): never {
    throw exception;
  }
}
