import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Handler } from '../../lib/core/handler.js';
import { DatadogHandler } from '../../lib/handlers/shipping/http/datadog.handler.js';
import { ElasticsearchHandler } from '../../lib/handlers/shipping/http/elasticsearch.handler.js';
import { LokiHandler } from '../../lib/handlers/shipping/http/loki.handler.js';
import { OTLPHandler } from '../../lib/handlers/shipping/otlp/otlp.handler.js';
import type { ShippingHandler } from '../../lib/handlers/shipping/shipping-handler.js';
import type { ShippingOptions } from '../../lib/handlers/shipping/shipping-options.js';
import { useTemporaryFolder } from '../support/temporary-folder.js';
import { describeWithEngines, until } from './support/engine.js';
import { type CorpusRecord, corpus } from './support/record-corpus.js';
import { startVictoriaLogs, type VictoriaLogs, type VictoriaLogsRecord } from './support/victoria-logs.js';

const COUNT = 20_000;

type Shipping = Handler & Pick<ShippingHandler, 'stats' | 'health'>;

interface Way {
  readonly name: string;
  make(url: string, options: ShippingOptions): Shipping;
  /** The level of a record as it is found, and the class of its error. */
  readonly level: string;
  readonly error: string;
}

const ways: Way[] = [
  {
    name: 'LokiHandler',
    make: (url, options) =>
      new LokiHandler({ ...options, url: `${url}/insert`, labels: { service: 'shop' } }),
    ...{ level: 'level', error: 'exception_type' },
  },
  {
    name: 'ElasticsearchHandler',
    make: (url, options) =>
      new ElasticsearchHandler({
        ...{ ...options, url: `${url}/insert/elasticsearch`, index: 'shop' },
        headers: { 'VL-Msg-Field': 'message', 'VL-Time-Field': '@timestamp' },
      }),
    ...{ level: 'log.level', error: 'error.type' },
  },
  {
    name: 'OTLPHandler in Protocol Buffers',
    make: (url, options) => new OTLPHandler({ ...options, endpoint: `${url}/insert/opentelemetry` }),
    ...{ level: 'severity_text', error: 'exception.type' },
  },
  {
    name: 'DatadogHandler',
    make: (url, options) =>
      new DatadogHandler({ ...options, url: `${url}/insert/datadog`, apiKey: 'any-key', service: 'shop' }),
    ...{ level: 'status', error: 'error.kind' },
  },
];

const LEVELS: Readonly<Record<string, string>> = { WARN: 'WARNING' };

/** What was found of a record, in the form in which it was sent. */
function found(record: VictoriaLogsRecord, { level, error }: Way): object {
  const text = (record[level] ?? '').toUpperCase();
  return {
    message: (record._msg ?? '').split('\nPaymentError: ')[0],
    level: LEVELS[text] ?? text,
    fields: {
      n: Number(record.n),
      ratio: Number(record.ratio),
      word: record.word,
      flag: record.flag === 'true',
    },
    error: record[error],
  };
}

function sent({ record, message, fields, error }: CorpusRecord): object {
  return { message, level: record.levelname, fields, error };
}

describeWithEngines(['victoria-logs'], 'VictoriaLogs', () => {
  describe.each(ways)('gets from $name', (way) => {
    let engine: VictoriaLogs;
    const folder = useTemporaryFolder();
    beforeAll(async () => {
      // A message that looks like JSON is a message.
      engine = await startVictoriaLogs({ flags: ['-loki.disableMessageParsing'] });
    });
    afterAll(() => engine?.stop());

    it(`${COUNT} records of all kinds, once and field by field`, async () => {
      const handler = way.make(engine.url, { maxBytes: 256 * 1024 * 1024 });
      const all = [...corpus(COUNT)];
      for (const { record } of all) handler.handle(record);
      await until('all is delivered', () => handler.stats.queued === 0, 120_000);
      await handler.close();
      expect(handler.stats).toMatchObject({ emitted: COUNT, delivered: COUNT, dropped: 0 });
      const records = await engine.received(COUNT, '*', 60_000);
      const byNumber = new Map(records.map((record) => [Number(record.n), record]));
      expect([records.length, byNumber.size]).toEqual([COUNT, COUNT]);
      const wrong = all
        .map((one) => [sent(one), found(byNumber.get(one.n) ?? {}, way)] as const)
        .filter(([before, after]) => JSON.stringify(before) !== JSON.stringify(after));
      expect([wrong.length, wrong[0]?.[1]]).toEqual([0, wrong[0]?.[0]]);
    });

    it('everything though it is killed in the middle, where there is a spool', async () => {
      const handler = way.make(engine.url, {
        spool: { directory: folder.path },
        ...{ batchSize: 100, flushIntervalMs: 20, timeoutMs: 2_000 },
      });
      const all = [...corpus(2_000)].map(({ record, n }) => {
        record.expose();
        record.n = COUNT + n;
        return record;
      });
      for (const record of all.slice(0, 500)) handler.handle(record);
      await until('the first are delivered', () => handler.stats.delivered === 500, 60_000);
      // What it has acknowledged it saves only once a second: a kill loses what is younger, whoever sent it.
      await engine.save();
      engine.pause();
      for (const record of all.slice(500, 1_000)) handler.handle(record);
      await until('it is noticed', () => !handler.health.isHealthy, 30_000);
      await engine.kill();
      for (const record of all.slice(1_000)) handler.handle(record);
      await engine.restart();
      await until('all is delivered', () => handler.stats.spooled === 0, 90_000);
      await handler.close();
      expect(handler.stats).toMatchObject({ emitted: 2_000, delivered: 2_000, dropped: 0 });
      const records = await engine.query(`n:>=${COUNT}`);
      const numbers = new Set(records.map(({ n }) => Number(n)));
      expect(numbers.size).toBe(2_000);
      // Only what was under way when it was killed may be there twice: one batch.
      expect(records.length - numbers.size).toBeLessThanOrEqual(100);
    });
  });
});
