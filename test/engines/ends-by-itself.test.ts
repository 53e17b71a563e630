import { describe, expect, it } from '@jest/globals';
import { BRIEF_MESSAGES, BriefProcess } from '../support/brief-process.js';
import { useTemporaryFolder } from '../support/temporary-folder.js';
import { describeWithEngines, type Engine } from './support/engine.js';
import { startKafka } from './support/kafka.js';
import { startNATS } from './support/nats.js';
import { startRabbitMQ } from './support/rabbitmq.js';
import { startRedis } from './support/redis.js';

/** A broker, the handler for it, and the texts of all records that it has. */
interface Store {
  readonly engine: Engine;
  readonly handler: string;
  readonly options: object;
  texts(): Promise<readonly string[]>;
}

const STARTS: Readonly<Record<string, () => Promise<Store>>> = {
  redis: async () => {
    const engine = await startRedis();
    return {
      engine,
      handler: 'RedisStreamHandler',
      options: { url: engine.url, key: 'logs' },
      texts: async () => (await engine.query('logs')).map(({ fields }) => fields.record ?? ''),
    };
  },
  nats: async () => {
    const engine = await startNATS();
    await engine.addStream('logs', ['logs.>']);
    return {
      engine,
      handler: 'NATSHandler',
      options: { servers: [engine.url], subject: 'logs.shop' },
      texts: async () => (await engine.query('logs')).map(({ data }) => data),
    };
  },
  rabbitmq: async () => {
    const engine = await startRabbitMQ();
    await engine.makeQueue('logs');
    return {
      engine,
      handler: 'AMQPHandler',
      options: { url: engine.url, queue: 'logs' },
      texts: async () => (await engine.query('logs')).map(({ content }) => content.toString()),
    };
  },
  kafka: async () => {
    const engine = await startKafka();
    return {
      engine,
      handler: 'KafkaHandler',
      options: { brokers: [engine.broker], topic: 'logs' },
      texts: async () => (await engine.query('logs')).map(({ value }) => value ?? ''),
    };
  },
};

describe.each(Object.entries(STARTS))('%s', (kind, start) => {
  describeWithEngines([kind], 'and a process that logs and then has nothing more to do', () => {
    const folder = useTemporaryFolder();
    const program = new BriefProcess();

    it('ends by itself, with its records delivered or, where the broker is away, in the spool', async () => {
      const { engine, handler, options, texts } = await start();
      try {
        // Whoever logs first makes the topic, which takes a moment.
        expect(await program.end(handler, options)).toEqual({ code: 0, errors: '' });
        const delivered = (await texts()).map((text) => JSON.parse(text).message);
        expect(delivered).toEqual(BRIEF_MESSAGES);

        await engine.kill();
        const spool = { directory: folder.file('spool') };
        expect(await program.end(handler, { ...options, spool })).toMatchObject({ code: 0 });

        await engine.restart();
        expect(await program.end(handler, { ...options, spool })).toMatchObject({ code: 0 });
        const all = (await texts()).map((text) => JSON.parse(text).message);
        expect(all.slice(-6)).toEqual([...BRIEF_MESSAGES, ...BRIEF_MESSAGES]);
      } finally {
        await engine.stop();
      }
    }, 300_000);
  });
});
