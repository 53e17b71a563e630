import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { catalogue } from '../../scripts/engines/catalogue.mjs';
import { freePort } from '../../scripts/free-port.mjs';
import { Arrivals } from '../shipping/numbered.mjs';

const execute = promisify(execFile);
const installed = path.join(import.meta.dirname, '../../.engines/kafka');
const READY_WITHIN_MS = 120_000;
// Ends the broker with the bench, however that ends. Only Linux has it.
const SETPRIV = '/usr/bin/setpriv';
const LEASH = existsSync(SETPRIV) ? [SETPRIV, '--pdeathsig', 'KILL'] : [];

/**
 * A broker of Kafka, as `scripts/engines.mjs` installs it: one that clients reach through a proxy, and the bench directly.
 *
 * @returns `{ upstream, createTopic, arrivals, stop }`, or `{ obstacle }` where there is none.
 */
export async function startBroker() {
  if (!catalogue.kafka.isThere('kafka'))
    return { obstacle: 'there is no broker; "node scripts/engines.mjs kafka" installs one' };
  const folder = mkdtempSync(path.join(tmpdir(), 'logging-bench-kafka-'));
  const [port, direct, brokerPort, controller] = [
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
  ];
  const properties = path.join(folder, 'server.properties');
  writeFileSync(properties, settings({ port, direct, brokerPort, controller, folder }));
  const java = [
    ...['-Xmx320m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-XX:+ExitOnOutOfMemoryError'],
    ...['-cp', `${installed}/classes:${installed}/lib/*`, '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn'],
  ];
  const cluster = randomBytes(16).toString('base64url');
  await execute('java', [...java, 'kafka.tools.StorageTool', 'format', '-t', cluster, '-c', properties]);
  const started = '-Dorg.slf4j.simpleLogger.log.kafka.server.KafkaRaftServer=info';
  const [file, ...args] = [...LEASH, 'java', ...java, started, 'kafka.Kafka', properties];
  const child = spawn(file, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  await untilReady(child);

  const { Kafka, logLevel } = await import('kafkajs');
  const admin = new Kafka({ brokers: [`127.0.0.1:${direct}`], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  let topics = 0;
  return {
    upstream: { port, brokerPort },
    async createTopic() {
      topics += 1;
      const topic = `logs-${topics}`;
      await admin.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: true });
      return topic;
    },
    /** What the topic holds, read by Kafka's own client for Java. */
    async arrivals(topic) {
      const { stdout } = await execute('java', [...java, 'ReadTopic', `127.0.0.1:${direct}`, topic], {
        maxBuffer: 1024 ** 3,
      });
      const arrivals = new Arrivals();
      for (const line of stdout.split('\n'))
        arrivals.add(Buffer.from(line.split('\t')[4] ?? '', 'base64').toString());
      return { arrived: arrivals.count, repeated: arrivals.repeats };
    },
    async stop() {
      await admin.disconnect();
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function settings({ port, direct, brokerPort, controller, folder }) {
  const local = (at) => `127.0.0.1:${at}`;
  const all = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@${local(controller)}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'DIRECT',
    listeners: `DIRECT://${local(direct)},PROXIED://${local(brokerPort)},CONTROLLER://${local(controller)}`,
    'advertised.listeners': `DIRECT://${local(direct)},PROXIED://${local(port)}`,
    'listener.security.protocol.map': 'DIRECT:PLAINTEXT,PROXIED:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': path.join(folder, 'data'),
    'offsets.topic.replication.factor': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    // Buffers of a cleaner that has nothing to clean here: 128 MiB by default.
    'log.cleaner.dedupe.buffer.size': 4_194_304,
  };
  return Object.entries(all)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}

async function untilReady(child) {
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      printed = (printed + chunk).slice(-8_000);
    });
  for (const started = performance.now(); !printed.includes('Kafka Server started'); ) {
    if (child.exitCode !== null || performance.now() - started > READY_WITHIN_MS)
      throw new Error(`Kafka does not start. It printed:\n${printed}`);
    await delay(100);
  }
}
