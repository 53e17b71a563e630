import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';

const root = path.join(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');

interface Report {
  readonly http: Record<string, Record<string, { readonly perSecondOfNone: number }>>;
}

/** The columns of README's comparison, as the bench calls them. */
const COLUMNS = ['ours', 'nestjs-pino', 'nest-winston', 'nest-json'];

describe('the figures of README', () => {
  const { http } = JSON.parse(read('bench/results/reference.json')) as Report;

  it.each([
    ['express', /^\| requests per second on Express, [^|]* \|(.*)\|$/m],
    ['fastify', /^\| the same on Fastify \|(.*)\|$/m],
  ])('are those of the published report for %s', (platform, row) => {
    const shown = row
      .exec(read('README.md'))?.[1]
      ?.split('|')
      .map((cell) => cell.trim());
    const published = COLUMNS.map(
      (name) => `${Math.round((http[platform]?.[name]?.perSecondOfNone ?? Number.NaN) * 100)} %`,
    );
    expect(shown).toEqual(published);
  });
});

describe('the loggers that README compares with', () => {
  const { dependencies } = JSON.parse(read('test/on-demand/package.json'));
  const { packages } = JSON.parse(read('package-lock.json'));
  const versions = { ...dependencies, Nest: packages['node_modules/@nestjs/core'].version };
  const compared = read('README.md').split('Compared were ')[1]?.split('\n\n')[0] ?? '';

  it.each(['nestjs-pino', 'pino', 'nest-winston', 'winston', 'Nest'])(
    'are named with the tested version of %s',
    (name) => {
      const minor = /^\d+\.\d+/.exec(versions[name])?.[0];
      expect(compared.split(/[,\s]+/).join(' ')).toMatch(new RegExp(`(^| )${name} ${minor}\\b`));
    },
  );
});
