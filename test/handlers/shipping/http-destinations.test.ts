import { hostname } from 'node:os';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Formatter } from '../../../lib/core/formatting/formatter.js';
import type { Handler } from '../../../lib/core/handler.js';
import { LogRecord, type LogRecordOptions } from '../../../lib/core/records/log-record.js';
import { DatadogHandler } from '../../../lib/handlers/shipping/http/datadog.handler.js';
import { ElasticsearchHandler } from '../../../lib/handlers/shipping/http/elasticsearch.handler.js';
import { LokiHandler } from '../../../lib/handlers/shipping/http/loki.handler.js';
import { SplunkHandler } from '../../../lib/handlers/shipping/http/splunk.handler.js';
import { OTLPHandler } from '../../../lib/handlers/shipping/otlp/otlp.handler.js';
import type { ShippingHandler } from '../../../lib/handlers/shipping/shipping-handler.js';
import { HttpSink } from '../../support/http-sink.js';
import { collectStderr } from '../../support/stderr-collector.js';
import { useTemporaryFolder } from '../../support/temporary-folder.js';

type Shipping = Handler & Pick<ShippingHandler, 'stats' | 'health'>;

const folder = useTemporaryFolder();
let sink: HttpSink;
let stderr: ReturnType<typeof collectStderr>;
const open: Handler[] = [];
beforeEach(async () => {
  sink = await new HttpSink().listen();
  stderr = collectStderr();
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((handler) => handler.close()));
  stderr.stop();
  await sink.close();
});

function opened<H extends Handler>(handler: H): H {
  open.push(handler);
  return handler;
}

const url = () => `http://${sink.host}`;
const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';
const base: LogRecordOptions = { name: 'shop', levelno: 20, levelname: 'INFO', created: 1_704_467_049.123 };

function log(handler: Handler, ...records: (string | LogRecordOptions)[]): void {
  for (const one of records)
    handler.handle(new LogRecord({ ...base, ...(typeof one === 'string' ? { msg: one } : one) }));
}

/** Flushes over and over, so that no back-off is waited for. */
async function settled(handler: Shipping): Promise<void> {
  for (let round = 0; round < 400 && handler.stats.queued > 0; round++) {
    void handler.flush();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe('LokiHandler', () => {
  interface Push {
    streams: { stream: Record<string, string>; values: [string, string, Record<string, string>][] }[];
  }
  const pushed = () => sink.requests.map(({ body }) => JSON.parse(body) as Push);

  it('pushes streams of few labels, everything else as structured metadata', async () => {
    const labels = { service: 'shop', environment: 'prod' };
    const loki = opened(
      new LokiHandler({ url: `${url()}/base/`, labels, tenant: 'acme', auth: ['me', 'pass'] }),
    );
    sink.answer = () => 204;
    log(loki, 'one', { msg: 'two', levelno: 40, levelname: 'ERROR', excInfo: new TypeError('no card') });
    log(loki, {
      msg: 'three',
      extra: { user: { id: 5 }, n: 1 },
      context: { trace_id: TRACE, request_id: 'r1' },
    });
    await loki.flush();
    const [request] = sink.requests;
    expect(request).toMatchObject({ method: 'POST', url: '/base/loki/api/v1/push' });
    expect(request?.headers).toMatchObject({
      'x-scope-orgid': 'acme',
      'content-type': 'application/json',
      authorization: `Basic ${Buffer.from('me:pass').toString('base64')}`,
    });
    const [{ streams }] = pushed() as [Push];
    expect(streams.map(({ stream }) => stream)).toEqual([
      { ...labels, level: 'info' },
      { ...labels, level: 'error' },
    ]);
    expect(streams[0]?.values).toEqual([
      ['1704467049123000000', 'one', { logger: 'shop' }],
      [
        '1704467049123000002',
        'three',
        { logger: 'shop', trace_id: TRACE, request_id: 'r1', user: '{"id":5}', n: '1' },
      ],
    ]);
    expect(streams[1]?.values[0]?.[1]).toMatch(/^two\nTypeError: no card\n/);
    expect(streams[1]?.values[0]?.[2]).toMatchObject({ exception_type: 'TypeError' });
  });

  it('keeps two equal lines of the same time apart, and the order of a stream', async () => {
    const loki = opened(new LokiHandler({ url: url() }));
    log(loki, 'same', 'same', 'same');
    await loki.flush();
    const times = pushed()[0]?.streams[0]?.values.map(([time]) => time) ?? [];
    expect(new Set(times).size).toBe(3);
    expect([...times].sort()).toEqual(times);
  });

  it('sends what is logged while a request is under way, in order, though every fourth fails', async () => {
    const loki = opened(new LokiHandler({ url: url(), batchSize: 10, flushIntervalMs: 5 }));
    const arrived: number[] = [];
    let logged = 0;
    const logTen = () => {
      for (let n = 0; n < 10; n++) log(loki, `number ${logged++}`);
    };
    sink.answer = ({ body }) => {
      if (logged < 400) logTen();
      if (sink.requests.length % 4 === 3) return sink.requests.length % 8 === 3 ? 503 : 'drop';
      for (const { values } of (JSON.parse(body) as Push).streams)
        arrived.push(...values.map(([, line]) => Number(line.slice('number '.length))));
      return 204;
    };
    logTen();
    await settled(loki);
    expect(arrived).toEqual(Array.from({ length: 400 }, (_, n) => n));
    expect(loki.stats).toMatchObject({ emitted: 400, delivered: 400, dropped: 0 });
  });

  it('comes back from flush and close though the server never answers', async () => {
    sink.answer = () => 'hang';
    const loki = opened(new LokiHandler({ url: url() }));
    log(loki, 'one');
    await loki.flush();
    expect(loki.stats).toMatchObject({ delivered: 0, queued: 1 });
    await loki.close();
    expect(loki.stats).toMatchObject({ delivered: 0, queued: 0, droppedBy: { closed: 1 } });
  }, 15_000);

  it('puts behind the line what is more than Loki takes of metadata', async () => {
    const loki = opened(new LokiHandler({ url: url() }));
    const extra = Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`f${index}`, index]));
    log(loki, { msg: 'many', extra });
    await loki.flush();
    const [, line = '', metadata = {}] = pushed()[0]?.streams[0]?.values[0] ?? [];
    expect(Object.keys(metadata).length).toBeLessThanOrEqual(128);
    const [text, rest = ''] = line.split('\n');
    expect(text).toBe('many');
    expect({ ...metadata, ...(JSON.parse(rest) as object) }).toMatchObject({ f0: '0', f149: '149' });
  });

  it('goes on after a line that is refused: it alone is lost', async () => {
    sink.answer = ({ body }) =>
      body.includes('too old') ? { status: 400, body: 'entry too far behind' } : 204;
    const loki = opened(new LokiHandler({ url: url() }));
    log(loki, 'a', 'too old', 'b');
    await loki.flush();
    log(loki, 'c');
    await loki.flush();
    expect(loki.stats).toMatchObject({ emitted: 4, delivered: 3, dropped: 1, droppedBy: { rejected: 1 } });
    expect(stderr.text).toContain('answered 400: entry too far behind');
  });
});

describe('LokiHandler, where Loki takes no structured metadata,', () => {
  const refusal =
    'stream \'{level="info"}\' includes structured metadata, but this feature is disallowed. Please see `limits_config.allow_structured_metadata` or contact your Loki administrator to enable it';
  /** A Loki before 3.0. */
  const answer = ({ body }: { body: string }) => {
    const { streams } = JSON.parse(body) as { streams: { values: unknown[][] }[] };
    const hasMetadata = streams.some(({ values }) => values.some((value) => value.length > 2));
    return hasMetadata ? { status: 400, body: refusal } : 204;
  };
  const lines = () =>
    sink.requests.flatMap(({ body }) =>
      (JSON.parse(body) as { streams: { values: string[][] }[] }).streams.flatMap(({ values }) => values),
    );

  it('says what to do, and with a spool keeps all', async () => {
    sink.answer = answer;
    const spool = { directory: folder.path };
    const loki = new LokiHandler({ url: url(), spool });
    log(loki, 'one', { msg: 'two', extra: { user_id: 5 } }, 'three');
    await loki.flush();
    await loki.close();
    // It is tried as a whole, when it is flushed and closed; halves would fare no better.
    expect(sink.requests).toHaveLength(2);
    expect(lines()).toHaveLength(6);
    expect(loki.stats).toMatchObject({ spooled: 3, dropped: 0 });
    expect(stderr.text).toContain('or set structuredMetadata: false');
    sink.requests.length = 0;
    const next = opened(new LokiHandler({ url: url(), spool, structuredMetadata: false }));
    for (let round = 0; next.stats.delivered < 3 && round < 500; round++)
      await new Promise((resolve) => setTimeout(resolve, 10));
    expect(lines().map(([, line]) => line)).toEqual([
      'one\n{"logger":"shop"}',
      'two\n{"logger":"shop","user_id":"5"}',
      'three\n{"logger":"shop"}',
    ]);
  });

  it('makes each line a JSON object, or what the formatter makes, on request', async () => {
    sink.answer = answer;
    const loki = opened(new LokiHandler({ url: url(), structuredMetadata: false }));
    log(loki, { msg: 'two\nlines', extra: { user_id: 5 }, context: { request_id: 'r1' } });
    await loki.flush();
    loki.setFormatter(new Formatter({ format: '%(levelname)s %(message)s' }));
    log(loki, 'plain');
    await loki.flush();
    expect(loki.stats).toMatchObject({ delivered: 2, dropped: 0 });
    const [first, second] = lines().map(([, line]) => line as string);
    expect(JSON.parse(first ?? '')).toMatchObject({
      ...{ level: 'INFO', logger: 'shop', message: 'two\nlines', user_id: 5, request_id: 'r1' },
    });
    expect(second).toBe('INFO plain');
  });
});

describe('ElasticsearchHandler', () => {
  const lines = () =>
    sink.requests
      .flatMap(({ body }) => body.trimEnd().split('\n'))
      .map((line) => JSON.parse(line) as Record<string, never>);
  const itemsOf = (body: string, statusOf: (text: string) => number) => {
    const documents = body
      .trimEnd()
      .split('\n')
      .filter((_, index) => index % 2 === 1);
    const items = documents.map((text) => {
      const status = statusOf(text);
      const error = {
        type: 'document_parsing_exception',
        reason: 'failed to parse field [n] of type [long]',
      };
      return { create: { status, ...(status >= 400 ? { error } : {}) } };
    });
    return {
      status: 200,
      body: JSON.stringify({ errors: items.some(({ create }) => 'error' in create), items }),
    };
  };

  it('creates documents under their ids, in the names of ECS', async () => {
    sink.answer = ({ body }) => itemsOf(body, () => 201);
    const elastic = opened(
      new ElasticsearchHandler({
        url: url(),
        dataStream: 'logs-shop-prod',
        apiKey: 'c2VjcmV0',
        service: 'shop',
      }),
    );
    log(elastic, { msg: 'paid', extra: { user_id: 5 }, context: { trace_id: TRACE } });
    await elastic.flush();
    expect(sink.requests[0]).toMatchObject({ url: '/_bulk', headers: { authorization: 'ApiKey c2VjcmV0' } });
    expect(sink.requests[0]?.body.endsWith('\n')).toBe(true);
    const [action, document] = lines();
    expect(action).toEqual({
      create: { _index: 'logs-shop-prod', _id: expect.stringMatching(/^[0-9a-f]{12}-1$/) },
    });
    expect(document).toMatchObject({
      '@timestamp': '2024-01-05T15:04:09.123Z',
      ...{ message: 'paid', 'log.level': 'info', 'service.name': 'shop', 'trace.id': TRACE, user_id: 5 },
    });
  });

  it('judges each record by itself: conflicts are there already, the busy go again alone, the wrong are set aside', async () => {
    sink.answer = ({ body }) =>
      itemsOf(body, (text) => {
        if (text.includes('conflict')) return 409;
        if (text.includes('wrong')) return 400;
        return text.includes('busy') && sink.requests.length === 1 ? 429 : 201;
      });
    const elastic = opened(new ElasticsearchHandler({ url: url(), index: 'logs' }));
    log(elastic, 'a', 'conflict', 'wrong', 'busy', 'b');
    await settled(elastic);
    expect(elastic.stats).toMatchObject({ emitted: 5, delivered: 4, dropped: 1, droppedBy: { rejected: 1 } });
    const messages = sink.requests.map(({ body }) =>
      [...body.matchAll(/"message":"(\w+)"/g)].map(([, text]) => text),
    );
    expect(messages).toEqual([['a', 'conflict', 'wrong', 'busy', 'b'], ['busy']]);
    const ids = sink.requests.map(({ body }) => [...body.matchAll(/"_id":"([^"]+)"/g)].map(([, id]) => id));
    expect(ids[1]).toEqual([ids[0]?.[3]]);
    expect(stderr.text).toContain('failed to parse field [n] of type [long]');
  });

  it('halves a batch that is too large', async () => {
    sink.answer = ({ body }) => (body.length > 700 ? 413 : itemsOf(body, () => 201));
    const elastic = opened(new ElasticsearchHandler({ url: url(), index: 'logs' }));
    log(elastic, ...Array.from({ length: 16 }, (_, index) => `message ${index}`));
    await elastic.flush();
    expect(elastic.stats).toMatchObject({ delivered: 16, dropped: 0 });
  });

  it.each([403, 404])('keeps in its spool what an index does not take of anybody: %i', async (status) => {
    sink.answer = ({ body }) => itemsOf(body, () => (sink.requests.length === 1 ? status : 201));
    const spool = { directory: folder.path };
    const elastic = opened(new ElasticsearchHandler({ url: url(), index: 'logs', spool }));
    log(elastic, 'a', 'b');
    for (let round = 0; round < 400 && elastic.stats.delivered < 2; round++) {
      void elastic.flush();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(sink.requests).toHaveLength(2);
    expect(elastic.stats).toMatchObject({ delivered: 2, dropped: 0 });
  });

  it.each([
    '{"errors":false,"took":30,"items":[{"create":{"status":201}}]}',
    '{"took":30,"errors":false,"items":[{"create":{"status":201}}]}',
    '{"took":30,"ingest_took":2,"errors":false,"items":[]}',
    '{\n  "took" : 30,\n  "errors" : false,\n  "items" : [ ]\n}\n',
    '{"took":30,"note":"","items":[{"create":{"status":201}}],"errors":false}',
  ])('takes the answer that nothing went wrong, whatever comes first: %s', async (body) => {
    sink.answer = () => ({ status: 200, body });
    const elastic = opened(new ElasticsearchHandler({ url: url(), index: 'logs' }));
    log(elastic, 'a');
    await elastic.flush();
    expect(sink.requests).toHaveLength(1);
    expect(elastic.stats.delivered).toBe(1);
  });

  it.each([
    '{"errors":true,"items":[',
    '{"errors":false,"items":[{"create":{"status":201',
    '{"took":1,"items":[{"errors":false}]}',
    '[{"errors":false}]',
    '"errors":false}',
    '',
  ])('takes no broken answer for a delivery: %s', async (broken) => {
    sink.answer = ({ body }) =>
      sink.requests.length === 1 ? { status: 200, body: broken } : itemsOf(body, () => 201);
    const elastic = opened(new ElasticsearchHandler({ url: url(), index: 'logs' }));
    log(elastic, 'a');
    await settled(elastic);
    expect(sink.requests).toHaveLength(2);
    expect(elastic.stats.delivered).toBe(1);
  });
});

describe('OTLPHandler in Protocol Buffers', () => {
  it('sends any text as it is, of any length, beside others of the same and of other loggers', async () => {
    const otlp = opened(new OTLPHandler({ endpoint: url() }));
    const texts = [
      'short',
      'é€😀',
      'x'.repeat(95),
      'z'.repeat(97),
      'ü'.repeat(200),
      'y'.repeat(70_000),
      'a\u0000b',
    ];
    for (const [at, text] of texts.entries())
      log(otlp, { name: at % 3 === 0 ? 'shop.ä' : 'other', msg: text, extra: { [`field ${text}`]: text } });
    await otlp.flush();
    const body = sink.requests[0]?.body ?? '';
    for (const text of texts) expect(body.split(`field ${text}`)).toHaveLength(2);
    expect(body.split('shop.ä')).toHaveLength(2);
    expect(body.split('other')).toHaveLength(2);
    expect(otlp.stats).toMatchObject({ delivered: texts.length });
  });

  it('sends from a spool, byte for byte, what a process before left in it', async () => {
    const spool = { directory: folder.path };
    sink.answer = () => 503;
    const before = opened(new OTLPHandler({ endpoint: url(), spool }));
    log(before, 'é€😀 ÿ');
    await before.close();
    sink.answer = () => 200;
    const sent = sink.requests.length;
    const after = opened(new OTLPHandler({ endpoint: url(), spool }));
    for (let round = 0; round < 400 && after.stats.spooled > 0; round++) {
      void after.flush();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    const bodies = sink.requests.slice(sent).map(({ bytes }) => bytes.toString('hex'));
    expect(bodies).toEqual([sink.requests[0]?.bytes.toString('hex')]);
    expect(sink.requests[0]?.body).toContain('é€😀 ÿ');
  });
});

describe('OTLPHandler in JSON', () => {
  it('says what the data model has: severity, scope, resource, trace, exception, attributes of their types', async () => {
    const otlp = opened(
      new OTLPHandler({
        endpoint: url(),
        protocol: 'http/json',
        compression: 'gzip',
        resource: { 'service.name': 'shop' },
      }),
    );
    const extra = {
      n: 5,
      f: 1.5,
      yes: true,
      list: [1, 'a'],
      deep: { a: null },
      big: 2n ** 60n,
      nan: Number.NaN,
    };
    log(otlp, { msg: 'paid', extra, context: { trace_id: TRACE, span_id: SPAN } });
    log(otlp, {
      name: 'other',
      levelno: 50,
      levelname: 'CRITICAL',
      msg: 'down',
      excInfo: new TypeError('no'),
    });
    await otlp.flush();
    expect(sink.requests[0]).toMatchObject({ url: '/v1/logs', headers: { 'content-encoding': 'gzip' } });
    const { resourceLogs } = JSON.parse(sink.requests[0]?.body ?? '') as { resourceLogs: never[] };
    expect(resourceLogs).toEqual([
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] },
        scopeLogs: [
          {
            scope: { name: 'shop' },
            logRecords: [
              {
                timeUnixNano: '1704467049123000000',
                observedTimeUnixNano: '1704467049123000000',
                severityNumber: 9,
                severityText: 'INFO',
                body: { stringValue: 'paid' },
                attributes: [
                  { key: 'n', value: { intValue: '5' } },
                  { key: 'f', value: { doubleValue: 1.5 } },
                  { key: 'yes', value: { boolValue: true } },
                  {
                    key: 'list',
                    value: { arrayValue: { values: [{ intValue: '1' }, { stringValue: 'a' }] } },
                  },
                  { key: 'deep', value: { kvlistValue: { values: [{ key: 'a', value: {} }] } } },
                  { key: 'big', value: { intValue: String(2n ** 60n) } },
                  { key: 'nan', value: { doubleValue: 'NaN' } },
                ],
                traceId: TRACE,
                spanId: SPAN,
              },
            ],
          },
          {
            scope: { name: 'other' },
            logRecords: [expect.objectContaining({ severityNumber: 21, severityText: 'CRITICAL' })],
          },
        ],
      },
    ]);
    expect(sink.requests[0]?.body).toContain('{"key":"exception.type","value":{"stringValue":"TypeError"}}');
  });

  it('counts what a 200 says was rejected, and never sends it again', async () => {
    sink.answer = () => ({
      status: 200,
      body: '{"partialSuccess":{"rejectedLogRecords":"2","errorMessage":"too old"}}',
    });
    const otlp = opened(new OTLPHandler({ endpoint: url(), protocol: 'http/json' }));
    log(otlp, 'a', 'b', 'c');
    await otlp.flush();
    expect(sink.requests).toHaveLength(1);
    expect(otlp.stats).toMatchObject({ delivered: 1, dropped: 2, droppedBy: { rejected: 2 } });
    expect(stderr.text).toContain('2 of 3 records were rejected: too old');
  });

  it.each([
    [429, true],
    [502, true],
    [503, true],
    [504, true],
    [500, false],
    [404, false],
    [408, false],
  ])('tries again after %i: %s', async (status, again) => {
    sink.answer = () => (sink.requests.length === 1 ? status : 200);
    const otlp = opened(new OTLPHandler({ endpoint: url(), protocol: 'http/json' }));
    log(otlp, 'a');
    await settled(otlp);
    expect(sink.requests).toHaveLength(again ? 2 : 1);
    expect(otlp.stats.delivered).toBe(again ? 1 : 0);
  });
});

describe('SplunkHandler', () => {
  it('sends events one behind the other', async () => {
    const splunk = opened(new SplunkHandler({ url: url(), token: 'hunter2hunter2', index: 'main' }));
    sink.answer = () => ({ status: 200, body: '{"text":"Success","code":0}' });
    log(splunk, { msg: 'paid', extra: { user_id: 5 } }, 'two');
    await splunk.flush();
    expect(sink.requests[0]).toMatchObject({
      url: '/services/collector/event',
      headers: { authorization: 'Splunk hunter2hunter2' },
    });
    const events = (sink.requests[0]?.body ?? '').split('\n').map((text) => JSON.parse(text) as object);
    expect(events).toMatchObject([
      {
        ...{ time: 1_704_467_049.123, host: hostname(), sourcetype: '_json', index: 'main', source: 'shop' },
        event: { level: 'INFO', logger: 'shop', message: 'paid', user_id: 5 },
      },
      { event: { message: 'two' } },
    ]);
  });

  it('waits until the events are indexed, over one channel', async () => {
    let asked = 0;
    sink.answer = ({ url: path }) =>
      path.endsWith('/ack')
        ? { status: 200, body: JSON.stringify({ acks: { 7: asked++ > 0 } }) }
        : { status: 200, body: '{"text":"Success","code":0,"ackId":7}' };
    const splunk = opened(new SplunkHandler({ url: url(), token: 'hunter2hunter2', ack: true }));
    log(splunk, 'a');
    await splunk.flush();
    expect(splunk.stats.delivered).toBe(1);
    expect(asked).toBe(2);
    const channels = sink.requests.map(({ headers }) => headers['x-splunk-request-channel']);
    expect(new Set(channels).size).toBe(1);
    expect(channels[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(JSON.parse(sink.requests[1]?.body ?? '')).toEqual({ acks: [7] });
  });

  it('sends again what is not indexed in time', async () => {
    sink.answer = ({ url: path }) =>
      path.endsWith('/ack')
        ? { status: 200, body: JSON.stringify({ acks: { 1: false, 2: true } }) }
        : {
            status: 200,
            body: JSON.stringify({
              code: 0,
              ackId: sink.requests.filter(({ url: one }) => one.endsWith('/event')).length,
            }),
          };
    const splunk = opened(
      new SplunkHandler({ url: url(), token: 'hunter2hunter2', ack: true, ackTimeoutMs: 300 }),
    );
    log(splunk, 'a');
    await settled(splunk);
    expect(sink.requests.filter(({ url: path }) => path.endsWith('/event'))).toHaveLength(2);
    expect(splunk.stats.delivered).toBe(1);
  });

  /** A Splunk that takes everything, and says that it is indexed when `isIndexed` does. */
  function acknowledging(isIndexed: (id: number) => boolean): void {
    let ids = 0;
    sink.answer = ({ url: path, body }) => {
      if (!path.endsWith('/ack')) return { status: 200, body: JSON.stringify({ code: 0, ackId: ++ids }) };
      const { acks } = JSON.parse(body) as { acks: number[] };
      return {
        status: 200,
        body: JSON.stringify({ acks: Object.fromEntries(acks.map((id) => [id, isIndexed(id)])) }),
      };
    };
  }
  const requestsTo = (end: string) => sink.requests.filter(({ url: path }) => path.endsWith(end));
  const messagesOf = ({ body }: { body: string }) =>
    body.split('\n').map((text) => (JSON.parse(text) as { event: { message: string } }).event.message);

  it('sends nothing twice though Splunk takes longer to index than to answer', async () => {
    const begun = performance.now();
    acknowledging(() => performance.now() - begun > 900);
    const splunk = opened(
      new SplunkHandler({ url: url(), token: 'hunter2hunter2', ack: true, timeoutMs: 200 }),
    );
    log(splunk, 'a');
    await settled(splunk);
    expect(requestsTo('/event')).toHaveLength(1);
    expect(splunk.stats).toMatchObject({ delivered: 1, dropped: 0 });
  });

  it('asks for many requests at once, and sends again only what is not indexed', async () => {
    // What is sent again has other ids.
    acknowledging((id) => id !== 2);
    const splunk = opened(
      new SplunkHandler({ url: url(), token: 'hunter2hunter2', ack: true, ackTimeoutMs: 500 }),
    );
    log(splunk, ...Array.from({ length: 3_500 }, (_, n) => `record ${n}`));
    await settled(splunk);
    expect(splunk.stats).toMatchObject({ delivered: 3_500, dropped: 0 });
    const sizes = requestsTo('/event').map((request) => messagesOf(request).length);
    expect(sizes).toEqual([1_000, 1_000, 1_000, 500, 1_000]);
    expect(messagesOf(requestsTo('/event')[4] as { body: string })[0]).toBe('record 1000');
    expect(JSON.parse(requestsTo('/ack')[0]?.body ?? '')).toEqual({ acks: [1, 2, 3, 4] });
    expect(JSON.parse(requestsTo('/ack')[1]?.body ?? '')).toEqual({ acks: [2] });
  });

  it('counts as delivered what was indexed before a request that fails', async () => {
    acknowledging(() => true);
    const { answer } = sink;
    sink.answer = (request) =>
      request.url.endsWith('/event') && requestsTo('/event').length === 2 ? 503 : answer(request);
    const splunk = opened(new SplunkHandler({ url: url(), token: 'hunter2hunter2', ack: true }));
    log(splunk, ...Array.from({ length: 1_500 }, (_, n) => `record ${n}`));
    await settled(splunk);
    expect(splunk.stats).toMatchObject({ delivered: 1_500, dropped: 0 });
    const sizes = requestsTo('/event').map((request) => messagesOf(request).length);
    expect(sizes).toEqual([1_000, 500, 500]);
  });

  it('says why Splunk gives no acknowledgements, at once', async () => {
    sink.answer = ({ url: path }) =>
      path.endsWith('/ack')
        ? { status: 400, body: '{"text":"ACK is disabled","code":14}' }
        : { status: 200, body: '{"text":"Success","code":0,"ackId":7}' };
    const splunk = opened(new SplunkHandler({ url: url(), token: 'hunter2hunter2', ack: true }));
    log(splunk, 'a');
    await splunk.flush();
    expect(stderr.text).toContain('ACK is disabled');
    expect(requestsTo('/event')).toHaveLength(1);
  });

  it('says clearly that a token is wrong, without it', async () => {
    sink.answer = () => ({ status: 403, body: '{"text":"Invalid token hunter2hunter2","code":4}' });
    const splunk = opened(new SplunkHandler({ url: url(), token: 'hunter2hunter2' }));
    log(splunk, 'a');
    await splunk.flush();
    expect(stderr.text).toContain('answered 403: {"text":"Invalid token [secret]"');
    expect(splunk.stats).toMatchObject({ dropped: 1 });
  });
});

describe('DatadogHandler', () => {
  it('sends an array in its names, compressed', async () => {
    sink.answer = () => 202;
    const datadog = opened(
      new DatadogHandler({ url: url(), apiKey: 'hunter2hunter2', service: 'shop', tags: { env: 'prod' } }),
    );
    log(datadog, { msg: 'paid', context: { trace_id: TRACE, span_id: SPAN } }, 'two');
    await datadog.flush();
    expect(sink.requests[0]).toMatchObject({
      url: '/api/v2/logs',
      headers: { 'dd-api-key': 'hunter2hunter2', 'content-encoding': 'gzip' },
    });
    expect(JSON.parse(sink.requests[0]?.body ?? '')).toMatchObject([
      {
        ...{ message: 'paid', status: 'info', service: 'shop', ddsource: 'nodejs', ddtags: 'env:prod' },
        ...{ 'dd.trace_id': TRACE, 'logger.name': 'shop', hostname: hostname() },
      },
      { message: 'two' },
    ]);
  });

  it('keeps within the bounds of a request', async () => {
    const datadog = opened(
      new DatadogHandler({ url: url(), apiKey: 'hunter2hunter2', batchSize: 5_000, gzip: false }),
    );
    log(datadog, ...Array.from({ length: 2_500 }, (_, index) => `message ${index}`));
    await datadog.flush();
    const sizes = sink.requests.map(({ body }) => (JSON.parse(body) as unknown[]).length);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(1_000);
    expect(sizes.reduce((sum, size) => sum + size)).toBe(2_500);
  });
});

describe('every destination over HTTP', () => {
  const makers: [string, (target: string) => Shipping][] = [
    ['Loki', (target) => new LokiHandler({ url: target, auth: { token: 'hunter2hunter2' } })],
    [
      'Elasticsearch',
      (target) => new ElasticsearchHandler({ url: target, index: 'a', apiKey: 'hunter2hunter2' }) as never,
    ],
    [
      'OTLP',
      (target) => new OTLPHandler({ endpoint: target, headers: { 'x-key': 'hunter2hunter2' } }) as never,
    ],
    ['Splunk', (target) => new SplunkHandler({ url: target, token: 'hunter2hunter2' })],
    ['Datadog', (target) => new DatadogHandler({ url: target, apiKey: 'hunter2hunter2' })],
  ];

  it.each(makers)('%s shows its secrets nowhere', async (_, make) => {
    sink.answer = ({ headers }) => ({ status: 401, body: JSON.stringify(headers) });
    const handler = opened(make(url()));
    log(handler, 'a');
    await handler.flush();
    expect(stderr.text).toContain('answered 401');
    const shown =
      stderr.text +
      String(handler) +
      inspect(handler, { depth: 9, showHidden: true }) +
      JSON.stringify(handler.health);
    expect(shown).not.toContain('hunter2');
  });

  it.each(makers)('%s takes messages of 200 KB whole, and any text', async (_, make) => {
    sink.answer = ({ url: path }) => ({
      status: path === '/_bulk' || path.startsWith('/v1') ? 200 : 202,
      body: '{"errors":false}',
    });
    const handler = opened(make(url()));
    const long = `start ${'ä'.repeat(100_000)} end`;
    log(handler, long, 'half \ud800 "quoted" \u2028 \0 \n end');
    await handler.flush();
    const body = sink.requests.map(({ body: text }) => text).join('');
    expect(body).toContain(long);
    expect(handler.stats).toMatchObject({ emitted: 2, delivered: 2 });
  });

  it.each(makers)('%s refuses an address with a password in it, without showing it', (_, make) => {
    expect(() => make('http://me:hunter2@logs.example.com')).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('hunter2') }),
    );
  });

  it('warns of a key that would go in the clear', () => {
    const emitWarning = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
    opened(new LokiHandler({ url: 'http://logs.example.com', auth: { token: 'hunter2hunter2' } }));
    const warnings = emitWarning.mock.calls.map(([text]) => text);
    emitWarning.mockRestore();
    expect(warnings).toEqual([
      'LokiHandler sends its password to logs.example.com without encryption; add https://',
    ]);
  });
});
