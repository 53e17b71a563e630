import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compiledFile } from '../compiled-sources.js';
import { isCurl } from './examples.js';
import { type CodeBlock, type Page, repository } from './markdown.js';
import { serve } from './serve-example.js';

/** The blocks of a page that show what the sample application prints: `text sample=production`, `… file=app.log`. */
export function sampleBlocks({ blocks }: Page): CodeBlock[] {
  return blocks.filter(({ flags }) => flags.has('sample'));
}

/** The `curl` commands that a page gives for the sample application: its last `sh` block with any. */
export function sampleCommands({ blocks }: Page): string {
  return blocks.findLast(isCurl)?.text ?? '';
}

/**
 * Runs the sample application in an environment and sends it the page's commands.
 *
 * @returns What it printed (`''`), and what is in its files, by name.
 */
export async function runSample(environment: string, commands: string): Promise<ReadonlyMap<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), 'sample-'));
  const logDir = join(folder, 'logs');
  const main = compiledFile(join(repository, 'sample-app/main.ts'));
  try {
    const printed = await serve(main, folder, commands, {
      NODE_ENV: environment,
      LOG_DIR: logDir,
      LOG_LEVEL: '',
      LOG_LEVELS: '',
      LOGGING: '',
    });
    const files = readdirSync(logDir).map(
      (name) => [name, readFileSync(join(logDir, name), 'utf8')] as const,
    );
    return new Map([['', printed], ...files]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
