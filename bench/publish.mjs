/**
 * Takes a report over as the one that is shown: `node bench/publish.mjs [REPORT]`, default the latest.
 *
 * A report of some parts only, such as `npm run bench -- --only shipping` makes, replaces these parts and leaves the others.
 *
 * Writes bench/results/reference.json, the tables between the markers of docs/performance.md, docs/tuning.md and
 * docs/live.md, and the chart of the README, docs/performance.svg.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { drawChart } from './lib/chart.mjs';
import { growthTables } from './lib/growth.mjs';
import { nodesTable } from './lib/nodes.mjs';
import { outputsTable } from './lib/outputs.mjs';
import {
  caseTable,
  goalTable,
  httpTable,
  liveTable,
  loadingTable,
  machineText,
  memoryTable,
  PARTS,
  shippingTable,
  treeText,
  tuningTable,
} from './lib/report.mjs';
import { startTable } from './lib/start.mjs';

const root = path.join(import.meta.dirname, '..');
const inRoot = (file) => path.join(root, file);
const read = (file) => JSON.parse(readFileSync(file, 'utf8'));
const measured = read(process.argv[2] ?? inRoot('bench/results/latest.json'));
const report = joined(read(inRoot('bench/results/reference.json')), measured);

/** By page and section: what writes it, and the part of a report that it shows. */
const PAGES = {
  'docs/performance.md': {
    machine: [machineText, 'cases'],
    'batched-file': [(figures) => caseTable(figures, 'batched-file'), 'cases'],
    'line-file': [(figures) => caseTable(figures, 'line-file'), 'cases'],
    'batched-null': [(figures) => caseTable(figures, 'batched-null'), 'cases'],
    'line-null': [(figures) => caseTable(figures, 'line-null'), 'cases'],
    memory: [memoryTable, 'memory'],
    loading: [loadingTable, 'loading'],
    start: [startTable, 'start'],
    tree: [treeText, 'tree'],
    outputs: [outputsTable, 'outputs'],
    growth: [growthTables, 'growth'],
    shipping: [shippingTable, 'shipping'],
    http: [httpTable, 'http'],
    nodes: [nodesTable, 'nodes'],
    goals: [goalTable],
  },
  'docs/tuning.md': { tuning: [tuningTable, 'http'] },
  'docs/live.md': { live: [liveTable, 'live'] },
};

for (const [file, sections] of Object.entries(PAGES)) {
  let page = readFileSync(inRoot(file), 'utf8');
  for (const [name, [write, part]] of Object.entries(sections)) {
    const section = new RegExp(`(<!-- bench: ${name} -->\n)[\\s\\S]*?(<!-- bench: end -->)`);
    if (!section.test(page)) throw new Error(`${file} has no section "<!-- bench: ${name} -->"`);
    if (part !== undefined && !isMeasured(part)) continue;
    page = page.replace(section, (_, begin, end) => `${begin}\n${write(report)}\n\n${end}`);
  }
  writeFileSync(inRoot(file), page);
}
writeFileSync(inRoot('docs/performance.svg'), drawChart(report));
writeFileSync(inRoot('bench/results/reference.json'), `${JSON.stringify(report, null, 2)}\n`);
console.log(
  'docs/performance.md, docs/tuning.md, docs/live.md, docs/performance.svg and bench/results/reference.json written',
);

/** Whether a part was measured now; all cases are one. */
function isMeasured(part) {
  return Object.keys(measured[part] ?? {}).length > 0;
}

/** What was measured now, and of the other parts what is shown already. Machine and versions are those of the cases. */
function joined(shown, now) {
  if (isMeasured('cases')) return { ...shown, ...now, cases: joinedCases(shown.cases, now.cases) };
  const parts = Object.entries(now).filter(([part]) => PARTS.includes(part) && isMeasured(part));
  return { ...shown, ...Object.fromEntries(parts) };
}

/** A mode that was not measured now, such as that to `/dev/null`, stays as it was. */
function joinedCases(shown, now) {
  const names = new Set([...Object.keys(shown ?? {}), ...Object.keys(now)]);
  return Object.fromEntries([...names].map((name) => [name, { ...shown?.[name], ...now[name] }]));
}
