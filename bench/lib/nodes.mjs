import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { nodeBinary, whyNoBinaries } from '../../scripts/node-binary.mjs';
import { table } from './table.mjs';

const bench = path.join(import.meta.dirname, '..');

/** The lines of Node that are supported. */
const VERSIONS = ['20', '22', '24', '26'];

/**
 * A JSON line and a request, under each supported Node: this bench, run by the binary of each. In short runs requests differ
 * more from run to run than from Node to Node.
 *
 * @param library The folder of the library, which is built.
 * @returns For each full version `{ cases, http }` of its report; nothing where there are no binaries.
 */
export function measureNodes({ library, onProgress }) {
  if (whyNoBinaries() !== undefined) {
    onProgress(`left out: ${whyNoBinaries()}`);
    return undefined;
  }
  const directory = mkdtempSync(path.join(tmpdir(), 'logging-bench-'));
  const out = path.join(directory, 'report.json');
  const results = {};
  try {
    for (const version of VERSIONS) {
      onProgress(`Node ${version}`);
      const wanted = [
        ...['--only', 'json,http', '--modes', 'line-file,batched-file'],
        ...['--peers', 'pino', '--variants', 'ours,nestjs-pino'],
      ];
      const program = path.join(bench, 'run.mjs');
      execFileSync(nodeBinary(version), [program, ...wanted, '--library', library, '--out', out], {
        cwd: bench,
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      const { machine, cases, http } = JSON.parse(readFileSync(out, 'utf8'));
      results[machine.node] = { cases, http };
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  return results;
}

/** What {@link measureNodes} found. */
export function nodesTable({ nodes }) {
  if (nodes === undefined) return '';
  const rows = Object.entries(nodes).map(([version, { cases, http }]) => [
    version,
    ...['line-file', 'batched-file'].map((mode) =>
      Math.round(cases.json[mode].ours.cpu.median).toLocaleString('en'),
    ),
    ...Object.values(http).flatMap(({ none, ours, 'nestjs-pino': pino }) => [
      none.cpuUs,
      ours.addedCpuUs,
      pino.addedCpuUs,
    ]),
  ]);
  const columns = ['Express', 'Fastify'].flatMap((platform) => [
    `${platform}: not logged`,
    'ours adds',
    'nestjs-pino adds',
  ]);
  return `CPU time of a JSON line in ns, line by line and in batches, and of a request in µs:\n\n${table(['Node', 'line', 'batched', ...columns], rows)}`;
}
