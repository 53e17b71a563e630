import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileFolder } from '../compiled-sources.js';
import { hasPython } from '../live-python.js';
import { examplesOf } from './examples.js';
import { type CodeBlock, type Page, readPages, repository } from './markdown.js';
import { normalise, shortenStacks } from './normalise.js';
import { withReference } from './option-tables.js';
import { type Outputs, runPython, runServer, runTypeScript } from './run-examples.js';
import { runSample, sampleBlocks, sampleCommands } from './sample-output.js';
import { writeBlocks } from './write-blocks.js';

/**
 * Brings pages up to date.
 *
 * @param paths Which; none means all.
 * @returns The paths of those that changed.
 */
export async function updatePages(paths: readonly string[] = []): Promise<string[]> {
  const pages = readPages().filter(({ path }) => paths.length === 0 || paths.includes(path));
  const outputs = new Map<CodeBlock, string>();
  await runExamples(pages, outputs);
  for (const page of pages) await runSamples(page, outputs);
  return pages.flatMap((page) => {
    const text = withReference(withOutputs(page, outputs));
    if (text === page.text) return [];
    writeFileSync(join(repository, page.path), text);
    return [page.path];
  });
}

async function runExamples(pages: readonly Page[], outputs: Map<CodeBlock, string>): Promise<void> {
  const { folder } = writeBlocks(pages);
  compileFolder(folder);
  const examples = pages.flatMap(examplesOf).filter(({ outputs: blocks }) => blocks.length > 0);
  const take = (example: (typeof examples)[number], results: Outputs): void => {
    for (const block of example.outputs) outputs.set(block, results.get(block.flags.get('file') ?? '') ?? '');
  };
  const scripts = examples.filter(({ program }) => program.language === 'ts' && program.flags.has('run'));
  const printed = await runTypeScript(scripts, folder);
  for (const [index, example] of scripts.entries()) take(example, printed[index] as Outputs);
  for (const example of examples) {
    if (example.program.flags.has('serve')) take(example, await runServer(example, folder));
    else if (example.program.language === 'python' && hasPython) take(example, runPython(example, folder));
  }
  rmSync(folder, { recursive: true });
}

async function runSamples(page: Page, outputs: Map<CodeBlock, string>): Promise<void> {
  const blocks = sampleBlocks(page);
  for (const environment of new Set(blocks.map(({ flags }) => flags.get('sample') as string))) {
    const results = await runSample(environment, sampleCommands(page));
    for (const block of blocks.filter(({ flags }) => flags.get('sample') === environment)) {
      outputs.set(block, results.get(block.flags.get('file') ?? '') ?? '');
    }
  }
}

/** From the last block to the first, so that line numbers stay right. */
function withOutputs({ text, blocks }: Page, outputs: ReadonlyMap<CodeBlock, string>): string {
  const lines = text.split('\n');
  for (const block of [...blocks].reverse()) {
    const output = outputs.get(block);
    if (output === undefined || normalise(output) === normalise(block.text)) continue;
    const height = block.text.split('\n').length - 1;
    lines.splice(block.line, height, ...shortenStacks(output).trimEnd().split('\n'));
  }
  return lines.join('\n');
}
