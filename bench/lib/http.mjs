import { fork } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { median, round } from './statistics.mjs';

const bench = path.join(import.meta.dirname, '..');

export const PLATFORMS = ['express', 'fastify'];
export const HTTP_VARIANTS = ['none', 'ours', 'nestjs-pino', 'nest-winston', 'nest-json'];

const CONNECTIONS = 50;

/**
 * Requests a second, latency and processor time a request, one server process a variant, in turns.
 *
 * @param options `{ platform, variants, rounds, seconds }`
 */
export async function measureHttp({ platform, variants, rounds, seconds, onProgress }) {
  const { default: autocannon } = await import('autocannon');
  const directory = mkdtempSync(path.join(tmpdir(), 'logging-bench-'));
  const servers = new Map();
  const samples = new Map();
  try {
    for (const variant of variants) {
      onProgress(`${variant} warms up`);
      const server = await startServer(platform, variant, directory);
      servers.set(variant, server);
      samples.set(variant, []);
      await fire(autocannon, server, seconds);
    }
    for (let turn = 0; turn < rounds; turn += 1) {
      const order = turn % 2 === 0 ? [...servers] : [...servers].reverse();
      for (const [variant, server] of order) {
        onProgress(`turn ${turn + 1} of ${rounds}: ${variant}`);
        samples.get(variant).push(await fire(autocannon, server, seconds));
      }
    }
  } finally {
    for (const { child } of servers.values()) child.kill('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  }
  return Object.fromEntries(
    [...samples].map(([variant, all]) => [variant, summarise(all, samples.get('none'))]),
  );
}

async function startServer(platform, variant, directory) {
  const output = openSync(path.join(directory, `${variant}.log`), 'a');
  const child = fork(path.join(bench, 'http/server.mjs'), [platform, variant], {
    cwd: bench,
    stdio: ['ignore', output, 'inherit', 'ipc'],
    env: { ...process.env, NODE_ENV: 'production', NO_COLOR: '1' },
  });
  closeSync(output);
  const [first] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) => {
      throw new Error(`the server of ${variant} on ${platform} ended with code ${code}`);
    }),
  ]);
  return { child, url: `http://127.0.0.1:${first.port}/hello` };
}

async function fire(autocannon, server, seconds) {
  const before = await cpuOf(server);
  const result = await autocannon({ url: server.url, connections: CONNECTIONS, duration: seconds });
  const after = await cpuOf(server);
  if (result.errors > 0 || result.non2xx > 0)
    throw new Error(`${server.url}: ${result.errors} errors, ${result.non2xx} not 2xx`);
  return {
    perSecond: result.requests.total / result.duration,
    p50: result.latency.p50,
    p99: result.latency.p99,
    cpuUs: (after - before) / result.requests.total,
  };
}

async function cpuOf({ child }) {
  child.send('cpu');
  const [{ cpu }] = await once(child, 'message');
  return cpu;
}

function summarise(all, none) {
  const of = (key) => round(median(all.map((sample) => sample[key])));
  return {
    perSecond: of('perSecond'),
    p50Ms: of('p50'),
    p99Ms: of('p99'),
    cpuUs: of('cpuUs'),
    // Turn by turn, so that what slows the machine for a while slows both.
    addedCpuUs: round(median(all.map((sample, turn) => sample.cpuUs - none[turn].cpuUs))),
    perSecondOfNone: round(median(all.map((sample, turn) => sample.perSecond / none[turn].perSecond))),
  };
}
