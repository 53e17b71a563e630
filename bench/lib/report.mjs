import { CASES, MODES } from './cases.mjs';
import { judge } from './goals.mjs';
import { growthTables } from './growth.mjs';
import { LIVE_CALLS, LIVE_VARIANTS } from './live.mjs';
import { nodesTable } from './nodes.mjs';
import { outputsTable } from './outputs.mjs';
import { startTable } from './start.mjs';
import { table } from './table.mjs';

/** What a report may have beside the cases, in the order in which it is measured. */
export const PARTS = [
  'memory',
  'loading',
  'start',
  'tree',
  'outputs',
  'growth',
  'live',
  'shipping',
  'http',
  'nodes',
];

/** A report as text: tables of Markdown, so that they can go into the documentation as they are. */
export function reportText(report) {
  const parts = [Object.keys(report.cases ?? {}).length === 0 ? '' : machineText(report)];
  for (const mode of Object.keys(MODES)) parts.push(caseTable(report, mode));
  parts.push(
    memoryTable(report),
    loadingTable(report),
    startTable(report),
    outputsTable(report),
    growthTables(report),
    treeText(report),
    liveTable(report),
    shippingTable(report),
    httpTable(report),
    tuningTable(report),
    nodesTable(report),
    goalTable(report),
  );
  return parts.filter((part) => part !== '').join('\n\n');
}

export function machineText({ machine, rounds, sliceMs, note }) {
  const { processor, cores, system, node, python, loadAverage } = machine;
  const lines = [
    `${processor}, ${cores} cores, ${system}, Node ${node}${python ? `, CPython ${python}` : ''}; ${rounds} turns of ${sliceMs} ms.`,
    'CPU time per call, in nanoseconds: median, and in brackets how many times ours.',
  ];
  lines.push(`Load average of the machine when the run began: ${loadAverage[0]}.`);
  if (loadAverage[0] > cores / 2) lines.push('It was busy: trust the ratios more than the times.');
  if (note !== undefined) lines.push(note);
  return lines.join('\n');
}

export function caseTable({ cases }, mode) {
  const names = Object.keys(cases ?? {}).filter((name) => cases[name][mode] !== undefined);
  if (names.length === 0) return '';
  const competitors = [...new Set(names.flatMap((name) => Object.keys(cases[name][mode])))];
  const rows = names.map((name) => [
    CASES[name].title,
    ...competitors.map((competitor) => cell(cases[name][mode][competitor], competitor)),
  ]);
  return `${MODES[mode].title}:\n\n${table(['', ...competitors], rows)}`;
}

function cell(result, competitor) {
  if (result === undefined) return '–';
  const { median } = result.cpu;
  const time = median < 20 ? median.toFixed(1) : Math.round(median).toLocaleString('en');
  return competitor === 'ours' || result.ratio === undefined ? time : `${time} (${times(result.ratio)}×)`;
}

const times = (ratio) => (ratio >= 100 ? Math.round(ratio) : ratio.toPrecision(2));

export function memoryTable({ memory }) {
  if (memory === undefined) return '';
  const rows = Object.entries(memory.results).map(([name, { maxRssMiB }]) => [name, maxRssMiB]);
  return `${memory.records.toLocaleString('en')} JSON lines in one tight loop, most memory of the process in MiB:\n\n${table(['', 'MiB'], rows)}`;
}

export function loadingTable({ loading }) {
  if (loading === undefined) return '';
  const rows = Object.entries(loading).map(([name, { wall, cpu, extraWall, extraCpu }]) => [
    name,
    wall.median,
    extraWall,
    cpu.median,
    extraCpu,
  ]);
  const columns = ['', 'wall', 'more than nothing', 'CPU', 'more than nothing'];
  return `A process that imports one module, in ms:\n\n${table(columns, rows)}`;
}

export function treeText({ tree }) {
  if (tree === undefined) return '';
  return [
    `An idle tree of ${tree.loggers.toLocaleString('en')} loggers: made in ${tree.createdMs} ms, ${tree.bytesEach} bytes each;`,
    `changing a level takes ${tree.rootLevelUs} µs at the root, ${tree.branchLevelUs} µs at a branch, ${tree.leafLevelUs} µs at a leaf.`,
  ].join(' ');
}

/** What the live module adds to a call, beside the call without it. */
export function liveTable({ live }) {
  if (live === undefined) return '';
  // A report may be older than a variant.
  const measured = Object.entries(LIVE_VARIANTS).filter(([variant]) =>
    Object.values(live).every((figures) => Object.hasOwn(figures, variant)),
  );
  const rows = measured.map(([variant, title]) => [
    title,
    ...Object.values(live).map(({ [variant]: { cpu, extraNs } }) =>
      variant === 'without' ? cpu.median.toFixed(1) : extraText(extraNs),
    ),
  ]);
  const calls = Object.keys(live).map((call) => LIVE_CALLS[call]);
  return `nestjs-logging/live, CPU time of a call in ns, and what is added to it:\n\n${table(['', ...calls], rows)}`;
}

const extraText = (ns) => `${ns < 0 ? '−' : '+'}${Math.abs(ns).toFixed(1)}`;

const PRODUCTS = { otlp: 'an OTLP collector', loki: 'Loki', elasticsearch: 'Elasticsearch', kafka: 'Kafka' };

/** What shipping takes of the process that logs, a table for each destination. */
export function shippingTable({ shipping }) {
  if (shipping === undefined) return '';
  const { records, pace, rounds, slowMs, machine, date, results, skipped } = shipping;
  const { processor, cores, system, node, loadAverage } = machine;
  const columns = [
    'engine',
    'logger',
    'CPU µs a record',
    'log call µs',
    'most memory MiB',
    'heap MiB',
    'lost',
  ];
  const tables = Object.entries(results).map(([destination, states]) => {
    const rows = Object.entries(states).flatMap(([state, loggers]) =>
      Object.entries(loggers).map(([name, figures]) => [state, name, ...shippingCells(name, figures)]),
    );
    return `To ${PRODUCTS[destination]}:\n\n${table(columns, rows)}`;
  });
  return [
    `${processor}, ${cores} cores, ${system}, Node ${node}, ${date}; load average ${loadAverage[0]} when the run began.`,
    `${records.toLocaleString('en')} records, ${pace.toLocaleString('en')} a second; ${rounds} turns; \`slow\` answers after ${slowMs} ms.`,
    ...tables.map((each) => `\n${each}`),
    ...Object.entries(skipped).map(
      ([destination, why]) => `\n${PRODUCTS[destination]} was left out: ${why}.`,
    ),
  ].join('\n');
}

function shippingCells(name, { cpuUs, ratio, callUs, rssMiB, heapMiB, lost, hasThrown }) {
  const cpu = cpuUs.median.toFixed(1);
  return [
    name === 'ours' ? cpu : `${cpu} (${times(ratio)}×)`,
    callUs.toFixed(1),
    Math.round(rssMiB),
    Math.round(heapMiB),
    lost.toLocaleString('en') + (hasThrown ? '; a log call threw' : ''),
  ];
}

/** Variants that are faster for other reasons than logging, and have a page of their own. */
const TUNED = ['ours-tuned'];

/** Logging beside logging. */
export function httpTable({ http }) {
  return httpTables(http, (name) => !TUNED.includes(name));
}

/** What tuning the server makes of it. */
export function tuningTable({ http }) {
  return httpTables(http, (name) => ['none', 'ours', ...TUNED].includes(name));
}

function httpTables(http, isShown) {
  const columns = ['', 'requests/s', 'of none', 'p50 ms', 'p99 ms', 'CPU µs a request', 'added µs'];
  return Object.entries(http ?? {})
    .map(([platform, variants]) => {
      const shown = Object.entries(variants).filter(([name]) => isShown(name));
      const rows = shown.map(([name, v]) => [
        name,
        Math.round(v.perSecond),
        `${Math.round(v.perSecondOfNone * 100)} %`,
        v.p50Ms,
        v.p99Ms,
        v.cpuUs,
        v.addedCpuUs,
      ]);
      return `HTTP on ${platform}, 50 connections:\n\n${table(columns, rows)}`;
    })
    .join('\n\n');
}

export function goalTable(report) {
  const rows = judge(report)
    .filter(({ value }) => value !== undefined)
    .map(({ title, goal, value, isReached }) => [title, goal, value, isReached ? 'reached' : 'not reached']);
  return rows.length === 0 ? '' : `Goals:\n\n${table(['', 'goal', 'measured', ''], rows)}`;
}
