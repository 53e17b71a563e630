// biome-ignore-all lint/suspicious/noTsIgnore: whether there is an error depends on what is installed
import type { Level } from '../core/levels.js';
import type { ExpectedError, RecordPattern } from './record-pattern.js';

/** What `expect.extend(loggingMatchers)` adds to `expect(…)`; `R` is what matchers return. */
export interface LoggingMatchers<R = unknown> {
  /**
   * Passes if at least one record is of this level (exactly) with this message, and as `more` says.
   *
   * @param message A string is the whole message, with its arguments merged in or as the call has it.
   */
  toHaveLogged(level?: Level, message?: RecordPattern['message'], more?: RecordPattern): R;
  /** Passes if at least one record's message matches, and is as `more` says. */
  toHaveLogged(message: RegExp, more?: RecordPattern): R;
  /** Passes if at least one record is as expected. */
  toHaveLogged(pattern: RecordPattern): R;
  /**
   * Passes if a record has an error with it: any, one of a class, or one whose message contains or matches a string.
   */
  toHaveLoggedException(expected?: ExpectedError): R;
  /** Passes if nothing was logged, or nothing of a level and above. */
  toHaveLoggedNothing(level?: Level): R;
}

// Neither runner is needed: where one is not installed, `@ts-ignore` leaves its part out.

/** @ts-ignore */
declare module 'vitest' {
  /** Vitest's matchers. */
  // biome-ignore lint/suspicious/noExplicitAny: all declarations of an interface have the same parameters
  interface Matchers<T = any> extends LoggingMatchers<void> {}
}

/** @ts-ignore */
declare module 'expect' {
  /** Jest's matchers, of `@jest/globals`. */
  interface Matchers<R extends void | Promise<void>, T = unknown> extends LoggingMatchers<R> {}
}

declare global {
  namespace jest {
    /** Jest's matchers, of `@types/jest`. */
    // biome-ignore lint/complexity/noBannedTypes: all declarations of an interface have the same parameters
    interface Matchers<R, T = {}> extends LoggingMatchers<R> {}
  }
}
