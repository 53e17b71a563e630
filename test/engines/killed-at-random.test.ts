import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { EndlessLogging, NUMBER } from '../support/endless-logging.js';
import { useTemporaryFolder } from '../support/temporary-folder.js';
import { describeWithEngines, type Engine } from './support/engine.js';
import { startKafka } from './support/kafka.js';
import { startLoki } from './support/loki.js';
import { startNATS } from './support/nats.js';
import { startRabbitMQ } from './support/rabbitmq.js';
import { startRedis } from './support/redis.js';

const logging = new EndlessLogging(
  `
    import { AMQPHandler } from 'lib/handlers/shipping/brokers/amqp.handler';
    import { KafkaHandler } from 'lib/handlers/shipping/brokers/kafka.handler';
    import { NATSHandler } from 'lib/handlers/shipping/brokers/nats.handler';
    import { RedisStreamHandler } from 'lib/handlers/shipping/brokers/redis-stream.handler';
    import { LokiHandler } from 'lib/handlers/shipping/http/loki.handler';

    const makers = {
      redis: (url, common) => new RedisStreamHandler({ url, key: 'logs', ...common }),
      nats: (url, common) => new NATSHandler({ servers: [url], subject: 'logs.shop', ...common }),
      kafka: (broker, common) => new KafkaHandler({ brokers: [broker], topic: 'logs', ...common }),
      rabbitmq: (url, common) => new AMQPHandler({ url, queue: 'logs', ...common }),
      loki: (url, common) => new LokiHandler({ url, labels: { service: 'shop' }, ...common }),
    };`,
  'makers[args[0]](args[1], options)',
);

/** An engine, and the texts of all records that it has. */
interface Store {
  readonly engine: Engine;
  readonly address: string;
  texts(): Promise<readonly string[]>;
}

/** How it is started, and how often processes are killed: of those that take long to start again, not all kills are its own. */
interface Trial {
  readonly start: () => Promise<Store>;
  readonly rounds: number;
  /** In every round, every second … the broker is killed too. */
  readonly everyNth: number;
}

const TRIALS: Readonly<Record<string, Trial>> = {
  redis: {
    ...{ rounds: 5, everyNth: 1 },
    start: async () => {
      const engine = await startRedis();
      const texts = async () => (await engine.query('logs')).map(({ fields }) => fields.record ?? '');
      return { engine, address: engine.url, texts };
    },
  },
  nats: {
    ...{ rounds: 5, everyNth: 1 },
    start: async () => {
      const engine = await startNATS();
      await engine.addStream('logs', ['logs.>']);
      const texts = async () => (await engine.query('logs')).map(({ data }) => data);
      return { engine, address: engine.url, texts };
    },
  },
  kafka: {
    ...{ rounds: 5, everyNth: 3 },
    start: async () => {
      const engine = await startKafka();
      const texts = async () => (await engine.query('logs')).map(({ value }) => value ?? '');
      return { engine, address: engine.broker, texts };
    },
  },
  rabbitmq: {
    ...{ rounds: 5, everyNth: 3 },
    start: async () => {
      const engine = await startRabbitMQ();
      await engine.makeQueue('logs');
      const texts = async () => (await engine.query('logs')).map(({ content }) => content.toString());
      return { engine, address: engine.url, texts };
    },
  },
  loki: {
    ...{ rounds: 5, everyNth: 2 },
    start: async () => {
      const engine = await startLoki();
      const texts = async () => (await engine.query('{service="shop"}')).map(({ line }) => line);
      return { engine, address: engine.url, texts };
    },
  },
};

describe.each(Object.entries(TRIALS))('%s', (kind, { start, rounds, everyNth }) => {
  describeWithEngines([kind], 'and a process that logs, killed at any moment', () => {
    const folder = useTemporaryFolder();

    it('has each record whose log call returned', async () => {
      const { engine, address, texts } = await start();
      const args = [kind, address];
      let round = 0;
      const logged = await logging.logUntilKilled(folder.path, args, {
        ...{ rounds, upToMs: 900 },
        beside: async () => {
          await sleep(Math.random() * 600);
          if (round % everyNth === 0) await engine.kill();
        },
        between: async () => {
          if (round % everyNth === 0) await engine.restart();
          round += 1;
        },
      });
      await logging.sendRest(folder.path, args);
      const arrived = new Set(
        (await texts()).flatMap((text) => [...text.matchAll(NUMBER)].map(([, number]) => Number(number))),
      );
      await engine.stop();
      expect(logged.length).toBeGreaterThanOrEqual(rounds);
      expect(logged.filter((n) => !arrived.has(n))).toEqual([]);
    }, 300_000);
  });
});
