import { loadOptionalPeer, notLoaded } from '../../core/optional-peer.js';
import {
  type EngineEvents,
  FORGET_AFTER_MS,
  type Heard,
  notConnected,
  type ReplicaEngine,
  type Stored,
} from './replica-engine.js';

/** The part of a client of `ioredis` that is used: connections of its own are made with the client's options. */
export interface RedisClient {
  /** The same for a cluster, which takes its nodes first. */
  duplicate(override?: object, clusterOverride?: object): unknown;
  readonly isCluster?: boolean;
}

/** A connection of `ioredis`. */
interface Connection {
  readonly status: string;
  connect(): Promise<void>;
  eval(script: string, keys: number, ...args: (string | number)[]): Promise<unknown>;
  hmget(key: string, ...fields: string[]): Promise<(string | null)[]>;
  hdel(key: string, field: string): Promise<unknown>;
  subscribe(channel: string): Promise<unknown>;
  on(event: string, listener: (error?: unknown) => void): unknown;
  disconnect(reconnect?: boolean): void;
}

const connectionOptions = {
  lazyConnect: true,
  connectTimeout: 2_000,
  // A process that ends may have to wait this long for a dead connection.
  disconnectTimeout: 250,
  // What fails is requested again later: nothing is queued, nothing sent twice.
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  autoResubscribe: false,
  maxRetriesPerRequest: 0,
  // Not all instances at the same moment.
  retryStrategy: () => 250 + Math.random() * 500,
};

/** The same for a cluster, where some options belong to its nodes. */
function clusterOptions({ retryStrategy, ...redisOptions }: typeof connectionOptions): object {
  const { lazyConnect, enableOfflineQueue } = redisOptions;
  // ioredis queues commands until a node is connected. The caller's timeout is the same as for other commands.
  const ofNodes = { ...redisOptions, enableOfflineQueue: true };
  return { lazyConnect, enableOfflineQueue, clusterRetryStrategy: retryStrategy, redisOptions: ofNodes };
}

/** Where the server is: a client whose connections are duplicated, or an address, options or both. */
export interface RedisServer {
  readonly client?: RedisClient | undefined;
  readonly url?: string | undefined;
  readonly options?: object | undefined;
}

/** What makes connections to a server, each with a name that the server shows. */
export function redisConnections({
  client,
  url,
  options,
}: RedisServer): (connectionName: string) => Promise<Connection> {
  return async (connectionName) => {
    const own = { ...connectionOptions, connectionName };
    if (client?.isCluster) return client.duplicate([], clusterOptions(own)) as Connection;
    if (client !== undefined) return client.duplicate(own) as Connection;
    const Redis = await loadRedis();
    const all = { ...options, ...own };
    return url === undefined ? new Redis(all) : new Redis(url, all);
  };
}

/** Writes a document and announces it, unless there is another version by now. */
const SWAP = `
if (redis.call('HGET', KEYS[1], 'version') or '') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'version', ARGV[2], 'document', ARGV[3])
redis.call('PUBLISH', ARGV[4], ARGV[2])
return 1`;

/** Keeps a heartbeat with the server's time, forgets old ones, and returns version, time and all heartbeats. */
const BEAT = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('HSET', KEYS[2], ARGV[1], string.format('%.0f', now) .. ' ' .. ARGV[2])
local answer = { redis.call('HGET', KEYS[1], 'version') or '', string.format('%.0f', now) }
local all = redis.call('HGETALL', KEYS[2])
for index = 1, #all, 2 do
  local seen = tonumber(string.match(all[index + 1], '^%d+'))
  if seen == nil or now - seen > tonumber(ARGV[3]) then redis.call('HDEL', KEYS[2], all[index])
  else answer[#answer + 1] = all[index + 1] end
end
return answer`;

/** Two connections: one for commands, one for change messages. */
export class RedisEngine implements ReplicaEngine {
  readonly #connections: Connection[] = [];
  readonly #state: string;
  readonly #instances: string;
  readonly #channel: string;
  #isClosed = false;
  /** Why the last attempt to connect failed. */
  #failure: unknown;

  /** @param key In braces, so that a cluster keeps everything on one node. */
  constructor(
    private readonly connect: (connectionName: string) => Promise<Connection>,
    key: string,
  ) {
    this.#state = `{${key}}:state`;
    this.#instances = `{${key}}:instances`;
    this.#channel = `{${key}}:changes`;
  }

  async open({ changed, reached }: EngineEvents): Promise<void> {
    const commands = await this.#connection('nestjs-logging');
    const subscriber = await this.#connection('nestjs-logging-changes');
    if (this.#isClosed) return;
    commands.on('ready', reached);
    subscriber.on('message', changed);
    // Earlier announcements were missed.
    subscriber.on('ready', () => void subscriber.subscribe(this.#channel).then(changed, ignore));
    for (const connection of [commands, subscriber]) connection.connect().catch(ignore);
  }

  async read(): Promise<Stored> {
    const [version, document] = await this.#commands.hmget(this.#state, 'version', 'document');
    return { revision: version ?? '', document: document ?? undefined };
  }

  async swap(document: string, version: number, since: string): Promise<string | undefined> {
    const written = await this.#commands.eval(SWAP, 1, this.#state, since, version, document, this.#channel);
    return written === 1 ? String(version) : undefined;
  }

  async beat(instance: string, text: string): Promise<Heard> {
    const keys = [this.#state, this.#instances];
    const answer = await this.#commands.eval(BEAT, 2, ...keys, instance, text, FORGET_AFTER_MS);
    const [revision, now, ...found] = answer as [string, string, ...string[]];
    const heartbeats = found.map((one) => {
      const end = one.indexOf(' ');
      return { seenAt: Number(one.slice(0, end)), text: one.slice(end + 1) };
    });
    return { revision, now: Number(now), heartbeats };
  }

  reconnect(): void {
    for (const connection of this.#connections)
      if (connection.status !== 'reconnecting' && !this.#isClosed) connection.disconnect(true);
  }

  async close(instance: string): Promise<void> {
    this.#isClosed = true;
    try {
      await this.#connections[0]?.hdel(this.#instances, instance);
    } finally {
      for (const connection of this.#connections) connection.disconnect();
    }
  }

  get #commands(): Connection {
    const [commands] = this.#connections;
    if (commands?.status !== 'ready') throw notConnected('Redis', this.#failure);
    return commands;
  }

  async #connection(connectionName: string): Promise<Connection> {
    const connection = await this.connect(connectionName);
    // Without a listener its errors would be printed; failures are reported by the caller.
    connection.on('error', (error) => {
      this.#failure = error;
    });
    connection.on('ready', () => {
      this.#failure = undefined;
    });
    if (this.#isClosed) connection.disconnect();
    this.#connections.push(connection);
    return connection;
  }
}

function ignore(): void {}

type RedisConstructor = new (...args: [url: string, options: object] | [options: object]) => Connection;

async function loadRedis(): Promise<RedisConstructor> {
  const { Redis } = await loadOptionalPeer<{ Redis: RedisConstructor }>({
    name: 'ioredis',
    neededBy: 'redisReplicas',
    load: async () => {
      try {
        return await import('ioredis');
      } catch (error) {
        return notLoaded(error);
      }
    },
    exports: ['Redis'],
  });
  return Redis;
}
