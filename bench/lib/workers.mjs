import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';

const bench = path.join(import.meta.dirname, '..');

/**
 * Starts one competitor's process and waits until it is warm.
 *
 * @returns `{ ask(request), stop() }`, or undefined where the competitor has no such case.
 */
export async function startWorker(task) {
  const worker = task.competitor === 'cpython' ? startPython(task) : startNode(task);
  const first = await worker.next();
  if (first.isReady) return { ...worker, count: first.count };
  worker.stop();
  if (first.isMissing) return undefined;
  throw new Error(`${task.competitor} (${task.name}): ${first.error}`);
}

function startNode(task) {
  const child = fork(path.join(bench, 'worker.mjs'), [JSON.stringify(task)], {
    cwd: bench,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { ...process.env, NODE_ENV: 'production', NO_COLOR: '1' },
  });
  return conversation(
    child,
    (deliver) => child.on('message', deliver),
    (request) => child.send(request),
  );
}

function startPython(task) {
  const child = spawn('python3', [path.join(bench, 'competitors/cpython.py'), JSON.stringify(task)]);
  return conversation(
    child,
    (deliver) => createInterface(child.stdout).on('line', (line) => deliver(JSON.parse(line))),
    (request) => child.stdin.write(`${JSON.stringify(request)}\n`),
  );
}

function conversation(child, listen, send) {
  const answers = [];
  let complaint = '';
  let wake = () => {};
  const deliver = (message) => {
    answers.push(message);
    wake();
  };
  listen(deliver);
  child.stderr.on('data', (text) => {
    complaint = (complaint + text).slice(-2_000);
  });
  child.once('error', (error) => deliver({ error: error.message }));
  child.once('exit', (code) => deliver({ error: `ended with code ${code}: ${complaint}` }));
  const next = async () => {
    while (answers.length === 0) {
      await new Promise((resolve) => {
        wake = resolve;
      });
    }
    return answers.shift();
  };
  return {
    next,
    async ask(request) {
      send(request);
      const answer = await next();
      if (answer.error) throw new Error(answer.error);
      return answer;
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}
