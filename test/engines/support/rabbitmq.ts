import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type Message } from 'amqplib';
import { freePort } from '../../support/free-port.js';
import { type Engine, until } from './engine.js';
import { dataFolder, EngineProcess } from './engine-process.js';

/** A RabbitMQ of one's own. Persistent messages that it has confirmed in a durable queue survive a kill. */
export interface RabbitMQ extends Engine {
  readonly port: number;
  readonly url: string;
  /**
   * Makes a durable queue, and waits until it outlives a kill: RabbitMQ writes down which queues there are up to two seconds
   * after it has said that there is one, and messages that it has confirmed are gone with a queue that it forgets.
   */
  makeQueue(name: string): Promise<void>;
  /** All messages of a queue, in order, with their properties; they stay in it. */
  query(queue: string): Promise<Message[]>;
  /** Resolves with the messages when there are so many. */
  received(queue: string, count: number, timeoutMs?: number): Promise<Message[]>;
}

function shortly({ content }: Message): string {
  return JSON.stringify(content.toString().slice(0, 60));
}

/** Starts a RabbitMQ on ports that were free. */
export async function startRabbitMQ(): Promise<RabbitMQ> {
  const folder = dataFolder('rabbitmq');
  const port = await freePort();
  const url = `amqp://127.0.0.1:${port}`;
  const settings = path.join(folder, 'rabbitmq.conf');
  writeFileSync(settings, 'vm_memory_high_watermark.absolute = 256MiB\ndisk_free_limit.absolute = 50MB\n');
  const env = {
    HOME: folder,
    ERL_EPMD_ADDRESS: '127.0.0.1',
    ERL_EPMD_PORT: String(await freePort()),
    RABBITMQ_CONFIG_FILE: settings,
    RABBITMQ_NODENAME: 'logging@localhost',
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_NODE_PORT: String(port),
    RABBITMQ_DIST_PORT: String(await freePort()),
    RABBITMQ_MNESIA_BASE: folder,
    RABBITMQ_LOG_BASE: folder,
    RABBITMQ_LOGS: '-',
    RABBITMQ_PID_FILE: path.join(folder, 'pid'),
    RABBITMQ_ENABLED_PLUGINS_FILE: path.join(folder, 'plugins'),
  };
  const engine = new EngineProcess(folder, {
    name: 'RabbitMQ',
    // The one on the path asks to be run as its own user.
    command: '/usr/lib/rabbitmq/bin/rabbitmq-server',
    args: [],
    env,
    ready: () => engine.printed.includes('Server startup complete'),
    readyWithinMs: 120_000,
    // Erlang's name server is a process of its own, which outlives it.
    ended: () => spawnSync('epmd', ['-kill'], { env: { ...process.env, ...env } }),
  });
  await engine.start();

  async function query(queue: string): Promise<Message[]> {
    const connection = await connect(url);
    try {
      const channel = await connection.createChannel();
      // Its failure is the answer's.
      channel.on('error', () => undefined);
      const messages: Message[] = [];
      for (let next = await channel.get(queue); next !== false; next = await channel.get(queue))
        messages.push(next);
      return messages;
    } finally {
      // What is not acknowledged goes back to where it was.
      await connection.close();
    }
  }
  return {
    port,
    url,
    query,
    async makeQueue(name) {
      const connection = await connect(url);
      await (await connection.createChannel()).assertQueue(name, { durable: true });
      await connection.close();
      await sleep(3_000);
    },
    async received(queue, count, timeoutMs = 15_000) {
      let messages: Message[] = [];
      await until(
        () =>
          `${count} messages in ${queue} of RabbitMQ, which has ${messages.length}: ` +
          messages.slice(-3).map(shortly).join(', '),
        async () => {
          messages = await query(queue);
          return messages.length >= count;
        },
        timeoutMs,
      );
      return messages;
    },
    ...engine.controls,
  };
}
