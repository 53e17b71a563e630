import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { repository } from './markdown.js';

const startTimeoutMs = 20_000;
const quietMs = 150;

/**
 * Starts an application, sends it the requests of some `curl` commands, and ends it.
 *
 * @returns What it had printed before it was told to end.
 */
export async function serve(file: string, cwd: string, commands: string, variables: NodeJS.ProcessEnv = {}): Promise<string> {
  const port = await freePort();
  const outputFile = join(cwd, 'output.txt');
  const output = openSync(outputFile, 'w');
  const child = spawn(process.execPath, ['--import', join(repository, 'test/support/ts-loader.mjs'), file], {
    cwd,
    stdio: ['ignore', output, output],
    env: { ...process.env, NODE_OPTIONS: '', FORCE_COLOR: undefined, NODE_ENV: 'development', ...variables, PORT: String(port) },
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  try {
    await listening(port, () => child.exitCode !== null);
    await quiet(outputFile);
    for (const line of commands.split('\n').filter((command) => command.startsWith('curl '))) {
      const { url, ...init } = parseCurl(line);
      await (await fetch(url.replace(/:3000/, `:${port}`), init)).text();
      await quiet(outputFile);
    }
    return readFileSync(outputFile, 'utf8');
  } finally {
    child.kill('SIGTERM');
    await ended;
    closeSync(output);
  }
}

/** `curl -X POST -H 'name: value' -d 'body' localhost:3000/path` as a request. */
export function parseCurl(command: string): { url: string; method: string; headers: Record<string, string>; body?: string } {
  const words = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '').slice(1);
  const request: ReturnType<typeof parseCurl> = { url: '', method: 'GET', headers: {} };
  while (words.length > 0) {
    const word = words.shift() as string;
    if (word === '-s') continue;
    if (word === '-X') request.method = words.shift() ?? '';
    else if (word === '-H') {
      const [name = '', value = ''] = (words.shift() ?? '').split(': ');
      request.headers[name] = value;
    } else if (word === '--json') {
      request.body = words.shift() ?? '';
      request.method = 'POST';
      request.headers['content-type'] = 'application/json';
    } else if (/^localhost:/.test(word)) request.url = `http://${word}`;
    else throw new Error(`this option of curl is not known here: ${word}`);
  }
  return request;
}

async function listening(port: number, hasEnded: () => boolean): Promise<void> {
  const deadline = Date.now() + startTimeoutMs;
  while (Date.now() < deadline) {
    if (hasEnded()) return;
    if (await accepts(port)) return;
    await sleep(50);
  }
}

/** Whether a connection can be made; nothing is asked, since that would be logged. */
function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, 'localhost');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

/** Waits until nothing was added to a file for a while: what a request leads to may be logged after its answer. */
async function quiet(file: string): Promise<void> {
  let size = -1;
  for (let now = readFileSync(file).length; now !== size; now = readFileSync(file).length) {
    size = now;
    await sleep(quietMs);
  }
}

/** A port nobody listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
