import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Redis as Client } from 'ioredis';
import type { Certificates } from '../../support/certificates.js';
import { freePort } from '../../support/free-port.js';
import { type Engine, until } from './engine.js';
import { dataFolder, EngineProcess } from './engine-process.js';

/** Redis servers that are more than one process with a port. */
export interface RedisServers {
  stop(): Promise<void>;
}

async function startServer(name: string, args: readonly string[], folder = dataFolder('redis')) {
  const engine: EngineProcess = new EngineProcess(folder, {
    name,
    command: 'redis-server',
    args: [...args, '--dir', folder, '--bind', '127.0.0.1'],
    ready: () => /Ready to accept connections|monitor master/.test(engine.printed),
  });
  await engine.start();
  return engine;
}

/** A server that takes TLS alone, from clients that have a certificate and know the password. */
export async function startTlsRedis(certificates: Certificates): Promise<Engine & { readonly port: number }> {
  const folder = dataFolder('redis-tls');
  const file = (name: string, text: string): string => {
    writeFileSync(path.join(folder, name), text);
    return path.join(folder, name);
  };
  const port = await freePort();
  const { ca, good } = certificates;
  const engine = await startServer(
    'Redis over TLS',
    [
      ...[
        '--port',
        '0',
        '--tls-port',
        String(port),
        '--tls-auth-clients',
        'yes',
        '--requirepass',
        'open sesame',
      ],
      ...['--tls-cert-file', file('server.crt', good.cert), '--tls-key-file', file('server.key', good.key)],
      ...['--tls-ca-cert-file', file('ca.crt', ca.cert)],
    ],
    folder,
  );
  return { port, ...engine.controls };
}

/** A master with a replica, watched by a sentinel that alone decides. */
export async function startSentinel(): Promise<
  RedisServers & { readonly sentinelPort: number; killMaster(): Promise<void> }
> {
  const [port, replicaPort, sentinelPort] = [await freePort(), await freePort(), await freePort()];
  const master = await startServer('Redis master', ['--port', String(port)]);
  const replica = await startServer('Redis replica', [
    ...['--port', String(replicaPort), '--replicaof', '127.0.0.1', String(port)],
  ]);
  const folder = dataFolder('redis-sentinel');
  const file = path.join(folder, 'sentinel.conf');
  writeFileSync(
    file,
    [
      `port ${sentinelPort}`,
      `sentinel monitor shop 127.0.0.1 ${port} 1`,
      'sentinel down-after-milliseconds shop 1000',
      'sentinel failover-timeout shop 5000',
    ].join('\n'),
  );
  const sentinel = await startServer('Redis Sentinel', [file, '--sentinel'], folder);
  const client = new Client({ port: sentinelPort, host: '127.0.0.1' });
  await until('the sentinel knows the replica', async () => {
    const replicas = (await client.call('SENTINEL', 'replicas', 'shop')) as string[][];
    return replicas.some((fields) => fields.includes('slave') && fields.includes('ok'));
  });
  client.disconnect();
  return {
    sentinelPort,
    killMaster: () => master.kill(),
    stop: async () => {
      await Promise.all([sentinel, replica, master].map((each) => each.stop()));
    },
  };
}

/** A cluster of three masters. */
export async function startCluster(): Promise<RedisServers & { readonly ports: readonly number[] }> {
  const ports = [await clusterPort(), await clusterPort(), await clusterPort()];
  const nodes = await Promise.all(
    ports.map((port) => {
      const folder = dataFolder('redis-cluster');
      mkdirSync(folder, { recursive: true });
      return startServer(
        `Redis node ${port}`,
        ['--port', String(port), '--cluster-enabled', 'yes', '--cluster-node-timeout', '2000'],
        folder,
      );
    }),
  );
  const stop = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.stop()));
  };
  try {
    const addresses = ports.map((port) => `127.0.0.1:${port}`);
    execFileSync('redis-cli', ['--cluster', 'create', ...addresses, '--cluster-yes'], { timeout: 120_000 });
    return { ports, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Nodes of a cluster listen on a second port, 10,000 above. */
async function clusterPort(): Promise<number> {
  for (;;) {
    const port = await freePort();
    if (port < 55_000) return port;
  }
}
