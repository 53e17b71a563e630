import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
 * @returns What it printed, and by name what is in its files.
 */
export async function runSample(
  environment: string,
  commands: string,
): Promise<{ printed: string; file(name: string): string }> {
  const folder = mkdtempSync(join(tmpdir(), 'sample-'));
  const main = join(repository, 'sample-app/main.ts');
  const printed = await serve(main, folder, commands, {
    NODE_ENV: environment,
    LOG_DIR: folder,
    LOG_LEVEL: '',
  });
  return { printed, file: (name) => readFileSync(join(folder, name), 'utf8') };
}
