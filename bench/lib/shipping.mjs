import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import process from 'node:process';
import { LOGGERS } from '../shipping/loggers.mjs';
import { startBroker } from './broker.mjs';
import { median, ratio, round, summary } from './statistics.mjs';

const programs = path.join(import.meta.dirname, '../shipping');

/** How the engine is; see shipping/engine.mjs. */
export const STATES = ['up', 'slow', 'down'];
/** How long a slow engine takes for each answer. */
export const SLOW_MS = 200;
/** How long a logger may take for its end. */
export const END_MS = 10_000;
/** All destinations. */
export const DESTINATIONS = Object.keys(LOGGERS);
/** All names of loggers, ours first. */
export const SHIPPERS = [...new Set(Object.values(LOGGERS).flatMap((loggers) => Object.keys(loggers)))];

/**
 * What shipping so many records takes of the process that logs them: each logger in a new process, in turns.
 *
 * @param options `{ records, pace, rounds, loggers, destinations, states, onStep, onProgress, onResult }`; `pace` in records
 * a second; `onResult` is called after each destination with what there is
 * @returns By destination, state and logger medians of what a client.mjs reports, without the CPU time of a process that
 * logs nothing, and how many records arrived, and how many more than once; `skipped` says what is missing, and why.
 */
export async function measureShipping(options) {
  const { records, pace, rounds, loggers, destinations } = options;
  const results = {};
  const skipped = {};
  const report = () => ({ records, pace, rounds, slowMs: SLOW_MS, results, skipped });
  for (const destination of destinations) {
    const names = Object.keys(LOGGERS[destination]).filter((name) => loggers.includes(name));
    options.onStep(`shipping to ${destination}`);
    const broker = destination === 'kafka' ? await startBroker() : undefined;
    if (broker?.obstacle !== undefined) {
      skipped[destination] = broker.obstacle;
      options.onStep(`shipping to kafka is skipped: ${broker.obstacle}`);
      continue;
    }
    try {
      const samples = await measureInTurns({ ...options, destination, names, broker });
      results[destination] = summarise(samples, names, records);
      options.onResult(report());
    } finally {
      await broker?.stop();
    }
  }
  return report();
}

/** By state and logger, what each run has found out; of a process that logs nothing, in the first state. */
async function measureInTurns({ destination, names, broker, states, rounds, records, pace, onProgress }) {
  const samples = Object.fromEntries(states.map((state) => [state, {}]));
  for (let turn = 0; turn < rounds; turn += 1) {
    for (const [at, state] of states.entries()) {
      const order = at === 0 ? ['nothing', ...names] : [...names];
      // Every other round the other way round, so that nobody always follows the same neighbour.
      if (turn % 2 === 1) order.reverse();
      for (const name of order) {
        onProgress(`turn ${turn + 1} of ${rounds}, engine ${state}, ${name}`);
        const sample = await runOnce({ destination, state, name, broker, records, pace });
        samples[state][name] = [...(samples[state][name] ?? []), sample];
      }
    }
  }
  return samples;
}

async function runOnce({ destination, state, name, broker, records, pace }) {
  const topic = await broker?.createTopic();
  const engine = fork(path.join(programs, 'engine.mjs'), [
    JSON.stringify({ state, slowMs: SLOW_MS, upstream: broker?.upstream }),
  ]);
  try {
    const [{ port }] = await once(engine, 'message');
    const address = { url: `http://127.0.0.1:${port}`, broker: `127.0.0.1:${port}`, topic };
    const task = { destination, name, address, records, pace, endMs: END_MS };
    const figures = await runClient(task);
    if (broker !== undefined) return { ...figures, ...(await broker.arrivals(topic)) };
    engine.send({});
    const [counted] = await once(engine, 'message');
    return { ...figures, ...counted };
  } finally {
    engine.kill('SIGKILL');
    await once(engine, 'exit');
  }
}

async function runClient(task) {
  const client = fork(path.join(programs, 'client.mjs'), [JSON.stringify(task)], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { ...process.env, NODE_ENV: 'production', NO_COLOR: '1' },
  });
  let complaint = '';
  client.stderr.on('data', (text) => {
    complaint = (complaint + text).slice(-2_000);
  });
  let figures;
  client.once('message', (message) => {
    figures = message;
  });
  const [code, signal] = await once(client, 'exit');
  if (figures !== undefined) return figures;
  throw new Error(`${task.name} (${task.destination}): ended with ${code ?? signal}: ${complaint}`);
}

function summarise(samples, names, records) {
  const [{ nothing }] = Object.values(samples);
  const idleMs = median(nothing.map(({ cpuMs }) => cpuMs));
  return Object.fromEntries(
    Object.entries(samples).map(([state, byName]) => {
      const cpuOf = (name) => byName[name].map(({ cpuMs }) => ((cpuMs - idleMs) * 1_000) / records);
      const figures = names.map((name) => [
        name,
        {
          cpuUs: summary(cpuOf(name)),
          ratio: ratio(cpuOf(name), cpuOf('ours')),
          ...summaryOf(byName[name], records),
        },
      ]);
      return [state, Object.fromEntries(figures)];
    }),
  );
}

function summaryOf(runs, records) {
  const middle = (pick) => round(median(runs.map(pick)));
  return {
    callUs: middle(({ callMs }) => (callMs * 1_000) / records),
    longestMs: middle(({ longestMs }) => longestMs),
    rssMiB: middle(({ rssMiB }) => rssMiB),
    grownMiB: middle(({ grownMiB }) => grownMiB),
    heapMiB: middle(({ heapMiB }) => heapMiB),
    endedMs: middle(({ endedMs }) => endedMs),
    lost: Math.round(median(runs.map(({ arrived }) => records - arrived))),
    repeated: Math.round(median(runs.map(({ repeated }) => repeated))),
    ...(runs.some(({ thrown }) => thrown !== undefined) ? { hasThrown: true } : {}),
    ...(runs[0].counted === undefined
      ? {}
      : { counted: Math.round(median(runs.map(({ counted }) => counted))) }),
  };
}
