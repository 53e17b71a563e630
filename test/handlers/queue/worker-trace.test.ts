import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { ChildProgram, ended } from '../../support/child-program.js';
import { HttpSink } from '../../support/http-sink.js';

const TRACE = 'a1'.repeat(16);
const SPAN = 'b2'.repeat(8);

const program = new ChildProgram(`
  import { AsyncLocalStorage } from 'node:async_hooks';
  import { context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
  import { dictConfig, getLogger, installContextProvider, runInContext, shutdown } from 'nestjs-logging/core';

  // What the SDK of an application registers.
  const storage = new AsyncLocalStorage();
  context.setGlobalContextManager({
    active: () => storage.getStore() ?? ROOT_CONTEXT,
    with: (active, work, self, ...args) => storage.run(active, () => work.call(self, ...args)),
    bind: (_, target) => target,
    enable() { return this; },
    disable() { return this; },
  });
  const [url] = process.argv.slice(2);
  const handlers = {
    loki: { class: 'LokiHandler', url },
    otlp: { class: 'OTLPHandler', endpoint: url, protocol: 'http/json' },
    elastic: { class: 'ElasticsearchHandler', url, index: 'logs' },
  };
  installContextProvider();
  dictConfig({
    version: 1,
    handlers: { queue: { class: 'QueueHandler', worker: { handlers } } },
    root: { level: 'INFO', handlers: ['queue'] },
  });
  const span = trace.wrapSpanContext({ traceId: '${TRACE}', spanId: '${SPAN}', traceFlags: 1 });
  context.with(trace.setSpan(context.active(), span), () => {
    runInContext({ request_id: 'r-1' }, () => getLogger('shop').error('not paid', new Error('no card')));
  });
  await shutdown();
`);

let sink: HttpSink;
beforeEach(async () => {
  sink = await new HttpSink().listen();
});
afterEach(() => sink.close());

it('destinations in the worker of a QueueHandler have the trace, the span and the request of the log call', async () => {
  sink.answer = ({ url }) =>
    url === '/_bulk' ? { status: 200, body: '{"errors":false,"items":[{"create":{"status":201}}]}' } : 200;
  await ended(program.start([`http://${sink.host}`], { stdio: 'ignore' }));
  const bodyOf = (path: string) => sink.requests.find(({ url }) => url === path)?.body ?? '{}';
  const [[, , metadata]] = JSON.parse(bodyOf('/loki/api/v1/push')).streams[0].values;
  expect(metadata).toMatchObject({ trace_id: TRACE, span_id: SPAN, request_id: 'r-1' });
  const [record] = JSON.parse(bodyOf('/v1/logs')).resourceLogs[0].scopeLogs[0].logRecords;
  expect(record).toMatchObject({ traceId: TRACE, spanId: SPAN });
  const [, document] = bodyOf('/_bulk')
    .split('\n')
    .map((line) => JSON.parse(line || '{}'));
  expect(document).toMatchObject({
    'trace.id': TRACE,
    'span.id': SPAN,
    request_id: 'r-1',
    message: 'not paid',
  });
});
