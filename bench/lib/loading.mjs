import { spawnSync } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { summary } from './statistics.mjs';

const bench = path.join(import.meta.dirname, '..');

/** What is imported; the first is an empty module. */
const SPECIFIERS = {
  nothing: 'data:text/javascript,',
  'nestjs-logging/core': 'nestjs-logging/core',
  'nestjs-logging': 'nestjs-logging',
  '@nestjs/common': '@nestjs/common',
  pino: 'pino',
  winston: 'winston',
  'nestjs-pino': 'nestjs-pino',
};

/**
 * How long a process takes that does nothing but import one module, beside one that imports an empty one.
 *
 * @returns For each specifier `{ wall, cpu, extraWall, extraCpu }` in milliseconds; `extra` is what an empty module
 * does not take.
 */
export function measureLoading({ rounds, onProgress }) {
  const samples = Object.fromEntries(Object.keys(SPECIFIERS).map((name) => [name, { wall: [], cpu: [] }]));
  for (let round = 0; round < rounds; round += 1) {
    onProgress(`turn ${round + 1} of ${rounds}`);
    for (const [name, specifier] of Object.entries(SPECIFIERS)) {
      const sample = loadOnce(specifier);
      samples[name].wall.push(sample.wall);
      samples[name].cpu.push(sample.cpu);
    }
  }
  const base = { wall: summary(samples.nothing.wall).median, cpu: summary(samples.nothing.cpu).median };
  return Object.fromEntries(
    Object.entries(samples).map(([name, { wall, cpu }]) => {
      const [walls, cpus] = [summary(wall), summary(cpu)];
      const extraWall = Number((walls.median - base.wall).toFixed(1));
      const extraCpu = Number((cpus.median - base.cpu).toFixed(1));
      return [name, { wall: walls, cpu: cpus, extraWall, extraCpu }];
    }),
  );
}

function loadOnce(specifier) {
  const started = performance.now();
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [path.join(bench, 'load-once.mjs'), specifier],
    {
      cwd: bench,
      encoding: 'utf8',
    },
  );
  const wall = performance.now() - started;
  if (status !== 0) throw new Error(`import of ${specifier} failed: ${stderr}`);
  return { wall, cpu: Number(stdout) / 1_000 };
}
