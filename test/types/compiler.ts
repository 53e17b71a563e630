import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { declarationPaths } from '../support/declarations.js';

const repository = fileURLToPath(new URL('../../', import.meta.url));
const tsc = join(repository, 'node_modules/@typescript/native/bin/tsc');

/** What the compiler says of files, one issue a line, paths from the repository on; none if all is well. */
export function compile(files: readonly string[], ...flags: string[]): string[] {
  // Inside the repository, so that the files find its packages.
  const folder = mkdtempSync(join(repository, 'node_modules/.types-'));
  try {
    const project = join(folder, 'tsconfig.json');
    const compilerOptions = { paths: declarationPaths() };
    const config = { extends: join(repository, 'tsconfig.json'), compilerOptions, files, include: [] };
    writeFileSync(project, JSON.stringify(config));
    const { stdout } = spawnSync(process.execPath, [tsc, '--noEmit', '--project', project, ...flags], {
      cwd: repository,
      encoding: 'utf8',
    });
    return stdout.split('\n').filter((line) => line !== '');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** As {@link compile}, with texts in place of files. */
export function compileText(text: string, ...flags: string[]): string[] {
  const folder = mkdtempSync(join(repository, 'node_modules/.types-'));
  try {
    const file = join(folder, 'text.ts');
    writeFileSync(file, text);
    return compile([file], ...flags);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** How many types the compiler worked out: what checking costs, without the noise of a clock. */
export function instantiations(text: string): number {
  const report = compileText(text, '--singleThreaded', '--extendedDiagnostics').join('\n');
  if (/error TS/.test(report)) throw new Error(report);
  return Number(/^Instantiations:\s+(\d+)/m.exec(report)?.[1]);
}
