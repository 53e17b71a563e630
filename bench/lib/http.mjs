import { Buffer } from 'node:buffer';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { median, round } from './statistics.mjs';

const bench = path.join(import.meta.dirname, '..');

export const PLATFORMS = ['express', 'fastify'];
export const HTTP_VARIANTS = [
  'none',
  'ours',
  'ours-batched',
  'ours-tuned',
  'limit',
  'nestjs-pino',
  'nest-winston',
  'nest-json',
];

const CONNECTIONS = 50;
const BACKGROUND_MS = 1_000;

/**
 * Requests a second, latency and CPU time a request, one server process a variant, in turns.
 *
 * How fast a process is, is partly a matter of its luck (what the engine optimises when, and forgets again): after some
 * turns all of them are started anew.
 *
 * @param options `{ platform, variants, rounds, starts, seconds }`; `rounds` in all, divided among the starts
 */
export async function measureHttp({ platform, variants, rounds, starts, seconds, onProgress }) {
  const { default: autocannon } = await import('autocannon');
  const samples = new Map(variants.map((variant) => [variant, []]));
  for (let start = 0; start < starts; start += 1) {
    await measureProcesses({
      platform,
      samples,
      rounds: rounds / starts,
      onProgress: (text) => onProgress(`start ${start + 1} of ${starts}: ${text}`),
      fire: (server) => fire(autocannon, server, seconds),
    });
  }
  return Object.fromEntries(
    [...samples].map(([variant, all]) => [variant, summarise(all, samples.get('none'))]),
  );
}

async function measureProcesses({ platform, samples, rounds, onProgress, fire }) {
  const directory = mkdtempSync(path.join(tmpdir(), 'logging-bench-'));
  const servers = new Map();
  try {
    for (const variant of samples.keys()) {
      onProgress(`${variant} warms up`);
      const server = await startServer(platform, variant, directory);
      servers.set(variant, server);
      await fire(server);
    }
    for (let turn = 0; turn < rounds; turn += 1) {
      const order = turn % 2 === 0 ? [...servers] : [...servers].reverse();
      for (const [variant, server] of order) {
        onProgress(`turn ${turn + 1} of ${rounds}, ${variant}`);
        samples.get(variant).push(await fire(server));
      }
    }
    // Those that write in the background are given the time.
    await delay(BACKGROUND_MS);
    for (const [variant, server] of servers) if (variant !== 'none') checkLines(variant, server);
  } finally {
    for (const { child } of servers.values()) child.kill('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  }
}

async function startServer(platform, variant, directory) {
  const file = path.join(directory, `${variant}.log`);
  const output = openSync(file, 'a');
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
  return { child, url: `http://127.0.0.1:${first.port}/hello`, file, requests: 0 };
}

async function fire(autocannon, server, seconds) {
  const before = await cpuOf(server);
  const rest = stayAwake();
  const result = await autocannon({ url: server.url, connections: CONNECTIONS, duration: seconds });
  rest();
  const after = await cpuOf(server);
  if (result.errors > 0 || result.non2xx > 0)
    throw new Error(`${server.url}: ${result.errors} errors, ${result.non2xx} not 2xx`);
  server.requests += result.requests.total;
  return {
    perSecond: result.requests.total / result.duration,
    p50: result.latency.p50,
    p99: result.latency.p99,
    cpuUs: (after - before) / result.requests.total,
  };
}

/**
 * Keeps this process from sleeping until it is stopped.
 *
 * Whoever sends to a process that sleeps pays for waking it: on a virtual machine 20 µs and more for each answer. Without
 * logging the server is the faster one and never meets a sleeper; every logger would be charged for that.
 */
function stayAwake() {
  let isAwake = true;
  const stir = () => {
    if (isAwake) setImmediate(stir);
  };
  stir();
  return () => {
    isAwake = false;
  };
}

/** A logger that is set up wrongly is fast: each request must have left its line. */
function checkLines(variant, { file, requests }) {
  let lines = 0;
  const chunk = Buffer.alloc(1 << 20);
  const fd = openSync(file, 'r');
  for (let read = readSync(fd, chunk); read > 0; read = readSync(fd, chunk)) {
    for (let at = chunk.indexOf(10); at >= 0 && at < read; at = chunk.indexOf(10, at + 1)) lines += 1;
  }
  closeSync(fd);
  if (lines < requests) throw new Error(`${variant} wrote ${lines} lines for ${requests} requests`);
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
