import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from '@jest/globals';
import { ChildProgram } from '../support/child-program.js';
import { useTemporaryFolder } from '../support/temporary-folder.js';
import { describeWithEngines, type Engine } from './support/engine.js';
import { startNATS } from './support/nats.js';
import { startRedis } from './support/redis.js';

/** Logs on and on, and says after each call which one has returned; or sends what is there, and says when it is gone. */
const program = new ChildProgram(`
  import { writeSync } from 'node:fs';
  import { NATSHandler } from 'lib/handlers/shipping/brokers/nats.handler';
  import { RedisStreamHandler } from 'lib/handlers/shipping/brokers/redis-stream.handler';
  import { LogRecord } from 'lib/core/records/log-record';

  const [kind, url, directory, first] = process.argv.slice(2);
  const common = { batchSize: 50, flushIntervalMs: 10, timeoutMs: 1_500, spool: { directory } };
  const handler = kind === 'Redis'
    ? new RedisStreamHandler({ url, key: 'logs', ...common })
    : new NATSHandler({ servers: [url], subject: 'logs.shop', ...common });
  if (first === 'rest') {
    setInterval(() => {
      if (handler.stats.spooled + handler.stats.queued === 0) writeSync(1, 'empty');
    }, 20);
  } else {
    for (let n = Number(first); ; n++) {
      const levelno = n % 9 === 0 ? 40 : 20;
      handler.handle(new LogRecord({ name: 'shop', levelno, levelname: 'INFO', msg: 'number ' + n + ';' }));
      writeSync(1, n + '\\n');
      if (n % 20 === 0) await new Promise((resolve) => setTimeout(resolve, Math.random() * 10));
    }
  }
`);

const ROUNDS = 5;

/** An engine, and the texts of all records that it has. */
interface Store {
  readonly engine: Engine & { readonly url: string };
  texts(): Promise<readonly string[]>;
}

const STORES: Readonly<Record<string, () => Promise<Store>>> = {
  Redis: async () => {
    const engine = await startRedis();
    return {
      engine,
      texts: async () => (await engine.query('logs')).map(({ fields }) => fields.record ?? ''),
    };
  },
  NATS: async () => {
    const engine = await startNATS();
    await engine.addStream('logs', ['logs.>']);
    return { engine, texts: async () => (await engine.query('logs')).map(({ data }) => data) };
  },
};

const pause = (upToMs: number) => new Promise((resolve) => setTimeout(resolve, Math.random() * upToMs));

describeWithEngines(['redis', 'nats'], 'A process and a broker that are killed at any moment', () => {
  const folder = useTemporaryFolder();

  function started(...args: string[]) {
    const [node, ...before] = program.command;
    return spawn(node, [...before, ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
  }

  it.each(Object.keys(STORES))(
    '%s: each record whose log call returned arrives',
    async (kind) => {
      const { engine, texts } = await (STORES[kind] as () => Promise<Store>)();
      const logged: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        // One may have been logged that could not be said any more.
        const child = started(kind, engine.url, folder.path, String((logged.at(-1) ?? -2) + 2));
        let printed = '';
        child.stdout.on('data', (chunk: Buffer) => {
          printed += chunk;
        });
        await once(child.stdout, 'data');
        const brokerKilled = pause(600).then(() => engine.kill());
        await pause(900);
        child.kill('SIGKILL');
        await Promise.all([once(child, 'close'), brokerKilled]);
        logged.push(...printed.split('\n').slice(0, -1).map(Number));
        await engine.restart();
      }
      const last = started(kind, engine.url, folder.path, 'rest');
      await once(last.stdout, 'data');
      last.kill('SIGKILL');
      await once(last, 'close');
      const arrived = new Set((await texts()).map((text) => Number(/number (\d+);/.exec(text)?.[1])));
      await engine.stop();
      expect(logged.length).toBeGreaterThanOrEqual(ROUNDS);
      expect(logged.filter((n) => !arrived.has(n))).toEqual([]);
    },
    120_000,
  );
});
