import { register } from 'node:module';
import { type ArgumentsHost, Catch, type DynamicModule, HttpException, type Type } from '@nestjs/common';
import { APP_FILTER, BaseExceptionFilter, HttpAdapterHost } from '@nestjs/core';

/** What one request, or one piece of work in it, has left behind: without times and ids, whose parent it names instead. */
export interface Seen {
  readonly name: string;
  /** The names of what it is part of, from the outside in. */
  readonly within: readonly string[];
  readonly [detail: string]: unknown;
}

/** A tool that watches an application. */
export interface Tracing {
  /** What an application of Nest imports for it. */
  readonly modules: readonly DynamicModule[];
  /** Gives what has been seen since it was last asked, sorted. */
  take(): Promise<readonly Seen[]>;
}

/** A span, whatever tool made it. */
interface AnySpan {
  readonly id: string;
  readonly parent: string | undefined;
  readonly name: string;
  readonly details: object;
}

/** Long enough for what is reported when a response is over. */
const SETTLE_MS = 300;

/** Watches with OpenTelemetry: Node's HTTP, the platforms, and Nest where its instrumentation knows it. */
export async function startOpenTelemetry(): Promise<Tracing> {
  // For ES modules; Sentry brings its own.
  register('@opentelemetry/instrumentation/hook.mjs', import.meta.url);
  const sdk = await import('@opentelemetry/sdk-trace-node');
  const { registerInstrumentations } = await import('@opentelemetry/instrumentation');
  const { HttpInstrumentation } = await import('@opentelemetry/instrumentation-http');
  const exporter = new sdk.InMemorySpanExporter();
  const provider = new sdk.NodeTracerProvider({ spanProcessors: [new sdk.SimpleSpanProcessor(exporter)] });
  provider.register();
  const { ExpressInstrumentation } = await import('@opentelemetry/instrumentation-express');
  const { FastifyOtelInstrumentation } = await import('@fastify/otel');
  const instrumentations: unknown[] = [
    new HttpInstrumentation(),
    new ExpressInstrumentation(),
    new FastifyOtelInstrumentation({ registerOnInitialization: true }),
  ];
  if (process.env.NEST_LINE === '11') {
    const ofNest = '@opentelemetry/instrumentation-nestjs-core';
    const { NestInstrumentation } = (await import(ofNest)) as { NestInstrumentation: new () => unknown };
    instrumentations.push(new NestInstrumentation());
  }
  registerInstrumentations({ instrumentations: instrumentations as never, tracerProvider: provider });
  return {
    modules: [],
    take: async () => {
      await settle();
      const spans = exporter.getFinishedSpans().map((span): AnySpan => {
        const { kind, attributes, status, events, links, instrumentationScope } = span;
        return {
          id: span.spanContext().spanId,
          parent: span.parentSpanContext?.spanId,
          name: span.name,
          details: {
            kind,
            attributes,
            status,
            links: links.length,
            events: events.map(({ name, attributes: details }) => ({ name, attributes: details })),
            scope: instrumentationScope.name,
          },
        };
      });
      exporter.reset();
      return asSeen(spans);
    },
  };
}

/** What an envelope of Sentry's holds: of its items those with errors, and with spans. */
interface SentryItem {
  readonly type?: string;
  readonly transaction?: string;
  readonly contexts?: { readonly trace?: SentrySpan };
  readonly spans?: readonly SentrySpan[];
  readonly items?: readonly SentrySpan[];
  readonly exception?: { readonly values?: readonly SentryException[] };
  readonly breadcrumbs?: readonly { readonly category?: string; readonly message?: string }[];
  readonly request?: object;
  readonly level?: string;
  readonly tags?: object;
  readonly user?: object;
}

interface SentrySpan {
  readonly span_id: string;
  readonly parent_span_id?: string;
  readonly description?: string;
  readonly name?: string;
  readonly op?: string;
  readonly status?: string;
  readonly origin?: string;
  readonly data?: object;
  readonly attributes?: object;
}

interface SentryException {
  readonly type?: string;
  readonly value?: string;
  readonly mechanism?: object;
}

/** Watches with Sentry, which sends what it has seen to an array. */
export async function startSentry(): Promise<Tracing> {
  const isNest11 = process.env.NEST_LINE === '11';
  const ofNest = '@sentry/nestjs';
  const sentry = (
    isNest11 ? await import(ofNest) : await import('@sentry/node')
  ) as typeof import('@sentry/node');
  let lines: string[] = [];
  sentry.init({
    dsn: 'http://key@127.0.0.1:1/1',
    tracesSampleRate: 1,
    // It leaves out an error like the one before, and the same requests are made again and again.
    integrations: (all) => all.filter(({ name }) => name !== 'Dedupe'),
    transport: (options) =>
      sentry.createTransport(options, async ({ body }) => {
        lines.push(...(typeof body === 'string' ? body : Buffer.from(body).toString()).split('\n'));
        return { statusCode: 200 };
      }),
  });
  const modules = [isNest11 ? await sentryOfNest() : reporting(sentry)];
  return {
    modules,
    take: async () => {
      await settle();
      await sentry.flush(2_000);
      const items = lines
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line) as SentryItem);
      lines = [];
      return asSeen([...items.flatMap(spansOf), ...items.flatMap(errorsOf)]);
    },
  };
}

/** What Sentry has for Nest 11. */
async function sentryOfNest(): Promise<DynamicModule> {
  const setup = '@sentry/nestjs/setup';
  const { SentryModule, SentryGlobalFilter } = (await import(setup)) as {
    SentryModule: { forRoot(): DynamicModule };
    SentryGlobalFilter: Type;
  };
  const module = SentryModule.forRoot();
  return {
    ...module,
    providers: [...(module.providers ?? []), { provide: APP_FILTER, useClass: SentryGlobalFilter }],
  };
}

/** The same by hand: a filter that reports what it answers. */
function reporting(sentry: { captureException(error: unknown): unknown }): DynamicModule {
  class Reports extends BaseExceptionFilter {
    override catch(error: unknown, host: ArgumentsHost): void {
      if (!(error instanceof HttpException)) sentry.captureException(error);
      super.catch(error, host);
    }
  }
  Catch()(Reports);
  class ReportingModule {}
  const filter = {
    provide: APP_FILTER,
    useFactory: ({ httpAdapter }: HttpAdapterHost) => new Reports(httpAdapter),
    inject: [HttpAdapterHost],
  };
  return { module: ReportingModule, providers: [filter] };
}

function spansOf({ type, transaction, contexts, spans, items }: SentryItem): AnySpan[] {
  const root = contexts?.trace;
  return [
    ...(type === 'transaction' && root !== undefined ? [{ ...root, description: transaction ?? '' }] : []),
    ...(spans ?? []),
    ...(items ?? []).filter((item) => item.span_id !== undefined),
  ].map((span) => ({
    id: span.span_id,
    parent: span.parent_span_id,
    name: span.description ?? span.name ?? '',
    details: {
      op: span.op,
      status: span.status,
      origin: span.origin,
      attributes: span.data ?? span.attributes ?? {},
    },
  }));
}

function errorsOf({ exception, transaction, contexts, ...event }: SentryItem): AnySpan[] {
  if (exception === undefined) return [];
  const details = {
    transaction,
    level: event.level,
    tags: event.tags,
    user: event.user,
    request: event.request,
    breadcrumbs: event.breadcrumbs?.map(({ category, message }) => ({ category, message })),
    exceptions: exception.values?.map(({ type, value, mechanism }) => ({ type, value, mechanism })),
  };
  return [{ id: '', parent: contexts?.trace?.span_id, name: 'an error', details }];
}

function asSeen(spans: readonly AnySpan[]): Seen[] {
  const byId = new Map(spans.map((span) => [span.id, span]));
  const namesAbove = ({ parent }: AnySpan): string[] => {
    const above = parent === undefined ? undefined : byId.get(parent);
    return above === undefined ? [] : [...namesAbove(above), above.name];
  };
  return spans
    .map((span) => settled({ name: span.name, within: namesAbove(span), ...span.details }))
    .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

/** Ports, ids and memory are others each time; of a stack trace the frames between the application and whoever called it. */
function settled(seen: Seen): Seen {
  return JSON.parse(
    JSON.stringify(seen, (key, value: unknown) => {
      if (/(?:\bport|memory|\bbaggage|sentry[-_]trace)$/i.test(key)) return 'ANY';
      if (/stacktrace$/.test(key)) return String(value).split('\n').slice(0, 2).join('\n');
      if (typeof value !== 'string') return value;
      if (/^(?:[\da-f]{16}){1,2}$/.test(value)) return 'ID';
      return value.replaceAll(/(127\.0\.0\.1|localhost):\d+/g, '$1:PORT');
    }),
  ) as Seen;
}

function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
}
