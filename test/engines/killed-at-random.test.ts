import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { EndlessLogging, NUMBER } from '../support/endless-logging.js';
import { useTemporaryFolder } from '../support/temporary-folder.js';
import { describeWithEngines, type Engine } from './support/engine.js';
import { startNATS } from './support/nats.js';
import { startRedis } from './support/redis.js';

const logging = new EndlessLogging(
  `
    import { NATSHandler } from 'lib/handlers/shipping/brokers/nats.handler';
    import { RedisStreamHandler } from 'lib/handlers/shipping/brokers/redis-stream.handler';

    const makers = {
      Redis: (url, common) => new RedisStreamHandler({ url, key: 'logs', ...common }),
      NATS: (url, common) => new NATSHandler({ servers: [url], subject: 'logs.shop', ...common }),
    };`,
  'makers[args[0]](args[1], options)',
);

const ROUNDS = 5;

/** An engine, and the texts of all records that it has. */
interface Store {
  readonly engine: Engine & { readonly url: string };
  texts(): Promise<readonly string[]>;
}

const STORES: Readonly<Record<string, () => Promise<Store>>> = {
  Redis: async () => {
    const engine = await startRedis();
    return {
      engine,
      texts: async () => (await engine.query('logs')).map(({ fields }) => fields.record ?? ''),
    };
  },
  NATS: async () => {
    const engine = await startNATS();
    await engine.addStream('logs', ['logs.>']);
    return { engine, texts: async () => (await engine.query('logs')).map(({ data }) => data) };
  },
};

describeWithEngines(['redis', 'nats'], 'A process and a broker that are killed at any moment', () => {
  const folder = useTemporaryFolder();

  it.each(Object.keys(STORES))(
    '%s: each record whose log call returned arrives',
    async (kind) => {
      const { engine, texts } = await (STORES[kind] as () => Promise<Store>)();
      const args = [kind, engine.url];
      const logged = await logging.logUntilKilled(folder.path, args, {
        ...{ rounds: ROUNDS, upToMs: 900 },
        beside: async () => {
          await sleep(Math.random() * 600);
          await engine.kill();
        },
        between: () => engine.restart(),
      });
      await logging.sendRest(folder.path, args);
      const arrived = new Set(
        (await texts()).flatMap((text) => [...text.matchAll(NUMBER)].map(([, number]) => Number(number))),
      );
      await engine.stop();
      expect(logged.length).toBeGreaterThanOrEqual(ROUNDS);
      expect(logged.filter((n) => !arrived.has(n))).toEqual([]);
    },
    120_000,
  );
});
