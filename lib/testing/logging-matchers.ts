import { checkLevel, getLevelName, type Level } from '../core/levels.js';
import { isLogger } from '../core/loggers/logger.js';
import { isLogRecord, type LogRecord } from '../core/records/log-record.js';
import { hasError } from '../core/records/record-traceback.js';
import { suggestion } from '../core/suggestion.js';
import { repr } from '../python/python-text.js';
import { describeRecords } from './describe-records.js';
import {
  describeExpectedError,
  describePattern,
  type Equals,
  type ExpectedError,
  findMismatches,
  isExpectedError,
  PATTERN_KEYS,
  type RecordPattern,
} from './record-pattern.js';
import { isBelow, nameOf, watchers } from './record-tap.js';

/** What matchers are called on by Jest and by Vitest. */
export interface MatcherThis {
  readonly equals: (
    actual: unknown,
    expected: unknown,
    customTesters?: never[],
    isStrict?: boolean,
  ) => boolean;
  readonly isNot?: boolean | undefined;
}

/** What a matcher answers to Jest and to Vitest. */
export interface MatcherResult {
  readonly pass: boolean;
  readonly message: () => string;
}

/**
 * Matchers for Jest and Vitest: `expect.extend(loggingMatchers)`.
 *
 * What is expected of is a capture, a handler or anything else that has `records`, an array of records, or a logger
 * or its name: then the open captures are used.
 *
 * @example
 * expect(logs).toHaveLogged('WARNING', /paid late/, { extra: { user_id: 1 } });
 * expect('shop.orders').not.toHaveLogged('ERROR');
 * expect(logs).toHaveLoggedException(PaymentError);
 */
export const loggingMatchers = {
  /** Passes if a record is as expected; see {@link RecordPattern}. */
  toHaveLogged(
    this: MatcherThis,
    received: unknown,
    level?: Level | RecordPattern | RegExp,
    message?: RecordPattern['message'],
    more?: RecordPattern,
  ): MatcherResult {
    const records = recordsOf(received);
    const pattern = readPattern(level, message, more);
    const equals: Equals = (actual, expected) => this.equals(actual, expected);
    const matches = records.filter((record) => findMismatches(record, pattern, equals).length === 0);
    const { times } = pattern;
    const pass = times === undefined ? matches.length > 0 : matches.length === times;
    const call = `toHaveLogged(${describePattern(pattern)})`;
    return {
      pass,
      message: () => {
        if (pass) return failed(`not.${call}`, 'These were logged', matches);
        const found =
          times === undefined || matches.length === 0
            ? 'No such record'
            : `${matches.length} such records, not ${times}`;
        return failed(call, `${found}. Logged`, records, (record) =>
          findMismatches(record, pattern, equals).join(', '),
        );
      },
    };
  },

  /**
   * Passes if a record has an error with it: any, one of a class, or one whose message contains or matches a string.
   */
  toHaveLoggedException(this: MatcherThis, received: unknown, expected?: ExpectedError): MatcherResult {
    const records = recordsOf(received);
    const withError = records.filter(hasError);
    const matches =
      expected === undefined
        ? withError
        : withError.filter(({ excInfo }) => isExpectedError(excInfo, expected));
    const pass = matches.length > 0;
    const call = `toHaveLoggedException(${expected === undefined ? '' : describeExpectedError(expected)})`;
    return {
      pass,
      message: () =>
        pass
          ? failed(`not.${call}`, 'These were logged', matches)
          : failed(call, 'No such error. Logged', records),
    };
  },

  /** Passes if nothing was logged, or nothing of a level and above. */
  toHaveLoggedNothing(this: MatcherThis, received: unknown, level: Level = 'NOTSET'): MatcherResult {
    const levelno = checkLevel(level, 'toHaveLoggedNothing');
    const records = recordsOf(received).filter((record) => record.levelno >= levelno);
    const from = levelno === 0 ? '' : getLevelName(levelno);
    return {
      pass: records.length === 0,
      message: () =>
        records.length === 0
          ? `expect(logs).not.toHaveLoggedNothing(${from})\n\nNothing was logged${from && ` from ${from} on`}.`
          : failed(`toHaveLoggedNothing(${from})`, 'Logged', records),
    };
  },
};

function readPattern(
  first: Level | RecordPattern | RegExp | undefined,
  message: RecordPattern['message'],
  more: RecordPattern = {},
): RecordPattern {
  const pattern = first instanceof RegExp ? asPattern(message) : first;
  for (const named of [pattern, more]) if (typeof named === 'object') checkKeys(named);
  if (first instanceof RegExp) return { ...more, ...asPattern(message), message: first };
  if (typeof first === 'object') return first;
  // Refused here: a misspelt level would otherwise always fail with 'no such record'.
  if (first !== undefined) checkLevel(first, 'toHaveLogged');
  return { ...more, level: first, message };
}

/** Refuses what is no part of a pattern: any record would pass, as if nothing had been asked for. */
function checkKeys(pattern: RecordPattern): void {
  for (const key of Object.keys(pattern)) {
    if (PATTERN_KEYS.includes(key)) continue;
    const hint = suggestion(key, PATTERN_KEYS);
    throw new TypeError(`toHaveLogged: unknown key ${repr(key)} (fields of a record stand in extra)${hint}`);
  }
}

/** After a RegExp the pattern's other parts may follow at once. */
function asPattern(value: RecordPattern['message']): RecordPattern {
  return typeof value === 'object' && !(value instanceof RegExp) ? (value as RecordPattern) : {};
}

function failed(
  call: string,
  heading: string,
  records: readonly LogRecord[],
  note?: (record: LogRecord) => string,
): string {
  const list = records.length === 0 ? '  nothing' : describeRecords(records, note);
  return `expect(logs).${call}\n\n${heading}:\n${list}`;
}

/** The records of a capture, a list, a logger or a name. */
function recordsOf(received: unknown): readonly LogRecord[] {
  if (typeof received === 'string' || isLogger(received)) return capturedFor(nameOf(received));
  const records = Array.isArray(received)
    ? received
    : (received as { records?: unknown } | null | undefined)?.records;
  if (Array.isArray(records) && records.every(isLogRecord)) return records;
  throw new TypeError(
    `expected a capture, a handler with records, an array of records or a logger's name, got ${repr(received)}`,
  );
}

/** What the open captures have of a logger: the latest of those that see all of it. */
function capturedFor(name: string): readonly LogRecord[] {
  const capture = watchers().find((watcher) => isBelow(name, watcher.name));
  if (capture === undefined)
    throw new TypeError(`nothing captures ${name}: call captureLogs() first, or give its capture`);
  return capture.records.filter((record) => isBelow(record.name, name));
}
