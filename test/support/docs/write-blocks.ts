import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { declarationPaths } from '../declarations.js';
import { linkPackages } from '../link-packages.js';
import { fileName, folderName } from './examples.js';
import { type CodeBlock, type Page, repository } from './markdown.js';

/** A TypeScript block that was written to a file. */
export interface WrittenBlock {
  readonly block: CodeBlock;
  /** Absolute path. */
  readonly file: string;
}

/** Puts every TypeScript block into a file, a folder for each page, in a new project that sees this package as users do. */
export function writeBlocks(pages: readonly Page[]): { folder: string; written: WrittenBlock[] } {
  const folder = mkdtempSync(join(tmpdir(), 'docs-'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n');
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(compilerConfig()));
  linkPackages(folder);
  const written = pages.flatMap((page) => {
    const own = join(folder, folderName(page.path));
    mkdirSync(own);
    return page.blocks.filter(isCompiledHere).map((block) => {
      const file = join(own, fileName(block));
      mkdirSync(dirname(file), { recursive: true });
      // Two blocks of one page may not overwrite each other.
      writeFileSync(file, block.text, { flag: 'wx' });
      return { block, file };
    });
  });
  return { folder, written };
}

/** Not what goes into a copy of the repository, where it is compiled, nor lines of another block. */
function isCompiledHere({ language, reason, flags }: CodeBlock): boolean {
  return language === 'ts' && reason === undefined && !flags.has('into') && !flags.has('of');
}

/** The repository's own strictness, less what an example need not have. */
function compilerConfig(): object {
  return {
    extends: join(repository, 'tsconfig.json'),
    compilerOptions: {
      noUnusedLocals: false,
      noUnusedParameters: false,
      typeRoots: [join(repository, 'node_modules/@types')],
      paths: declarationPaths(),
    },
    include: ['**/*.ts'],
    exclude: ['node_modules'],
  };
}
