import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { runOnce } from './once.mjs';
import { median } from './statistics.mjs';
import { table } from './table.mjs';

/** What is imported, one after the other; what the last adds to the others is what is asked. */
const IMPORTS = {
  "'nestjs-logging/core'": ['nestjs-logging/core'],
  "'nestjs-logging', after '@nestjs/common'": ['@nestjs/common', 'nestjs-logging'],
  "'nestjs-logging', after '@nestjs/common' and '@nestjs/core'": [
    '@nestjs/common',
    '@nestjs/core',
    'nestjs-logging',
  ],
  pino: ['pino'],
};

/**
 * What a start takes: each in a process of its own, in turns, and the median of the turns.
 *
 * @param root Folder of the library, for what it takes on the disk.
 */
export function measureStart({ rounds, root, onProgress }) {
  const imports = Object.fromEntries(Object.keys(IMPORTS).map((title) => [title, []]));
  const starts = { nothing: [], large: [] };
  for (let round = 0; round < rounds; round += 1) {
    onProgress(`turn ${round + 1} of ${rounds}`);
    for (const [title, specifiers] of Object.entries(IMPORTS)) {
      imports[title].push(runOnce('import-once.mjs', specifiers).lastMs);
    }
    for (const [kind, samples] of Object.entries(starts)) samples.push(runOnce('start-once.mjs', [kind]));
  }
  const activeMs = starts.large.map(({ active }, round) => active - starts.nothing[round].active);
  return {
    importMs: Object.fromEntries(Object.entries(imports).map(([title, all]) => [title, rounded(all)])),
    forRootMs: rounded(starts.large.map(({ forRoot }) => forRoot)),
    activeMs: rounded(activeMs),
    ...packedSize(root),
  };
}

const rounded = (values) => Number(median(values).toFixed(1));

/** Bytes of the package as it is installed, and as it is sent. */
function packedSize(root) {
  const flags = ['--dry-run', '--ignore-scripts', '--json', '--loglevel=error'];
  const [{ size, unpackedSize }] = JSON.parse(
    execFileSync('npm', ['pack', ...flags], { cwd: path.resolve(root), encoding: 'utf8' }),
  );
  return { installedMB: Number((unpackedSize / 1e6).toFixed(2)), sentMB: Number((size / 1e6).toFixed(2)) };
}

/** What {@link measureStart} found. */
export function startTable({ start }) {
  if (start === undefined) return '';
  const { importMs, forRootMs, activeMs, installedMB, sentMB } = start;
  const rows = [
    ...Object.entries(importMs).map(([title, ms]) => [`import of ${title}`, `${ms} ms`]),
    ['`forRoot` with 200 loggers, 30 handlers, formatters and filters', `${forRootMs} ms`],
    ['until that configuration is active, beyond an application without it', `${activeMs} ms`],
    ['the package as it is installed', `${installedMB} MB`],
    ['the package as it is sent', `${sentMB} MB`],
  ];
  return `A process that starts:\n\n${table(['', ''], rows)}`;
}
