import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { missingEngines, until } from './support/engine.js';
import { dataFolder, EngineProcess } from './support/engine-process.js';
import { type Machine, makeNetwork, type Network, whyNoNetwork } from './support/network.js';
import { type ReplicaProcess, type ReplicaView, startReplica } from './support/replica-process.js';

const names = ['pod-1', 'pod-2', 'pod-3', 'pod-4', 'pod-5', 'pod-6'];
/** The time in which all that reach each other agree, in milliseconds. */
const AGREE_MS = 2_000;

/** An engine on a machine of a network of its own. */
interface EngineOnNetwork {
  readonly kind: 'redisReplicas' | 'natsReplicas';
  command(folder: string): readonly [string, ...string[]];
  readonly ready: string;
  options(address: string): object;
}

const engines: Record<'redis' | 'nats', EngineOnNetwork> = {
  redis: {
    kind: 'redisReplicas',
    command: (folder) => ['redis-server', '--bind', '0.0.0.0', '--protected-mode', 'no', '--dir', folder],
    ready: 'Ready to accept connections',
    options: (address) => ({ url: `redis://${address}:6379`, key: 'shop' }),
  },
  nats: {
    kind: 'natsReplicas',
    command: (folder) => ['nats-server', '--addr', '0.0.0.0', '--jetstream', '--store_dir', folder],
    ready: 'Server is ready',
    options: (address) => ({ servers: `${address}:4222`, bucket: 'shop' }),
  },
};

const noNetwork = whyNoNetwork();
if (noNetwork !== undefined)
  console.warn(`Partitions of replicas are skipped, no network can be made here: ${noNetwork}`);

describe.each(['redis', 'nats'] as const)('a network that is cut, with replicas over %s', (name) => {
  const missing = missingEngines(name);
  if (missing.length > 0) console.warn(`It is skipped over ${name}, which is not installed`);
  const cannot = (noNetwork !== undefined || missing.length > 0) && !process.env.REQUIRE_ENGINES;
  const may = cannot ? test.skip : test;

  let network: Network;
  let server: EngineProcess;
  let replicas: ReplicaProcess[] = [];
  beforeAll(async () => {
    if (cannot) return;
    network = await makeNetwork(names.length + 1);
    const { kind, command, ready, options } = engines[name];
    const folder = dataFolder(name);
    const { address, prefix } = machine(0);
    const [file, ...args] = [...prefix, ...command(folder)] as [string, ...string[]];
    const engine: EngineProcess = new EngineProcess(folder, {
      ...{ name, command: file, args, ready: () => engine.printed.includes(ready) },
    });
    server = engine;
    await server.start();
    replicas = await Promise.all(
      names.map((each, index) => startReplica(each, kind, options(address), machine(index + 1).prefix)),
    );
    await connected(replicas, true);
  });
  afterAll(async () => {
    await Promise.all(replicas.map((replica) => replica.close()));
    await server?.stop();
    await network?.stop();
  });

  /** The engine is on the first, the instances on the others. */
  const machine = (index: number) => network.machines[index] as Machine;
  const one = (index: number) => replicas[index] as ReplicaProcess;
  const views = (some: readonly ReplicaProcess[]): Promise<ReplicaView[]> =>
    Promise.all(some.map((replica) => replica.view()));
  const connected = (some: readonly ReplicaProcess[], wanted: boolean) =>
    until(
      `all are ${wanted ? '' : 'not '}connected`,
      async () => (await views(some)).every(({ status }) => status.isConnected === wanted),
      60_000,
    );
  const agree = (some: readonly ReplicaProcess[], ...targets: string[]) =>
    until(
      `${some.map((replica) => replica.name)} have ${targets}`,
      async () => (await views(some)).every((view) => view.targets.join() === targets.join()),
      AGREE_MS,
    );

  may(
    'three of six without the others and the engine: each side goes on, and both have everything afterwards',
    async () => {
      const [near, far] = [replicas.slice(0, 3), replicas.slice(3)];
      const shop = await one(0).set('shop', { for: '30m' });
      await agree(replicas, 'shop');
      const brief = await one(1).set('brief', { for: '6s' });
      await agree(replicas, 'brief', 'shop');
      for (const index of [4, 5, 6]) machine(index).cutOff();

      // At once, before anybody knows: what is said now is lost on the way.
      await one(5).end(shop.id);
      await one(4).set('far', { for: '30m' });
      await one(0).set('near', { for: '30m' });
      await agree(near, 'brief', 'near', 'shop');
      expect((await one(4).view()).targets).toEqual(['brief', 'far', 'shop']);
      expect((await one(5).view()).targets).toEqual(['brief']);
      await connected(far, false);
      await until('they are shown as down', async () => {
        const { status } = await one(0).view();
        return (
          status.instances
            .filter(({ isUp }) => !isUp)
            .map((each) => each.name)
            .join() === 'pod-4,pod-5,pod-6'
        );
      });
      await delay(Math.max(0, brief.expiresAt + 1_100 - Date.now()));
      expect((await views(replicas)).map(({ targets }) => targets.includes('brief'))).not.toContain(true);

      for (const index of [4, 5, 6]) machine(index).connect();
      await connected(replicas, true);
      await agree(replicas, 'far', 'near');
      await until('all are shown as up', async () =>
        (await one(0).view()).status.instances.every(({ isUp }) => isUp),
      );
    },
  );

  may(
    'the engine without anybody: what is set holds where it was set, and goes round afterwards',
    async () => {
      machine(0).cutOff();
      await connected(replicas, false);
      await one(2).set('alone', { for: '30m' });
      expect((await one(2).view()).targets).toEqual(['alone', 'far', 'near']);
      machine(0).connect();
      await connected(replicas, true);
      await agree(replicas, 'alone', 'far', 'near');
    },
  );

  may('nobody waited for the network, and nothing ended late', async () => {
    const found = await views(replicas);
    // A busy machine alone takes half a second; an answer is waited for a second and a half.
    expect(Math.max(...found.map(({ longestCallMs }) => longestCallMs))).toBeLessThan(1_400);
    expect(found.map(({ lateness }) => typeof lateness.brief)).toEqual(names.map(() => 'number'));
    expect(Math.max(...found.map(({ lateness }) => lateness.brief as number))).toBeLessThan(1_000);
  });
});
