import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import { OpenTelemetryHandler } from '../../lib/handlers/shipping/otlp/open-telemetry.handler.js';
import { OTLPHandler } from '../../lib/handlers/shipping/otlp/otlp.handler.js';
import { useTemporaryFolder } from '../support/temporary-folder.js';
import { describeWithEngines, until } from './support/engine.js';
import { type CollectedRecord, type OTelCollector, startOTelCollector } from './support/otel-collector.js';
import { type CorpusRecord, corpus } from './support/record-corpus.js';

const COUNT = 20_000;

describeWithEngines(['otel-collector'], 'the OpenTelemetry collector', () => {
  describe.each(['http/protobuf', 'http/json'] as const)('gets by %s', (protocol) => {
    let collector: OTelCollector;
    const folder = useTemporaryFolder();
    beforeAll(async () => {
      collector = await startOTelCollector();
    });
    afterAll(() => collector?.stop());

    it(`${COUNT} records of all kinds, once and field by field, though it hangs in between`, async () => {
      const handler = new OTLPHandler({
        ...{ endpoint: collector.url, protocol, compression: 'gzip', timeoutMs: 20_000 },
        spool: { directory: folder.path },
        resource: { 'service.name': 'shop' },
      });
      const all = [...corpus(COUNT)];
      for (const { record } of all) handler.handle(record);
      await until('some are delivered', () => handler.stats.delivered > 0, 60_000);
      collector.pause();
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      collector.resume();
      await until('all is delivered', () => handler.stats.spooled === 0, 120_000);
      await handler.close();
      expect(handler.stats).toMatchObject({ emitted: COUNT, delivered: COUNT, dropped: 0 });
      expect(await wrongIn(collector, all)).toEqual([]);
    });
  });

  describe('gets from the SDK of OpenTelemetry, and that from OpenTelemetryHandler', () => {
    let collector: OTelCollector;
    beforeAll(async () => {
      collector = await startOTelCollector();
    });
    afterAll(() => collector?.stop());

    it(`${COUNT} records of all kinds, once and field by field`, async () => {
      const exporter = new OTLPLogExporter({ url: `${collector.url}/v1/logs`, timeoutMillis: 60_000 });
      const processor = new BatchLogRecordProcessor({
        ...{ exporter, maxQueueSize: 2 * COUNT, exportTimeoutMillis: 60_000, scheduledDelayMillis: 50 },
      });
      const loggerProvider = new LoggerProvider({ processors: [processor] });
      const handler = new OpenTelemetryHandler({ loggerProvider });
      const all = [...corpus(COUNT)];
      for (const { record } of all) handler.handle(record);
      await until('all has arrived', () => collector.query().length >= COUNT, 120_000);
      await handler.close();
      expect(handler.stats).toMatchObject({ emitted: COUNT, delivered: COUNT, dropped: 0 });
      expect(await wrongIn(collector, all)).toEqual([]);
      await loggerProvider.shutdown();
    });
  });
});

/** The first records that the collector has otherwise than they were logged: each as it should be, and as it is. */
async function wrongIn(collector: OTelCollector, all: readonly CorpusRecord[]): Promise<unknown[]> {
  const records = await collector.received(all.length, 60_000);
  const attribute = ({ record }: CollectedRecord, name: string) =>
    record.attributes?.find(({ key }) => key === name)?.value ?? {};
  const byNumber = new Map(records.map((one) => [Number(attribute(one, 'n').intValue), one]));
  expect([records.length, byNumber.size]).toEqual([all.length, all.length]);
  const wrong = all.flatMap(({ record, n, message, fields, error }) => {
    const got = byNumber.get(n) as CollectedRecord;
    const { intValue, doubleValue } = attribute(got, 'ratio');
    const before = [
      ...[record.name, message, record.levelname, String(Math.round(record.created * 1e6))],
      ...[fields.ratio, fields.word, fields.flag, error],
    ];
    const after = [
      ...[got.scope.name, got.record.body?.stringValue, got.record.severityText],
      String(Math.round(Number(got.record.timeUnixNano) / 1_000)),
      ...[Number(intValue ?? doubleValue), attribute(got, 'word').stringValue],
      ...[attribute(got, 'flag').boolValue, attribute(got, 'exception.type').stringValue],
    ];
    return JSON.stringify(before) === JSON.stringify(after) ? [] : [[before, after]];
  });
  return wrong.slice(0, 2);
}
