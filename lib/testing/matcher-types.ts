// biome-ignore-all lint/suspicious/noTsIgnore: whether there is an error depends on what is installed
import type { Level } from '../core/levels.js';
import type { ExpectedError, RecordPattern } from './record-pattern.js';

/**
 * What a record is expected to be: of this level (exactly), with this message, and as `more` says; or with a message that
 * matches; or as a pattern says. A string is the whole message, with its arguments merged in or as the call has it.
 */
export type ExpectedRecord =
  | [level?: Level | undefined, message?: RecordPattern['message'], more?: RecordPattern | undefined]
  | [message: RegExp, more?: RecordPattern | undefined]
  | [pattern: RecordPattern];

/** What `expect.extend(loggingMatchers)` adds to `expect(…)`; `R` is what matchers return. */
export interface LoggingMatchers<R = unknown> {
  // One signature: of several, `expect.poll()` and `resolves` of Vitest know the last one alone.
  /** Passes if at least one record is as expected; without arguments, if there is one at all. */
  toHaveLogged(...expected: ExpectedRecord): R;
  /**
   * Passes if a record has an error with it: any, one of a class, or one whose message contains or matches a string.
   */
  toHaveLoggedException(expected?: ExpectedError): R;
  /** Passes if nothing was logged, or nothing of a level and above. */
  toHaveLoggedNothing(level?: Level): R;
}

// No runner is needed: where Jest is not installed, `@ts-ignore` leaves its part out.

/** @ts-ignore */
declare module 'expect' {
  /** Jest's matchers, of `@jest/globals`. */
  interface Matchers<R extends void | Promise<void>, T = unknown> extends LoggingMatchers<R> {}
}

declare global {
  namespace Chai {
    /** Vitest's matchers: it takes over what Chai has, and its own interface has other parameters in Vitest 5 than before. */
    interface Assertion extends LoggingMatchers<void> {}
  }
  namespace jest {
    /** Jest's matchers, of `@types/jest`. */
    // biome-ignore lint/complexity/noBannedTypes: all declarations of an interface have the same parameters
    interface Matchers<R, T = {}> extends LoggingMatchers<R> {}
  }
}
