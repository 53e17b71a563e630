/**
 * Starts three instances of the sample application, which write their records to one Redis, sends a request through all of
 * them, and shows its records with one query. Runs until it is interrupted; with `--check` it ends when the query has
 * found what it has to.
 *
 * The Redis is one of its own, `redis-server` of Debian, which keeps nothing on disk.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './free-port.mjs';

const repository = path.join(import.meta.dirname, '..');
const isCheck = process.argv.includes('--check');
const startTimeoutMs = 180_000;
const folder = mkdtempSync(path.join(tmpdir(), 'sample-cluster-'));
const children = [];

process.once('SIGINT', () => void end(0));
process.once('SIGTERM', () => void end(0));
try {
  await run();
} catch (error) {
  console.error(error);
  await end(1);
}

async function run() {
  const redisPort = await startRedis();
  const ports = [];
  for (let number = 1; number <= 3; number++) ports.push(await startInstance(redisPort, number));
  const id = randomUUID();
  await sendThrough(ports, id);
  const query = `redis-cli -p ${redisPort} --raw XRANGE logs - + | grep ${id}`;
  const lines = await found(query, ports.length);
  console.log(`\nThree instances: ${ports.map((port) => `http://localhost:${port}/orders`).join(', ')}`);
  console.log(`Their records are in Redis on port ${redisPort}. Those of request ${id}:\n\n$ ${query}`);
  console.log(lines.join('\n'));
  if (isCheck) await end(0);
  console.log('\nCtrl+C ends them.');
}

async function startRedis() {
  const port = await freePort();
  const args = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--dir',
    folder,
    '--save',
    '',
    '--appendonly',
    'no',
  ];
  const redis = start('redis-server', args, {});
  const missing = new Promise((_, reject) => {
    redis.once('error', () => reject(new Error('There is no redis-server: apt-get install redis-server')));
  });
  await Promise.race([missing, until('Redis answers', () => ping(port))]);
  return port;
}

function ping(port) {
  const options = { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] };
  return execFileSync('redis-cli', ['-p', String(port), 'ping'], options).startsWith('PONG');
}

async function startInstance(redisPort, number) {
  const port = await freePort();
  const instance = start(process.execPath, [path.join(repository, 'sample-app', 'dist', 'main.js')], {
    ...{ PORT: String(port), INSTANCE: `shop-${number}`, REDIS_URL: `redis://127.0.0.1:${redisPort}` },
    ...{ NODE_ENV: 'production', LOGGING: 'cluster' },
  });
  const ended = instance.ended.then(() => {
    throw new Error(`shop-${number} ended before it answered`);
  });
  const answers = async () => (await fetch(`http://localhost:${port}/orders`)).ok;
  await Promise.race([ended, until(`shop-${number} answers`, answers)]);
  return port;
}

/** Each instance does a part of one request, whose id they are given. The last one fails. */
async function sendThrough([first, second, third], id) {
  const headers = { 'x-request-id': id, 'x-api-key': 'sample', 'content-type': 'application/json' };
  const body = JSON.stringify({ item: 'tea', quantity: 200 });
  const answers = [
    await fetch(`http://localhost:${first}/orders`, { method: 'POST', headers, body }),
    await fetch(`http://localhost:${second}/orders`, { headers }),
    await fetch(`http://localhost:${third}/orders/report`, { headers }),
  ];
  assert.deepEqual(
    answers.map(({ status }) => status),
    [201, 200, 500],
  );
}

/** What the query finds, once there are records of so many instances. */
async function found(query, count) {
  let lines = [];
  await until('the records are there', () => {
    const options = { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] };
    lines = execFileSync('sh', ['-c', query], options).trimEnd().split('\n');
    return new Set(lines.map((line) => JSON.parse(line).instance)).size === count;
  });
  return lines;
}

function start(command, args, env) {
  const child = spawn(command, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  child.ended = new Promise((resolve) => child.once('exit', resolve).once('error', resolve));
  children.push(child);
  return child;
}

async function until(what, holds) {
  for (const deadline = Date.now() + startTimeoutMs; Date.now() < deadline; await sleep(200)) {
    try {
      if (await holds()) return;
    } catch {
      // Not yet.
    }
  }
  throw new Error(`Not within ${startTimeoutMs / 1000} s: ${what}`);
}

/** Ends the instances first, which send what they still have, then Redis. */
async function end(status) {
  for (const child of children.reverse()) {
    child.kill('SIGTERM');
    if ((await Promise.race([child.ended, sleep(10_000, 'late', { ref: false })])) === 'late')
      child.kill('SIGKILL');
  }
  rmSync(folder, { recursive: true, force: true });
  process.exit(status);
}
