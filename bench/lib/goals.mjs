import { CASES } from './cases.mjs';
import { DESTINATIONS, STATES } from './shipping.mjs';
import { median } from './statistics.mjs';

/** The performance goals of the project; each computes its result from a report, or undefined where it was not measured. */
export const GOALS = [
  atLeast('JSON line, batched: ahead of pino', 3.5, (r) => timesPino(r, 'json', 'batched-file')),
  atLeast('three arguments, batched: ahead of pino', 3, (r) => timesPino(r, 'arguments', 'batched-file')),
  atLeast('five extra fields, batched: ahead of pino', 3, (r) => timesPino(r, 'fields', 'batched-file')),
  atLeast('Error with a cause, batched: ahead of pino', 1.8, (r) => timesPino(r, 'error', 'batched-file')),
  atLeast(
    'disabled call: as cheap as pino',
    1,
    (r) => timesPino(r, 'disabled', 'line-file') ?? timesPino(r, 'disabled', 'batched-file'),
  ),
  atLeast('median of all cases, batched: ahead of pino', 3, (r) => overCases(r, 'batched-file', median)),
  atLeast('median of all cases, line by line: ahead of pino', 1.3, (r) => overCases(r, 'line-file', median)),
  atLeast('worst of all cases, batched: ahead of pino', 1.5, (r) => overCases(r, 'batched-file', least)),
  atLeast('worst of all cases, line by line: ahead of pino', 1, (r) => overCases(r, 'line-file', least)),
  atLeast('bound fields, batched: ahead of pino', 3, (r) => timesPino(r, 'bound', 'batched-file')),
  atLeast('nested objects and dates, batched: ahead of pino', 2, (r) =>
    timesPino(r, 'nested', 'batched-file'),
  ),
  atLeast('secrets at named paths, batched: as cheap as pino', 1, (r) =>
    timesPino(r, 'redactPaths', 'batched-file'),
  ),
  atMost('looking for secrets where there are none: ns a line', 2_000, (r) =>
    extra(r, 'redactPlain', 'fields', 'batched-file'),
  ),
  atLeast('the first 100 calls of a process: ahead of pino', 1 / 1.2, (r) =>
    timesPino(r, 'first', 'line-file'),
  ),
  atMost('text line, batched: times the limit', 1.6, (r) => timesLimit(r, 'text', 'batched-file')),
  atMost('text line, line by line: times the limit', 1.25, (r) => timesLimit(r, 'text', 'line-file')),
  atMost('JSON line, line by line: times the limit', 1.25, (r) => timesLimit(r, 'json', 'line-file')),
  atLeast('JSON line, line by line: ahead of pino', 1, (r) => timesPino(r, 'json', 'line-file')),
  atMost('second handler: times one more text and one JSON line', 1, (r) => secondHandler(r, 'batched-file')),
  atMost('context fields: ns a line', 100, (r) => extra(r, 'context', 'json', 'batched-file')),
  atMost('caller information: ns a line', 12_000, (r) => extra(r, 'caller', 'text', 'batched-file')),
  ...startGoals(),
  atMost(
    "a call to a QueueHandler with a worker, and the thread's later work for it: µs",
    1.5,
    (r) => r.outputs && r.outputs.worker.wholeNs / 1_000,
  ),
  atMost('a call with 100,000 loggers: times one with 10', 1.25, (r) => grown(r, 'callNs', 10)),
  atMost(
    'a reload with 100,000 loggers: times one with 1,000, for each logger',
    1.5,
    (r) => grown(r, 'reloadMs', 1_000) / 100,
  ),
  atMost('Express: part of the CPU time nestjs-pino adds', 0.25, (r) => partOfPino(r, 'express')),
  atMost('the same, lines collected as nestjs-pino does', 0.25, (r) =>
    partOfPino(r, 'express', 'ours-batched'),
  ),
  atMost('Fastify: part of the CPU time nestjs-pino adds', 0.4, (r) => partOfPino(r, 'fastify')),
  atMost('the same, lines collected as nestjs-pino does', 0.4, (r) =>
    partOfPino(r, 'fastify', 'ours-batched'),
  ),
  atLeast('Express: part of the requests a second without logging', 0.84, (r) => partOfNone(r, 'express')),
  atLeast('Fastify: part of the requests a second without logging', 0.72, (r) => partOfNone(r, 'fastify')),
  atLeast('Express, tuned: part of the requests a second without logging', 2, (r) =>
    partOfNone(r, 'express', 'ours-tuned'),
  ),
  atLeast('Fastify, tuned: part of the requests a second without logging', 0.7, (r) =>
    partOfNone(r, 'fastify', 'ours-tuned'),
  ),
  ...shippingGoals(),
];

/** Each goal with the value of a report and whether it is reached. */
export function judge(report) {
  return GOALS.map(({ title, wanted, sign, value }) => {
    const actual = value(report);
    const isKnown = actual !== undefined && Number.isFinite(actual);
    const isReached = isKnown ? (sign === '≥' ? actual >= wanted : actual <= wanted) : undefined;
    return {
      title,
      goal: `${sign} ${Number(wanted.toPrecision(3))}`,
      value: isKnown ? Number(actual.toPrecision(3)) : undefined,
      isReached,
    };
  });
}

function atLeast(title, wanted, value) {
  return { title, wanted, sign: '≥', value };
}

function atMost(title, wanted, value) {
  return { title, wanted, sign: '≤', value };
}

function startGoals() {
  const imported = (title) => (r) => r.start?.importMs[title];
  return [
    atMost("import of 'nestjs-logging/core': ms", 20, imported("'nestjs-logging/core'")),
    atMost(
      "import of 'nestjs-logging', after '@nestjs/common': ms",
      60,
      imported("'nestjs-logging', after '@nestjs/common'"),
    ),
    atMost('forRoot with a large configuration: ms', 30, (r) => r.start?.forRootMs),
    atMost('the package as it is installed: MB', 2.5, (r) => r.start?.installedMB),
  ];
}

/** What 100,000 loggers take, as a multiple of what fewer take. */
function grown(report, key, size) {
  const { loggers } = report.growth ?? {};
  return loggers === undefined ? undefined : loggers[100_000][key] / loggers[size][key];
}

/** Each destination, however its engine is; and memory while it is down. */
function shippingGoals() {
  return DESTINATIONS.flatMap((destination) => [
    ...STATES.map((state) => {
      // No other logger ships to it: what its client takes by itself is the least there can be.
      const [wanted, peer] = destination === 'kafka' ? [1.25, 'kafkajs by itself'] : [0.5, 'the best peer'];
      const title = `shipping to ${destination}, engine ${state}: part of the CPU time of ${peer}`;
      return atMost(title, wanted, (r) => partOfBestPeer(r, destination, state));
    }),
    atMost(
      `shipping to ${destination}, engine down: MiB more than before the first record`,
      96,
      (r) => r.shipping?.results[destination]?.down?.ours?.grownMiB,
    ),
  ]);
}

function partOfBestPeer(report, destination, state) {
  const { ours, ...peers } = report.shipping?.results[destination]?.[state] ?? {};
  const ratios = Object.values(peers).map(({ ratio }) => ratio);
  return ours === undefined || ratios.length === 0 ? undefined : 1 / Math.min(...ratios);
}

const result = (report, name, mode, competitor) => report.cases?.[name]?.[mode]?.[competitor];
const timesPino = (report, name, mode) => result(report, name, mode, 'pino')?.ratio;

function timesLimit(report, name, mode) {
  const ratio = result(report, name, mode, 'limit')?.ratio;
  return ratio === undefined ? undefined : 1 / ratio;
}

/** Cases that pino has, but for those that are no lines, or cold. */
function overCases(report, mode, choose) {
  const ratios = Object.entries(report.cases ?? {})
    .filter(([name]) => CASES[name].hasOutput !== false && !CASES[name].isCold)
    .map(([name]) => timesPino(report, name, mode))
    .filter((ratio) => ratio !== undefined);
  return ratios.length === 0 ? undefined : choose(ratios);
}

const least = (values) => Math.min(...values);

function extra(report, name, base, mode) {
  const costs = [name, base].map((each) => result(report, each, mode, 'ours')?.cpu.median);
  return costs.includes(undefined) ? undefined : costs[0] - costs[1];
}

function secondHandler(report, mode) {
  const costs = ['handlers', 'text', 'json'].map((each) => result(report, each, mode, 'ours')?.cpu.median);
  return costs.includes(undefined) ? undefined : costs[0] / (costs[1] + costs[2]);
}

function partOfPino(report, platform, variant = 'ours') {
  const http = report.http?.[platform];
  if (http?.[variant] === undefined || http['nestjs-pino'] === undefined) return undefined;
  return http[variant].addedCpuUs / http['nestjs-pino'].addedCpuUs;
}

function partOfNone(report, platform, variant = 'ours') {
  return report.http?.[platform]?.[variant]?.perSecondOfNone;
}
