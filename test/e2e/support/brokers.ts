import { type MicroserviceOptions, Transport } from '@nestjs/microservices';
import { missingEngines } from '../../engines/support/engine.js';
import { startMosquitto } from '../../engines/support/mosquitto.js';
import { startNATS } from '../../engines/support/nats.js';
import { startRabbitMQ } from '../../engines/support/rabbitmq.js';
import { startRedis } from '../../engines/support/redis.js';

/** A server that messages go through. */
export interface BrokerProgram {
  /** As records call the transport. */
  readonly transport: string;
  /** As `scripts/engines.mjs` calls it. */
  readonly engine: string;
  start(): Promise<RunningBroker>;
  options(url: string): MicroserviceOptions;
}

interface RunningBroker {
  readonly url: string;
  stop(): Promise<void>;
}

const redis: BrokerProgram = {
  transport: 'redis',
  engine: 'redis',
  start: startRedis,
  options(url) {
    const { hostname: host, port } = new URL(url);
    return { transport: Transport.REDIS, options: { host, port: Number(port) } };
  },
};

const nats: BrokerProgram = {
  transport: 'nats',
  engine: 'nats',
  start: startNATS,
  options: (url) => ({ transport: Transport.NATS, options: { servers: [url] } }),
};

const mqtt: BrokerProgram = {
  transport: 'mqtt',
  engine: 'mosquitto',
  start: startMosquitto,
  options: (url) => ({ transport: Transport.MQTT, options: { url, protocolVersion: 5 } }),
};

const rabbitmq: BrokerProgram = {
  transport: 'rmq',
  engine: 'rabbitmq',
  start: startRabbitMQ,
  options: (url) => ({
    transport: Transport.RMQ,
    options: { urls: [url], queue: 'logging', queueOptions: { durable: false } },
  }),
};

/** The servers that messages of Nest's transports go through. */
export const brokers: readonly BrokerProgram[] = [redis, nats, mqtt, rabbitmq];

/** Those that are installed; says which are not. */
export function installedBrokers(): BrokerProgram[] {
  return brokers.filter(({ engine, transport }) => {
    if (missingEngines(engine).length === 0) return true;
    console.warn(
      `messages over ${transport} are not tested; install with: node scripts/engines.mjs ${engine}`,
    );
    return false;
  });
}

/** A way for messages, and what there must be for it. */
export interface MessageChannel {
  /** The transport, as records call it. */
  readonly name: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** How a service and its clients reach each other. */
  options(): Promise<MicroserviceOptions>;
}

/** A running server of one's own. */
export class Broker implements MessageChannel {
  #running: RunningBroker | undefined;

  readonly name: string;

  constructor(private readonly program: BrokerProgram) {
    this.name = program.transport;
  }

  async options(): Promise<MicroserviceOptions> {
    if (this.#running === undefined) throw new Error(`${this.name} was not started`);
    return this.program.options(this.#running.url);
  }

  async start(): Promise<void> {
    this.#running = await this.program.start();
  }

  async stop(): Promise<void> {
    await this.#running?.stop();
  }
}
