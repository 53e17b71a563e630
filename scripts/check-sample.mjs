/**
 * Follows the README in a fresh copy of the repository, in which nothing is installed: runs the command that starts the
 * sample app, as printed, waits for the address that it prints, asks it for real, and looks at what it wrote under LOG_DIR
 * (the folder given as argument). Prints how long the address took.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './free-port.mjs';

/** On a quiet machine it takes less than 30 s, of which the network takes a part. */
const startTimeoutMs = 180_000;
const stopTimeoutMs = 10_000;

const repository = path.join(import.meta.dirname, '..');
const logFolder = path.resolve(process.argv[2] ?? path.join(tmpdir(), `sample-app-${process.pid}`));
mkdirSync(logFolder, { recursive: true });
const copy = mkdtempSync(path.join(tmpdir(), 'sample-clone-'));
copyRepository();
const command = printedCommand();
const port = await freePort();
const started = performance.now();
let printed = '';
const app = start();
try {
  const address = await printedAddress();
  console.log(`${command}: ${((performance.now() - started) / 1000).toFixed(1)} s to ${address}`);
  assert.doesNotMatch(printed, /\bwarn|deprecated|vulnerabilit/i, 'nothing is warned about');
  assert.deepEqual(
    readdirSync(copy).includes('node_modules'),
    false,
    'the packages of the project are not needed',
  );
  assert.equal((await fetch(address)).status, 200);
  assert.equal((await ask('/no-such-route')).status, 404);
  assert.equal((await ask('/orders')).status, 200);
} finally {
  await stop();
  rmSync(copy, { recursive: true, force: true });
}
assertLogged();
console.log('The sample app answers and logs.');

/** What a clone would have, with the changes that are not committed yet. */
function copyRepository() {
  const list = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
    cwd: repository,
    encoding: 'utf8',
  });
  for (const file of list.split('\0').filter(Boolean))
    cpSync(path.join(repository, file), path.join(copy, file), { recursive: true });
}

/** The first command of the README that has to do with the sample. */
function printedCommand() {
  const blocks = readFileSync(path.join(copy, 'README.md'), 'utf8').matchAll(/^```sh\n(.*?)^```$/gms);
  const found = [...blocks].map(([, block]) => block.trim()).find((block) => /\bsample\b/.test(block));
  assert.ok(found, 'README.md has a command for the sample');
  return found;
}

function start() {
  const child = spawn('sh', ['-c', command], {
    cwd: copy,
    env: { ...process.env, PORT: String(port), LOG_DIR: logFolder },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      printed += text;
      process.stdout.write(text);
    });
  }
  child.ended = new Promise((resolve) => child.once('exit', (code) => resolve(code)));
  return child;
}

async function printedAddress() {
  while (performance.now() - started < startTimeoutMs) {
    if (app.exitCode !== null) throw new Error(`${command} ended with ${app.exitCode}`);
    const [address] = /http:\/\/localhost:\d+\/logging\S*/.exec(printed) ?? [];
    if (address !== undefined) return address;
    await sleep(50);
  }
  throw new Error(`${command} printed no address within ${startTimeoutMs / 1000} s`);
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
