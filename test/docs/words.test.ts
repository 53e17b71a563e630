import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readPage, readPages, repository, withoutCode } from '../support/docs/markdown.js';
import { globSync } from '../support/glob.js';

/** Words that the glossary of CONTRIBUTING.md replaces, each with what to say instead. */
const replaced: readonly (readonly [RegExp, string])[] = [
  [/\b(tells?|told)\b/i, 'log, report or return'],
  [/\b(fault channel|at fault)\b/i, 'error'],
  [/\bin force\b/i, 'active'],
  [/\b(kept|keeps?|held) back\b/i, 'suppressed, dropped or buffered'],
  [/\bdelivery words?\b/i, 'delivery guarantee'],
  [/\bledgers?\b/i, 'counters'],
  [/\bprocessor time\b/i, 'CPU time'],
  [/\bslips?\b/i, 'typo'],
  [/\bwhole numbers?\b/i, 'integer'],
];

/** A line comment, a block comment, or a string on one line. */
const prose = /\/\/.*|\/\*[\s\S]*?\*\/|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g;

function findReplaced(place: string, text: string): string[] {
  return text.split('\n').flatMap((line) =>
    replaced.flatMap(([word, instead]) => {
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

  it('are those of comments and messages', () => {
    const files = globSync(join(repository, 'lib'), '.ts');
    expect(files.length).toBeGreaterThan(300);
    const found = files.flatMap((path) => {
      const source = readFileSync(join(repository, 'lib', path), 'utf8');
      return findReplaced(`lib/${path}`, (source.match(prose) ?? []).join('\n'));
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
