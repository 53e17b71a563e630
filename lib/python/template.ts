/** The Python exception that a formatting error corresponds to. */
export type TemplateErrorKind =
  | 'TypeError'
  | 'ValueError'
  | 'KeyError'
  | 'IndexError'
  | 'AttributeError'
  | 'OverflowError';

/**
 * A template that is malformed, or that does not fit its arguments. The wording is Python's, and so is
 * `name`, so that a reported error reads `TypeError: not enough arguments for format string`.
 */
export class TemplateError extends Error {
  readonly kind: TemplateErrorKind;

  constructor(kind: TemplateErrorKind, message: string) {
    super(message);
    this.kind = kind;
    this.name = kind;
    // Captured anew because the heading of `stack` is fixed by the name at the time of capture.
    Error.captureStackTrace(this, TemplateError);
  }
}

/** A placeholder of a compiled format: which field, and how its value is rendered. */
export interface Placeholder {
  /** The top-level field, for example `asctime`. */
  readonly name: string;
  /**
   * Renders the field's value. `lookup` gives other fields, which a nested spec may ask for; it may throw.
   *
   * @throws TemplateError where Python would throw.
   */
  readonly render: (value: unknown, lookup: (name: string) => unknown) => string;
  /** True where `render` is exactly `str(value)`: the hot path skips the call. */
  readonly isPlain: boolean;
  /** True where the rendered text is that of a number: there is nothing to sanitize. */
  readonly isNumeric: boolean;
}

/** A compiled format: literal text and placeholders, in order; no two literals are neighbours. */
export type TemplatePart = string | Placeholder;
