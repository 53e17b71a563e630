import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LogRecord } from '../../lib/core/records/log-record.js';
import type { FluentHandlerOptions } from '../../lib/handlers/shipping/fluent/fluent.handler.js';
import { FluentHandler } from '../../lib/handlers/shipping/fluent/fluent.handler.js';
import { describeWithEngines } from './support/engine.js';
import {
  type CollectedRecord,
  type OTelCollector,
  type OTLPValue,
  startOTelCollector,
} from './support/otel-collector.js';
import { proveKilledProcess } from './support/process-proof.js';
import { proveShipping } from './support/shipping-proof.js';

const COUNT = 20_000;

/** A record as it was sent: the collector makes the message the body, and fields attributes. */
function sentRecord({ record }: CollectedRecord): Readonly<Record<string, unknown>> {
  const fields = (record.attributes ?? []).map(({ key, value }) => [key, plain(value)] as const);
  return { message: record.body?.stringValue ?? '', ...Object.fromEntries(fields) };
}

function plain(value: OTLPValue | undefined): unknown {
  const { stringValue, intValue, doubleValue, boolValue } = value ?? {};
  if (intValue !== undefined) return Number(intValue);
  return stringValue ?? doubleValue ?? boolValue;
}

const ways: [string, FluentHandlerOptions][] = [
  ['FluentHandler', {}],
  ['FluentHandler, compressed', { compression: 'gzip' }],
];

// The collector is the server of Fluent's protocol that can be had: it knows neither shared keys nor TLS.
describeWithEngines(['otel-collector'], 'the OpenTelemetry collector', () => {
  describe.each(ways)('gets by Fluent Forward from %s', (_, options) => {
    let engine: OTelCollector;
    beforeAll(async () => {
      engine = await startOTelCollector();
    });
    afterAll(() => engine?.stop());
    const server = ({ fluentPort }: OTelCollector) => ({ host: '127.0.0.1', port: fluentPort, ...options });

    proveShipping<OTelCollector>({
      count: COUNT,
      engine: () => engine,
      make: (collector, common) => new FluentHandler({ ...common, ...server(collector), tag: 'shop.web' }),
      read: async (collector) => collector.query().map(sentRecord),
      dropsRepeats: false,
    });

    proveKilledProcess<OTelCollector>({
      engine: () => engine,
      handler: ['handlers/shipping/fluent/fluent.handler', 'FluentHandler'],
      options: server,
      messages: async (collector) => collector.query().map(({ record }) => String(record.body?.stringValue)),
    });

    it('the tag, and the time of each log call to the microsecond', async () => {
      const before = engine.query().length;
      const handler = new FluentHandler({ ...server(engine), tag: 'shop.web' });
      const created = 1_764_410_000.123_456;
      handler.handle(new LogRecord({ name: 'shop', levelno: 20, levelname: 'INFO', msg: 'hello', created }));
      await handler.close();
      const rest = (await engine.received(before + 1)).slice(before);
      expect(rest.map(({ record }) => record.timeUnixNano)).toEqual(['1764410000123456000']);
      expect(rest.map((record) => sentRecord(record)['fluent.tag'])).toEqual(['shop.web']);
    });
  });
});
