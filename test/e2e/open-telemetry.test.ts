import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, type INestApplication, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { context, trace } from '@opentelemetry/api';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { getLogger } from '../../lib/core/loggers/manager.js';
import type { LoggingModuleOptions } from '../../lib/nest/module/logging-options.js';
import { loggedModule } from './support/logged-module.js';
import { platforms } from './support/platforms.js';
import { Recorder } from './support/recorder.js';

@Controller()
class Root {
  @Get('spans')
  async spans(): Promise<object> {
    getLogger('work').info('outside');
    return trace.getTracer('test').startActiveSpan('inner', async (span) => {
      await Promise.resolve();
      getLogger('work').info('inside');
      span.end();
      return span.spanContext();
    });
  }
}

describe.each(platforms)('OpenTelemetry on $name', ({ createAdapter }) => {
  const recorder = new Recorder();
  const provider = new NodeTracerProvider();
  const running: INestApplication[] = [];

  async function start(logging: LoggingModuleOptions = {}): Promise<INestApplication> {
    @Module({ imports: [loggedModule(recorder, logging)], controllers: [Root] })
    class AppModule {}
    const app = await NestFactory.create(AppModule, createAdapter(), { logger: false });
    await app.listen(0, '127.0.0.1');
    running.push(app);
    recorder.clear();
    return app;
  }
  const ask = async (app: INestApplication) => {
    const { port } = app.getHttpServer().address() as { port: number };
    const response = await fetch(`http://127.0.0.1:${port}/spans`);
    return (await response.json()) as { traceId: string; spanId: string };
  };
  const tracesOf = (name: string) =>
    recorder.of(name).map((record) => {
      const { trace_id, span_id } = record.extraFields();
      return { trace_id, span_id };
    });

  beforeAll(() => provider.register());
  afterAll(async () => {
    await provider.shutdown();
    trace.disable();
    context.disable();
  });
  afterEach(async () => {
    for (const app of running.splice(0)) await app.close();
    recorder.clear();
  });

  it.each([true, false])('puts the active span on every record, with context: %s', async (usesContext) => {
    const { traceId, spanId } = await ask(await start({ context: usesContext }));
    await recorder.settled('nest.server', 1);
    expect(tracesOf('work')).toEqual([
      { trace_id: undefined, span_id: undefined },
      { trace_id: traceId, span_id: spanId },
    ]);
    expect(recorder.of('work')[1]?.extraFields()).toEqual({
      trace_id: traceId,
      span_id: spanId,
      ...(usesContext && { request_id: expect.any(String) }),
    });
  });

  it('has the span of the request on the access record, after the end of both', async () => {
    const app = await start();
    // As the instrumentation of Node's http module does.
    const server = app.getHttpServer() as { emit: (...args: unknown[]) => boolean };
    const { emit } = server;
    const tracer = trace.getTracer('test');
    let served = '';
    server.emit = (...args) => {
      if (args[0] !== 'request') return emit.apply(server, args);
      return tracer.startActiveSpan('GET', (span) => {
        served = span.spanContext().spanId;
        (args[2] as { once(event: string, listener: () => void): void }).once('finish', () => span.end());
        return emit.apply(server, args);
      });
    };
    const { traceId } = await ask(app);
    await recorder.settled('nest.server', 1);
    expect(tracesOf('nest.server')).toEqual([{ trace_id: traceId, span_id: served }]);
    expect(tracesOf('work')[0]).toEqual({ trace_id: traceId, span_id: served });
  });
});

describe('tracing that begins late', () => {
  const recorder = new Recorder();

  it('is noticed by the next request', async () => {
    @Module({ imports: [loggedModule(recorder)], controllers: [Root] })
    class AppModule {}
    const app = await NestFactory.create(AppModule, platforms[0]?.createAdapter() as never, {
      logger: false,
    });
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address() as { port: number };
    const provider = new NodeTracerProvider();
    provider.register();
    await fetch(`http://127.0.0.1:${port}/spans`);
    expect(recorder.of('work')[1]?.extraFields()).toHaveProperty('trace_id');
    await app.close();
    trace.disable();
    context.disable();
    await provider.shutdown();
  });
});
