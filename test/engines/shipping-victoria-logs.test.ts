import { afterAll, beforeAll, describe } from '@jest/globals';
import { DatadogHandler } from '../../lib/handlers/shipping/http/datadog.handler.js';
import { ElasticsearchHandler } from '../../lib/handlers/shipping/http/elasticsearch.handler.js';
import { LokiHandler } from '../../lib/handlers/shipping/http/loki.handler.js';
import { SplunkHandler } from '../../lib/handlers/shipping/http/splunk.handler.js';
import { OTLPHandler } from '../../lib/handlers/shipping/otlp/otlp.handler.js';
import type { ShippingOptions } from '../../lib/handlers/shipping/shipping-options.js';
import { describeWithEngines } from './support/engine.js';
import type { CorpusRecord } from './support/record-corpus.js';
import { proveShipping, type Shipping } from './support/shipping-proof.js';
import { startVictoriaLogs, type VictoriaLogs, type VictoriaLogsRecord } from './support/victoria-logs.js';

interface Way {
  readonly name: string;
  make(url: string, options: ShippingOptions): Shipping;
  /** The level of a record as it is found, and the class of its error, or the traceback that begins with it. */
  readonly level: string;
  readonly error: string;
  /** What stands before the names of fields; default nothing. */
  readonly prefix?: string;
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
  {
    name: 'SplunkHandler',
    make: (url, options) =>
      new SplunkHandler({ ...options, url: `${url}/insert/splunk`, token: 'any-token' }),
    ...{ level: 'event.level', error: 'event.exception', prefix: 'event.' },
  },
];

const LEVELS: Readonly<Record<string, string>> = { WARN: 'WARNING' };

/** What was found of a record, in the form in which it was sent. */
function found(record: VictoriaLogsRecord, { level, error, prefix = '' }: Way): object {
  const text = (record[level] ?? '').toUpperCase();
  return {
    message: (record._msg ?? '').split('\nPaymentError: ')[0],
    level: LEVELS[text] ?? text,
    fields: {
      n: Number(record[`${prefix}n`]),
      ratio: Number(record[`${prefix}ratio`]),
      word: record[`${prefix}word`],
      flag: record[`${prefix}flag`] === 'true',
    },
    error: record[error]?.split(':')[0],
  };
}

function sent({ record, message, fields, error }: CorpusRecord): object {
  return { message, level: record.levelname, fields, error };
}

describeWithEngines(['victoria-logs'], 'VictoriaLogs', () => {
  describe.each(ways)('gets from $name', (way) => {
    let engine: VictoriaLogs;
    beforeAll(async () => {
      // A message that looks like JSON is a message.
      engine = await startVictoriaLogs({ flags: ['-loki.disableMessageParsing'] });
    });
    afterAll(() => engine?.stop());

    proveShipping<VictoriaLogs>({
      count: 20_000,
      engine: () => engine,
      make: ({ url }, options) => way.make(url, options),
      read: ({ query }) => query(),
      // What it has acknowledged it saves only once a second: a kill loses what is younger, whoever sent it.
      save: ({ save }) => save(),
      ...{ found: (record) => found(record as VictoriaLogsRecord, way), sent },
      number: (record) => Number(record[`${way.prefix ?? ''}n`]),
      dropsRepeats: false,
      keepsOrder: false,
    });
  });
});
