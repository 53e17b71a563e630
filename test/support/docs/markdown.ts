import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** This repository. */
export const repository: string = fileURLToPath(new URL('../../../', import.meta.url));

/** A fenced block of a page. */
export interface CodeBlock {
  /** The page, relative to the repository. */
  readonly page: string;
  /** Line of the opening fence, from 1. */
  readonly line: number;
  /** First word after the fence. */
  readonly language: string;
  /** The other words: `run` is a flag with an empty value, `file=app.ts` one with a value. */
  readonly flags: ReadonlyMap<string, string>;
  /** The code, with a newline at its end. */
  readonly text: string;
  /** Why the block is not checked: what a comment `<!-- not checked: … -->` right above it says. */
  readonly reason: string | undefined;
}

/** A page of the documentation. */
export interface Page {
  readonly path: string;
  readonly text: string;
  readonly blocks: readonly CodeBlock[];
}

/** README.md, CONTRIBUTING.md and every page below docs/. */
export function readPages(): Page[] {
  const docs = readdirSync(join(repository, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => name.replaceAll('\\', '/'))
    .sort();
  return ['README.md', 'CONTRIBUTING.md', ...docs.map((name) => `docs/${name}`)].map(readPage);
}

/** One page, by its path in the repository. */
export function readPage(path: string): Page {
  const text = readFileSync(join(repository, path), 'utf8');
  return { path, text, blocks: parseBlocks(path, text) };
}

function parseBlocks(page: string, text: string): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  const lines = text.split('\n');
  let index = 0;
  while (index < lines.length) {
    const opening = /^(`{3,})\s*(\S*)\s*(.*)$/.exec(lines[index] ?? '');
    if (opening === null) {
      index += 1;
      continue;
    }
    const [, fence = '', language = '', rest = ''] = opening;
    const end = lines.indexOf(fence, index + 1);
    if (end < 0) throw new Error(`${page}:${index + 1}: the block is not closed`);
    blocks.push({
      page,
      line: index + 1,
      language,
      flags: parseFlags(rest),
      text: lines
        .slice(index + 1, end)
        .map((line) => `${line}\n`)
        .join(''),
      reason: reasonAbove(lines, index),
    });
    index = end + 1;
  }
  return blocks;
}

function parseFlags(words: string): Map<string, string> {
  const flags = words
    .split(/\s+/)
    .filter((word) => word !== '')
    .map((word) => word.split('=', 2));
  return new Map(flags.map(([name = '', value = '']) => [name, value]));
}

function reasonAbove(lines: readonly string[], index: number): string | undefined {
  let above = index - 1;
  while (above >= 0 && lines[above]?.trim() === '') above -= 1;
  return /^<!-- not checked: (.+) -->$/.exec(lines[above] ?? '')?.[1];
}

/** The text of a page with the inside of its code blocks blanked, line by line. */
export function withoutCode({ text }: Page): string {
  let fence: string | undefined;
  return text
    .split('\n')
    .map((line) => {
      const mark = /^`{3,}/.exec(line)?.[0];
      if (fence === undefined && mark !== undefined) fence = mark;
      else if (fence !== undefined && line === fence) fence = undefined;
      else if (fence === undefined) return line;
      return '';
    })
    .join('\n');
}

/** The anchors that GitHub gives to the headings of a page. */
export function anchorsOf(page: Page): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of withoutCode(page).matchAll(/^#{1,6}\s+(.+)$/gm)) {
    const base = heading
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(/\s/g, '-');
    let anchor = base;
    for (let count = 1; anchors.has(anchor); count += 1) anchor = `${base}-${count}`;
    anchors.add(anchor);
  }
  return anchors;
}
