/** An instance of an application that shares overrides: replica-process.ts starts it and asks it. */
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Cluster } from 'ioredis';
import { LoggingModule } from 'nestjs-logging';
import * as live from 'nestjs-logging/live';

const [name, kind, options] = process.argv.slice(2) as [string, 'redisReplicas' | 'natsReplicas', string];
const { [kind]: makeReplicas } = live;
// A client that the application has is none that could be handed over.
const { cluster, ...given } = JSON.parse(options) as { cluster?: { host: string; port: number }[] };
const client = cluster === undefined ? undefined : new Cluster(cluster);
const replicas = (makeReplicas as typeof live.redisReplicas)({
  ...given,
  ...(client === undefined ? {} : { client }),
  appVersion: '1.2.3',
});

@Module({
  imports: [
    LoggingModule.forRoot({ version: 1, root: { level: 'INFO' } }),
    live.LoggingLiveModule.forRoot({
      guards: [{ canActivate: () => true }],
      replicas,
      instance: { name, labels: { region: 'eu' } },
    }),
  ],
})
class AppModule {}

const lateness: Record<string, number> = {};
live.onOverrideChange(({ kind: change, cause, override }) => {
  if (change === 'end' && cause === 'expired') lateness[override.target] = Date.now() - override.expiresAt;
});
const app = await NestFactory.createApplicationContext(AppModule, { logger: false });

let longestCallMs = 0;
function timed<T>(call: () => T): T {
  const start = performance.now();
  try {
    return call();
  } finally {
    longestCallMs = Math.max(longestCallMs, performance.now() - start);
  }
}

const work: Record<string, (...args: never[]) => unknown> = {
  set: (target: string, overrideOptions?: live.OverrideOptions) =>
    timed(() => live.overrideLevel(target, 'DEBUG', overrideOptions)).override,
  setAll: (targets: string[]) => {
    for (const target of targets) timed(() => live.overrideLevel(target, 'DEBUG'));
  },
  end: (id: string) => timed(() => live.endOverride(id)),
  view: () => ({
    targets: timed(() => live.listOverrides())
      .map(({ target }) => target)
      .sort(),
    status: timed(() => replicas.status()),
    longestCallMs,
    lateness,
  }),
  close: () => app.close(),
};
process.on('message', async ({ id, verb, args }: { id: number; verb: string; args: never[] }) => {
  const result = await work[verb]?.(...args);
  process.send?.({ id, result }, () => {
    if (verb === 'close') process.exit();
  });
});
process.on('disconnect', () => process.exit());
process.send?.({ id: 0 });
