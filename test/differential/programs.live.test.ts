import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Outcome, runProgram, type Step } from '../conformance/steps.js';
import { pythonMinor } from '../support/live-python.js';
import { describeLive } from '../support/python-cases.js';
import { type Program, program } from './random-programs.js';

/** How many programs are compared, and which: LIVE_RUNS and LIVE_SEED change both. */
const sample = {
  numRuns: Number(process.env.LIVE_RUNS ?? 250),
  seed: Number(process.env.LIVE_SEED ?? 20_240_229),
};
const oracle = fileURLToPath(new URL('../support/steps_oracle.py', import.meta.url));

/** From 3.13 on Python never rolls an empty file over; here it is as the recorded cases have it. */
function isComparable(steps: Program): boolean {
  return pythonMinor < 13 || !JSON.stringify(steps).includes('RotatingFileHandler');
}

/** What CPython gives for each program, each in a process and a folder of its own. */
function askPython(programs: readonly Program[]): Outcome[] {
  const root = mkdtempSync(join(tmpdir(), 'differential-'));
  try {
    const lines = programs.map((steps, index) => {
      const dir = join(root, String(index));
      mkdirSync(dir);
      return `${JSON.stringify({ dir, steps }).replaceAll('@DIR@', dir)}\n`;
    });
    const run = spawnSync('python3', [oracle], {
      input: lines.join(''),
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    if (run.status !== 0) throw new Error(`python3 failed: ${run.stderr}`);
    return run.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Outcome);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

describeLive('random programs give what they give in CPython', () => {
  it('in answers, in files to the last byte, and in the number of reported failures', () => {
    const programs = fc.sample(program, sample).filter(isComparable);
    const wanted = askPython(programs);
    const differing = programs.flatMap((steps, index) => {
      const got = runProgram(steps as readonly Step[]);
      return JSON.stringify(sorted(got)) === JSON.stringify(sorted(wanted[index] as Outcome))
        ? []
        : [{ steps, got, wanted: wanted[index] }];
    });
    expect(differing.slice(0, 3).map((one) => JSON.stringify(one))).toEqual([]);
  }, 120_000);
});

function sorted(outcome: Outcome): unknown {
  return { ...outcome, files: Object.entries(outcome.files ?? {}).sort() };
}
