import { runOnce } from './once.mjs';
import { summary } from './statistics.mjs';

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
  const cpuUs = runOnce('load-once.mjs', [specifier]);
  return { wall: performance.now() - started, cpu: cpuUs / 1_000 };
}
