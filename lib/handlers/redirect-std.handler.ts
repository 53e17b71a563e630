import * as v from 'valibot';
import { LEAN } from '../core/lean.js';
import { checkOptions, type OptionsSchema } from '../core/options.js';
import { lazy, lazyProperty } from '../internal/lazy.js';
import { StreamHandler } from './stream.handler.js';
import { batchingEntries } from './support/batching-options.js';
import { handlerEntries } from './support/handler-options.js';

/** The keys of a {@link RedirectStdHandler} in a configuration. */
export const redirectStdSchema = lazy(() =>
  v.strictObject({
    ...handlerEntries(),
    stream: v.pipe(
      v.string("expected 'sys.stdout' or 'sys.stderr', without ext://"),
      v.description("Standard output if it has 'stdout' in it, else standard error."),
    ),
    ...batchingEntries(),
  }),
);

/** Options of a {@link RedirectStdHandler}. */
export type RedirectStdHandlerOptions = v.InferInput<ReturnType<typeof redirectStdSchema>>;

/**
 * Airflow's StreamHandler, which is given the name of a standard stream: `sys.stdout`.
 *
 * In configurations also `airflow.utils.log.logging_mixin.RedirectStdHandler`. Delivery: `sync-to-kernel`.
 */
export class RedirectStdHandler extends StreamHandler {
  static override readonly [LEAN]: boolean = true;
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: OptionsSchema;
  static {
    lazyProperty(RedirectStdHandler, 'optionsSchema', redirectStdSchema);
  }

  /** @throws {LoggingError} `ERR_LOGGING_OPTIONS` */
  constructor(options: RedirectStdHandlerOptions) {
    const checked = checkOptions(
      'RedirectStdHandler',
      redirectStdSchema(),
      options,
      new.target === RedirectStdHandler,
    );
    super({ ...checked, stream: checked.stream.includes('stdout') ? 'stdout' : 'stderr' });
  }
}
