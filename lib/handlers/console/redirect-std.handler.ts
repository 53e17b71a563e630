import * as v from 'valibot';
import { COMPONENT, declareComponent } from '../../core/component.js';
import { LEAN } from '../../core/lean.js';
import { checkOptions, type OptionsSchema } from '../../core/options.js';
import { lazy } from '../../runtime/lazy.js';
import { handlerEntries } from '../handler-options.js';
import { batchingEntries } from '../output/batching-options.js';
import { StreamHandler } from './stream.handler.js';

/** The keys of a {@link RedirectStdHandler} in a configuration. */
const redirectStdSchema = lazy(() =>
  v.strictObject({
    ...handlerEntries(),
    stream: v.pipe(
      v.string("expected 'sys.stdout' or 'sys.stderr', without ext://"),
      v.description("Standard output if it contains 'stdout', else standard error."),
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
  /** What configurations call it. */
  static override readonly [COMPONENT] = declareComponent(RedirectStdHandler, {
    name: 'RedirectStdHandler',
    pythonNames: ['airflow.utils.log.logging_mixin.RedirectStdHandler'],
    schema: redirectStdSchema,
  });

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
