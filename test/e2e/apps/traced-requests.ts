/**
 * Answers the same requests without the logging module, with it, and with it and the tuning, on each platform, and prints
 * what a tool for tracing has seen of them each time: `traced-requests.ts open-telemetry` or `sentry`.
 */
import 'reflect-metadata';

// Before anything that is instrumented is loaded.
const { startOpenTelemetry, startSentry } = await import('../support/tracing.js');
const tracing = await (process.argv[2] === 'sentry' ? startSentry() : startOpenTelemetry());
const { startTraced, tracedRequests } = await import('../support/traced-application.js');

const applications = [
  // The first one of all loads what is loaded on demand.
  ['first', undefined],
  ['without', undefined],
  ['with', {}],
  [
    'with everything',
    { http: { interceptor: true, refusalRecord: true, contextFields: () => ({ tenant: 7 }) } },
  ],
  ['tuned', { http: { tuning: true } }],
  ['without again', undefined],
] as const;

const runs: Record<string, Record<string, unknown>> = {};
for (const platform of ['express', 'fastify']) {
  const ofPlatform: Record<string, unknown> = {};
  for (const [name, logging] of applications) {
    const app = await startTraced(platform, logging, tracing.modules);
    await tracing.take();
    await tracedRequests(app.port);
    ofPlatform[name] = { seen: await tracing.take(), logged: app.logged() };
    await app.close();
  }
  runs[platform] = ofPlatform;
}
process.stdout.write(`${JSON.stringify(runs)}\n`, () => process.exit());
