import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readPage, repository } from '../support/docs/markdown.js';

interface Row {
  /** `Class.test_name`, or words for what was changed. */
  readonly theirs: string;
  readonly ours: string;
}

const rows = readPage('docs/python/test-suite.md')
  .text.split(/^## /m)
  .slice(1)
  .flatMap((section): Row[] => {
    const [heading = '', ...lines] = section.split('\n');
    return lines
      .map((line) => /^\| (.+?) \| [^|]* \| (.+) \|$/.exec(line))
      .filter((match) => match !== null && !match[1]?.startsWith('---') && !match[1]?.startsWith('their '))
      .map((match) => ({
        theirs: match?.[1]?.replace(/^`(test_\w+)`$/, `${heading}.$1`) ?? '',
        ours: match?.[2] ?? '',
      }));
  });

/** The titles of the tests of a file, as they are written there: with placeholders where there are many. */
function titlesOf(path: string): Set<string> {
  const source = readFileSync(path, 'utf8');
  const literals = source.matchAll(/(?:\bit\w*|\))\(\s*(['"`])((?:\\.|(?!\1).)*)\1/gs);
  return new Set([...literals].map(([, , text = '']) => text.replace(/\\(.)/g, '$1')));
}

/** What is wrong with the right side of a row, or nothing. */
function issue({ theirs, ours }: Row): string[] {
  if (ours.startsWith('difference: [')) return [];
  const [, path = '', title = ''] = /^\[`[^`]+`\]\(\.\.\/\.\.\/([^)]+)\): (.+)$/.exec(ours) ?? [];
  const file = join(repository, path);
  if (path === '' || !existsSync(file)) return [`${theirs}: no such file: ${ours}`];
  return titlesOf(file).has(title) ? [] : [`${theirs}: no test in ${path} is called: ${title}`];
}

/** The tests of the `test_logging.py` that `python3` has, or why there are none. */
function pythonTests(): { version: string; names: string[] } | string {
  const script = [
    'import sys, unittest',
    'import test.test_logging as suite',
    'print("%d.%d" % sys.version_info[:2])',
    'for case in unittest.defaultTestLoader.loadTestsFromModule(suite):',
    '    for test in case: print(".".join(test.id().split(".")[-2:]))',
  ].join('\n');
  const { status, stdout, stderr } = spawnSync('python3', ['-W', 'ignore', '-c', script], {
    encoding: 'utf8',
  });
  if (status !== 0) return stderr ? (stderr.trim().split('\n').at(-1) ?? '') : 'python3 was not found';
  const [version = '', ...names] = stdout.trim().split('\n');
  return { version, names };
}

const python = pythonTests();
if (typeof python === 'string')
  console.warn(`the table of Python's tests is not compared with them: ${python}`);

describe("the table of Python's tests", () => {
  it('leads to tests that are there', () => {
    expect(rows.length).toBeGreaterThan(260);
    expect(rows.flatMap(issue)).toEqual([]);
  });

  it('has each of their tests once', () => {
    const names = rows.map(({ theirs }) => theirs);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  (typeof python === 'string' ? it.skip : it)(
    'has every test of the python3 that is here (skipped where it comes without test_logging)',
    () => {
      if (typeof python === 'string') return;
      const told = new Set(rows.map(({ theirs }) => theirs));
      expect(python.names.length).toBeGreaterThan(200);
      expect(python.names.filter((name) => !told.has(name))).toEqual([]);
    },
  );
});
