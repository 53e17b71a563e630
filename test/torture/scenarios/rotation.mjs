import { readdirSync } from 'node:fs';
import path from 'node:path';
import { expectReports, newWriter, runApp } from '../support/app.mjs';
import { Oracle } from '../support/oracle.mjs';
import { newFolder, textsIn } from '../support/scratch.mjs';

const COUNT = 20_000;

const size = { class: 'RotatingFileHandler', options: { maxBytes: 20_000, backupCount: 5_000 } };
const compressed = {
  class: 'RotatingFileHandler',
  options: { maxBytes: 60_000, backupCount: 5_000, compress: true },
};
const timed = { class: 'TimedRotatingFileHandler', options: { when: 's', maxBytes: 60_000 } };
const batched = {
  class: 'RotatingFileHandler',
  options: { maxBytes: 20_000, backupCount: 5_000, bufferSize: 4_000 },
};

const CASES = [
  { what: 'by size, one process', processes: 1, handler: size },
  { what: 'by size, four processes', processes: 4, handler: size },
  { what: 'by size and compressed, one process', processes: 1, handler: compressed },
  { what: 'by size and compressed, four processes', processes: 4, handler: compressed },
  { what: 'by time and size, four processes', processes: 4, handler: timed },
  { what: 'by size, collected lines, four processes', processes: 4, handler: batched },
];

export default {
  name: 'rotation',
  title: '20,000 records through small rotating files, from one process and from four',
  isInCi: true,
  async run({ step }) {
    const rows = [];
    for (const { what, processes, handler } of CASES) {
      const folder = newFolder();
      const spec = { ...handler, options: { ...handler.options, filename: path.join(folder, 'app.log') } };
      const config = { handler: spec, count: COUNT / processes, yieldEvery: 100, close: true };
      const apps = await Promise.all(
        Array.from({ length: processes }, () => runApp('write', config, { writer: newWriter() })),
      );
      const oracle = new Oracle();
      for (const text of textsIn(folder)) oracle.read(text);
      const row = oracle.judge(
        apps.map(({ ledger }) => ledger),
        ({ issued }) => issued,
      );
      if (row.delivered !== COUNT) row.problems.push(`${row.delivered} of ${COUNT}`);
      const names = readdirSync(folder);
      if (names.length < 10) row.problems.push(`only ${names.length} files`);
      const left = names.filter((name) => /lock|tmp/.test(name));
      if (left.length > 0) row.problems.push(`left behind: ${left}`);
      for (const { stderr } of apps) expectReports(row, stderr);
      if (apps.some(({ stderr }) => stderr !== ''))
        row.problems.push(`on standard error: ${apps[0].stderr.slice(0, 300)}`);
      rows.push({ what, ...row, note: `${names.length} files` });
      step(what);
    }
    return rows;
  },
};
