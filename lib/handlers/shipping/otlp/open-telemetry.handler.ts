import * as v from 'valibot';
import { whenActive } from '../../../core/activation.js';
import { COMPONENT, declareComponent } from '../../../core/component.js';
import { Handler } from '../../../core/handler.js';
import { LEAN } from '../../../core/lean.js';
import { loadOptionalPeer, notLoaded, type OptionalPeer } from '../../../core/optional-peer.js';
import { checkOptions } from '../../../core/options.js';
import type { LogRecord } from '../../../core/records/log-record.js';
import type { DeliveryCounts } from '../../../core/reports/handler-counters.js';
import { answerInTime } from '../../../runtime/deadline.js';
import { lazy } from '../../../runtime/lazy.js';
import { BoundedQueue } from '../../delivery/bounded-queue.js';
import { boundEntries } from '../../delivery/delivery-options.js';
import { ErrorReporter } from '../../delivery/error-reporter.js';
import { isExporting, runAsExport } from '../../delivery/export-scope.js';
import { handlerEntries, includeCallerEntry } from '../../handler-options.js';
import { clientEntry, givenClient, hasMethods } from '../brokers/client-options.js';
import {
  contextOf,
  globalLoggerProvider,
  type OtelLogger,
  type OtelLoggerProvider,
  type OtelLogRecord,
} from './open-telemetry-api.js';
import { type OtlpValue, otlpRecord } from './otlp-record.js';

/** The keys of an OpenTelemetryHandler in a configuration. */
const openTelemetryHandlerSchema = lazy(() =>
  v.strictObject({
    loggerProvider: clientEntry<OtelLoggerProvider>(
      'a LoggerProvider of OpenTelemetry',
      (value) => hasMethods(value, 'getLogger'),
      '; default the one that is registered for all',
    ),
    includeCaller: includeCallerEntry('file, line and function of the call'),
    ...handlerEntries(),
    ...boundEntries(),
  }),
);

/** Options of OpenTelemetryHandler. */
export type OpenTelemetryHandlerOptions = v.InferInput<ReturnType<typeof openTelemetryHandlerSchema>>;

/** How long a flush may take, in milliseconds: `shutdown` gives up after 5 s and says so. */
const PATIENCE_MS = 4_500;
/** How often to look for a provider while records wait for one, in milliseconds. */
const LOOK_MS = 1_000;
/** How long they wait before that is reported, in milliseconds. */
const QUIET_MS = 10_000;
/** Loggers of the provider's that are remembered. */
const MAX_LOGGERS = 1_000;

/** A record on its way to the provider. */
interface Handover {
  readonly scope: string;
  readonly record: OtelLogRecord;
}

/**
 * Hands records to the OpenTelemetry SDK that the application has, which batches and exports them: the provider that was
 * registered with `logs.setGlobalLoggerProvider()`, or by `NodeSDK`, or `loggerProvider`.
 *
 * The body is the message, or what the formatter makes of the record; the logger is the scope, the level the severity.
 * An error is `exception.type`, `.message` and `.stacktrace`, fields are attributes of their own types. A record belongs
 * to the trace and span in its fields, else to the active span.
 *
 * It hands over in the log call. Records that come before there is a provider wait, within `maxRecords` and `maxBytes`.
 * `flush` and `close` have the provider flush, for at most 4.5 s, and so does the end of the process where it ends by
 * itself. The provider stays open: it is the application's.
 *
 * Delivery: `at-most-once`. What becomes of a record after that is the SDK's: its batches drop what is over their
 * `maxQueueSize`, 2,048 by default, without a word. {@link OTLPHandler} counts every loss, and has a spool.
 *
 * Works with `@opentelemetry/api-logs`, and with `@opentelemetry/api` from 1.10 on, which has the interface for logs itself.
 * Neither is imported where a provider is registered or given.
 *
 * @example
 * new OpenTelemetryHandler()
 * @see https://opentelemetry.io/docs/specs/otel/logs/api/
 */
export class OpenTelemetryHandler extends Handler {
  static readonly [LEAN] = true;
  /** The options that an injection token may stand for. */
  static readonly tokenOptions: readonly string[] = ['loggerProvider'];
  /** The keys of its entry in a configuration. */
  declare static readonly optionsSchema: ReturnType<typeof openTelemetryHandlerSchema>;
  /** What configurations call it. */
  static readonly [COMPONENT] = declareComponent(OpenTelemetryHandler, {
    name: 'OpenTelemetryHandler',
    schema: openTelemetryHandlerSchema,
  });

  /** What is promised of a record: it is handed to the SDK, or lost and counted. */
  readonly delivery = 'at-most-once' as const;

  readonly #given: OtelLoggerProvider | undefined;
  readonly #hasCaller: boolean;
  /** What came before there was a provider. */
  readonly #waiting: BoundedQueue<Handover>;
  readonly #errors = new ErrorReporter(this);
  #delivered = 0;
  /** The provider that the loggers are of. */
  #source: OtelLoggerProvider | undefined;
  readonly #loggers = new Map<string, OtelLogger>();
  #look: NodeJS.Timeout | undefined;
  #waitsSince: number | undefined;
  #hasUnflushed = false;
  #isClosed = false;
  readonly #beforeExit = () => void (this.#hasUnflushed ? this.flush() : undefined);

  /** @throws {LoggingError} `ERR_LOGGING_OPTIONS` for options that do not fit. */
  constructor(options: OpenTelemetryHandlerOptions = {}) {
    const isOwn = new.target === OpenTelemetryHandler;
    const o = checkOptions('OpenTelemetryHandler', openTelemetryHandlerSchema(), options, isOwn);
    super(o);
    this.#given = givenClient('OpenTelemetryHandler', o.loggerProvider, 'loggerProvider');
    this.#hasCaller = o.includeCaller;
    this.#waiting = new BoundedQueue(o);
    whenActive({ commit: () => this.#lookForPackage() });
  }

  /** Hands the record to the provider, or keeps it until there is one. What a provider logs of it goes to other handlers. */
  emit(record: LogRecord): void {
    if (isExporting(this)) return;
    const text = this.formatter === null ? undefined : this.format(record);
    const handover = handoverOf(record, text, this.#hasCaller);
    const provider = this.#provider();
    if (provider === undefined) {
      this.#wait(handover, record.levelno);
      return;
    }
    this.#handOverWaiting(provider);
    try {
      this.#handOver(provider, handover);
    } catch (error) {
      this.#waiting.dropNew('failed');
      throw error;
    }
    this.#delivered += 1;
  }

  /** Resolves when the provider has flushed, or after 4.5 s. */
  override async flush(): Promise<void> {
    const provider = this.#provider();
    if (provider === undefined) return;
    this.#handOverWaiting(provider);
    this.#hasUnflushed = false;
    process.off('beforeExit', this.#beforeExit);
    try {
      // One that was made by hand may have nothing to flush.
      const flush = () => runAsExport(() => provider.forceFlush?.());
      await answerInTime<unknown>(flush, new AbortController().signal, PATIENCE_MS);
    } catch (error) {
      this.#errors.report(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** Flushes. What still waits for a provider then is lost. */
  override async close(): Promise<void> {
    super.close();
    // What a flush has waited for in vain is not waited for again.
    if (this.#hasUnflushed || this.#waiting.length > 0) await this.flush();
    this.#isClosed = true;
    clearTimeout(this.#look);
    process.off('beforeExit', this.#beforeExit);
    this.#dropWaiting();
  }

  /** See {@link Handler.outlivesClose}: the SDK may. */
  override get outlivesClose(): boolean {
    return true;
  }

  /** What became of the records so far: `delivered` were handed over, `queued` wait for a provider. */
  get stats(): DeliveryCounts {
    const { stats } = this.#waiting;
    return {
      ...stats,
      emitted: stats.emitted + this.#delivered,
      delivered: stats.delivered + this.#delivered,
    };
  }

  #provider(): OtelLoggerProvider | undefined {
    const provider = this.#given ?? globalLoggerProvider();
    if (provider !== this.#source) {
      this.#source = provider;
      this.#loggers.clear();
    }
    return provider;
  }

  #handOver(provider: OtelLoggerProvider, { scope, record }: Handover): void {
    runAsExport(() => {
      let logger = this.#loggers.get(scope);
      if (logger === undefined) {
        if (this.#loggers.size >= MAX_LOGGERS) this.#loggers.clear();
        logger = provider.getLogger(scope);
        this.#loggers.set(scope, logger);
      }
      logger.emit(record as never);
    });
    if (this.#hasUnflushed || this.#isClosed) return;
    this.#hasUnflushed = true;
    process.on('beforeExit', this.#beforeExit);
  }

  #handOverWaiting(provider: OtelLoggerProvider): void {
    if (this.#waiting.length === 0) return;
    this.#waitsSince = undefined;
    clearTimeout(this.#look);
    for (const entry of this.#waiting.take(Number.POSITIVE_INFINITY)) {
      try {
        this.#handOver(provider, entry.item);
        this.#waiting.deliver([entry]);
      } catch (error) {
        this.#waiting.drop([entry], 'failed');
        this.#errors.report(error as Error);
      }
    }
  }

  #wait(handover: Handover, levelno: number): void {
    const { scope, record } = handover;
    const bytes = Buffer.byteLength(JSON.stringify([scope, record.body, record.attributes]));
    this.#waiting.push(handover, levelno, bytes);
    if (this.#isClosed) {
      this.#dropWaiting();
      return;
    }
    if (this.#waitsSince !== undefined) return;
    this.#waitsSince = performance.now();
    this.#lookAgain();
  }

  /** The provider may be registered when nothing is logged any more. */
  #lookAgain(): void {
    this.#look = setTimeout(() => {
      const provider = this.#provider();
      if (provider !== undefined) return this.#handOverWaiting(provider);
      const waitsSince = this.#waitsSince ?? 0;
      if (performance.now() - waitsSince >= QUIET_MS)
        this.#errors.report(new Error(`${this.#waiting.length} records wait: ${NO_PROVIDER}`));
      this.#lookAgain();
    }, LOOK_MS).unref();
  }

  #dropWaiting(): void {
    const lost = this.#waiting.clear('closed');
    if (lost > 0) this.#errors.report(new Error(`${lost} records are lost: ${NO_PROVIDER}`));
  }

  /** Without a provider, and without a package by which one could be registered, there will be none. */
  #lookForPackage(): void {
    if (this.#provider() !== undefined) return;
    void loadLogs().catch((error: Error) => {
      if (this.#provider() === undefined) this.#errors.report(error);
    });
  }
}

const NO_PROVIDER =
  'no LoggerProvider of OpenTelemetry is registered; start its SDK with logs, or give loggerProvider';

function handoverOf(record: LogRecord, text: string | undefined, hasCaller: boolean): Handover {
  const { scope, microseconds, names, traceId, spanId, ...rest } = otlpRecord(record, text, hasCaller);
  const { severityNumber, severityText, body } = rest;
  const values = names.map((name, at) => [name, attributeValue(rest.values[at] as OtlpValue)] as const);
  // A context has both or none.
  if (traceId !== undefined && spanId === undefined) values.push(['trace_id', traceId]);
  if (spanId !== undefined && traceId === undefined) values.push(['span_id', spanId]);
  return {
    scope,
    record: {
      timestamp: [Math.floor(microseconds / 1e6), (microseconds % 1e6) * 1_000],
      ...{ severityNumber, severityText, body },
      attributes: Object.fromEntries(values),
      context: contextOf(traceId, spanId),
    },
  };
}

/** The SDK takes no bigint: it is a number where that is the same, else a text. */
function attributeValue(value: OtlpValue): OtlpValue {
  if (typeof value !== 'bigint') return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

/** A package that has the interface for logs. */
interface LogsPackage {
  readonly logs: unknown;
}

/** Finds an interface for logs. @throws {LoggingError} `ERR_LOGGING_MISSING_PACKAGE` if none is installed. */
async function loadLogs(): Promise<unknown> {
  const shared = { neededBy: 'OpenTelemetryHandler', exports: ['logs'] as const };
  const apiLogs: OptionalPeer<LogsPackage> = {
    ...shared,
    name: '@opentelemetry/api-logs',
    load: async () => {
      try {
        return await import('@opentelemetry/api-logs');
      } catch (error) {
        return notLoaded(error);
      }
    },
  };
  // From 1.10 on it has the interface too.
  const api: OptionalPeer<LogsPackage> = {
    ...shared,
    name: '@opentelemetry/api',
    load: async () => {
      try {
        return await import('@opentelemetry/api');
      } catch (error) {
        return notLoaded(error);
      }
    },
  };
  const { logs } = await loadOptionalPeer(apiLogs).catch((error: unknown) =>
    loadOptionalPeer(api).catch(() => Promise.reject(error)),
  );
  return logs;
}
