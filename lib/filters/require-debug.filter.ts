import * as v from 'valibot';
import { COMPONENT, declareComponent } from '../core/component.js';
import { LEAN } from '../core/lean.js';
import { checkOptions } from '../core/options.js';
import { isDebugMode } from '../runtime/debug-mode.js';
import { lazy } from '../runtime/lazy.js';

/** The keys of {@link RequireDebugFalse} and {@link RequireDebugTrue} in a configuration. */
const requireDebugSchema = lazy(() =>
  v.strictObject({
    debug: v.optional(
      v.pipe(
        v.boolean(),
        v.description(
          'Whether this is a development setup; default the setting DEBUG, else whether NODE_ENV is not "production".',
        ),
      ),
    ),
  }),
);

/** Options of {@link RequireDebugFalse} and {@link RequireDebugTrue}. */
export type RequireDebugOptions = v.InferInput<ReturnType<typeof requireDebugSchema>>;

/**
 * Passes records in production only.
 *
 * Production is where `setDjangoSettings({ DEBUG: false })` says so, or else where `NODE_ENV` is `production`; checked
 * for each record, so that it may be set later.
 *
 * @see https://docs.djangoproject.com/en/stable/ref/logging/#django.utils.log.RequireDebugFalse
 */
export class RequireDebugFalse {
  static readonly [LEAN] = true;
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: ReturnType<typeof requireDebugSchema>;
  /** What configurations call it. */
  static readonly [COMPONENT] = declareComponent(RequireDebugFalse, {
    name: 'RequireDebugFalse',
    pythonNames: ['django.utils.log.RequireDebugFalse'],
    schema: requireDebugSchema,
  });

  readonly #debug: boolean | undefined;

  constructor(options: RequireDebugOptions = {}) {
    this.#debug = checkOptions(
      'RequireDebugFalse',
      requireDebugSchema(),
      options,
      new.target === RequireDebugFalse,
    ).debug;
  }

  /** True in production. */
  filter(): boolean {
    return !(this.#debug ?? isDebugMode());
  }
}

/**
 * Passes records in development only; see {@link RequireDebugFalse}.
 *
 * @see https://docs.djangoproject.com/en/stable/ref/logging/#django.utils.log.RequireDebugTrue
 */
export class RequireDebugTrue {
  static readonly [LEAN] = true;
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: ReturnType<typeof requireDebugSchema>;
  /** What configurations call it. */
  static readonly [COMPONENT] = declareComponent(RequireDebugTrue, {
    name: 'RequireDebugTrue',
    pythonNames: ['django.utils.log.RequireDebugTrue'],
    schema: requireDebugSchema,
  });

  readonly #debug: boolean | undefined;

  constructor(options: RequireDebugOptions = {}) {
    this.#debug = checkOptions(
      'RequireDebugTrue',
      requireDebugSchema(),
      options,
      new.target === RequireDebugTrue,
    ).debug;
  }

  /** True in development. */
  filter(): boolean {
    return this.#debug ?? isDebugMode();
  }
}
