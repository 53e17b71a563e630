import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { Counter, Registry } from 'prom-client';
import { setStrictCalls } from '../../lib/core/calls/call-arguments.js';
import { LogRecord } from '../../lib/core/records/log-record.js';
import { loggingMetrics, renderPrometheus } from '../../lib/core/reports/logging-metrics.js';
import { MemoryHandler } from '../../lib/handlers/memory/memory.handler.js';
import { isolateLogging, type LoggingIsolation } from '../../lib/testing/logging-isolation.js';
import { ListHandler } from '../support/list-handler.js';
import { collectStderr } from '../support/stderr-collector.js';

let isolation: LoggingIsolation;
let list: ListHandler;
let memory: MemoryHandler;
beforeEach(() => {
  isolation = isolateLogging();
  setStrictCalls(true);
  const stderr = collectStderr();
  list = new ListHandler({ filters: [({ levelno }) => levelno > 10] });
  list.name = 'list "a"\\b';
  memory = new MemoryHandler({ capacity: 100 });
  memory.name = 'memory';
  for (const levelno of [10, 20, 30])
    for (const handler of [list, memory])
      handler.handle(new LogRecord({ msg: '%d', args: levelno === 30 ? ['x'] : [1], levelno }));
  stderr.stop();
});
afterEach(async () => {
  await isolation.restore();
});

describe('for OpenTelemetry', () => {
  it('what became of records is given when the meter collects', async () => {
    const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
    const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
    const provider = new MeterProvider({ readers: [reader] });
    const stop = loggingMetrics(provider.getMeter('nestjs-logging'));
    await reader.forceFlush();
    const points = exporter
      .getMetrics()[0]
      ?.scopeMetrics[0]?.metrics.flatMap(({ descriptor, dataPoints }) =>
        dataPoints.map(({ attributes, value }) => [
          descriptor.name,
          Object.values(attributes).join(' '),
          value,
        ]),
      );
    expect(points).toEqual([
      ['logging.records.emitted', 'list "a"\\b', 3],
      ['logging.records.emitted', 'memory', 3],
      ['logging.records.filtered', 'list "a"\\b', 1],
      ['logging.records.filtered', 'memory', 0],
      ['logging.records.delivered', 'list "a"\\b', 1],
      ['logging.records.delivered', 'memory', 0],
      ['logging.records.dropped', 'list "a"\\b error', 1],
      ['logging.records.queued', 'list "a"\\b', 0],
      ['logging.records.queued', 'memory', 3],
      ['logging.records.spooled', 'list "a"\\b', 0],
      ['logging.records.spooled', 'memory', 0],
    ]);
    stop();
    list.handle(new LogRecord({ msg: 'm', levelno: 20 }));
    exporter.reset();
    await reader.forceFlush();
    const [emitted] = exporter.getMetrics()[0]?.scopeMetrics[0]?.metrics ?? [];
    expect(emitted?.dataPoints[0]?.value).toBe(3);
    await provider.shutdown();
  });
});

describe('for Prometheus', () => {
  it('it is a text to be added to what the application exposes', async () => {
    const registry = new Registry();
    new Counter({ name: 'orders_total', help: 'Orders.', registers: [registry] }).inc(2);
    const text = (await registry.metrics()) + renderPrometheus();
    expect(text).toContain('orders_total 2\n');
    expect(text).toContain('\n# TYPE logging_records_emitted_total counter\n');
    expect(text).toContain('logging_records_emitted_total{handler="list \\"a\\"\\\\b"} 3\n');
    expect(text).toContain('logging_records_dropped_total{handler="list \\"a\\"\\\\b",reason="error"} 1\n');
    expect(text).toContain('# TYPE logging_records_queued gauge\n');
    expect(text).toContain('logging_records_queued{handler="memory"} 3\n');
    for (const line of text.trimEnd().split('\n')) {
      expect(line).toMatch(
        /^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[a-z_]+="(\\.|[^"\\])*"(,[a-z_]+="(\\.|[^"\\])*")*\})? \d+)$/,
      );
    }
  });
});
