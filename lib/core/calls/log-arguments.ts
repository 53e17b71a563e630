import type { LogOptions } from './call-options.js';

/**
 * What may follow the message of a log call: anything, but for what is certainly a mistake: an object with `extra`
 * that has other keys than those of {@link LogOptions}, or an option of the wrong type.
 *
 * The only argument of a message with a placeholder is always data.
 *
 * @typeParam Message Type of the message.
 * @typeParam Given Types of what follows it.
 */
export type LogArguments<Message, Given extends readonly unknown[]> = Given &
  (Message extends `${string}%${string}`
    ? Given['length'] extends 1
      ? unknown
      : Checked<Given>
    : Checked<Given>);

type Checked<Given extends readonly unknown[]> = { [At in keyof Given]: CheckedArgument<Given[At]> };

type CheckedArgument<Argument> =
  Verdict<Argument> extends 'mistake'
    ? LogOptions & { [Key in Exclude<keyof Argument, keyof LogOptions>]: never }
    : unknown;

/** The first condition detects `any`, in a way that the caller's type parameters pass as well. */
type Verdict<Argument> = [0] extends [1 & Argument]
  ? 'fine'
  : [Argument] extends [{ readonly extra: object }]
    ? [Argument, Exclude<keyof Argument, keyof LogOptions>] extends [LogOptions, never]
      ? 'fine'
      : 'mistake'
    : 'fine';
