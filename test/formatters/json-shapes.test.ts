import { hostname } from 'node:os';
import { describe, expect, it } from '@jest/globals';
import { LogRecord, type LogRecordOptions } from '../../lib/core/records/log-record.js';
import { JsonFormatter, type JsonFormatterOptions } from '../../lib/formatters/json.formatter.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';
const caller = { pathname: '/app/pay.ts', lineno: 7, funcName: 'pay' };
const static_fields = { service: 'shop', version: '2.1', environment: 'prod', region: 'eu' };

/** An access record, with a trace. */
const access: LogRecordOptions = {
  ...{ name: 'nest.server', levelno: 30, levelname: 'WARNING', created: 1_704_467_049.123, caller },
  msg: '%s %s %d',
  args: ['GET', '/pay', 404],
  context: { request_id: 'r1', trace_id: TRACE, span_id: SPAN },
  extra: { method: 'GET', path: '/pay', route: '/pay', status: 404, duration_ms: 12.5, bytes: 17 },
};

function written(options: JsonFormatterOptions, record: LogRecordOptions = access): Record<string, unknown> {
  const formatter = new JsonFormatter({ static_fields, includeCaller: true, ...options });
  return JSON.parse(formatter.format(new LogRecord(record))) as Record<string, unknown>;
}

describe('an access record in the shape of', () => {
  it('ECS', () => {
    expect(written({ shape: 'ecs' })).toEqual({
      '@timestamp': '2024-01-05T15:04:09.123Z',
      'log.level': 'warning',
      message: 'GET /pay 404',
      'ecs.version': '8.11.0',
      'log.logger': 'nest.server',
      'service.name': 'shop',
      'service.version': '2.1',
      'service.environment': 'prod',
      'trace.id': TRACE,
      'span.id': SPAN,
      'log.origin.file.name': '/app/pay.ts',
      'log.origin.file.line': 7,
      'log.origin.function': 'pay',
      'http.request.method': 'GET',
      'http.response.status_code': 404,
      'http.response.body.bytes': 17,
      'http.route': '/pay',
      'url.path': '/pay',
      'event.duration': 12_500_000,
      region: 'eu',
      request_id: 'r1',
    });
  });

  it('ECS with objects', () => {
    expect(written({ shape: 'ecs', nested: true })).toMatchObject({
      log: { level: 'warning', logger: 'nest.server', origin: { file: { name: '/app/pay.ts', line: 7 } } },
      http: { request: { method: 'GET' }, response: { status_code: 404, body: { bytes: 17 } } },
      trace: { id: TRACE },
    });
  });

  it('Google Cloud', () => {
    expect(written({ shape: 'gcp', project: 'acme' })).toEqual({
      severity: 'WARNING',
      time: '2024-01-05T15:04:09.123Z',
      message: 'GET /pay 404',
      logger: 'nest.server',
      serviceContext: { service: 'shop', version: '2.1' },
      environment: 'prod',
      'logging.googleapis.com/trace': `projects/acme/traces/${TRACE}`,
      'logging.googleapis.com/spanId': SPAN,
      'logging.googleapis.com/sourceLocation': { file: '/app/pay.ts', line: '7', function: 'pay' },
      httpRequest: {
        ...{ requestMethod: 'GET', requestUrl: '/pay', status: 404, responseSize: '17' },
        latency: '0.012500s',
      },
      region: 'eu',
      request_id: 'r1',
    });
  });

  it('Datadog', () => {
    expect(written({ shape: 'datadog' })).toMatchObject({
      ...{
        status: 'warn',
        message: 'GET /pay 404',
        service: 'shop',
        env: 'prod',
        'logger.name': 'nest.server',
      },
      ...{ 'dd.trace_id': TRACE, 'dd.span_id': BigInt(`0x${SPAN}`).toString(), duration: 12_500_000 },
      ...{ 'http.method': 'GET', 'http.status_code': 404, request_id: 'r1' },
    });
  });

  it('OpenTelemetry', () => {
    expect(written({ shape: 'otel' })).toMatchObject({
      ...{ Timestamp: '1704467049123000000', SeverityText: 'WARNING', SeverityNumber: 13 },
      ...{ Body: 'GET /pay 404', TraceId: TRACE, SpanId: SPAN },
      InstrumentationScope: { Name: 'nest.server' },
      Resource: { 'service.name': 'shop', 'deployment.environment.name': 'prod' },
      Attributes: { 'http.request.method': 'GET', 'url.path': '/pay', request_id: 'r1', region: 'eu' },
    });
  });

  it('CloudWatch, with the metric of its duration', () => {
    expect(written({ shape: 'cloudwatch' })).toMatchObject({
      ...{ timestamp: 1_704_467_049_123, level: 'WARNING', duration: 12.5, method: 'GET', status: 404 },
      _aws: {
        Timestamp: 1_704_467_049_123,
        CloudWatchMetrics: [{ Namespace: 'shop', Metrics: [{ Name: 'duration', Unit: 'Milliseconds' }] }],
      },
    });
  });

  it('GELF', () => {
    expect(written({ shape: 'gelf' })).toMatchObject({
      ...{ version: '1.1', host: hostname(), short_message: 'GET /pay 404', timestamp: 1_704_467_049.123 },
      ...{
        level: 4,
        _logger: 'nest.server',
        _trace_id: TRACE,
        _status: 404,
        _request_id: 'r1',
        _region: 'eu',
      },
    });
  });

  it('Logstash', () => {
    expect(written({ shape: 'logstash' })).toMatchObject({
      ...{ '@timestamp': '2024-01-05T15:04:09.123Z', '@version': '1', logger_name: 'nest.server' },
      ...{ level: 'WARNING', level_value: 30_000, trace_id: TRACE, status: 404, request_id: 'r1' },
    });
  });
});

const failure: LogRecordOptions = {
  ...{ name: 'shop', levelno: 50, levelname: 'CRITICAL', msg: 'failed', caller },
  excInfo: new TypeError('no card', { cause: new RangeError('expired') }),
};

describe('an error', () => {
  const places: [JsonFormatterOptions['shape'], string | undefined, string][] = [
    ['ecs', 'error.type', 'error.stack_trace'],
    ['gcp', undefined, 'stack_trace'],
    ['datadog', 'error.kind', 'error.stack'],
    ['cloudwatch', undefined, 'exception'],
    ['gelf', '_error_type', 'full_message'],
    ['logstash', 'exception_class', 'stack_trace'],
  ];
  it.each(places)('is where %s looks for it', (shape, type, stack) => {
    const line = written({ shape }, failure);
    if (type !== undefined) expect(line[type]).toBe('TypeError');
    expect(line[stack]).toMatch(/TypeError: no card\n[\s\S]*caused by RangeError: expired/);
  });

  it('is CRITICAL for Google Cloud, and fatal for OpenTelemetry', () => {
    expect(written({ shape: 'gcp' }, failure).severity).toBe('CRITICAL');
    const line = written({ shape: 'otel' }, failure);
    expect(line).toMatchObject({ SeverityNumber: 21, Attributes: { 'exception.type': 'TypeError' } });
  });
});

describe("a field of the application's", () => {
  const plain = (extra: Record<string, unknown>): LogRecordOptions => ({
    ...failure,
    excInfo: undefined,
    extra,
  });

  it('that has the name of an object of the product becomes none of it, unless it is an object', () => {
    expect(
      written({ shape: 'ecs' }, plain({ http: 'text', event: { action: 'x' }, message: 'mine' })),
    ).toMatchObject({
      extra_http: 'text',
      event: { action: 'x' },
      message: 'failed',
      extra_message: 'mine',
    });
  });

  it('has no value where the Elastic Common Schema has an object, which an index would refuse', () => {
    const scalars = { http: 'yes', event: true, cloud: 'aws', user: 'ann', host: 'db-1', labels: ['a'] };
    const named = Object.fromEntries(
      Object.entries(scalars).map(([name, value]) => [`extra_${name}`, value]),
    );
    for (const nested of [false, true])
      expect(written({ shape: 'ecs', nested }, plain(scalars))).toMatchObject(named);
    const objects = { cloud: { provider: 'aws' }, user: { id: 'u-1' }, host: { name: 'db-1' } };
    expect(written({ shape: 'ecs' }, plain(objects))).toMatchObject(objects);
  });

  it('is not taken for a trace if it is none', () => {
    expect(written({ shape: 'ecs' }, plain({ trace_id: 'nope', span_id: 7 }))).toMatchObject({
      trace_id: 'nope',
      span_id: 7,
    });
  });

  it('may be called _id in GELF, which has that for itself', () => {
    expect(written({ shape: 'gelf' }, plain({ id: 5, 'a b': 1 }))).toMatchObject({ _extra_id: 5, _a_b: 1 });
  });

  it('never harms a prototype', () => {
    const line = written(
      { shape: 'ecs', nested: true },
      plain(JSON.parse('{"__proto__":{"polluted":1},"constructor":2}') as object as Record<string, unknown>),
    );
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
    expect(line.constructor).toBe(2);
  });
});

describe('rename_fields', () => {
  it("renames every field that can appear: the product's, the context's, the access record's", () => {
    const line = written({
      shape: 'ecs',
      rename_fields: {
        '@timestamp': 'ts',
        request_id: 'labels.request',
        trace_id: 'traceId',
        duration_ms: 'ms',
      },
    });
    expect(line).toMatchObject({ ts: expect.any(String), 'labels.request': 'r1', traceId: TRACE, ms: 12.5 });
    expect(line).not.toHaveProperty(['trace.id']);
  });

  it('does so without a shape', () => {
    const rename_fields = { trace_id: 'dd.trace_id', request_id: 'requestId', status: 'http.status_code' };
    const line = written({ rename_fields });
    expect(line).toMatchObject({ 'dd.trace_id': TRACE, requestId: 'r1', 'http.status_code': 404 });
  });
});

describe('the longest text', () => {
  it('is 64 KiB unless an option says otherwise, and the line at most 256 KiB', () => {
    const long = { ...failure, excInfo: undefined, msg: 'x'.repeat(200_000) };
    expect((written({}, long).message as string).length).toBe(65_536);
    expect(written({ maxTextBytes: 262_144, shape: 'ecs' }, long).message).toBe(long.msg);
  });
});

it('an object that is merged with the static one of its name may have getters that throw', () => {
  const user = {
    id: 7,
    get name(): string {
      throw new Error('gone');
    },
  };
  const line = written(
    { shape: 'logstash', static_fields: { user: { zone: 'eu' } } },
    { msg: 'm', extra: { user } },
  );
  expect(line.user).toEqual({ id: 7, name: '[unreadable]', zone: 'eu' });
});

it.each([Number.NaN, Number.POSITIVE_INFINITY, 1e13])(
  'a time that no date has, %d, is written in one way',
  (created) => {
    const record = () => new LogRecord({ msg: 'm', created, levelno: 20 });
    const plain = JSON.parse(new JsonFormatter({ shape: 'ecs' }).format(record())) as Record<string, unknown>;
    const long = JSON.parse(new JsonFormatter({ shape: 'ecs', order: ['message'] }).format(record()));
    expect(plain).toEqual(long);
    const otel = JSON.parse(new JsonFormatter({ shape: 'otel' }).format(record())) as Record<string, unknown>;
    expect(otel.Timestamp ?? '0').toMatch(/^\d+$/);
  },
);

it('a field that was renamed to an object of the shape does not cost the record', () => {
  const formatter = new JsonFormatter({ shape: 'ecs', nested: true, rename_fields: { message: 'log' } });
  expect(JSON.parse(formatter.format(new LogRecord({ msg: 'm', name: 'shop' })))).toMatchObject({
    log: 'm',
    'log.logger': 'shop',
  });
});

describe('a shape loses nothing where names meet', () => {
  const line = (options: JsonFormatterOptions, extra: Record<string, unknown>) =>
    JSON.parse(new JsonFormatter(options).format(new LogRecord({ msg: 'm', extra }))) as unknown;

  it('of two objects of the application', () => {
    const extra = { message: { level: 1 }, extra_message: { level: 2 } };
    expect(line({ shape: 'ecs' }, extra)).toMatchObject({
      extra_message: { level: 1 },
      extra_extra_message: { level: 2 },
    });
  });

  it('of an object of the application and one of the product', () => {
    expect(line({ shape: 'ecs', nested: true }, { log: { level: 'x', file: 'f' } })).toMatchObject({
      log: { level: 'notset', extra_level: 'x', logger: 'root', file: 'f' },
    });
  });

  it('of a version without a service', () => {
    expect(line({ shape: 'gcp', static_fields: { version: '1.2' } }, {})).toMatchObject({ version: '1.2' });
  });

  it.each([
    [{ shape: 'gelf', rename_fields: { timestamp: 'short_message' } }, 'short_message'],
    [{ shape: 'datadog', rename_fields: { 'logger.name': 'message' } }, 'message'],
  ] as const)('of two of its own fields, which is refused: %j', (options, name) => {
    expect(() => new JsonFormatter(options)).toThrow(`two fields are called "${name}"; rename one of them`);
  });

  it('of a moving member whose new name is a number', () => {
    const options = { shape: 'logstash', rename_fields: { trace_id: '0' } } as const;
    expect(line(options, {})).toMatchObject({ message: 'm' });
    expect(line(options, { trace_id: 'a1'.repeat(16) })).toMatchObject({ 0: 'a1'.repeat(16), message: 'm' });
  });

  it('and two of its own may change places', () => {
    const rename_fields = { level: 'logger', logger: 'level' };
    expect(line({ shape: 'cloudwatch', rename_fields }, {})).toMatchObject({
      level: 'root',
      logger: 'NOTSET',
    });
  });
});
