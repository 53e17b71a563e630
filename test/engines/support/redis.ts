import { Redis as Client } from 'ioredis';
import { freePort } from '../../support/free-port.js';
import { type Engine, until } from './engine.js';
import { dataFolder, EngineProcess } from './engine-process.js';

/** An entry of a stream. */
export interface RedisEntry {
  readonly id: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** A Redis of one's own. What it has acknowledged is in its file, and a kill loses none of it. */
export interface Redis extends Engine {
  readonly port: number;
  readonly url: string;
  /** All entries of a stream, in order. */
  query(key: string): Promise<RedisEntry[]>;
  /** Resolves with the entries when there are so many. */
  received(key: string, count: number, timeoutMs?: number): Promise<RedisEntry[]>;
}

/** Starts a Redis on a port that was free. */
export async function startRedis(): Promise<Redis> {
  const folder = dataFolder('redis');
  const port = await freePort();
  const engine = new EngineProcess(folder, {
    name: 'Redis',
    command: 'redis-server',
    args: [
      ...['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--maxmemory', '256mb'],
      // A full one refuses, it throws nothing away.
      ...['--maxmemory-policy', 'noeviction', '--save', '', '--appendonly', 'yes', '--appendfsync', 'always'],
    ],
    ready: () => engine.printed.includes('Ready to accept connections'),
  });
  await engine.start();

  async function query(key: string): Promise<RedisEntry[]> {
    const client = new Client({ port, host: '127.0.0.1', maxRetriesPerRequest: 1 });
    // Its failure is the answer's.
    client.on('error', () => undefined);
    try {
      return (await client.xrange(key, '-', '+')).map(([id, values]) => ({ id, fields: pairs(values) }));
    } finally {
      client.disconnect();
    }
  }
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    query,
    async received(key, count, timeoutMs = 15_000) {
      let entries: RedisEntry[] = [];
      await until(
        `Redis has ${count} entries in ${key}`,
        async () => {
          entries = await query(key);
          return entries.length >= count;
        },
        timeoutMs,
      );
      return entries;
    },
    ...engine.controls,
  };
}

function pairs(values: readonly string[]): Record<string, string> {
  const fields: Record<string, string> = {};
  for (let index = 0; index < values.length; index += 2) fields[values[index]!] = values[index + 1]!;
  return fields;
}
