import { shortestText } from '../../python/decimal-digits.js';
import { isoDate } from '../../python/json/iso-date.js';
import { jsonString } from '../../python/json/json-string.js';
import { str } from '../../python/python-text.js';
import { nodeModule } from '../../runtime/node-module.js';
import { type JsonObject, jsonObject } from './json-hooks.js';
import type { Shape, ShapeInput, ShapeName } from './json-shape.js';
import { datadogStatus, gcpSeverity, otelSeverity, syslogSeverity } from './severities.js';

/** What the Elastic Common Schema has objects for: text of that name is refused by an index that knows it. */
const ECS_OBJECTS: readonly string[] = (
  'agent client cloud container data_stream destination device dll dns ecs email error event faas ' +
  'file group host http labels log network observer orchestrator organization package process ' +
  'registry rule server service source span threat tls trace transaction url user user_agent ' +
  'volume vulnerability'
).split(' ');

/** The last millisecond that a date can have. */
const MAX_TIME = 8.64e15;

/** The shapes by name. */
export const SHAPES: Readonly<Record<ShapeName, Shape>> = {
  ecs: {
    names: ['@timestamp', 'message', 'ecs.version', 'log.level', 'log.logger', 'trace.id', 'span.id'],
    objects: ECS_OBJECTS,
    moving: {
      '@timestamp': ({ time }) => time,
      message: ({ message }) => message,
      'trace.id': ({ traceId }) => traceId && `"${traceId}"`,
      'span.id': ({ spanId }) => spanId && `"${spanId}"`,
      'error.type': ({ error }) => error?.type,
      'error.message': ({ error }) => error?.message,
      'error.stack_trace': ({ traceback }) => traceback,
    },
    own: (r) => ({
      '@timestamp': iso(r.created),
      'log.level': r.level.toLowerCase(),
      message: r.message,
      'ecs.version': '8.11.0',
      'log.logger': r.logger,
      'service.name': r.service,
      'service.version': r.version,
      'service.environment': r.environment,
      'trace.id': r.traceId,
      'span.id': r.spanId,
      'log.origin.file.name': r.caller?.file,
      'log.origin.file.line': r.caller?.line,
      'log.origin.function': r.caller?.function,
      'http.request.method': r.http?.method,
      'http.response.status_code': r.http?.status,
      'http.response.body.bytes': r.http?.bytes,
      'http.route': r.http?.route,
      'url.path': r.http?.path,
      'event.duration': nanoseconds(r.http?.duration),
      'error.type': r.error?.type,
      'error.message': r.error?.message,
      'error.stack_trace': r.traceback,
      'log.stack': r.stack,
    }),
    fit: elasticName,
    emptyKey: '_',
  },
  gcp: {
    names: ['severity', 'time', 'message', 'logger', 'stack_trace', 'stack', 'serviceContext', 'httpRequest'],
    moving: {
      time: ({ time }) => time,
      message: ({ message }) => message,
      'logging.googleapis.com/trace': ({ traceId, project }) =>
        traceId && jsonString(project === undefined ? traceId : gcpTrace(traceId, project)),
      'logging.googleapis.com/spanId': ({ spanId }) => spanId && `"${spanId}"`,
      stack_trace: ({ traceback }) => traceback,
    },
    own: (r) => ({
      severity: gcpSeverity(r.levelno),
      time: iso(r.created),
      message: r.message,
      logger: r.logger,
      serviceContext: r.service === undefined ? undefined : { service: r.service, version: r.version },
      // Without a service there is no place for it.
      version: r.service === undefined ? r.version : undefined,
      environment: r.environment,
      'logging.googleapis.com/trace':
        r.traceId === undefined || r.project === undefined ? r.traceId : gcpTrace(r.traceId, r.project),
      'logging.googleapis.com/spanId': r.spanId,
      'logging.googleapis.com/sourceLocation': r.caller && {
        file: r.caller.file,
        line: String(r.caller.line),
        function: r.caller.function,
      },
      httpRequest: r.http && {
        requestMethod: r.http.method,
        requestUrl: r.http.path,
        status: r.http.status,
        responseSize: r.http.bytes === undefined ? undefined : String(r.http.bytes),
        latency: r.http.duration === undefined ? undefined : `${(r.http.duration / 1000).toFixed(6)}s`,
      },
      // Error Reporting looks for a stack at ERROR and above.
      stack_trace: r.traceback,
      stack: r.stack,
    }),
  },
  datadog: {
    names: ['timestamp', 'status', 'message', 'service', 'version', 'env', 'stack'],
    objects: ['dd', 'logger', 'error', 'http'],
    moving: {
      timestamp: ({ milliseconds }) => String(milliseconds),
      message: ({ message }) => message,
      'dd.trace_id': ({ traceId }) => traceId && `"${traceId}"`,
      'dd.span_id': ({ spanId }) => spanId && `"${datadogSpan(spanId)}"`,
      'error.kind': ({ error }) => error?.type,
      'error.message': ({ error }) => error?.message,
      'error.stack': ({ traceback }) => traceback,
    },
    own: (r) => ({
      timestamp: Number.isFinite(r.created) ? Math.round(r.created * 1000) : undefined,
      status: datadogStatus(r.levelno),
      message: r.message,
      service: r.service,
      version: r.version,
      env: r.environment,
      'logger.name': r.logger,
      'logger.method_name': r.caller?.function,
      'logger.file_name': r.caller && `${r.caller.file}:${r.caller.line}`,
      'dd.trace_id': r.traceId,
      'dd.span_id': r.spanId && datadogSpan(r.spanId),
      'http.method': r.http?.method,
      'http.url_details.path': r.http?.path,
      'http.route': r.http?.route,
      'http.status_code': r.http?.status,
      'network.bytes_written': r.http?.bytes,
      duration: nanoseconds(r.http?.duration),
      'error.kind': r.error?.type,
      'error.message': r.error?.message,
      'error.stack': r.traceback,
      stack: r.stack,
    }),
  },
  otel: {
    names: ['Timestamp', 'SeverityText', 'SeverityNumber', 'Body', 'TraceId', 'SpanId', 'Resource'],
    moving: {
      Timestamp: ({ created }) => `"${nanosecondsText(created)}"`,
      Body: ({ message }) => message,
      TraceId: ({ traceId }) => traceId && `"${traceId}"`,
      SpanId: ({ spanId }) => spanId && `"${spanId}"`,
    },
    movingFields: {
      'exception.type': ({ error }) => error?.type,
      'exception.message': ({ error }) => error?.message,
      'exception.stacktrace': ({ traceback }) => traceback,
    },
    own: (r) => ({
      Timestamp: Number.isFinite(r.created) ? nanosecondsText(r.created) : undefined,
      SeverityText: r.level,
      SeverityNumber: otelSeverity(r.levelno),
      Body: r.message,
      TraceId: r.traceId,
      SpanId: r.spanId,
      InstrumentationScope: { Name: r.logger },
      Resource: filled({
        'service.name': r.service,
        'service.version': r.version,
        'deployment.environment.name': r.environment,
      }),
      Attributes: filled(otelAttributes(r)),
    }),
    fieldsIn: 'Attributes',
  },
  cloudwatch: {
    names: ['timestamp', 'level', 'logger', 'message', 'exception', 'error', 'stack', '_aws', 'duration'],
    moving: {
      timestamp: ({ milliseconds }) => String(milliseconds),
      message: ({ message }) => message,
      trace_id: ({ traceId }) => traceId && `"${traceId}"`,
      span_id: ({ spanId }) => spanId && `"${spanId}"`,
      error: ({ error }) => error && `{"type":${error.type},"message":${error.message}}`,
      exception: ({ traceback }) => traceback,
    },
    own: (r) => ({
      _aws: r.http?.duration === undefined ? undefined : embeddedMetric(r),
      timestamp: Math.round(r.created * 1000),
      level: r.level,
      logger: r.logger,
      message: r.message,
      service: r.service,
      version: r.version,
      environment: r.environment,
      trace_id: r.traceId,
      span_id: r.spanId,
      caller: r.caller,
      method: r.http?.method,
      path: r.http?.path,
      route: r.http?.route,
      status: r.http?.status,
      bytes: r.http?.bytes,
      duration: r.http?.duration,
      error: r.error,
      exception: r.traceback,
      stack: r.stack,
    }),
  },
  gelf: {
    names: ['version', 'host', 'short_message', 'full_message', 'timestamp', 'level', '_id'],
    moving: {
      short_message: ({ message, text }) => (text.trim() === '' ? '"(empty)"' : message),
      full_message: ({ message, traceback }) =>
        traceback && `${message.slice(0, -1)}\\n${traceback.slice(1)}`,
      timestamp: ({ milliseconds }) => shortestText(milliseconds / 1000),
      _trace_id: ({ traceId }) => traceId && `"${traceId}"`,
      _span_id: ({ spanId }) => spanId && `"${spanId}"`,
      _error_type: ({ error }) => error?.type,
      _error_message: ({ error }) => error?.message,
    },
    own: (r) => ({
      version: '1.1',
      host: nodeModule('node:os').hostname(),
      // GELF requires a message that is not empty.
      short_message: r.message.trim() === '' ? '(empty)' : r.message,
      full_message: r.traceback === undefined ? undefined : `${r.message}\n${r.traceback}`,
      timestamp: Number.isFinite(r.created) ? Math.round(r.created * 1000) / 1000 : undefined,
      level: syslogSeverity(r.levelno),
      _logger: r.logger,
      _level_name: r.level,
      _service: r.service,
      _version: r.version,
      _environment: r.environment,
      _trace_id: r.traceId,
      _span_id: r.spanId,
      _file: r.caller?.file,
      _line: r.caller?.line,
      _function: r.caller?.function,
      _method: r.http?.method,
      _path: r.http?.path,
      _route: r.http?.route,
      _status: r.http?.status,
      _bytes: r.http?.bytes,
      _duration_ms: r.http?.duration,
      _error_type: r.error?.type,
      _error_message: r.error?.message,
      _stack: r.stack,
    }),
    field: (name) => `_${name.replaceAll(/[^\w.-]/g, '_')}`,
    prefix: '_',
  },
  logstash: {
    names: [
      '@timestamp',
      '@version',
      'message',
      'logger_name',
      'level',
      'level_value',
      'stack_trace',
      'stack',
    ],
    moving: {
      '@timestamp': ({ time }) => time,
      message: ({ message }) => message,
      trace_id: ({ traceId }) => traceId && `"${traceId}"`,
      span_id: ({ spanId }) => spanId && `"${spanId}"`,
      exception_class: ({ error }) => error?.type,
      exception_message: ({ error }) => error?.message,
      stack_trace: ({ traceback }) => traceback,
    },
    own: (r) => ({
      '@timestamp': iso(r.created),
      '@version': '1',
      message: r.message,
      logger_name: r.logger,
      level: r.level,
      level_value: r.levelno * 1000,
      service: r.service,
      version: r.version,
      environment: r.environment,
      trace_id: r.traceId,
      span_id: r.spanId,
      caller_file_name: r.caller?.file,
      caller_line_number: r.caller?.line,
      caller_method_name: r.caller?.function,
      method: r.http?.method,
      path: r.http?.path,
      route: r.http?.route,
      status: r.http?.status,
      bytes: r.http?.bytes,
      duration_ms: r.http?.duration,
      exception_class: r.error?.type,
      exception_message: r.error?.message,
      stack_trace: r.traceback,
      stack: r.stack,
    }),
  },
};

/** Names that Elasticsearch or OpenSearch keeps for itself: a document with one of them is refused. */
const ELASTIC_OWN =
  /^_(id|index|source|routing|version|seq_no|field_names|ignored|ignored_source|nested_path|doc_count|tier|size|data_stream_timestamp|feature|inference_fields)(\.|$)/;
/** Fields that have a value, and so cannot be objects. */
const ELASTIC_VALUES =
  /^(@timestamp|message|log\.(level|logger)|trace\.id|span\.id|ecs\.version|service\.name|error\.(type|message|stack_trace))\./;

/** The name of a field that Elasticsearch takes: between dots there has to be something. */
function elasticName(name: string): string {
  if (ELASTIC_OWN.test(name) || ELASTIC_VALUES.test(name)) return `extra_${name}`;
  if (name !== '' && !name.includes('.') && name.trim() !== '') return name;
  return name
    .split('.')
    .map((part) => (part.trim() === '' ? '_' : part))
    .join('.');
}

/** The attributes that OpenTelemetry names. */
export function otelAttributes(
  r: Pick<ShapeInput, 'caller' | 'http' | 'error' | 'traceback' | 'stack'>,
): JsonObject {
  return {
    'code.file.path': r.caller?.file,
    'code.line.number': r.caller?.line,
    'code.function.name': r.caller?.function,
    'http.request.method': r.http?.method,
    'http.response.status_code': r.http?.status,
    'http.response.body.size': r.http?.bytes,
    'http.route': r.http?.route,
    'url.path': r.http?.path,
    'http.server.request.duration': r.http?.duration === undefined ? undefined : r.http.duration / 1000,
    'exception.type': r.error?.type,
    'exception.message': r.error?.message,
    'exception.stacktrace': r.traceback,
    'code.stacktrace': r.stack,
  };
}

/** The members that have a value; `undefined` if none has. */
function filled(object: JsonObject): JsonObject | undefined {
  let members: JsonObject | undefined;
  for (const name of Object.keys(object)) {
    const value = object[name];
    if (value === undefined) continue;
    members ??= jsonObject();
    members[name] = value;
  }
  return members;
}

/** Makes CloudWatch record a duration as a metric: its Embedded Metric Format. */
function embeddedMetric({ created, service }: ShapeInput): JsonObject {
  return {
    Timestamp: Math.round(created * 1000),
    CloudWatchMetrics: [
      {
        Namespace: service ?? 'nestjs-logging',
        Dimensions: [['method', 'status']],
        Metrics: [{ Name: 'duration', Unit: 'Milliseconds' }],
      },
    ],
  };
}

function gcpTrace(traceId: string, project: string): string {
  return `projects/${project}/traces/${traceId}`;
}

/** Datadog has the ids of spans as decimal numbers. */
function datadogSpan(spanId: string): string {
  return BigInt(`0x${spanId}`).toString();
}

/** As accurate as a number of seconds is. */
function nanosecondsText(created: number): string {
  return `${Math.round(created * 1e6)}000`;
}

function nanoseconds(milliseconds: number | undefined): number | undefined {
  return milliseconds === undefined ? undefined : Math.round(milliseconds * 1e6);
}

/** ISO 8601 with milliseconds; as a number where there is no such date. */
function iso(created: number): string {
  const milliseconds = Math.round(created * 1000);
  return Math.abs(milliseconds) <= MAX_TIME ? isoDate(milliseconds) : str(created);
}
