import * as v from 'valibot';
import { COMPONENT, declareComponent } from '../../core/component.js';
import { Handler } from '../../core/handler.js';
import { LEAN } from '../../core/lean.js';
import { checkOptions, type OptionsSchema } from '../../core/options.js';
import { lazy } from '../../runtime/lazy.js';
import { handlerEntries } from '../handler-options.js';

/** The keys of an {@link AirflowTaskHandler} in a configuration; only those of every handler have an effect. */
const airflowTaskSchema = lazy(() =>
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
 * A stand-in for Airflow's handlers that write a file for each task: drops what it gets, as Airflow's do where no task
 * of Airflow's runs. With it, a configuration shared with Airflow loads; `propagate` passes the records to the
 * handlers above.
 *
 * In configurations also `airflow.utils.log.file_task_handler.FileTaskHandler` and
 * `airflow.utils.log.file_processor_handler.FileProcessorHandler`.
 */
export class AirflowTaskHandler extends Handler {
  static readonly [LEAN]: boolean = true;
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: OptionsSchema;
  /** What configurations call it. */
  static readonly [COMPONENT] = declareComponent(AirflowTaskHandler, {
    name: 'AirflowTaskHandler',
    pythonNames: [
      'airflow.utils.log.file_task_handler.FileTaskHandler',
      'airflow.utils.log.file_processor_handler.FileProcessorHandler',
    ],
    schema: airflowTaskSchema,
  });

  /** @throws {LoggingError} `ERR_LOGGING_OPTIONS` */
  constructor(options: AirflowTaskHandlerOptions) {
    super(
      checkOptions('AirflowTaskHandler', airflowTaskSchema(), options, new.target === AirflowTaskHandler),
    );
  }

  /** Drops the record. */
  emit(): void {}

  /** See {@link Handler.outlivesClose}: there is nothing to lose. */
  override get outlivesClose(): boolean {
    return true;
  }
}
