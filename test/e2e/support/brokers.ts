import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import process from 'node:process';
import { type MicroserviceOptions, Transport } from '@nestjs/microservices';
import { freePort } from '../../support/free-port.js';

/** A server that messages go through. */
export interface BrokerProgram {
  /** As records call the transport. */
  readonly transport: string;
  readonly command: string;
  /** The Debian package that has it. */
  readonly debianPackage: string;
  /** What it prints once it can be connected to. */
  readonly ready: string;
  /** @param folder An empty one of its own. */
  start(port: number, folder: string): Promise<{ args: string[]; env?: Record<string, string> }>;
  /** What is left of it when it has ended. */
  cleanUp?(env: NodeJS.ProcessEnv): void;
  options(port: number): MicroserviceOptions;
}

const redis: BrokerProgram = {
  transport: 'redis',
  command: 'redis-server',
  debianPackage: 'redis-server',
  ready: 'Ready to accept connections',
  start: async (port) => ({ args: ['--port', String(port), '--save', '', '--appendonly', 'no'] }),
  options: (port) => ({ transport: Transport.REDIS, options: { host: '127.0.0.1', port } }),
};

const nats: BrokerProgram = {
  transport: 'nats',
  command: 'nats-server',
  debianPackage: 'nats-server',
  ready: 'Server is ready',
  start: async (port) => ({ args: ['--addr', '127.0.0.1', '--port', String(port)] }),
  options: (port) => ({ transport: Transport.NATS, options: { servers: [`nats://127.0.0.1:${port}`] } }),
};

const mqtt: BrokerProgram = {
  transport: 'mqtt',
  command: 'mosquitto',
  debianPackage: 'mosquitto',
  ready: ' running',
  start: async (port) => ({ args: ['-p', String(port)] }),
  options: (port) => ({
    transport: Transport.MQTT,
    options: { url: `mqtt://127.0.0.1:${port}`, protocolVersion: 5 },
  }),
};

const rabbitmq: BrokerProgram = {
  transport: 'rmq',
  // The one on the path asks to be run as its own user.
  command: '/usr/lib/rabbitmq/bin/rabbitmq-server',
  debianPackage: 'rabbitmq-server',
  ready: 'Server startup complete',
  start: async (port, folder) => ({
    args: [],
    env: {
      HOME: folder,
      ERL_EPMD_ADDRESS: '127.0.0.1',
      ERL_EPMD_PORT: String(await freePort()),
      RABBITMQ_NODENAME: 'logging@localhost',
      RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
      RABBITMQ_NODE_PORT: String(port),
      RABBITMQ_DIST_PORT: String(await freePort()),
      RABBITMQ_MNESIA_BASE: folder,
      RABBITMQ_LOG_BASE: folder,
      RABBITMQ_LOGS: '-',
      RABBITMQ_PID_FILE: join(folder, 'pid'),
      RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'plugins'),
    },
  }),
  cleanUp: (env) => spawnSync('epmd', ['-kill'], { env }),
  options: (port) => ({
    transport: Transport.RMQ,
    options: { urls: [`amqp://127.0.0.1:${port}`], queue: 'logging', queueOptions: { durable: false } },
  }),
};

/** The servers that messages of Nest's transports go through. */
export const brokers: readonly BrokerProgram[] = [redis, nats, mqtt, rabbitmq];

/** Those that are installed; says which are not. */
export function installedBrokers(): BrokerProgram[] {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return brokers.filter(({ command, debianPackage, transport }) => {
    if (folders.some((folder) => existsSync(resolve(folder, command)))) return true;
    console.warn(`messages over ${transport} are not tested; install with: apt-get install ${debianPackage}`);
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

/** A running server of one's own, which keeps nothing. */
export class Broker implements MessageChannel {
  #process: ChildProcess | undefined;
  #port = 0;
  #folder = '';
  #env: NodeJS.ProcessEnv = {};

  readonly name: string;

  constructor(private readonly program: BrokerProgram) {
    this.name = program.transport;
  }

  async options(): Promise<MicroserviceOptions> {
    return this.program.options(this.#port);
  }

  async start(): Promise<void> {
    const { command, ready, start } = this.program;
    this.#port = await freePort();
    this.#folder = mkdtempSync(join(tmpdir(), 'logging-broker-'));
    const { args, env } = await start(this.#port, this.#folder);
    this.#env = { ...process.env, ...env };
    // A group of its own: some are scripts that start another program.
    const server = spawn(command, args, {
      env: this.#env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    this.#process = server;
    await new Promise<void>((fulfil, reject) => {
      let said = '';
      const listen = (chunk: Buffer): void => {
        said += chunk.toString();
        if (said.includes(ready)) fulfil();
      };
      server.once('error', reject);
      server.once('exit', () => reject(new Error(`${command} ended: ${said}`)));
      server.stdout.on('data', listen);
      server.stderr.on('data', listen);
    });
  }

  async stop(): Promise<void> {
    const server = this.#process;
    if (server === undefined) return;
    if (server.pid !== undefined && server.exitCode === null) {
      const ended = new Promise((fulfil) => server.once('exit', fulfil));
      process.kill(-server.pid, 'SIGTERM');
      await ended;
      this.program.cleanUp?.(this.#env);
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
