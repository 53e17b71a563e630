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
 * @returns For each specifier `{ wall, cpu, extraWall }` in milliseconds.
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
  const base = summary(samples.nothing.wall).median;
  return Object.fromEntries(
    Object.entries(samples).map(([name, { wall, cpu }]) => {
      const walls = summary(wall);
      return [name, { wall: walls, cpu: summary(cpu), extraWall: Number((walls.median - base).toFixed(1)) }];
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
