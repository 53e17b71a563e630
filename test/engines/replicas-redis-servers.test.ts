import { afterEach, expect, test } from '@jest/globals';
import { hasOpenssl, makeCertificates } from '../support/certificates.js';
import { describeWithEngines, until } from './support/engine.js';
import { startCluster, startSentinel, startTlsRedis } from './support/redis-servers.js';
import { type ReplicaProcess, startReplica } from './support/replica-process.js';

/** Long enough for a busy machine to start two processes and for a sentinel to decide. */
const PATIENCE_MS = 60_000;

describeWithEngines(['redis'], 'Replicas over Redis as it is run in production', () => {
  let replicas: ReplicaProcess[] = [];
  let stopServers: (() => Promise<void>) | undefined;
  afterEach(async () => {
    await Promise.all(replicas.map((replica) => replica.close()));
    replicas = [];
    await stopServers?.();
    stopServers = undefined;
  });

  async function start(...options: object[]): Promise<void> {
    replicas = await Promise.all(
      options.map((each, index) =>
        startReplica(`pod-${index + 1}`, 'redisReplicas', { ...each, key: 'shop' }),
      ),
    );
    await connected();
  }
  const views = () => Promise.all(replicas.map((replica) => replica.view()));
  const connected = () =>
    until(
      'all are connected',
      async () => (await views()).every(({ status }) => status.isConnected),
      PATIENCE_MS,
    );
  const have = (...targets: string[]) =>
    until(
      `all have ${targets}`,
      async () => (await views()).every((view) => view.targets.join() === targets.join()),
      PATIENCE_MS,
    );

  (hasOpenssl ? test : test.skip)('over TLS, with certificates of their own and a password', async () => {
    const certificates = makeCertificates();
    const server = await startTlsRedis(certificates);
    stopServers = server.stop;
    const { port } = server;
    const tls = { ca: certificates.ca.cert, cert: certificates.good.cert, key: certificates.good.key };
    const password = 'open sesame';
    await start(
      { options: { host: '127.0.0.1', port, password, tls } },
      { url: `rediss://:${encodeURIComponent(password)}@127.0.0.1:${port}`, options: { tls } },
    );
    await replicas[0]?.set('shop');
    await have('shop');

    // One that does not know the authority, and one that says nothing of TLS, stay outside and go on.
    const outside = await Promise.all([
      startReplica('stranger', 'redisReplicas', {
        url: `rediss://:${password}@127.0.0.1:${port}`,
        key: 'shop',
      }),
      startReplica('plain', 'redisReplicas', { url: `redis://:${password}@127.0.0.1:${port}`, key: 'shop' }),
    ]);
    try {
      for (const replica of outside) await replica.set('own');
      await until('several heartbeats', async () => {
        const { status } = await (replicas[0] as ReplicaProcess).view();
        return status.instances.every(({ applied }) => applied === status.version);
      });
      for (const replica of outside) {
        const { status, targets, longestCallMs } = await replica.view();
        expect(status).toMatchObject({ isConnected: false, instances: [] });
        expect(targets).toEqual(['own']);
        expect(longestCallMs).toBeLessThan(1_400);
      }
    } finally {
      await Promise.all(outside.map((replica) => replica.close()));
    }
  });

  test('behind a sentinel, which makes the replica the master when the master is killed', async () => {
    const servers = await startSentinel();
    stopServers = servers.stop;
    const options = { sentinels: [{ host: '127.0.0.1', port: servers.sentinelPort }], name: 'shop' };
    await start({ options }, { options });
    await replicas[0]?.set('before');
    await have('before');
    await servers.killMaster();
    await until('all see that it is gone', async () =>
      (await views()).every(({ status }) => !status.isConnected),
    );
    await replicas[1]?.set('while-it-is-gone');
    await connected();
    await have('before', 'while-it-is-gone');
  });

  test('in a cluster, by a client that the application has', async () => {
    const servers = await startCluster();
    stopServers = servers.stop;
    const cluster = servers.ports.map((port) => ({ host: '127.0.0.1', port }));
    await start({ cluster }, { cluster });
    const { id } = (await replicas[0]?.set('shop')) ?? { id: '' };
    await replicas[1]?.set('mail');
    await have('mail', 'shop');
    await replicas[1]?.end(id);
    await have('mail');
    const [{ status } = { status: undefined }] = await views();
    expect(status?.instances.map(({ name, isUp }) => [name, isUp])).toEqual([
      ['pod-1', true],
      ['pod-2', true],
    ]);
  });
});
