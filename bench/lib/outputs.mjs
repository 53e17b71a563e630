import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { overRounds, runOnce } from './once.mjs';
import { median, round } from './statistics.mjs';
import { table } from './table.mjs';

/** Ways out, and what the tables call them. */
export const OUTPUTS = {
  one: 'one handler',
  ten: 'ten handlers, each with a format and a filter',
  listener: 'a `QueueHandler` and its listener',
  worker: 'a `QueueHandler` and its worker',
};

/** What many outputs cost whoever logs: each in a process of its own, in turns; the median of the turns. */
export function measureOutputs({ rounds, onProgress }) {
  const directory = mkdtempSync(path.join(tmpdir(), 'logging-bench-'));
  const samples = Object.fromEntries(Object.keys(OUTPUTS).map((variant) => [variant, []]));
  try {
    for (let turn = 0; turn < rounds; turn += 1) {
      for (const [variant, all] of Object.entries(samples)) {
        onProgress(`turn ${turn + 1} of ${rounds}, ${variant}`);
        all.push(runOnce('outputs-once.mjs', [variant, directory]));
      }
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  return Object.fromEntries(
    Object.entries(samples).map(([variant, all]) => [
      variant,
      overRounds(all, (values) => round(median(values))),
    ]),
  );
}

/** What {@link measureOutputs} found. */
export function outputsTable({ outputs }) {
  if (outputs === undefined) return '';
  const rows = Object.entries(OUTPUTS).map(([variant, title]) => {
    const { callNs, wholeNs, perSecond, dropped } = outputs[variant];
    return [
      title,
      ...[callNs, wholeNs, perSecond, dropped].map((value) => Math.round(value).toLocaleString('en')),
    ];
  });
  const columns = ['to', 'the call, ns', 'with what this thread does later, ns', 'records/s at most', 'lost'];
  return `JSON lines with two fields to a file, in batches:\n\n${table(columns, rows)}`;
}
