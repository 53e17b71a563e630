import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { convertIniToDict } from 'nestjs-logging/core';
import { parseDocument } from 'yaml';
import { type CodeBlock, readPages, repository } from '../support/docs/markdown.js';
import { normalise } from '../support/docs/normalise.js';
import { writeBlocks } from '../support/docs/write-blocks.js';
import { askPython, hasPython } from '../support/live-python.js';

const pages = readPages();
const blocks = pages.flatMap((page) => page.blocks).filter(({ reason }) => reason === undefined);
const named = (language: string): [name: string, block: CodeBlock][] =>
  blocks
    .filter((block) => block.language === language)
    .map((block) => [`${block.page}:${block.line}`, block]);

/** What is known to check, below or in the other tests of this folder. */
const languages = ['ts', 'python', 'sh', 'json', 'yaml', 'ini', 'text'];
const purposes = ['output', 'report', 'sample', 'of'];

describe('every code block of the documentation', () => {
  it('is of a language that is checked, or says why it is not', () => {
    const others = blocks.filter(
      ({ language, flags }) =>
        !languages.includes(language) || (language === 'text' && !purposes.some((flag) => flags.has(flag))),
    );
    expect(others.map(({ page, line, language }) => `${page}:${line} ${language}`)).toEqual([]);
  });
});

describe('lines of an example that are shown by themselves', () => {
  const excerpts = pages.flatMap((page) =>
    page.blocks
      .filter(({ flags }) => flags.has('of'))
      .map((block) => [`${block.page}:${block.line}`, block, page.blocks] as const),
  );

  it.each(excerpts)('%s has them as they are in the whole', (_, { language, flags, text }, all) => {
    const program = all.findIndex((block) => block.flags.get('file') === flags.get('of'));
    const printed = all.slice(program).find((block) => block.flags.has('output'));
    const whole = language === 'ts' ? all[program]?.text : normalise(printed?.text ?? '');
    const wholeLines = (whole ?? '').split('\n').map((line) => line.trim());
    const lines = normalise(text).split('\n');
    const places = lines.filter((line) => line.trim() !== '').map((line) => wholeLines.indexOf(line.trim()));
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });
});

describe('TypeScript in the documentation', () => {
  let folder = '';
  let complaints = '';
  beforeAll(() => {
    const project = writeBlocks(pages);
    folder = project.folder;
    const compiler = join(repository, 'node_modules/@typescript/native/bin/tsc');
    const { stdout } = spawnSync(
      process.execPath,
      [compiler, '-p', folder, '--noEmit', '--pretty', 'false'],
      { cwd: folder, encoding: 'utf8' },
    );
    complaints = stdout;
    // Where a complaint stands, in the words of the page: the name of the file holds the line of the block.
    for (const { block, file } of project.written) {
      const name = file.slice(folder.length + 1);
      complaints = complaints.replaceAll(`${name}(`, `${block.page}, block at line ${block.line} (`);
    }
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('compiles under the strictness of this repository', () => {
    expect(complaints).toBe('');
  });
});

describe('shell commands in the documentation', () => {
  it.each(named('sh'))('%s is understood by a shell', (_, { text }) => {
    expect(spawnSync('bash', ['-n'], { input: text, encoding: 'utf8' }).stderr).toBe('');
  });
});

describe('JSON in the documentation', () => {
  it.each(named('json'))('%s is sound', (_, { text }) => {
    expect(() => JSON.parse(text) as unknown).not.toThrow();
  });
});

describe('YAML in the documentation', () => {
  it.each(named('yaml'))('%s is sound', (_, { text }) => {
    expect(parseDocument(text).errors).toEqual([]);
  });
});

describe('INI files in the documentation', () => {
  it.each(named('ini'))('%s is a configuration', (_, { text }) => {
    expect(() => convertIniToDict(text)).not.toThrow();
  });
});

describe('Python in the documentation', () => {
  const python = named('python');
  (hasPython ? it : it.skip)('compiles (skipped where python3 is absent)', () => {
    const answers = askPython(
      'compile(case, "page", "exec")\nreturn "sound"',
      python.map(([, { text }]) => text),
    );
    expect(answers).toEqual(python.map(() => ({ text: 'sound' })));
  });
});
