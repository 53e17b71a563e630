import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parseSource, readLibrary, type SourceFile } from '../support/source-file.js';
import * as rules from './layer-rules.js';

const library = readLibrary();
const manifest: rules.Manifest = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
);

/** Each rule with the smallest library that breaks it and one that keeps it. */
const table: Case[] = [
  {
    says: 'imports point down',
    rule: rules.importsPointDown,
    breaks: [
      { 'core/a.ts': `import { b } from '../config/b.js';` },
      { 'handlers/a.handler.ts': `import { b } from '../formatters/b.formatter.js';` },
      { 'internal/a.ts': `import type { B } from '../core/b.js';` },
      { 'internal/a.ts': `export type A = import('../core/b.js').B;` },
      { 'core/a.ts': `export const load = () => import('../nest/b.js');` },
      { 'config/a.ts': `export { b } from '../nest/b.js';` },
      { 'testing/a.ts': `import '../admin/b.js';` },
      { 'utils/a.ts': `import '../core/b.js';` },
    ],
    keeps: {
      'config/a.ts': `import { b } from '../handlers/b.handler.js'; import { c } from './c.js';`,
      'core/index.ts': `export * from '../config/a.js';`,
    },
  },
  {
    says: 'nobody imports an index',
    rule: rules.nobodyImportsAnIndex,
    breaks: [
      { 'nest/a.ts': `import { b } from '../core/index.js';` },
      { 'nest/a.ts': `import type { b } from '../index.js';` },
    ],
    keeps: { 'index.ts': `export * from './core/index.js';`, 'nest/a.ts': `import './b-index.js';` },
  },
  {
    says: 'entry points only re-export',
    rule: rules.entriesOnlyReexport,
    breaks: [
      { 'index.ts': `export const a = 1;` },
      { 'core/index.ts': `import './a.js'; export * from './b.js';` },
      { 'handlers/index.ts': `export * from './a.handler.js';` },
      { 'index.ts': `start();` },
    ],
    keeps: { 'index.ts': `export { a } from './core/a.js'; export type { B } from './core/b.js';` },
  },
  {
    says: 'only the table of built-in components knows every plug-in',
    rule: rules.onlyTheTableKnowsEveryPlugin,
    breaks: [
      { 'config/builtin-components.ts': '', 'handlers/a.handler.ts': '' },
      { 'config/other.ts': plugins('a', 'b', 'c', 'd').join('\n') },
    ],
    keeps: {
      'config/builtin-components.ts': plugins('a', 'b', 'c', 'd').join('\n'),
      'config/basic-config.ts': plugins('a', 'b').join('\n'),
      'handlers/a.handler.ts': '',
    },
  },
  {
    says: 'a handler imports no other handler but its parent',
    rule: rules.handlersImportOnlyTheirParent,
    breaks: [
      { 'handlers/a.handler.ts': `import { B } from './b.handler.js'; export class A { b = new B(); }` },
    ],
    keeps: {
      'handlers/a.handler.ts': `import { B } from './b.handler.js'; export class A extends B {}`,
      'handlers/c.handler.ts': `import type { B } from './b.handler.js'; import './support/wire.js';`,
    },
  },
  {
    says: 'Nest and RxJS are imported in nest/ and testing/ alone, from package roots',
    rule: rules.frameworkStaysInItsFolders,
    breaks: [
      { 'core/a.ts': `import { Injectable } from '@nestjs/common';` },
      { 'config/a.ts': `import type { Observable } from 'rxjs';` },
      { 'context/a.ts': `export const load = () => import('reflect-metadata');` },
      { 'nest/a.ts': `import { x } from '@nestjs/core/injector/module';` },
      { 'nest/a.ts': `import { map } from 'rxjs/operators';` },
    ],
    keeps: { 'nest/a.ts': `import { Injectable } from '@nestjs/common'; import { map } from 'rxjs';` },
  },
  {
    says: 'packages are declared in the manifest, and optional ones loaded on demand',
    rule: rules.packagesAreDeclared({
      dependencies: { plain: '1' },
      peerDependencies: { '@scope/optional': '1' },
      peerDependenciesMeta: { '@scope/optional': { optional: true } },
    }),
    ruleOfLibrary: rules.packagesAreDeclared(manifest),
    breaks: [
      { 'core/a.ts': `import 'undeclared';` },
      { 'core/a.ts': `import fs from 'fs';` },
      { 'internal/a.ts': `import 'plain';` },
      { 'handlers/a.handler.ts': `import { x } from '@scope/optional/deep';` },
    ],
    keeps: {
      'config/a.ts': `import 'plain'; import 'node:fs'; import type { X } from '@scope/optional';`,
      'handlers/a.handler.ts': `export const load = () => import('@scope/optional');`,
    },
  },
  {
    says: 'there are no import cycles',
    rule: rules.noImportCycles,
    breaks: [
      { 'core/a.ts': `import './b.js';`, 'core/b.ts': `import './c.js';`, 'core/c.ts': `import './a.js';` },
      { 'core/a.ts': `import './a.js';` },
    ],
    keeps: {
      'core/a.ts': `import './b.js'; import './c.js';`,
      'core/b.ts': `import './c.js'; import type { A } from './a.js';`,
      'core/c.ts': '',
    },
  },
  {
    says: './core reaches neither Nest nor RxJS nor reflect-metadata',
    rule: rules.coreStandsWithoutTheFramework,
    breaks: [
      { 'core/index.ts': `export * from '../config/a.js';`, 'config/a.ts': `import 'reflect-metadata';` },
      { 'core/index.ts': `export { a } from './a.js';`, 'core/a.ts': `import { x } from '@nestjs/common';` },
    ],
    keeps: { 'core/index.ts': `export * from './a.js';`, 'core/a.ts': '', 'nest/b.ts': `import 'rxjs';` },
  },
  {
    says: 'every imported file exists',
    rule: rules.importedFilesExist,
    breaks: [{ 'core/a.ts': `import './gone.js';` }, { 'core/a.ts': `import '../../test/x.js';` }],
    keeps: { 'core/a.ts': `import './b.js';`, 'core/b.ts': '' },
  },
];

type Sources = Record<string, string>;

interface Case {
  says: string;
  rule: rules.Rule;
  /** Where the library itself is judged by other data than the samples. */
  ruleOfLibrary?: rules.Rule;
  breaks: Sources[];
  keeps: Sources;
}

describe('the layers of lib/', () => {
  it('are found', () => {
    expect(library.map(({ path }) => path)).toEqual(expect.arrayContaining([...rules.entryFiles]));
  });

  it.each(table)('hold: $says', ({ rule, ruleOfLibrary = rule }) => {
    expect(ruleOfLibrary(library)).toEqual([]);
  });
});

describe('the rule that', () => {
  it.each(table)('$says: finds what breaks it', ({ rule, breaks }) => {
    const missed = breaks.filter((sources) => rule(parse(sources)).length === 0);
    expect(missed).toEqual([]);
  });

  it.each(table)('$says: lets pass what keeps it', ({ rule, keeps }) => {
    expect(rule(parse(keeps))).toEqual([]);
  });
});

function parse(sources: Sources): SourceFile[] {
  return Object.entries(sources).map(([path, text]) => parseSource(path, text));
}

function plugins(...names: string[]): string[] {
  return names.map((name) => `import { ${name} } from '../handlers/${name}.handler.js';`);
}
