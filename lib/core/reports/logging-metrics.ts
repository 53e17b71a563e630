import { getLoggingStats, type LoggingStatsSnapshot } from './logging-stats.js';
import type { RecordCounts } from './record-counts.js';

/** The slice of an OpenTelemetry meter that is used: what `metrics.getMeter('…')` gives. */
export interface MeterLike {
  createObservableCounter(name: string, options?: MetricDescription): ObservableLike;
  createObservableGauge(name: string, options?: MetricDescription): ObservableLike;
}

/** The properties of a metric. */
export interface MetricDescription {
  readonly description?: string;
  readonly unit?: string;
}

/** A metric that is read on demand. */
export interface ObservableLike {
  addCallback(callback: (result: ObservationsLike) => void): void;
  removeCallback(callback: (result: ObservationsLike) => void): void;
}

/** Takes the values of a metric. */
export interface ObservationsLike {
  observe(value: number, attributes?: Record<string, string>): void;
}

/** One value of a metric, with its attributes. */
interface Sample {
  readonly value: number;
  readonly attributes: Readonly<Record<string, string>>;
}

interface Metric {
  /** As OpenTelemetry has it; Prometheus has underscores. */
  readonly name: string;
  readonly kind: 'counter' | 'gauge';
  readonly description: string;
  samples(stats: LoggingStatsSnapshot): Sample[];
}

/** The metrics of every handler: `emitted = delivered + filtered + dropped + queued + spooled`. */
const METRICS: readonly Metric[] = [
  metric('emitted', 'counter', 'Records given to the handler.'),
  metric('filtered', 'counter', 'Records that its filters suppressed.'),
  metric('delivered', 'counter', 'Records that are out.'),
  {
    name: 'logging.records.dropped',
    kind: 'counter',
    description: 'Records that are lost, by reason.',
    samples: ({ handlers }) => byHandler(handlers, ({ droppedBy }) => droppedBy),
  },
  metric('queued', 'gauge', 'Records that wait in memory.'),
  metric('spooled', 'gauge', 'Records that wait in files.'),
];

type CountName = Exclude<keyof RecordCounts, 'droppedBy'>;

function metric(count: CountName, kind: Metric['kind'], description: string): Metric {
  return {
    name: `logging.records.${count}`,
    ...{ kind, description },
    samples: ({ handlers }) => byHandler(handlers, (counts) => ({ '': counts[count] })),
  };
}

/** Sums by handler and reason: handlers that share a name, or have none, are added up. Nameless ones appear with their first record. */
function byHandler(
  handlers: LoggingStatsSnapshot['handlers'],
  read: (counts: RecordCounts) => Readonly<Record<string, number>>,
): Sample[] {
  const samples = new Map<string, Sample>();
  for (const handler of handlers) {
    // The last resort of an application that has handlers, for one: nobody made it, and nothing went there.
    if (handler.name === null && handler.emitted === 0) continue;
    const name = handler.name ?? handler.type;
    for (const [reason, count] of Object.entries(read(handler))) {
      const key = `${name}\0${reason}`;
      const value = count + (samples.get(key)?.value ?? 0);
      samples.set(key, { value, attributes: reason === '' ? { handler: name } : { handler: name, reason } });
    }
  }
  return [...samples.values()];
}

/**
 * Reports what became of records to an OpenTelemetry meter: `logging.records.emitted`, `.filtered`, `.delivered`,
 * `.dropped` (with the attribute `reason`), `.queued` and `.spooled`, each with the attribute `handler`. They are read
 * when the meter collects; they cost nothing in between.
 *
 * @returns Undoes it.
 * @example
 * loggingMetrics(metrics.getMeter('nestjs-logging'));
 */
export function loggingMetrics(meter: MeterLike): () => void {
  const undo = METRICS.map(({ name, kind, description, samples }) => {
    const options = { description, unit: '{record}' };
    const instrument =
      kind === 'counter'
        ? meter.createObservableCounter(name, options)
        : meter.createObservableGauge(name, options);
    const observe = (result: ObservationsLike): void => {
      for (const { value, attributes } of samples(getLoggingStats()))
        result.observe(value, { ...attributes });
    };
    instrument.addCallback(observe);
    return () => instrument.removeCallback(observe);
  });
  return () => {
    for (const each of undo) each();
  };
}

/**
 * What became of records, in the text format of Prometheus: `logging_records_emitted_total{handler="file"} 7` and so
 * on, to be added to what the application exposes.
 *
 * @example
 * response.end((await register.metrics()) + renderPrometheus());
 */
export function renderPrometheus(): string {
  const stats = getLoggingStats();
  return METRICS.map(({ name, kind, description, samples }) => {
    const full = name.replaceAll('.', '_') + (kind === 'counter' ? '_total' : '');
    const lines = samples(stats).map(({ value, attributes }) => `${full}${labels(attributes)} ${value}\n`);
    return `# HELP ${full} ${description}\n# TYPE ${full} ${kind}\n${lines.join('')}`;
  }).join('');
}

function labels(attributes: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(attributes).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return `{${pairs.join(',')}}`;
}

function escapeLabel(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
