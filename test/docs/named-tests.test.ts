import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { repository } from '../support/docs/markdown.js';

const pages = readdirSync(join(repository, 'docs')).filter((name) => name.endsWith('.md'));

it('every test that the documentation names is there', () => {
  const named = pages.flatMap((page) =>
    [...readFileSync(join(repository, 'docs', page), 'utf8').matchAll(/`(test\/[\w./-]+\.test\.ts)`/g)].map(
      ([, file = '']) => file,
    ),
  );
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((file) => !existsSync(join(repository, file)))).toEqual([]);
});
