/**
 * What a log call costs whoever makes it, with one of several ways out: `outputs-once.mjs VARIANT DIRECTORY`, in a process
 * of its own. Prints JSON.
 */
import path from 'node:path';
import process from 'node:process';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { dictConfig, getHandlerByName, getLogger, shutdown } from 'nestjs-logging/core';

const [variant, directory] = process.argv.slice(2);
const CALLS_A_TURN = 500;
const WARM_UP_TURNS = 150;
const TURNS = 200;
/** Records of the run that asks how many a second get through. */
const MANY = 100_000;

const file = (name, more) => ({
  class: 'FileHandler',
  filename: path.join(directory, `${variant}-${name}.log`),
  mode: 'w',
  formatter: 'json',
  bufferSize: 16_000,
  ...more,
});
const json = { json: { '()': 'JsonFormatter' } };
const numbers = Array.from({ length: 10 }, (_, at) => at);

const VARIANTS = {
  one: () => ({ formatters: json, handlers: { out: file('out') } }),
  /** Each with a format and a filter of its own. */
  ten: () => ({
    formatters: Object.fromEntries(
      numbers.map((at) => [
        `format${at}`,
        at % 2 === 0
          ? { '()': 'JsonFormatter' }
          : { format: `%(asctime)s ${at} %(levelname)s %(name)s: %(message)s` },
      ]),
    ),
    filters: Object.fromEntries(numbers.map((at) => [`filter${at}`, { name: 'shop' }])),
    handlers: Object.fromEntries(
      numbers.map((at) => [`out${at}`, file(at, { formatter: `format${at}`, filters: [`filter${at}`] })]),
    ),
  }),
  listener: () => ({
    formatters: json,
    handlers: { file: file('file'), out: { class: 'QueueHandler', handlers: ['file'] } },
  }),
  worker: () => ({
    handlers: {
      out: { class: 'QueueHandler', worker: { formatters: json, handlers: { file: file('file') } } },
    },
  }),
};

const config = VARIANTS[variant]();
const outs = Object.keys(config.handlers).filter((name) => name.startsWith('out'));
dictConfig({ version: 1, ...config, root: { level: 'INFO', handlers: outs } });
const logger = getLogger('shop.orders');
const queue = getHandlerByName('out')?.queue;
const waiting = () => queue?.stats.queued ?? 0;

await measure(WARM_UP_TURNS);
const figures = { ...(await measure(TURNS)), perSecond: await throughput() };
const { dropped = 0 } = queue?.stats ?? {};
await shutdown();
process.stdout.write(JSON.stringify({ ...figures, dropped }));

/** Nanoseconds of this thread: of a call by itself, and with what it later does to hand the record on. */
async function measure(turns) {
  const [calls, wholes] = [[], []];
  for (let turn = 0; turn < turns; turn += 1) {
    const started = performance.now();
    log(CALLS_A_TURN, turn);
    const called = performance.now();
    await nextTurn();
    const ended = performance.now();
    calls.push(((called - started) * 1e6) / CALLS_A_TURN);
    wholes.push(((ended - started) * 1e6) / CALLS_A_TURN);
    while (waiting() > 1_000) await nextTurn();
  }
  return { callNs: quarter(calls), wholeNs: quarter(wholes) };
}

/** Records a second from the first call until the last is with the operating system, as fast as they are taken. */
async function throughput() {
  const started = performance.now();
  for (let count = 0; count < MANY; count += CALLS_A_TURN) {
    log(CALLS_A_TURN, count);
    await nextTurn();
    while (waiting() > 20_000) await nextTurn();
  }
  for (const name of outs) await getHandlerByName(name).flush();
  return Math.round((MANY / (performance.now() - started)) * 1_000);
}

function log(count, from) {
  for (let i = 0; i < count; i += 1) logger.info('order paid', { extra: { order: from + i, item: 'tea' } });
}

/** What a quarter of the turns stays below: the others meet the collector of garbage, or somebody else's work. */
function quarter(values) {
  return values.sort((a, b) => a - b)[values.length >> 2];
}
