/**
 * Takes a report over as the one that is shown: `node bench/publish.mjs [REPORT]`, default the latest.
 *
 * Writes bench/results/reference.json, the tables between the markers of docs/performance.md, docs/tuning.md and
 * docs/live.md, and the chart of the README, docs/performance.svg.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { drawChart } from './lib/chart.mjs';
import {
  caseTable,
  goalTable,
  httpTable,
  liveTable,
  loadingTable,
  machineText,
  memoryTable,
  treeText,
  tuningTable,
} from './lib/report.mjs';

const root = path.join(import.meta.dirname, '..');
const inRoot = (file) => path.join(root, file);
const report = JSON.parse(readFileSync(process.argv[2] ?? inRoot('bench/results/latest.json'), 'utf8'));

const PAGES = {
  'docs/performance.md': {
    machine: machineText,
    'batched-file': (figures) => caseTable(figures, 'batched-file'),
    'line-file': (figures) => caseTable(figures, 'line-file'),
    'batched-null': (figures) => caseTable(figures, 'batched-null'),
    'line-null': (figures) => caseTable(figures, 'line-null'),
    memory: memoryTable,
    loading: loadingTable,
    tree: treeText,
    http: httpTable,
    goals: goalTable,
  },
  'docs/tuning.md': { tuning: tuningTable },
  'docs/live.md': { live: liveTable },
};

for (const [file, sections] of Object.entries(PAGES)) {
  let page = readFileSync(inRoot(file), 'utf8');
  for (const [name, write] of Object.entries(sections)) {
    const section = new RegExp(`(<!-- bench: ${name} -->\n)[\\s\\S]*?(<!-- bench: end -->)`);
    if (!section.test(page)) throw new Error(`${file} has no section "<!-- bench: ${name} -->"`);
    page = page.replace(section, (_, begin, end) => `${begin}\n${write(report)}\n\n${end}`);
  }
  writeFileSync(inRoot(file), page);
}
writeFileSync(inRoot('docs/performance.svg'), drawChart(report));
writeFileSync(inRoot('bench/results/reference.json'), `${JSON.stringify(report, null, 2)}\n`);
console.log(
  'docs/performance.md, docs/tuning.md, docs/live.md, docs/performance.svg and bench/results/reference.json written',
);
