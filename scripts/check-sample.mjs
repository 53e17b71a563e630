/**
 * Starts the sample app with `npm run sample`, as a reader of the README would, asks it for real
 * and looks at what it wrote under LOG_DIR (the folder given as argument).
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './free-port.mjs';

const startTimeoutMs = 120_000;
const stopTimeoutMs = 10_000;

const logFolder = path.resolve(process.argv[2] ?? path.join(tmpdir(), `sample-app-${process.pid}`));
mkdirSync(logFolder, { recursive: true });
const port = await freePort();
const app = start();
try {
  await answering();
  await check();
} finally {
  await stop();
}
assertLogged();
console.log('The sample app answers and logs.');

function start() {
  const env = { ...process.env, PORT: String(port), LOG_DIR: logFolder, NODE_ENV: 'production' };
  const child = spawn('npm', ['run', 'sample'], {
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: true,
  });
  child.ended = new Promise((resolve) => child.once('exit', (code) => resolve(code)));
  return child;
}

async function answering() {
  const deadline = Date.now() + startTimeoutMs;
  while (Date.now() < deadline) {
    if (app.exitCode !== null) throw new Error(`npm run sample ended with ${app.exitCode}`);
    const answer = await ask('/orders').catch(() => undefined);
    if (answer !== undefined) return;
    await sleep(200);
  }
  throw new Error(`npm run sample did not answer on port ${port} within ${startTimeoutMs / 1000} s`);
}

async function check() {
  assert.equal((await ask('/no-such-route')).status, 404);
  assert.ok((await ask('/orders')).status < 500);
}

/** The whole process group is signalled, because npm is between us and the app. */
async function stop() {
  if (app.exitCode === null) process.kill(-app.pid, 'SIGTERM');
  const late = sleep(stopTimeoutMs, 'late', { ref: false });
  if ((await Promise.race([app.ended, late])) === 'late') process.kill(-app.pid, 'SIGKILL');
}

function assertLogged() {
  const files = readdirSync(logFolder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const text = files.map((entry) => readFileSync(path.join(entry.parentPath, entry.name), 'utf8')).join('');
  assert.match(text, /nest\.server/, `${logFolder} holds an access record`);
  assert.match(text, /no-such-route/, 'the access record names the path');
}

function ask(route) {
  return fetch(`http://localhost:${port}${route}`, { signal: AbortSignal.timeout(5_000) });
}
