import * as v from 'valibot';
import { reportLoggingError } from '../../core/reports/diagnostics.js';
import { pause, withDeadline } from '../../runtime/deadline.js';
import { lazy } from '../../runtime/lazy.js';
import type { ReplicaHost, Replicas } from '../overrides/replicas.js';
import type { ReplicaState, ReplicasStatus } from '../overrides/replicas-status.js';
import type { Heard, ReplicaEngine } from './replica-engine.js';
import {
  emptyState,
  lacks,
  mergeStates,
  parseObject,
  readDocument,
  type SharedState,
  withChange,
  writeDocument,
} from './shared-state.js';

/** Time between heartbeats, in milliseconds; with many instances longer, so that the engine has little to do. */
const BEAT_MS = 1_000;
const BEAT_MS_PER_INSTANCE = 20;
/** How many heartbeats of an instance have to be missing until it counts as down. */
const MISSING_BEATS = 5;
/** How long an answer of the engine may take, in milliseconds. */
const ANSWER_MS = 1_500;
/** How long signing off may take, in milliseconds. */
const CLOSE_MS = 500;
/** Which failure in a row is reported: none while it is still connecting, and one for each outage. */
const REPORTED_FAILURE = 4;
/** After how many lost races a writer waits for the next heartbeat. */
const MAX_TRIES = 50;

/** What keeps a process in step with its replicas, over any engine. */
export class ReplicaSync implements Replicas {
  #host: ReplicaHost | undefined;
  #engine: ReplicaEngine | undefined;
  #state: SharedState = emptyState;
  #version = 0;
  #since: ReadonlyMap<string, number> = new Map();
  #revision: string | undefined;
  #instances: readonly ReplicaState[] = [];
  #isConnected = false;
  #isBeating = false;
  #isAgreeing = false;
  /** Something has changed since reading began, or could not be written. */
  #isStale = false;
  #timer: NodeJS.Timeout | undefined;
  #stopListening: (() => void) | undefined;
  /** Failures since the engine was last reached. */
  #failures = 0;
  readonly #startedAt = Date.now();
  readonly #appVersion: string | null;

  /**
   * @param name For error messages: `redisReplicas`.
   * @param appVersion Default the version that npm sets when it starts the application, or none.
   * @param makeEngine Called at each start.
   */
  constructor(
    private readonly name: string,
    appVersion: string | undefined,
    private readonly makeEngine: () => ReplicaEngine,
  ) {
    this.#appVersion = appVersion ?? process.env.npm_package_version ?? null;
  }

  start(host: ReplicaHost): void {
    if (this.#host !== undefined) return;
    this.#host = host;
    for (const override of host.list())
      this.#state = withChange(this.#state, { kind: 'set', override }, Date.now());
    this.#stopListening = host.onLocalChange((change) => {
      this.#state = withChange(this.#state, change, Date.now());
      void this.#agree();
    });
    void this.#open();
  }

  async stop(): Promise<void> {
    const [engine, host] = [this.#engine, this.#host];
    this.#stopListening?.();
    clearTimeout(this.#timer);
    this.#engine = undefined;
    this.#host = undefined;
    this.#isConnected = false;
    if (engine === undefined || host === undefined) return;
    await answerOf(engine.close(host.instance.name), CLOSE_MS).catch(() => undefined);
  }

  status(): ReplicasStatus {
    return {
      isConnected: this.#isConnected,
      version: this.#version,
      overrides: Object.fromEntries(this.#since),
      instances: this.#instances,
    };
  }

  async #open(): Promise<void> {
    try {
      const engine = this.makeEngine();
      this.#engine = engine;
      await engine.open({
        changed: () => void this.#agree(),
        reached: () => {
          this.#isStale = true;
          void this.#beat();
        },
      });
      if (engine === this.#engine) await this.#beatOn();
    } catch (error) {
      this.#report(error);
    }
  }

  async #beatOn(): Promise<void> {
    await this.#beat();
    if (this.#engine === undefined) return;
    this.#timer = setTimeout(() => void this.#beatOn(), beatEvery(this.#instances.length)).unref();
  }

  /** Sends this instance's heartbeat, with what it has applied, and reads those of the others. */
  async #beat(): Promise<void> {
    if (this.#isBeating || this.#host === undefined) return;
    this.#isBeating = true;
    const { name, labels } = this.#host.instance;
    const text = JSON.stringify({
      name,
      labels,
      appVersion: this.#appVersion,
      startedAt: this.#startedAt,
      applied: this.#version,
      every: beatEvery(this.#instances.length),
    });
    try {
      const heard = await this.#ask((engine) => engine.beat(name, text));
      this.#isConnected = true;
      this.#failures = 0;
      this.#instances = readHeartbeats(heard);
      // Announcements may be lost: the revision shows that.
      if (this.#isStale || heard.revision !== this.#revision) void this.#agree();
    } catch (error) {
      this.#lose(error);
    } finally {
      this.#isBeating = false;
    }
  }

  /** Reads what is stored, writes what it lacks, and applies it here. One run at a time, so that the last is the newest. */
  async #agree(): Promise<void> {
    this.#isStale = true;
    if (this.#isAgreeing) return;
    this.#isAgreeing = true;
    const before = this.#version;
    try {
      for (let tries = 0; this.#isStale && tries < MAX_TRIES && this.#host !== undefined; tries += 1) {
        // Others write too: not all again at the same moment.
        if (tries > 1) await pause(Math.random() * 20);
        this.#isStale = false;
        if (!(await this.#exchange())) this.#isStale = true;
      }
    } catch (error) {
      this.#isStale = true;
      this.#lose(error);
    } finally {
      this.#isAgreeing = false;
    }
    if (this.#version !== before) await this.#beat();
  }

  /** @returns Whether nobody else has written at the same time. */
  async #exchange(): Promise<boolean> {
    const stored = await this.#ask((engine) => engine.read());
    const document = readDocument(stored.document);
    const now = Date.now();
    const theirs = document?.state ?? emptyState;
    this.#state = mergeStates(this.#state, theirs, now);
    let version = document?.version ?? this.#version;
    let since = document?.since ?? new Map<string, number>();
    let { revision } = stored;
    if (lacks(theirs, this.#state, now)) {
      version = Math.max(version, this.#version) + 1;
      since = versionsOf(this.#state, theirs, since, version);
      const text = writeDocument({ version, state: this.#state, since });
      const written = await this.#ask((engine) => engine.swap(text, version, revision));
      if (written === undefined) return false;
      revision = written;
    }
    this.#version = version;
    this.#since = since;
    this.#revision = revision;
    // What was changed here meanwhile is in the state already, and written in the next round.
    this.#host?.reconcile([...this.#state.overrides.values()]);
    return true;
  }

  async #ask<T>(question: (engine: ReplicaEngine) => Promise<T>): Promise<T> {
    const engine = this.#engine;
    if (engine === undefined) throw new Error('stopped');
    try {
      return await answerOf(question(engine), ANSWER_MS);
    } catch (error) {
      if (error instanceof NoAnswer && engine === this.#engine) engine.reconnect();
      throw error;
    }
  }

  #lose(error: unknown): void {
    this.#isConnected = false;
    if (this.#engine === undefined) return;
    this.#failures += 1;
    if (this.#failures === REPORTED_FAILURE) this.#report(error);
  }

  #report(error: unknown): void {
    reportLoggingError({ toString: () => `<${this.name}>` }, undefined, error);
  }
}

/** The version that brought each known override, by its id; this version for those that were not stored yet. */
function versionsOf(
  known: SharedState,
  stored: SharedState,
  since: ReadonlyMap<string, number>,
  version: number,
): Map<string, number> {
  return new Map(
    [...known.overrides.keys()].map((id) => [
      id,
      stored.overrides.has(id) ? (since.get(id) ?? version) : version,
    ]),
  );
}

function beatEvery(instances: number): number {
  return Math.max(BEAT_MS, BEAT_MS_PER_INSTANCE * instances);
}

const heartbeatSchema = lazy(() =>
  v.object({
    name: v.string(),
    labels: v.record(v.string(), v.string()),
    appVersion: v.nullable(v.string()),
    startedAt: v.pipe(v.number(), v.finite()),
    applied: v.pipe(v.number(), v.safeInteger()),
    every: v.pipe(v.number(), v.minValue(BEAT_MS), v.maxValue(60_000)),
  }),
);

function readHeartbeats({ heartbeats, now }: Heard): ReplicaState[] {
  const instances: ReplicaState[] = [];
  for (const { text, seenAt } of heartbeats) {
    const { success, output } = v.safeParse(heartbeatSchema(), parseObject(text));
    if (!success) continue;
    const { every, ...instance } = output;
    instances.push({ ...instance, seenAt, isUp: now - seenAt <= MISSING_BEATS * every });
  }
  return instances.sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** The engine has not answered in time. */
class NoAnswer extends Error {}

function answerOf<T>(answer: Promise<T>, limitMs: number): Promise<T> {
  const late = (): never => {
    throw new NoAnswer(`no answer within ${limitMs} ms`);
  };
  return withDeadline(answer, limitMs, late, { keepsAlive: false });
}
