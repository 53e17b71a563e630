import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../../support/free-port.js';
import { type Engine, until } from './engine.js';
import { dataFolder, EngineProcess } from './engine-process.js';
import { javaArguments, javaReadyWithinMs } from './java.js';

const execute = promisify(execFile);

/** How Kafka runs. */
export interface KafkaOptions {
  /** How many partitions a topic has that is made by its first message. Default: 1. */
  readonly partitions?: number;
  /** More of the broker's settings, like `message.max.bytes`; they win over those given here. */
  readonly settings?: Readonly<Record<string, string | number | boolean>>;
}

/** A message as the broker keeps it. */
export interface KafkaMessage {
  readonly partition: number;
  readonly offset: number;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly key: string | undefined;
  readonly value: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

/** A Kafka broker of one's own, which is its own controller. A topic comes to be by its first message. */
export interface Kafka extends Engine {
  /** `host:port`. */
  readonly broker: string;
  /** All messages of a topic, by partition and offset, read by Kafka's own client for Java. */
  query(topic: string): Promise<KafkaMessage[]>;
  /** Resolves with the messages when there are so many. */
  received(topic: string, count: number, timeoutMs?: number): Promise<KafkaMessage[]>;
}

/** Starts a broker on ports that were free. */
export async function startKafka({ partitions = 1, settings = {} }: KafkaOptions = {}): Promise<Kafka> {
  const folder = dataFolder('kafka');
  const [port, controllerPort] = [await freePort(), await freePort()];
  const broker = `127.0.0.1:${port}`;
  const properties = path.join(folder, 'server.properties');
  const all = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://${broker},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://${broker}`,
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': path.join(folder, 'data'),
    'num.partitions': partitions,
    'offsets.topic.num.partitions': 1,
    'offsets.topic.replication.factor': 1,
    'transaction.state.log.num.partitions': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'share.coordinator.state.topic.num.partitions': 1,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    // Buffers of a cleaner that has nothing to clean here: 128 MiB by default.
    'log.cleaner.dedupe.buffer.size': 4_194_304,
    'group.initial.rebalance.delay.ms': 0,
    ...settings,
  };
  writeFileSync(
    properties,
    Object.entries(all)
      .map(([key, value]) => `${key}=${value}\n`)
      .join(''),
  );
  const java = [...javaArguments('kafka', 320), '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn'];
  // Kafka's own command line takes one that begins with '-' for an option.
  const clusterId = `A${randomBytes(16).toString('base64url').slice(1)}`;
  await execute('java', [...java, 'kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', properties]);
  const engine = new EngineProcess(folder, {
    name: 'Kafka',
    command: 'java',
    args: [
      ...java,
      '-Dorg.slf4j.simpleLogger.log.kafka.server.KafkaRaftServer=info',
      ...['kafka.Kafka', properties],
    ],
    ready: () => engine.printed.includes('Kafka Server started'),
    readyWithinMs: javaReadyWithinMs,
  });
  await engine.start();

  async function query(topic: string): Promise<KafkaMessage[]> {
    const { stdout } = await execute('java', [...java, 'ReadTopic', broker, topic], {
      maxBuffer: 1024 ** 3,
    });
    return stdout.split('\n').filter(Boolean).map(messageOf);
  }
  return {
    broker,
    query,
    async received(topic, count, timeoutMs = 60_000) {
      let messages: KafkaMessage[] = [];
      await until(
        `Kafka has ${count} messages in ${topic}`,
        async () => {
          messages = await query(topic);
          return messages.length >= count;
        },
        timeoutMs,
      );
      return messages;
    },
    ...engine.controls,
  };
}

/** A line that `test/engines/kafka/ReadTopic.java` prints. */
function messageOf(line: string): KafkaMessage {
  const [partition, offset, timestamp, key, value, ...headers] = line.split('\t');
  const named: [string, string][] = [];
  for (let index = 0; index < headers.length; index += 2)
    named.push([textOf(headers[index]) ?? '', textOf(headers[index + 1]) ?? '']);
  return {
    partition: Number(partition),
    offset: Number(offset),
    timestamp: Number(timestamp),
    key: textOf(key),
    value: textOf(value),
    headers: Object.fromEntries(named),
  };
}

function textOf(base64: string | undefined): string | undefined {
  return base64 === undefined || base64 === '-' ? undefined : Buffer.from(base64, 'base64').toString();
}
