import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ReplicaEngine } from '../../../lib/live/replicas/replica-engine.js';
import { type Engine, until } from './engine.js';
import { type ReplicaProcess, startReplica } from './replica-process.js';

/** An engine that can come back without its data. */
export interface SharedEngine extends Engine {
  readonly url: string;
  /** Has it start again on the same port with nothing in it. */
  restartEmpty(): Promise<void>;
}

/** The time in which all instances agree, in milliseconds. */
const AGREE_MS = 2_000;
const names = ['pod-1', 'pod-2', 'pod-3', 'pod-4', 'pod-5', 'pod-6'];

/** What holds for replicas over every engine. */
export function testReplicas(
  kind: 'redisReplicas' | 'natsReplicas',
  start: () => Promise<SharedEngine>,
  optionsFor: (url: string) => object,
  /** The engine by itself, with another key or bucket. */
  makeEngine: (url: string) => ReplicaEngine,
): void {
  let engine: SharedEngine;
  let replicas: ReplicaProcess[];
  /** What everybody should have. */
  let targets: string[] = [];
  beforeAll(async () => {
    engine = await start();
    replicas = await Promise.all(names.map((name) => startReplica(name, kind, optionsFor(engine.url))));
    await until('all are up', async () => (await upNames()).join() === names.join(), 30_000);
  });
  afterAll(async () => {
    await Promise.all((replicas ?? []).map((replica) => replica.close()));
    await engine?.stop();
  });

  const one = (index: number) => replicas[index] as ReplicaProcess;
  const view = (index = 0) => one(index).view();
  const instances = async () => (await view()).status.instances;
  const upNames = async () => (await instances()).filter(({ isUp }) => isUp).map(({ name }) => name);
  async function agree(some: readonly ReplicaProcess[] = replicas, withinMs = AGREE_MS): Promise<void> {
    const differences = async (replica: ReplicaProcess) => {
      const { targets: found } = await replica.view();
      const missing = targets.filter((target) => !found.includes(target));
      const extra = found.filter((target) => !targets.includes(target));
      return missing.length + extra.length === 0
        ? ''
        : `${replica.name} lacks [${missing}] and has [${extra}]`;
    };
    let seen: string[] = [];
    await until(
      `${some.length} instances agree`,
      async () => {
        seen = (await Promise.all(some.map(differences))).filter((each) => each !== '');
        return seen.length === 0;
      },
      withinMs,
    ).catch((error: Error) => {
      throw new Error(`${error.message}: ${seen.join('; ')}`);
    });
  }
  async function set(index: number, target: string): Promise<string> {
    targets.push(target);
    return (await one(index).set(target, { for: '30m' })).id;
  }
  async function clear(index: number, id: string, target: string): Promise<void> {
    targets = targets.filter((other) => other !== target);
    await one(index).end(id);
  }
  const isConnected = async (index: number) => (await view(index)).status.isConnected;
  const connected = (wanted: boolean, withinMs = 10_000) =>
    until(
      `all are ${wanted ? '' : 'not '}connected`,
      async () =>
        (await Promise.all(names.map((_name, index) => isConnected(index)))).every((is) => is === wanted),
      withinMs,
    );

  test('six instances agree on what one sets and another ends', async () => {
    const id = await set(0, 'shop');
    await set(5, 'mail');
    await agree();
    await clear(3, id, 'shop');
    await agree();
  });

  test('each says which version it has applied', async () => {
    await until('all have applied the version', async () => {
      const { status } = await view();
      return status.version > 0 && status.instances.every(({ applied }) => applied === status.version);
    });
    expect((await instances())[2]).toMatchObject({
      name: 'pod-3',
      appVersion: '1.2.3',
      labels: { region: 'eu' },
      isUp: true,
    });
  });

  test('six that write at once lose nothing', async () => {
    const written = names.map((name) => Array.from({ length: 5 }, (_, index) => `at-once.${name}.${index}`));
    targets.push(...written.flat());
    await Promise.all(replicas.map((replica, index) => replica.setAll(written[index] as string[])));
    await agree();
  });

  test('of two that have read the same and write at once, one is refused', async () => {
    const writers = [makeEngine(engine.url), makeEngine(engine.url)] as const;
    try {
      for (const writer of writers) await writer.open({ changed: () => undefined, reached: () => undefined });
      const [one, other] = writers;
      const read = async (writer: ReplicaEngine) => {
        const found: { revision: string; document: string | undefined }[] = [];
        const isRead = async () => found.push(await writer.read()) > 0;
        await until('it is connected', () => isRead().catch(() => false));
        return found.at(-1) as { revision: string; document: string | undefined };
      };
      const { revision } = await read(one);
      expect((await read(other)).revision).toBe(revision);
      const written = await Promise.all([one.swap('one', 1, revision), other.swap('other', 1, revision)]);
      const winner = written[0] === undefined ? 'other' : 'one';
      expect(written.filter((each) => each === undefined)).toHaveLength(1);
      expect(await one.swap('too late', 2, revision)).toBeUndefined();
      const stored = await one.read();
      expect(stored.document).toBe(winner);
      expect(await other.swap('next', 2, stored.revision)).toBeDefined();
      expect((await one.read()).document).toBe('next');
    } finally {
      await Promise.all(writers.map((writer) => writer.close('swap')));
    }
  });

  test('one that starts late reads what was set before', async () => {
    const late = await startReplica('late', kind, optionsFor(engine.url));
    try {
      await agree([late]);
    } finally {
      await late.close();
    }
    await until('its good-bye is heard', async () => (await instances()).length === names.length, AGREE_MS);
  });

  test('one that is stopped is shown as down, holds nobody up, and catches up when it goes on', async () => {
    const stopped = one(2);
    const others = replicas.filter((replica) => replica !== stopped);
    const brief = await stopped.set('brief', { for: '2s' });
    stopped.signal('SIGSTOP');
    try {
      const id = await set(0, 'while-stopped');
      await until('the brief one is over elsewhere', async () => Date.now() > brief.expiresAt + 1_000);
      await agree(others);
      await until('it is shown as down', async () => !(await upNames()).includes('pod-3'));
      expect((await instances()).map(({ name }) => name)).toEqual(names);
      await clear(1, id, 'while-stopped');
      await set(1, 'set-while-stopped');
    } finally {
      stopped.signal('SIGCONT');
    }
    await agree();
    await until('it is shown as up', async () => (await upNames()).includes('pod-3'));
  });

  test('a server that is killed stops nothing: levels stay, end in time, and what was set goes round later', async () => {
    const kept = await set(0, 'ends-while-down');
    await agree();
    const brief = await one(1).set('brief-2', { for: '4s' });
    await until('all have it', async () =>
      (await Promise.all(replicas.map((replica) => replica.view()))).every((each) =>
        each.targets.includes('brief-2'),
      ),
    );
    await engine.kill();
    await connected(false);
    await clear(1, kept, 'ends-while-down');
    await set(4, 'set-while-down');
    const own = await view(4);
    expect(own.targets).toContain('set-while-down');
    expect(own.targets).toContain('mail');
    await delay(Math.max(0, brief.expiresAt + 1_100 - Date.now()));
    const views = await Promise.all(replicas.map((replica) => replica.view()));
    expect(views.map((each) => each.targets.includes('brief-2'))).toEqual(names.map(() => false));
    expect(Math.max(...views.map(({ lateness }) => lateness['brief-2'] ?? Number.NaN))).toBeLessThan(1_000);
    await engine.restart();
    await connected(true);
    await agree();
  });

  test('a server that comes back without its data gets it from those who have it', async () => {
    await engine.restartEmpty();
    await connected(true);
    await agree();
    const late = await startReplica('late', kind, optionsFor(engine.url));
    try {
      await agree([late]);
    } finally {
      await late.close();
    }
  });

  test('a server that hangs holds no call up', async () => {
    engine.pause();
    try {
      await connected(false);
      await set(3, 'set-while-it-hangs');
      expect((await view(3)).targets).toContain('set-while-it-hangs');
    } finally {
      engine.resume();
    }
    await connected(true, 20_000);
    await agree();
  });

  test('no call took long, and nothing ended late', async () => {
    const views = await Promise.all(replicas.map((replica) => replica.view()));
    // An answer of the engine is waited for a second and a half; a busy machine alone takes half a second.
    expect(Math.max(...views.map(({ longestCallMs }) => longestCallMs))).toBeLessThan(1_400);
    const stopped = views.splice(2, 1);
    expect(stopped).toHaveLength(1);
    expect(Math.max(...views.flatMap(({ lateness }) => Object.values(lateness)))).toBeLessThan(1_000);
  });
}
