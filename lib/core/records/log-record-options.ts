import type { CallBoundary, CallerInfo } from '../calls/caller.js';
import { getLevelName } from '../levels.js';

/** Fields of a call that are kept apart from the record's own, so that all records have one shape. */
export type Fields = Readonly<Record<string, unknown>>;

/** What a record is made of; everything but `msg` has a default. */
export interface LogRecordOptions {
  /** Name of the logger; default `'root'`. */
  name?: string;
  /** Level number; default 0. */
  levelno?: number;
  /** Level name; default the one registered for `levelno`. */
  levelname?: string;
  /** The message, with `%` placeholders where there are `args`. */
  msg?: unknown;
  /** Positional arguments, or one object that `%(key)s` reads. */
  args?: readonly unknown[] | object | undefined;
  /** The error, or another thrown value. */
  excInfo?: unknown;
  /** The traceback as a string, if formatters should not make it. */
  excText?: string | undefined;
  /** Text of the stack at the call. */
  stackInfo?: string | undefined;
  /** Seconds since the epoch; default now. */
  created?: number;
  /** Fields of the call. */
  extra?: Fields | undefined;
  /** Fields of the running request or job. */
  context?: Fields | undefined;
  /** Names of `extra` fields that the message sums up, so that text for people need not repeat them. */
  summarized?: ReadonlySet<string> | undefined;
  /** Where the call was made; computed when read if left out. */
  caller?: CallerInfo | undefined;
  /** The public function that was called: the frames above it belong to logging. Set by loggers. */
  boundary?: CallBoundary | undefined;
  /** How many frames beyond the caller to go; default 1, the caller itself. */
  stacklevel?: number;
}

const NO_ARGS: readonly unknown[] = [];

/** Options that leave nothing out. */
export type CompleteOptions = LogRecordOptions &
  Required<Pick<LogRecordOptions, 'name' | 'levelno' | 'levelname' | 'created' | 'stacklevel'>> & {
    args: readonly unknown[] | object;
  };

/** Fills in the defaults. */
export function completeOptions(options: LogRecordOptions): CompleteOptions {
  const levelno = options.levelno ?? 0;
  return {
    name: options.name ?? 'root',
    levelno,
    levelname: options.levelname ?? getLevelName(levelno),
    msg: options.msg,
    args: options.args ?? NO_ARGS,
    created: options.created ?? Date.now() / 1000,
    excInfo: options.excInfo,
    excText: options.excText,
    stackInfo: options.stackInfo,
    extra: options.extra,
    context: options.context,
    summarized: options.summarized,
    boundary: options.boundary,
    stacklevel: options.stacklevel ?? 1,
    caller: options.caller,
  };
}
