/** An idle tree of 10,000 loggers: what it takes, and what changing a level in it costs. Prints JSON. */
import process from 'node:process';
import { getLogger } from 'nestjs-logging/core';

const LOGGERS = 10_000;
const CHANGES = 50;

/** Ten at the top, ten below each, a hundred below each of these. */
const names = Array.from(
  { length: LOGGERS },
  (_, i) => `area${i % 10}.part${Math.floor(i / 10) % 10}.unit${Math.floor(i / 100)}`,
);
globalThis.gc?.();
const before = process.memoryUsage().heapUsed;
const started = performance.now();
const loggers = names.map((name) => getLogger(name));
const created = performance.now() - started;
globalThis.gc?.();
const bytes = process.memoryUsage().heapUsed - before;

const change = (logger) => {
  const start = performance.now();
  for (let i = 0; i < CHANGES; i += 1) logger.setLevel(i % 2 === 0 ? 'INFO' : 'DEBUG');
  return ((performance.now() - start) * 1_000) / CHANGES;
};
const report = {
  loggers: loggers.length,
  createdMs: Number(created.toFixed(1)),
  bytesEach: Math.round(bytes / LOGGERS),
  rootLevelUs: Number(change(getLogger()).toFixed(1)),
  branchLevelUs: Number(change(getLogger('area3')).toFixed(1)),
  leafLevelUs: Number(change(loggers[5]).toFixed(1)),
};
process.stdout.write(JSON.stringify(report));
