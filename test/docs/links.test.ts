import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path/posix';
import { describe, expect, it } from '@jest/globals';
import {
  anchorsOf,
  type Page,
  readPage,
  readPages,
  repository,
  withoutCode,
} from '../support/docs/markdown.js';

const pages = readPages();

function linksOf(page: Page): string[] {
  return [...withoutCode(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
}

/** What is wrong with a link, or nothing. */
function issue(page: Page, link: string): string[] {
  if (/^https:\/\//.test(link)) return [];
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page.path : normalize(join(dirname(page.path), path));
  if (!existsSync(join(repository, target))) return [`${link}: there is no ${target}`];
  if (anchor !== undefined && !anchorsOf(readPage(target)).has(anchor))
    return [`${link}: ${target} has no such heading`];
  return [];
}

describe('links in the documentation', () => {
  it.each(pages.map((page): [string, Page] => [page.path, page]))(
    '%s leads to files and headings that exist',
    (_, page) => {
      expect(linksOf(page).flatMap((link) => issue(page, link))).toEqual([]);
    },
  );

  it('reach every page of docs/ from the README', () => {
    const readme = pages[0] as Page;
    const linked = new Set(linksOf(readme).map((link) => link.split('#')[0]));
    expect(
      pages.map(({ path }) => path).filter((path) => path.startsWith('docs/') && !linked.has(path)),
    ).toEqual([]);
  });
});
