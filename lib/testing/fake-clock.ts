import { LoggingError } from '../core/errors.js';
import { DISPOSE } from './dispose-symbols.js';

/** A clock that does not move until it is advanced. */
export interface FakeClock {
  /** What it shows, in milliseconds since 1970. */
  readonly now: number;
  /**
   * Goes on, or, with a negative number, back.
   *
   * @param ms Milliseconds.
   */
  advance(ms: number): void;
  /** Shows another time. @throws {LoggingError} `ERR_LOGGING_ARGUMENT` for an invalid time. */
  set(time: Date | number | string): void;
  /** Gives the real clock back. It may be called again. */
  restore(): void;
  /** The same, for `using`. */
  [Symbol.dispose](): void;
}

/** On a replaced `Date`: the one under it, once its clock is restored. */
const UNDER: unique symbol = Symbol.for('nestjs-logging.fake-clock');

type ReplacedDate = DateConstructor & { readonly [UNDER]?: () => DateConstructor | undefined };

/**
 * Replaces the clock: records are made, and files rolled, at the time it shows. It does not move until
 * {@link FakeClock.advance}.
 *
 * It is `Date` that is replaced, for the whole process. Timers are not: a test that needs those too uses its runner's
 * (`jest.useFakeTimers({ now })`, `vi.useFakeTimers({ now })`), which this package follows just as well. Nor is what
 * the system stamps on files: give a TimedRotatingFileHandler `delay: true`, so that it uses the clock.
 *
 * @param start What it shows first: a Date, milliseconds since 1970, or what `Date` reads; default now.
 * @throws {LoggingError} `ERR_LOGGING_ARGUMENT` for an invalid time.
 * @example
 * using clock = useFakeClock('2024-03-01T23:59:59Z');
 * clock.advance(1000);
 */
export function useFakeClock(start: Date | number | string = Date.now()): FakeClock {
  const RealDate = globalThis.Date;
  let now = readTime(start);
  const current = () => now;

  class FakeDate extends RealDate {
    constructor(...args: []) {
      super(...(args.length === 0 ? ([current()] as unknown as []) : args));
    }
    static override now(): number {
      return current();
    }
    // Dates made before, or by others, are dates all the same.
    static override [Symbol.hasInstance](value: unknown): boolean {
      return value instanceof RealDate;
    }
  }
  // Called without new, Date gives text.
  const callable = new Proxy(FakeDate, {
    apply: () => new FakeDate().toString(),
  }) as unknown as DateConstructor;
  Object.defineProperty(FakeDate.prototype, 'constructor', { value: callable });
  let isRestored = false;
  Object.defineProperty(FakeDate, UNDER, { value: () => (isRestored ? RealDate : undefined) });
  globalThis.Date = callable;

  const restore = () => {
    isRestored = true;
    // Another clock may be on top of it: then this one goes with that.
    for (let under = underDate(); under !== undefined; under = underDate()) globalThis.Date = under;
  };
  return {
    get now() {
      return now;
    },
    advance: (ms) => {
      now = readTime(now + ms);
    },
    set: (time) => {
      now = readTime(time);
    },
    restore,
    [DISPOSE]: restore,
  };
}

function underDate(): DateConstructor | undefined {
  return (globalThis.Date as ReplacedDate)[UNDER]?.();
}

function readTime(time: Date | number | string): number {
  const ms = typeof time === 'number' ? time : new Date(time).getTime();
  if (Number.isFinite(ms)) return ms;
  throw new LoggingError(
    'ERR_LOGGING_ARGUMENT',
    `useFakeClock: '${String(time)}' is not a time; give a Date, milliseconds or ISO text`,
  );
}
