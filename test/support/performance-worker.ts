/**
 * Logs records and reports what that took, without a clock: `{ format, count, bufferSize, kind }` in, JSON out.
 *
 * A process of its own, so that nothing else allocates, and what it counts is counted before anything is imported.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

/** What a run is asked for. */
export interface PerformanceTask {
  readonly kind: 'plain' | 'arguments' | 'extra' | 'bound' | 'unique' | 'disabled';
  /** A format string, or `json`. */
  readonly format: string;
  readonly count: number;
  readonly filename: string;
  readonly bufferSize: number;
  /** Records before counting begins, so that what is hot is compiled. */
  readonly warmUp: number;
  /** What of `nestjs-logging/live` is there: its module alone, or also a request with a token, which never ends. */
  readonly live?: 'module' | 'token';
}

/** What a run took. */
export interface PerformanceCounts {
  /** Calls of functions of `node:fs`, by name. */
  readonly fsCalls: Record<string, number>;
  /** Bytes allocated for each record, garbage included. */
  readonly allocatedPerRecord: number;
  /** Bytes more in use than before, after a collection. */
  readonly retained: number;
}

const fsCalls: Record<string, number> = {};
for (const [name, original] of Object.entries(fs)) {
  if (typeof original !== 'function' || !name.endsWith('Sync')) continue;
  Object.assign(fs, {
    [name]: (...args: unknown[]) => {
      fsCalls[name] = (fsCalls[name] ?? 0) + 1;
      return Reflect.apply(original, fs, args);
    },
  });
}
syncBuiltinESMExports();

const { dictConfig, getLogger, LoggerAdapter } = await import('../../lib/core.js');
const task = JSON.parse(process.argv[2] ?? '') as PerformanceTask;
dictConfig({
  version: 1,
  formatters: { line: task.format === 'json' ? { '()': 'JsonFormatter' } : { format: task.format } },
  handlers: {
    file: { class: 'FileHandler', filename: task.filename, bufferSize: task.bufferSize, formatter: 'line' },
  },
  root: { level: 'INFO', handlers: ['file'] },
});
if (task.live !== undefined) await mountLive(task.live);
const logger = getLogger('shop.orders');
const adapter = new LoggerAdapter(logger, {
  tenant: 'acme',
  region: 'eu-west-1',
  userId: 4711,
  plan: 'pro',
  isTest: false,
});
const calls: Record<PerformanceTask['kind'], (i: number) => void> = {
  plain: () => logger.info('order paid'),
  arguments: (i) => logger.info('order %d paid by %s in %d ms', i, 'alice', i),
  extra: (i) => logger.info('order paid', { extra: { orderId: i, user: 'alice', isPaid: true } }),
  bound: () => adapter.info('order paid'),
  // What a careless caller does: a template, a logger's field and a context of its own for each record.
  unique: (i) => logger.info(`order ${i} paid %s`, 'now', { extra: { [`field${i}`]: i } }),
  disabled: (i) => logger.debug('order %d paid', i),
};

const run = (from: number, to: number) => {
  for (let i = from; i < to; i += 1) calls[task.kind](i);
};
const { warmUp } = task;
run(0, warmUp);
getLogger().handlers[0]?.flush();
globalThis.gc?.();
const before = process.memoryUsage().heapUsed;
for (const name of Object.keys(fsCalls)) fsCalls[name] = 0;
run(warmUp, warmUp + task.count);
const allocated = process.memoryUsage().heapUsed - before;
getLogger().handlers[0]?.flush();
globalThis.gc?.();
const counts: PerformanceCounts = {
  fsCalls: Object.fromEntries(Object.entries(fsCalls).filter(([, calls]) => calls > 0)),
  allocatedPerRecord: allocated / task.count,
  retained: process.memoryUsage().heapUsed - before,
};
process.stdout.write(JSON.stringify(counts));

async function mountLive(kind: 'module' | 'token'): Promise<void> {
  await import('reflect-metadata');
  const { NestFactory } = await import('@nestjs/core');
  const { createLevelToken, LoggingLiveModule, runWithLevelToken } = await import('../../lib/live.js');
  const guards = [{ canActivate: () => true }];
  // As in production; in development records are kept always.
  const module = LoggingLiveModule.forRoot({ guards, records: { keep: 'watched' } });
  await NestFactory.createApplicationContext(module, { logger: false });
  // A timer that is to come keeps the request alive.
  if (kind === 'token')
    runWithLevelToken(createLevelToken({ level: 'DEBUG' }), () => setTimeout(() => undefined, 1e9).unref());
}
