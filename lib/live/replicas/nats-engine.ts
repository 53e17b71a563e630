import { loadOptionalPeer, notLoaded } from '../../core/optional-peer.js';
import { pause } from '../../runtime/deadline.js';
import {
  type EngineEvents,
  FORGET_AFTER_MS,
  type Heard,
  notConnected,
  type ReplicaEngine,
  type Stored,
} from './replica-engine.js';

/** The part of a connection of `@nats-io/transport-node` that is used. */
export interface NATSConnection {
  status(): AsyncIterable<{ readonly type: string }>;
  isClosed(): boolean;
  reconnect(): Promise<void>;
  close(): Promise<void>;
}

/** An entry of a bucket. */
interface Entry {
  readonly key: string;
  readonly revision: number;
  readonly operation: string;
  readonly created: Date;
  string(): string;
}

/** A bucket, as `@nats-io/kv` has it. */
interface Bucket {
  get(key: string): Promise<Entry | null>;
  create(key: string, data: string): Promise<number>;
  update(key: string, data: string, since: number): Promise<number>;
  put(key: string, data: string): Promise<number>;
  delete(key: string): Promise<void>;
  watch(options?: { key?: string }): Promise<AsyncIterable<Entry> & { stop(): void }>;
}

type KvmConstructor = new (
  connection: NATSConnection,
) => { create(name: string, options: object): Promise<Bucket> };
type Connect = (options: object) => Promise<NATSConnection>;

interface Buckets {
  readonly state: Bucket;
  readonly instances: Bucket;
  /** Ends watching. */
  stop(): void;
}

const STATE = 'state';
/** The server's error if somebody else has written since. */
const WRONG_SEQUENCE = new Set([10_071, 10_164]);
const RETRY_MS = 1_000;

const connectionOptions = {
  name: 'nestjs-logging',
  timeout: 2_000,
  maxReconnectAttempts: -1,
  reconnectTimeWait: 250,
  reconnectJitter: 500,
  pingInterval: 2_000,
  maxPingOut: 2,
};

/** Two buckets of one connection. */
export class NATSEngine implements ReplicaEngine {
  #connection: NATSConnection | undefined;
  #buckets: Promise<Buckets> | undefined;
  #events: EngineEvents | undefined;
  #Kvm: KvmConstructor | undefined;
  #isDown = false;
  #isClosed = false;
  /** Why the last attempt to connect failed. */
  #failure: unknown;
  readonly #heartbeats = new Map<string, { readonly text: string; readonly seenAt: number }>();
  /** How far the server's clock is ahead of the monotonic clock of this process, in milliseconds, if known. */
  #clockOffset = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly given: NATSConnection | undefined,
    private readonly servers: string | readonly string[] | undefined,
    private readonly bucket: string,
  ) {}

  async open(events: EngineEvents): Promise<void> {
    this.#events = events;
    this.#Kvm = await loadKvm();
    if (this.given !== undefined) this.#use(this.given);
    else void this.#connect(await loadConnect());
  }

  async read(): Promise<Stored> {
    return this.#with(async ({ state }) => {
      const entry = await state.get(STATE);
      return {
        revision: revisionOf(entry),
        document: entry === null || entry.operation !== 'PUT' ? undefined : entry.string(),
      };
    });
  }

  swap(document: string, _version: number, since: string): Promise<string | undefined> {
    return this.#with(async ({ state }) => {
      try {
        const written =
          since === '' ? state.create(STATE, document) : state.update(STATE, document, Number(since));
        return String(await written);
      } catch (error) {
        if (WRONG_SEQUENCE.has((error as { code?: number }).code ?? 0)) return undefined;
        throw error;
      }
    });
  }

  beat(instance: string, text: string): Promise<Heard> {
    return this.#with(async ({ state, instances }) => {
      await instances.put(keyOf(instance), text);
      const revision = revisionOf(await state.get(STATE));
      const now = performance.now() + this.#clockOffset;
      return { revision, now, heartbeats: [...this.#heartbeats.values()] };
    });
  }

  reconnect(): void {
    if (this.given === undefined && !this.#isDown) this.#connection?.reconnect().catch(ignore);
  }

  async close(instance: string): Promise<void> {
    this.#isClosed = true;
    try {
      await this.#with(({ instances }) => instances.delete(keyOf(instance)));
      (await this.#buckets)?.stop();
    } finally {
      if (this.given === undefined) await this.#connection?.close();
    }
  }

  /** Connects, however long it takes. */
  async #connect(connect: Connect): Promise<void> {
    while (!this.#isClosed && this.#connection === undefined) {
      try {
        this.#use(await connect({ ...connectionOptions, servers: this.servers }));
      } catch (error) {
        this.#failure = error;
        await pause(RETRY_MS);
      }
    }
  }

  #use(connection: NATSConnection): void {
    if (this.#isClosed) {
      if (connection !== this.given) connection.close().catch(ignore);
      return;
    }
    this.#connection = connection;
    this.#failure = undefined;
    void this.#follow(connection);
    this.#events?.reached();
  }

  async #follow(connection: NATSConnection): Promise<void> {
    for await (const { type } of connection.status()) {
      if (this.#isClosed) return;
      if (type === 'disconnect') this.#isDown = true;
      if (type !== 'reconnect') continue;
      this.#isDown = false;
      // The server may be another one, and know nothing of what was watched.
      this.#forgetBuckets();
      this.#events?.reached();
    }
  }

  /** Uses the buckets. If that fails, they are opened again, or made, the next time. */
  async #with<T>(work: (buckets: Buckets) => Promise<T>): Promise<T> {
    // What is sent now would be kept and sent much later.
    if (this.#connection === undefined || this.#isDown) throw notConnected('NATS', this.#failure);
    this.#buckets ??= this.#openBuckets(this.#connection);
    const buckets = this.#buckets;
    try {
      return await work(await buckets);
    } catch (error) {
      if (buckets === this.#buckets) this.#forgetBuckets();
      throw error;
    }
  }

  #forgetBuckets(): void {
    this.#buckets?.then(({ stop }) => stop(), ignore);
    this.#buckets = undefined;
  }

  async #openBuckets(connection: NATSConnection): Promise<Buckets> {
    const kvm = new (this.#Kvm as KvmConstructor)(connection);
    // Read from the leader: a follower may be behind.
    const options = { history: 1, allow_direct: false };
    const state = await kvm.create(this.bucket, options);
    const instances = await kvm.create(`${this.bucket}_instances`, { ...options, ttl: FORGET_AFTER_MS });
    const changes = await state.watch({ key: STATE });
    const beats = await instances.watch();
    this.#heartbeats.clear();
    void each(changes, () => this.#events?.changed());
    void each(beats, (entry) => this.#hear(entry));
    return {
      state,
      instances,
      stop() {
        changes.stop();
        beats.stop();
      },
    };
  }

  #hear(entry: Entry): void {
    const seenAt = entry.created.getTime();
    this.#clockOffset = Math.max(this.#clockOffset, seenAt - performance.now());
    if (entry.operation === 'PUT') this.#heartbeats.set(entry.key, { text: entry.string(), seenAt });
    else this.#heartbeats.delete(entry.key);
  }
}

async function each(entries: AsyncIterable<Entry>, work: (entry: Entry) => void): Promise<void> {
  try {
    for await (const entry of entries) work(entry);
  } catch {
    // The next call opens it again.
  }
}

function revisionOf(entry: Entry | null): string {
  return entry === null ? '' : String(entry.revision);
}

/** A name as a key: those have fewer characters. */
function keyOf(instance: string): string {
  return Buffer.from(instance).toString('base64url');
}

function ignore(): void {}

async function loadKvm(): Promise<KvmConstructor> {
  const { Kvm } = await loadOptionalPeer<{ Kvm: KvmConstructor }>({
    name: '@nats-io/kv',
    neededBy: 'natsReplicas',
    load: async () => {
      try {
        return await import('@nats-io/kv');
      } catch (error) {
        return notLoaded(error);
      }
    },
    exports: ['Kvm'],
  });
  return Kvm;
}

async function loadConnect(): Promise<Connect> {
  const { connect } = await loadOptionalPeer<{ connect: Connect }>({
    name: '@nats-io/transport-node',
    neededBy: 'natsReplicas',
    load: async () => {
      try {
        return await import('@nats-io/transport-node');
      } catch (error) {
        return notLoaded(error);
      }
    },
    exports: ['connect'],
  });
  return connect;
}
