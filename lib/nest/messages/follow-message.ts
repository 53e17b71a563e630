import { isObservable, Observable } from 'rxjs';
import type { Message } from './message.js';

/**
 * Handles a message in its context, and logs its record when the answer is complete.
 *
 * @returns What `handle` gives: the same value, or a promise or observable that ends as its own does.
 */
export function followMessage(message: Message, handle: () => unknown): unknown {
  return message.run(() => {
    try {
      return followAnswer(message, handle());
    } catch (error) {
      return fail(message, error);
    }
  });
}

function followAnswer(message: Message, answer: unknown): unknown {
  if (answer instanceof Promise) {
    return answer.then(
      (value: unknown) => followAnswer(message, value),
      (error: unknown) => fail(message, error),
    );
  }
  if (isObservable(answer)) return followStream(message, answer);
  message.settle();
  return answer;
}

/** Streams start when somebody subscribes, long after the handler returned; they still belong to the message. */
function followStream(message: Message, stream: Observable<unknown>): Observable<unknown> {
  return new Observable((subscriber) => {
    const subscription = message.run(() =>
      stream.subscribe({
        next: (value) => subscriber.next(value),
        error: (error: unknown) => {
          // The result of exception filters is the answer, not another failure.
          message.answerWith(error);
          message.settle();
          subscriber.error(error);
        },
        complete: () => {
          message.settle();
          subscriber.complete();
        },
      }),
    );
    return () => {
      subscription.unsubscribe();
      message.settle('cancelled');
    };
  });
}

function fail(message: Message, error: unknown): never {
  if (message.description.isPostponed?.(error)) {
    message.settle('postponed');
    throw error;
  }
  message.answerWith(error);
  message.settle();
  throw error;
}
