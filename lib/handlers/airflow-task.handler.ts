import * as v from 'valibot';
import { Handler } from '../core/handler.js';
import { LEAN } from '../core/lean.js';
import { checkOptions, type OptionsSchema } from '../core/options.js';
import { lazy, lazyProperty } from '../internal/lazy.js';
import { handlerEntries } from './support/handler-options.js';

/** The keys of an {@link AirflowTaskHandler} in a configuration; none but those of every handler has an effect. */
export const airflowTaskSchema = lazy(() =>
  v.strictObject({
    ...handlerEntries(),
    base_log_folder: v.pipe(v.string(), v.description("Folder of Airflow's logs of tasks; not written to.")),
    filename_template: v.nullish(v.pipe(v.string(), v.description('Not used.'))),
    max_bytes: v.optional(v.pipe(v.number(), v.description('Not used.'))),
    backup_count: v.optional(v.pipe(v.number(), v.description('Not used.'))),
    delay: v.optional(v.pipe(v.boolean(), v.description('Not used.'))),
  }),
);

/** Options of an {@link AirflowTaskHandler}. */
export type AirflowTaskHandlerOptions = v.InferInput<ReturnType<typeof airflowTaskSchema>>;

/**
 * Stands for Airflow's handlers that write a file for each task: drops what it gets, as Airflow's do wherever no task
 * of Airflow's runs. It makes a configuration that is shared with Airflow load; `propagate` brings the records to the
 * handlers above.
 *
 * In configurations also `airflow.utils.log.file_task_handler.FileTaskHandler` and
 * `airflow.utils.log.file_processor_handler.FileProcessorHandler`.
 */
export class AirflowTaskHandler extends Handler {
  static readonly [LEAN]: boolean = true;
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: OptionsSchema;
  static {
    lazyProperty(AirflowTaskHandler, 'optionsSchema', airflowTaskSchema);
  }

  /** @throws {LoggingError} `ERR_LOGGING_OPTIONS` */
  constructor(options: AirflowTaskHandlerOptions) {
    super(
      checkOptions('AirflowTaskHandler', airflowTaskSchema(), options, new.target === AirflowTaskHandler),
    );
  }

  /** Drops the record. */
  emit(): void {}
}
