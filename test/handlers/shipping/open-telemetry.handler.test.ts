import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { context, createContextKey, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { logs } from '@opentelemetry/api-logs';
import {
  BatchLogRecordProcessor,
  InMemoryLogRecordExporter,
  LoggerProvider,
  type LogRecordProcessor,
  type SdkLogRecord,
  SimpleLogRecordProcessor,
} from '@opentelemetry/sdk-logs';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { LogRecord, type LogRecordOptions } from '../../../lib/core/records/log-record.js';
import { OpenTelemetryHandler } from '../../../lib/handlers/shipping/otlp/open-telemetry.handler.js';
import { until } from '../../engines/support/engine.js';
import { corpus } from '../../engines/support/record-corpus.js';
import { ChildProgram } from '../../support/child-program.js';
import { collectStderr } from '../../support/stderr-collector.js';

jest.setTimeout(120_000);

const record = (msg: string, more: LogRecordOptions = {}) =>
  new LogRecord({ name: 'shop', levelno: 20, levelname: 'INFO', msg, ...more });

/** An SDK that keeps what it is given. */
function sdk(...processors: LogRecordProcessor[]) {
  const exporter = new InMemoryLogRecordExporter();
  const processor = new SimpleLogRecordProcessor({ exporter });
  const provider = new LoggerProvider({ processors: [processor, ...processors] });
  return { provider, records: () => exporter.getFinishedLogRecords() };
}

const bodies = (records: readonly { readonly body?: unknown }[]) => records.map(({ body }) => body);

const withoutEffect: LogRecordProcessor = {
  onEmit: () => undefined,
  forceFlush: async () => undefined,
  shutdown: async () => undefined,
};

/** Logs three records and ends, without a flush. */
const program = new ChildProgram(`
  import { BatchLogRecordProcessor, LoggerProvider } from '${import.meta.resolve('@opentelemetry/sdk-logs')}';
  import { LogRecord } from 'lib/core/records/log-record';
  import { OpenTelemetryHandler } from 'lib/handlers/shipping/otlp/open-telemetry.handler';

  const exporter = {
    export(records: { body?: unknown }[], done: (result: { code: number }) => void) {
      for (const { body } of records) process.stdout.write(String(body) + '\\n');
      setTimeout(() => done({ code: 0 }), 20);
    },
    forceFlush: async () => undefined,
    shutdown: async () => undefined,
  };
  const loggerProvider = new LoggerProvider({ processors: [new BatchLogRecordProcessor({ exporter })] });
  const handler = new OpenTelemetryHandler({ loggerProvider });
  for (let n = 0; n < 3; n++)
    handler.handle(new LogRecord({ name: 'shop', levelno: 20, levelname: 'INFO', msg: 'number ' + n }));
`);

describe('OpenTelemetryHandler', () => {
  afterEach(() => logs.disable());

  it('hands over 20,000 records of all kinds, once, in order and field by field', async () => {
    const { provider, records } = sdk();
    const handler = new OpenTelemetryHandler({ loggerProvider: provider });
    const all = [...corpus(20_000)];
    for (const one of all) handler.handle(one.record);
    await handler.close();
    expect(handler.stats).toMatchObject({ emitted: 20_000, delivered: 20_000, queued: 0, dropped: 0 });
    const got = records();
    expect(got.length).toBe(all.length);
    const wrong = all.flatMap(({ record, message, fields, error }, at) => {
      const { instrumentationScope, body, severityText, attributes, hrTime } = got[at] as SdkLogRecord;
      const milliseconds = hrTime[0] * 1_000 + hrTime[1] / 1e6;
      const before = [
        record.name,
        message,
        record.levelname,
        fields,
        error,
        Math.round(record.created * 1e3),
      ];
      const { n, ratio, word, flag, 'exception.type': type } = attributes;
      const after = [instrumentationScope.name, body, severityText, { n, ratio, word, flag }, type];
      after.push(Math.round(milliseconds));
      return JSON.stringify(before) === JSON.stringify(after) ? [] : [[before, after]];
    });
    expect(wrong.slice(0, 2)).toEqual([]);
  });

  it('gives levels, errors and fields the names and types that OpenTelemetry has for them', async () => {
    const { provider, records } = sdk();
    const handler = new OpenTelemetryHandler({ loggerProvider: provider, includeCaller: true });
    const extra = {
      ...{ big: 12n, huge: 2n ** 70n, list: [1, 'two'], nested: { deep: { er: true } }, none: null },
      ...JSON.parse('{ "__proto__": { "polluted": true } }'),
    };
    const excInfo = new TypeError('no card', { cause: new RangeError('expired') });
    handler.handle(record('failed', { levelno: 50, levelname: 'CRITICAL', excInfo, extra }));
    await handler.close();
    const [one] = records();
    expect(one).toMatchObject({ severityNumber: 21, severityText: 'CRITICAL', body: 'failed' });
    expect(one?.attributes).toMatchObject({
      ...{ big: 12, huge: String(2n ** 70n), list: [1, 'two'], nested: { deep: { er: true } }, none: null },
      ...{ 'exception.type': 'TypeError', 'exception.message': 'no card' },
      'exception.stacktrace': expect.stringContaining('RangeError: expired'),
      'code.line.number': expect.any(Number),
    });
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('gives a record the trace in its fields, else that of the active span, in the active context', async () => {
    const tracing = new NodeTracerProvider();
    tracing.register();
    const key = createContextKey('tenant');
    const tenants: unknown[] = [];
    const { provider, records } = sdk({
      ...withoutEffect,
      onEmit: (_, active) => void tenants.push(active?.getValue(key)),
    });
    const handler = new OpenTelemetryHandler({ loggerProvider: provider });
    const past = { trace_id: 'a'.repeat(32), span_id: 'b'.repeat(16) };
    const span = tracing.getTracer('test').startSpan('checkout');
    context.with(trace.setSpan(ROOT_CONTEXT.setValue(key, 'acme'), span), () => {
      handler.handle(record('active'));
      handler.handle(record('of a queue', { extra: past }));
      const { traceId, spanId } = span.spanContext();
      handler.handle(record('the same', { extra: { trace_id: traceId, span_id: spanId } }));
    });
    handler.handle(record('outside', { extra: past }));
    handler.handle(record('half', { extra: { trace_id: past.trace_id } }));
    await handler.close();
    await tracing.shutdown();
    context.disable();
    trace.disable();
    const { traceId, spanId } = span.spanContext();
    const active = { traceId, spanId };
    const other = { traceId: past.trace_id, spanId: past.span_id };
    expect(records().map((one) => one.spanContext)).toEqual([
      ...[expect.objectContaining(active), expect.objectContaining(other), expect.objectContaining(active)],
      ...[expect.objectContaining(other), undefined],
    ]);
    expect(tenants).toEqual(['acme', 'acme', 'acme', undefined, undefined]);
    expect(records().at(-1)?.attributes).toEqual({ trace_id: past.trace_id });
    expect(records()[1]?.attributes).toEqual({});
  });

  it('keeps what comes before a provider is registered, and hands it over then, though nothing more is logged', async () => {
    const { provider, records } = sdk();
    const handler = new OpenTelemetryHandler();
    for (const msg of ['one', 'two', 'three']) handler.handle(record(msg));
    expect(handler.stats).toMatchObject({ emitted: 3, delivered: 0, queued: 3 });
    logs.setGlobalLoggerProvider(provider);
    await until('it is noticed', () => handler.stats.queued === 0);
    handler.handle(record('four'));
    await handler.close();
    expect(bodies(records())).toEqual(['one', 'two', 'three', 'four']);
    expect(handler.stats).toMatchObject({ emitted: 4, delivered: 4, queued: 0, dropped: 0 });
  });

  it('finds the provider where @opentelemetry/api has it from 1.10 on', async () => {
    const { provider, records } = sdk();
    const key = Symbol.for('opentelemetry.js.api.1');
    const global = globalThis as Record<symbol, object | undefined>;
    const before = global[key];
    global[key] = { ...before, logs: provider };
    const handler = new OpenTelemetryHandler();
    handler.handle(record('hello'));
    await handler.close();
    global[key] = before;
    expect(bodies(records())).toEqual(['hello']);
  });

  it('follows a provider that is registered in place of another', async () => {
    const [first, second] = [sdk(), sdk()];
    const handler = new OpenTelemetryHandler();
    for (const { provider } of [first, second]) {
      logs.disable();
      logs.setGlobalLoggerProvider(provider);
      handler.handle(record('hello'));
    }
    await handler.close();
    expect([first, second].map(({ records }) => records().length)).toEqual([1, 1]);
  });

  it('without a provider keeps so many records, and loses them with a word when it is closed', async () => {
    const stderr = collectStderr();
    const handler = new OpenTelemetryHandler({ maxRecords: 10, overflow: 'dropNewest' });
    for (let n = 0; n < 100; n++) handler.handle(record(`number ${n}`));
    expect(handler.stats.queued).toBeLessThanOrEqual(10);
    await handler.close();
    handler.handle(record('late'));
    stderr.stop();
    expect(handler.stats).toMatchObject({ emitted: 101, delivered: 0, queued: 0, dropped: 101 });
    expect(stderr.text).toContain('records are lost: no LoggerProvider of OpenTelemetry is registered');
  });

  it('has the provider flush, and leaves it open', async () => {
    const exporter = new InMemoryLogRecordExporter();
    const processor = new BatchLogRecordProcessor({ exporter, scheduledDelayMillis: 600_000 });
    const provider = new LoggerProvider({ processors: [processor] });
    const handler = new OpenTelemetryHandler({ loggerProvider: provider });
    handler.handle(record('one'));
    await handler.flush();
    expect(bodies(exporter.getFinishedLogRecords())).toEqual(['one']);
    handler.handle(record('two'));
    await handler.close();
    provider.getLogger('own').emit({ body: 'three' });
    await provider.forceFlush();
    expect(bodies(exporter.getFinishedLogRecords())).toEqual(['one', 'two', 'three']);
    await provider.shutdown();
  });

  it.each([
    ['never answers', () => new Promise<void>(() => undefined), /no answer within/],
    ['fails', () => Promise.reject(new Error('the exporter broke')), /the exporter broke/],
  ])(
    'ends a flush that %s, and says so',
    async (_, forceFlush, said) => {
      const { provider } = sdk({ ...withoutEffect, forceFlush });
      const stderr = collectStderr();
      const handler = new OpenTelemetryHandler({ loggerProvider: provider });
      handler.handle(record('hello'));
      await handler.flush();
      stderr.stop();
      expect(stderr.text).toMatch(said);
      await handler.close();
    },
    30_000,
  );

  it('keeps what the SDK throws, and what is logged within it, from the log call', async () => {
    let handler: OpenTelemetryHandler | undefined;
    const { provider, records } = sdk({
      ...withoutEffect,
      onEmit: ({ body }) => {
        handler?.handle(record('from within'));
        // As by an instrumented client, later.
        setImmediate(() => handler?.handle(record('from within, later')));
        if (body === 'broken') throw new Error('the processor broke');
      },
    });
    const errors: unknown[] = [];
    handler = new OpenTelemetryHandler({ loggerProvider: provider });
    handler.handleError = (_record, error) => void errors.push(error);
    handler.handle(record('broken'));
    handler.handle(record('whole'));
    await new Promise((resolve) => setTimeout(resolve, 20));
    await handler.close();
    expect(bodies(records())).toEqual(['broken', 'whole']);
    expect(errors).toEqual([new Error('the processor broke')]);
    expect(handler.stats).toMatchObject({ emitted: 2, delivered: 1, dropped: 1, droppedBy: { failed: 1 } });
  });

  it('has the provider flush before the process ends by itself', () => {
    const { stdout, stderr, status } = program.run();
    expect([stdout, stderr, status]).toEqual(['number 0\nnumber 1\nnumber 2\n', '', 0]);
  });

  it('takes back its listeners', async () => {
    const before = process.listenerCount('beforeExit');
    const { provider } = sdk();
    const handler = new OpenTelemetryHandler({ loggerProvider: provider });
    handler.handle(record('one'));
    expect(process.listenerCount('beforeExit')).toBe(before + 1);
    await handler.close();
    handler.handle(record('two'));
    expect(process.listenerCount('beforeExit')).toBe(before);
  });
});
