import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readPage, readPages, repository, withoutCode } from '../support/docs/markdown.js';
import { globSync } from '../support/glob.js';

/** Words that the glossary of CONTRIBUTING.md replaces, each with what to say instead. */
const replaced: readonly (readonly [RegExp, string])[] = [
  [/\b(tells?|told)\b/i, 'log, report or return'],
  [/(?<!\bCPU )\bfaults?\b/i, 'error'],
  [/\bin force\b/i, 'active'],
  [/\b(kept|keeps?|held) back\b/i, 'suppressed, dropped or buffered'],
  [/\bdelivery words?\b/i, 'delivery guarantee'],
  [/\bledgers?\b/i, 'counters'],
  [/\bprocessor time\b/i, 'CPU time'],
  [/\bslips?\b/i, 'typo'],
  [/\bwhole numbers?\b/i, 'integer'],
];

/** The same in names. */
const replacedNames = /\b\w*(?:(?<!De|de)[Ff]ault|[Ii]nForce|[Ll]edger|[Ss]tandingC)\w*/g;

/** A line comment, a block comment, or a string on one line. */
const prose = /\/\/.*|\/\*[\s\S]*?\*\/|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g;

/** The torture suite injects faults, and keeps a ledger of what was logged. Pages report on it; the changelog has old names. */
const torture = /^(test\/torture\/|docs\/production\.md|README\.md|CHANGELOG\.md)/;
const wordsOfTorture = /faults|ledgers/;

function findReplaced(place: string, text: string): string[] {
  return text.split('\n').flatMap((line) =>
    replaced.flatMap(([word, instead]) => {
      if (wordsOfTorture.test(word.source) && torture.test(place)) return [];
      const [found] = word.exec(line) ?? [];
      return found === undefined ? [] : [`${place}: "${found}" in "${line.trim()}"; say ${instead}`];
    }),
  );
}

describe('the words of the glossary', () => {
  it('finds a word in the middle of a sentence, and in capitals', () => {
    expect(findReplaced('a', 'the listener is told of it\nIn force since then')).toHaveLength(2);
    expect(findReplaced('a', 'the listener gets it')).toEqual([]);
  });

  it.each(['lib', 'sample-app', 'scripts', 'test'])('are those of comments and messages in %s/', (folder) => {
    const files = [
      ...globSync(join(repository, folder), '.ts'),
      ...globSync(join(repository, folder), '.mjs'),
    ];
    expect(files.length).toBeGreaterThan(5);
    const found = files.flatMap((file) => {
      const path = `${folder}/${file}`;
      if (path === 'test/docs/words.test.ts') return [];
      const source = readFileSync(join(repository, path), 'utf8');
      return findReplaced(path, (source.match(prose) ?? []).join('\n'));
    });
    expect(found).toEqual([]);
  });

  it('are those of names', () => {
    const files = globSync(join(repository, 'lib'), '.ts');
    const found = files.flatMap((path) => {
      const source = readFileSync(join(repository, 'lib', path), 'utf8').replace(prose, '');
      return (source.match(replacedNames) ?? []).map((name) => `lib/${path}: ${name}`);
    });
    expect(found).toEqual([]);
  });

  it('are those of the documentation', () => {
    // CONTRIBUTING.md has both columns of the glossary.
    const pages = readPages().filter(({ path }) => path !== 'CONTRIBUTING.md');
    const others = ['CHANGELOG.md', 'SECURITY.md'].map(readPage);
    const found = [...pages, ...others].flatMap((page) => findReplaced(page.path, withoutCode(page)));
    expect(found).toEqual([]);
  });
});
