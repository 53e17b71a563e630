import type { CodeBlock, Page } from './markdown.js';

/** A program of a page, and what the page says that it prints. */
export interface Example {
  readonly page: string;
  /** The block that is run: `ts run`, `python run`, or `ts serve`, an application that is asked with `curl`. */
  readonly program: CodeBlock;
  /** For `serve`: the `sh` block with the commands, if there is one; with `again` that of the application before it. */
  readonly commands: CodeBlock | undefined;
  /** Blocks `text` (standard output and standard error) and `text file=NAME` (a file it wrote) below the program. */
  readonly outputs: readonly CodeBlock[];
  /** Files that the program finds: blocks of data above it, `json file=NAME`, `yaml file=NAME`, `ini file=NAME`. */
  readonly inputs: readonly CodeBlock[];
}

const dataLanguages = ['json', 'yaml', 'ini'];

/** Where a block of TypeScript is put: pages may name files that import each other. */
export function fileName(block: CodeBlock): string {
  return block.flags.get('file') ?? `line-${block.line}.ts`;
}

/** The folder for the blocks of a page. */
export function folderName(page: string): string {
  return page.replaceAll('/', '-').replace(/\.md$/, '');
}

/** Whether a block is run, and not only compiled. */
function isProgram({ flags }: CodeBlock): boolean {
  return flags.has('run') || flags.has('serve');
}

/** The examples of a page in order. */
export function examplesOf({ path, blocks }: Page): Example[] {
  const examples: (Example & { commands: CodeBlock | undefined; outputs: CodeBlock[] })[] = [];
  const inputs: CodeBlock[] = [];
  for (const block of blocks) {
    const current = examples.at(-1);
    if (isProgram(block)) {
      const commands = block.flags.has('again') ? current?.commands : undefined;
      examples.push({ page: path, program: block, commands, outputs: [], inputs: [...inputs] });
    } else if (dataLanguages.includes(block.language) && block.flags.has('file')) inputs.push(block);
    else if (block.language === 'text' && block.flags.has('output')) current?.outputs.push(block);
    // Commands stand between the application and what it prints; later ones are for something else.
    else if (current?.program.flags.has('serve') && current.outputs.length === 0 && isCurl(block))
      current.commands = block;
  }
  return examples;
}

/** Whether a block holds requests. */
export function isCurl({ language, text }: CodeBlock): boolean {
  return language === 'sh' && /^curl /m.test(text);
}
