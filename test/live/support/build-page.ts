import { execFileSync } from 'node:child_process';
import path from 'node:path';

/** Builds the page from the sources as they are. In a process of its own: the bundler does not work inside Jest. */
export function buildPage(): void {
  const script = path.join(import.meta.dirname, '../../../scripts/build-page.mjs');
  execFileSync(process.execPath, [script], { stdio: ['ignore', 'ignore', 'inherit'] });
}
