import { checkLevel, getLevelName, type Level } from '../core/levels.js';
import type { LogRecord } from '../core/records/log-record.js';
import { hasError } from '../core/records/record-traceback.js';
import { className, isErrorLike } from '../core/records/traceback.js';
import { repr } from '../python/python-text.js';
import { messageOf } from './captured-record.js';

/** What an error is expected to be: of a class, with a text in its message, with a message that matches. */
export type ExpectedError = (abstract new (...args: never[]) => Error) | string | RegExp | Error;

/** What a record is expected to be; what is left out may be anything. */
export interface RecordPattern {
  /** Its level, exactly. */
  level?: Level | undefined;
  /** Its message: all of it, with arguments merged in or as the call has it; or what it matches; or `expect.…`. */
  message?: string | RegExp | object | undefined;
  /** Its logger's name. */
  name?: string | undefined;
  /** Fields among those of `extra` and of the context; values as `toEqual` compares them. */
  extra?: Readonly<Record<string, unknown>> | undefined;
  /** The error it has with it. */
  excInfo?: ExpectedError | undefined;
  /** How many records of this kind there are; default at least one. */
  times?: number | undefined;
}

/** The keys that a pattern may have. */
export const PATTERN_KEYS: readonly string[] = Object.keys({
  level: true,
  message: true,
  name: true,
  extra: true,
  excInfo: true,
  times: true,
} satisfies Record<keyof RecordPattern, true>);

/** Compares as `toEqual` does; the test runner's. */
export type Equals = (actual: unknown, expected: unknown) => boolean;

/** What keeps a record from being as expected, each as a few words; empty if it is. */
export function findMismatches(record: LogRecord, pattern: RecordPattern, equals: Equals): string[] {
  const { level, message, name, extra, excInfo } = pattern;
  const mismatches: string[] = [];
  if (level !== undefined && record.levelno !== checkLevel(level))
    mismatches.push(`is not ${levelText(level)}`);
  if (name !== undefined && record.name !== name) mismatches.push(`is not of ${name}`);
  if (message !== undefined && !hasMessage(record, message, equals)) mismatches.push('message differs');
  for (const [key, value] of Object.entries(extra ?? {})) {
    if (!record.hasAttribute(key)) mismatches.push(`has no ${key}`);
    else if (!equals(record.attribute(key), value))
      mismatches.push(`${key} is ${repr(record.attribute(key))}`);
  }
  if (excInfo !== undefined && !isExpectedError(record.excInfo, excInfo)) {
    mismatches.push(!hasError(record) ? 'has no error' : 'error differs');
  }
  return mismatches;
}

function hasMessage(record: LogRecord, expected: string | RegExp | object, equals: Equals): boolean {
  const message = messageOf(record);
  if (expected instanceof RegExp) return message.search(expected) >= 0;
  return equals(message, expected) || equals(record.msg, expected);
}

/** Whether what was thrown is what was expected. */
export function isExpectedError(thrown: unknown, expected: ExpectedError): boolean {
  if (thrown === undefined) return false;
  if (typeof expected === 'function') return thrown instanceof expected;
  const message = isErrorLike(thrown) ? thrown.message : String(thrown);
  if (expected instanceof RegExp) return message.search(expected) >= 0;
  if (typeof expected === 'string') return message.includes(expected);
  return (
    thrown === expected ||
    (isErrorLike(thrown) && message === expected.message && className(thrown) === className(expected))
  );
}

/** An expected error in words. */
export function describeExpectedError(expected: ExpectedError): string {
  if (typeof expected === 'function') return expected.name;
  return expected instanceof RegExp ? String(expected) : repr(expected);
}

/** A pattern in words, as it would be written in a call. */
export function describePattern({ level, message, ...rest }: RecordPattern): string {
  const { excInfo, ...fields } = rest;
  const parts: string[] = [];
  if (level !== undefined) parts.push(levelText(level));
  if (message !== undefined) parts.push(message instanceof RegExp ? String(message) : repr(message));
  const others = Object.entries(fields).filter(([, value]) => value !== undefined);
  if (others.length > 0) parts.push(repr(Object.fromEntries(others)));
  if (excInfo !== undefined) parts.push(`error ${describeExpectedError(excInfo)}`);
  return parts.join(', ');
}

function levelText(level: Level): string {
  return typeof level === 'string' ? level : getLevelName(level);
}
