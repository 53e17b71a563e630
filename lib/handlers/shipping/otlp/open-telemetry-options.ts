import * as v from 'valibot';
import { lazy } from '../../../runtime/lazy.js';
import { boundEntries } from '../../delivery/bound-options.js';
import { handlerEntries } from '../../handler-options.js';
import { clientEntry, hasMethods } from '../brokers/client-options.js';
import type { OtelLoggerProvider } from './open-telemetry-api.js';

/** The keys of an OpenTelemetryHandler in a configuration. */
export const openTelemetryHandlerSchema = lazy(() =>
  v.strictObject({
    loggerProvider: clientEntry<OtelLoggerProvider>(
      'a LoggerProvider of OpenTelemetry',
      (value) => hasMethods(value, 'getLogger'),
      '; default the one that is registered for all',
    ),
    includeCaller: v.optional(
      v.pipe(
        v.boolean(),
        v.description('Adds file, line and function of the call; costs about 10 µs a record.'),
      ),
      false,
    ),
    ...handlerEntries(),
    ...boundEntries(),
  }),
);

/** Options of OpenTelemetryHandler. */
export type OpenTelemetryHandlerOptions = v.InferInput<ReturnType<typeof openTelemetryHandlerSchema>>;
