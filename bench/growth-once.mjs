/**
 * How a cost grows: `growth-once.mjs WHAT N` measures it at one size, in a process of its own. Prints JSON; times of
 * calls are the least of many short slices.
 */
import process from 'node:process';
import { dictConfig, getLogger } from 'nestjs-logging/core';

const [what, size] = [process.argv[2], Number(process.argv[3])];
const MEASURES = { loggers, handlers, depth, fields, message };
process.stdout.write(JSON.stringify(MEASURES[what](size)));

/** The tree of a large application: ten areas of ten parts, and in each part as many loggers as there are. */
function loggers(count) {
  const names = Array.from(
    { length: count },
    (_, i) => `area${i % 10}.part${Math.floor(i / 10) % 10}.unit${i}`,
  );
  dictConfig(config('INFO'));
  globalThis.gc();
  const before = process.memoryUsage().heapUsed;
  const makeMs = once(() => {
    loggers.made = names.map((name) => getLogger(name));
  });
  globalThis.gc();
  const bytesEach = Math.round((process.memoryUsage().heapUsed - before) / count);
  const named = { ...config('INFO') };
  named.loggers = Object.fromEntries(names.map((name) => [name, { level: 'DEBUG' }]));
  const changed = (logger) => least(10, (i) => logger.setLevel(i % 2 === 0 ? 'INFO' : 'DEBUG'));
  const leaf = getLogger(names.at(-1));
  return {
    makeUsEach: (makeMs * 1_000) / count,
    bytesEach,
    callNs: perCall((i) => loggers.made[i % count].info('order paid')),
    rootLevelMs: changed(getLogger()),
    leafLevelMs: changed(leaf),
    reloadMs: least(5, (i) => dictConfig(config(i % 2 === 0 ? 'INFO' : 'DEBUG'))),
    namedMs: least(3, () => dictConfig(named)),
  };
}

function handlers(count) {
  dictConfig(config('INFO', count));
  return { callNs: perCall(() => getLogger('shop').info('order paid')) };
}

function depth(levels) {
  dictConfig(config('INFO'));
  const names = Array.from({ length: levels }, (_, i) => `level${i}`);
  for (let i = 1; i <= levels; i += 1) getLogger(names.slice(0, i).join('.'));
  const logger = getLogger(names.join('.'));
  return { callNs: perCall(() => logger.info('order paid')) };
}

function fields(count) {
  dictConfig(config('INFO'));
  const extra = Object.fromEntries(Array.from({ length: count }, (_, i) => [`field${i}`, i]));
  const logger = getLogger('shop');
  return { callNs: perCall(() => logger.info('order paid', { extra })) };
}

function message(characters) {
  dictConfig(config('INFO'));
  const texts = Array.from({ length: 256 }, (_, i) => `${i} `.padEnd(characters, 'order paid, '));
  const logger = getLogger('shop');
  return { callNs: perCall((i) => logger.info(texts[i & 255])) };
}

function config(level, count = 1) {
  const handler = { class: 'FileHandler', filename: '/dev/null', bufferSize: 16_000, formatter: 'json' };
  const all = Object.fromEntries(Array.from({ length: count }, (_, i) => [`file${i}`, handler]));
  return {
    version: 1,
    disable_existing_loggers: false,
    formatters: { json: { '()': 'JsonFormatter' } },
    handlers: all,
    loggers: { area3: { level } },
    root: { level: 'INFO', handlers: Object.keys(all) },
  };
}

/** The least of some runs, in milliseconds. */
function least(runs, run) {
  return Math.min(...Array.from({ length: runs }, (_, i) => once(() => run(i))));
}

function once(run) {
  const started = performance.now();
  run();
  return performance.now() - started;
}

/** Nanoseconds a call: slices of about 2 ms for half a second, after one of warming up. */
function perCall(call) {
  let count = 1;
  while (once(() => repeat(call, count)) < 2) count *= 2;
  for (const until = performance.now() + 300; performance.now() < until; ) repeat(call, count);
  let best = Number.POSITIVE_INFINITY;
  for (const until = performance.now() + 500; performance.now() < until; )
    best = Math.min(best, once(() => repeat(call, count)) / count);
  return best * 1e6;
}

function repeat(call, count) {
  for (let i = 0; i < count; i += 1) call(i);
}
