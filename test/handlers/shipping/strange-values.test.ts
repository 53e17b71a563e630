import { afterAll, describe, expect, it } from '@jest/globals';
import { LogRecord, type LogRecordOptions } from '../../../lib/core/records/log-record.js';
import { JsonFormatter } from '../../../lib/formatters/json.formatter.js';
import { KafkaHandler } from '../../../lib/handlers/shipping/brokers/kafka.handler.js';
import { CloudWatchHandler } from '../../../lib/handlers/shipping/cloudwatch/cloudwatch.handler.js';
import { FluentHandler } from '../../../lib/handlers/shipping/fluent/fluent.handler.js';
import { GELFHandler } from '../../../lib/handlers/shipping/gelf/gelf.handler.js';
import { DatadogHandler } from '../../../lib/handlers/shipping/http/datadog.handler.js';
import { ElasticsearchHandler } from '../../../lib/handlers/shipping/http/elasticsearch.handler.js';
import { LokiHandler } from '../../../lib/handlers/shipping/http/loki.handler.js';
import { SplunkHandler } from '../../../lib/handlers/shipping/http/splunk.handler.js';
import { OTLPHandler } from '../../../lib/handlers/shipping/otlp/otlp.handler.js';
import { TEMPORAL_TEXTS, type TemporalSlice, temporal, temporalValues } from '../../support/temporal.js';

/** A destination, of which nothing is sent. */
interface Encoding {
  encode(record: LogRecord): string;
  close(): Promise<void>;
}

const url = 'http://127.0.0.1:1';
const client = { send: async () => [], connect: async () => undefined, disconnect: async () => undefined };
const HANDLERS = {
  CloudWatchHandler: new CloudWatchHandler({ client, logGroup: 'g', logStream: 's' }),
  DatadogHandler: new DatadogHandler({
    url,
    apiKey: 'key',
    service: 'shop',
    tags: ['env:test'],
    hostname: 'me',
  }),
  ElasticsearchHandler: new ElasticsearchHandler({ url, index: 'logs', service: 'shop' }),
  FluentHandler: new FluentHandler(),
  GELFHandler: new GELFHandler({ host: 'localhost', service: 'shop' }),
  KafkaHandler: new KafkaHandler({ client, topic: 'logs' }),
  LokiHandler: new LokiHandler({ url }),
  OTLPHandler: new OTLPHandler({ protocol: 'http/json' }),
  SplunkHandler: new SplunkHandler({ url, token: 'token' }),
} as unknown as Readonly<Record<string, Encoding>>;
afterAll(() => Promise.all(Object.values(HANDLERS).map((handler) => handler.close())));

const base: LogRecordOptions = { name: 'shop', levelno: 20, levelname: 'INFO', created: 1_704_467_049.123 };

function encoded(handler: string, options: LogRecordOptions): string {
  return (HANDLERS[handler] as Encoding).encode(new LogRecord({ ...base, msg: 'hello', ...options }));
}

/** The document or, for Loki, the metadata of a line. */
function written(handler: string, options: LogRecordOptions): Readonly<Record<string, unknown>> {
  const text = encoded(handler, options);
  if (handler === 'LokiHandler') return JSON.parse(text.slice(text.indexOf('\n')))[2];
  const json = JSON.parse(text.slice(text.indexOf('{')));
  return handler === 'SplunkHandler' ? json.event : json;
}

/** How many members the objects of a text in JSON have, as it is written; a parser keeps one of each name. */
function membersWritten(json: string): number {
  return [...json.matchAll(/"(?:[^"\\]|\\.)*"(:?)/g)].filter(([, colon]) => colon === ':').length;
}

function membersKept(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const inner = Object.values(value).reduce((sum: number, each) => sum + membersKept(each), 0);
  return inner + (Array.isArray(value) ? 0 : Object.keys(value).length);
}

/** Fields by name; `__proto__` is one like any other. */
function fields(...names: string[]): Record<string, string> {
  return Object.fromEntries(names.map((name, at) => [name, `value-${at}-`]));
}

const CLASHING = fields(
  ...[
    '__proto__',
    'constructor',
    'toString',
    '',
    ' ',
    '.',
    'a..b',
    '.a',
    'a',
    'a\0b',
    'a\nb',
    'f\u00fc',
    'f\u00fb',
    '1',
  ],
  ...[
    'timestamp',
    '@timestamp',
    'level',
    'logger',
    'message',
    'exception',
    'exception_type',
    'error',
    'stack',
    'time',
  ],
  ...[
    'log',
    'log.level',
    'log.logger',
    'trace',
    'trace.id',
    'error.message',
    'error.stack_trace',
    'http.route',
    'service',
  ],
  ...[
    'service.name',
    'event',
    'url.path',
    'message.text',
    'ecs.version',
    '_id',
    '_source',
    '_id.a',
    '_routing',
  ],
  ...[
    'ddtags',
    'ddsource',
    'hostname',
    'dd.trace_id',
    'version',
    'host',
    'short_message',
    'full_message',
    'id',
    '_logger',
  ],
  ...[
    'exception.type',
    'extra_exception.type',
    'extra_message',
    'extra_',
    'extra__id',
    'error_type',
    'truncated',
    '_aws',
  ],
);

describe.each(Object.keys(HANDLERS))('%s', (handler) => {
  it('writes each field once, whatever its name means to the product', () => {
    const text = encoded(handler, {
      extra: { ...CLASHING, status: 200, method: 'GET', path: '/', route: '/r', duration_ms: 1 },
      context: { trace_id: 'a'.repeat(32), span_id: 'b'.repeat(16) },
      excInfo: new TypeError('no card'),
      stackInfo: 'the stack',
    });
    for (const value of Object.values(CLASHING)) expect(text.split(value)).toHaveLength(2);
    const json = text.slice(text.indexOf(handler === 'LokiHandler' ? '\n' : '{'));
    expect(membersWritten(json)).toBe(membersKept(JSON.parse(json)));
  });

  it.each([-1, 1e12, 1e15, 1e21, Number.NaN, Number.POSITIVE_INFINITY, 253_402_300_800, -62_135_596_801])(
    'takes a record of the time %d',
    (created) => {
      expect(encoded(handler, { created })).toContain('hello');
    },
  );

  it('writes no escape of half a surrogate pair, which parsers refuse', () => {
    const options = { msg: 'a\ud800b \ud83d\ude00', extra: { 'k\udc00': ['\\ud800', '\udfff\\'] } };
    const text = encoded(handler, options);
    expect(text).toMatch(/\ud83d\ude00|\\ud83d\\ude00/);
    // A backslash that is itself escaped begins no escape.
    expect(text.replaceAll('\\\\', '')).not.toMatch(/\\ud[89a-f]/i);
    expect(text).toContain('ud800');
    expect(written(handler, options)).toBeDefined();
  });
});

describe('a value that JSON does not have', () => {
  const extra = {
    ...{ nan: Number.NaN, endless: Number.NEGATIVE_INFINITY, large: 12_345_678_901_234_567_890n },
    ...{ date: new Date(0), url: new URL('http://a/b'), object: { a: 1 }, list: ['x', 2] },
  };
  it.each(['LokiHandler', 'DatadogHandler'])('is a text without quotes in %s', (handler) => {
    expect(written(handler, { extra })).toMatchObject({
      ...{ nan: 'NaN', endless: '-Infinity', large: '12345678901234567890' },
      ...{ date: '1970-01-01T00:00:00.000Z', url: 'http://a/b', object: '{"a":1}', list: '["x",2]' },
    });
  });
});

const withTemporal = temporal === undefined ? it.skip : it;
withTemporal.each(Object.keys(HANDLERS))('a time of Temporal is a text in %s [needs Node 26]', (handler) => {
  const extra = temporalValues(temporal as TemporalSlice);
  const text = encoded(handler, { extra, msg: 'at %s', args: [extra.Instant] });
  expect(text).toContain(`at ${TEMPORAL_TEXTS.Instant}`);
  for (const each of Object.values(TEMPORAL_TEXTS)) expect(text).toContain(`"${each}"`);
});

describe('names that a product refuses', () => {
  it('are others in Elasticsearch, at any depth', () => {
    const extra = {
      _id: 1,
      '_source.a': 2,
      '': 3,
      '.a': 4,
      'a..b': 5,
      'message.x': 6,
      deep: { '': 7, 'q"': 8 },
    };
    const document = written('ElasticsearchHandler', { extra });
    expect(document).toMatchObject({
      ...{ extra__id: 1, 'extra__source.a': 2, _: 3, '_.a': 4, 'a._.b': 5, 'extra_message.x': 6 },
      deep: { _: 7 },
    });
    expect(Object.keys(document)).not.toEqual(expect.arrayContaining(['_id']));
  });

  it('are others in Elasticsearch wherever they come from, and each time', () => {
    const error = Object.assign(new Error('no card'), { details: { '': 1 } });
    const extra = { list: [{ '': 2 }], map: new Map([['', 3]]), cause: error, text: '"":', '': 4 };
    for (let time = 0; time < 3; time += 1) {
      const text = encoded('ElasticsearchHandler', { extra });
      expect(JSON.parse(text)).toMatchObject({
        ...{ list: [{ _: 2 }], map: { _: 3 }, text: '"":', _: 4 },
        cause: { details: { _: 1 } },
      });
      expect(text).not.toMatch(/[{,]"":/);
    }
  });

  it('are others in Elasticsearch where a formatter writes the record too', async () => {
    const handler = new ElasticsearchHandler({ url, index: 'logs' });
    handler.setFormatter(new JsonFormatter());
    const record = new LogRecord({ ...base, msg: 'hello', extra: { '': 1, deep: { '': 2 } } });
    const text = (handler as unknown as Encoding).encode(record);
    expect(JSON.parse(text)).toMatchObject({ _: 1, deep: { _: 2 } });
    await handler.close();
  });

  it('do not replace the tags of DatadogHandler, its source and its host', () => {
    const extra = { ddtags: 'mine', ddsource: 'mine', hostname: 'mine' };
    expect(written('DatadogHandler', { extra })).toMatchObject({
      ...{ ddtags: 'env:test', ddsource: 'nodejs', hostname: 'me' },
      ...{ extra_ddtags: 'mine', extra_ddsource: 'mine', extra_hostname: 'mine' },
    });
  });

  it('have something in them in OTLP and Loki', () => {
    expect(encoded('OTLPHandler', { extra: { '': 1 } })).toContain('"key":"extra_"');
    expect(written('LokiHandler', { extra: { '': 1 } })).toMatchObject({ extra_: '1' });
  });
});

it.each([
  ['no hexadecimal digits', 'z'.repeat(32)],
  ['too short', 'a'.repeat(31)],
  ['all zero, which means none', '0'.repeat(32)],
])('a trace id of %s stays a field', (_, trace_id) => {
  expect(written('OTLPHandler', { context: { trace_id } })).not.toHaveProperty('traceId');
  expect(encoded('OTLPHandler', { context: { trace_id } })).toContain(
    `{"key":"trace_id","value":{"stringValue":"${trace_id}"}}`,
  );
  expect(written('ElasticsearchHandler', { context: { trace_id } })).toMatchObject({ trace_id });
});

it('a time that nanoseconds in 64 bits cannot hold is that of the call in Loki', () => {
  const [time] = JSON.parse(encoded('LokiHandler', { created: 1e15 }).split('\n')[1] as string);
  expect(time).toMatch(/^\d{19}$/);
});
