import type { LogOptions } from './call-options.js';

/**
 * What may follow the message of a log call: anything but certain mistakes. A mistake is an object with `extra` and
 * keys that {@link LogOptions} does not have, or an option of the wrong type.
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

/** The first condition detects `any`; it accepts type parameters of the caller too. */
type Verdict<Argument> = [0] extends [1 & Argument]
  ? 'fine'
  : [Argument] extends [{ readonly extra: object }]
    ? [Argument, Exclude<keyof Argument, keyof LogOptions>] extends [Options, never]
      ? 'fine'
      : 'mistake'
    : 'fine';

/**
 * `LogOptions` without the index signature of its `extra`: values of interfaces and classes have fields, but no such
 * signature.
 */
type Options = Omit<LogOptions, 'extra'> & { readonly extra: object };
