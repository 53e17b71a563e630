import { Catch, type ExceptionFilter } from '@nestjs/common';
import { noteFailure } from './http/failure-record.js';
import { currentMessage } from './messages/message.js';
import { currentField } from './messages/operation-field.js';

/**
 * Nest asks each filter in turn whether an exception is of one of its classes, and the first that says yes answers.
 * Nothing is of this class; but it has been asked, and so has seen the exception.
 */
// biome-ignore lint/complexity/noStaticOnlyClass: Nest takes classes here
abstract class Witness {
  static [Symbol.hasInstance](exception: unknown): boolean {
    const work = currentMessage() ?? currentField();
    if (work === undefined) noteFailure(exception);
    else work.fail(exception);
    return false;
  }
}

/**
 * Logs failed requests with the logger `nest.request`: 5xx and unknown errors at ERROR with the traceback, 4xx at
 * WARNING. `LoggingModule.forRoot` registers it, ahead of all others.
 *
 * It sees every exception and answers none: which filter answers, and what, is as if it were not there.
 */
@Catch(Witness)
export class LoggingExceptionFilter implements ExceptionFilter {
  /** Never called by Nest. */
  catch(exception: unknown): never {
    throw exception;
  }
}
