/**
 * The codes of all errors that this package throws deliberately.
 *
 * A code is never given a new meaning: it is safe to switch on.
 */
export type LoggingErrorCode =
  /** A level that is neither an integer nor a known name. */
  | 'ERR_LOGGING_UNKNOWN_LEVEL'
  /** `extra` has a key that is a built-in attribute of records. */
  | 'ERR_LOGGING_EXTRA_CLASH'
  /** A logger name that is not a string. */
  | 'ERR_LOGGING_LOGGER_NAME'
  /** An argument of the wrong kind: not a handler, not a filter, not a formatter. */
  | 'ERR_LOGGING_ARGUMENT'
  /** A format string that does not fit its style. */
  | 'ERR_LOGGING_FORMAT'
  /** A component's options do not fit its schema. */
  | 'ERR_LOGGING_OPTIONS'
  /** A configuration with at least one error; every error is listed. */
  | 'ERR_LOGGING_CONFIG'
  /** A file that cannot be opened, or that is not a regular file. */
  | 'ERR_LOGGING_FILE'
  /** An optional package that has to be installed first. */
  | 'ERR_LOGGING_MISSING_PACKAGE'
  /** A factory, a filter or an overridden method that returned a value of the wrong kind. */
  | 'ERR_LOGGING_OVERRIDE'
  /** Something that Nest's container does not have. */
  | 'ERR_LOGGING_NEST';

/**
 * An error of the logging library itself.
 *
 * `message` names the place, the value that was found there and what to do; `code` is stable.
 */
export class LoggingError extends Error {
  override readonly name: string = 'LoggingError';

  constructor(
    /** What went wrong, as a stable identifier. */
    readonly code: LoggingErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
