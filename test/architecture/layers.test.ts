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
      { 'formatters/a.formatter.ts': `import { b } from '../handlers/b.handler.js';` },
      { 'runtime/a.ts': `import type { B } from '../core/b.js';` },
      { 'runtime/a.ts': `export type A = import('../core/b.js').B;` },
      { 'core/a.ts': `export const load = () => import('../nest/b.js');` },
      { 'config/a.ts': `export { b } from '../nest/b.js';` },
      { 'testing/a.ts': `import '../live/b.js';` },
      { 'utils/a.ts': `import '../core/b.js';` },
    ],
    keeps: {
      'config/a.ts': `import { b } from '../handlers/b.handler.js'; import { c } from './c.js';`,
      'core.ts': `export * from './config/a.js';`,
      'python/a.ts': `import '../redaction/b.js';`,
    },
  },
  {
    says: `no room has more than ${rules.maxFilesInRoom} files`,
    rule: rules.roomsStaySmall,
    breaks: [roomOf(21)],
    keeps: { ...roomOf(20), 'core/calls/a.ts': '' },
  },
  {
    says: 'nobody imports an entry point',
    rule: rules.nobodyImportsAnEntry,
    breaks: [
      { 'nest/a.ts': `import { b } from '../core.js';` },
      { 'nest/a.ts': `import type { b } from '../index.js';` },
    ],
    keeps: { 'index.ts': `export * from './core.js';`, 'nest/a.ts': `import './b-index.js';` },
  },
  {
    says: 'entry points only re-export',
    rule: rules.entriesOnlyReexport,
    breaks: [
      { 'index.ts': `export const a = 1;` },
      { 'core.ts': `import './core/a.js'; export * from './core/b.js';` },
      { 'handlers/index.ts': `export * from './a.handler.js';` },
      { 'index.ts': `start();` },
    ],
    keeps: { 'index.ts': `export { a } from './core/a.js'; export type { B } from './core/b.js';` },
  },
  {
    says: 'every component stands in the list of its room, and every room in that of the handlers',
    rule: rules.everyComponentIsListed,
    breaks: [
      { 'handlers/a.handler.ts': '' },
      {
        'handlers/mail/smtp/a.handler.ts': '',
        'handlers/components.ts': `export * from './mail/smtp/a.handler.js';`,
      },
      { 'handlers/mail/components.ts': '', 'handlers/components.ts': '' },
      { 'formatters/a.formatter.ts': '', 'formatters/components.ts': `export * from './b.formatter.js';` },
      { 'filters/a.filter.ts': '', 'filters/components.ts': '' },
    ],
    keeps: {
      'handlers/components.ts': `export { A } from './a.handler.js'; export * from './mail/components.js';`,
      'handlers/a.handler.ts': '',
      'handlers/mail/components.ts': `export { B, type BOptions } from './smtp/b.handler.js';`,
      'handlers/mail/smtp/b.handler.ts': '',
      'formatters/components.ts': `export { C } from './c.formatter.js';`,
      'formatters/c.formatter.ts': '',
      'nest/d.filter.ts': '',
    },
  },
  {
    says: 'lists of components only re-export',
    rule: rules.listsOnlyReexport,
    breaks: [
      { 'handlers/components.ts': 'export const list = [];' },
      { 'handlers/mail/components.ts': `import { A } from './a.handler.js'; export { A };` },
    ],
    keeps: {
      'handlers/components.ts': `export { A, type AOptions } from './a.handler.js';`,
      'config/components/a.ts': 'export const a = 1;',
    },
  },
  {
    says: 'only the lists know every plug-in, and only the registry knows the lists',
    rule: rules.onlyTheListsKnowEveryPlugin,
    breaks: [
      { 'config/other.ts': plugins('a', 'b', 'c', 'd').join('\n') },
      { 'config/other.ts': `import * as handlers from '../handlers/components.js';` },
      { 'handlers/mail/a.handler.ts': `import type { B } from './components.js';` },
    ],
    keeps: {
      'config/components/builtin-components.ts': `import * as handlers from '../../handlers/components.js';`,
      'core.ts': `export * from './handlers/components.js';`,
      'handlers/components.ts': plugins('a', 'b', 'c', 'd').join('\n').replaceAll('../handlers', '.'),
      'config/basic-config.ts': plugins('a', 'b').join('\n'),
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
    says: 'Nest and RxJS are imported in nest/, testing/ and live/ alone, from package roots',
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
      { 'runtime/a.ts': `import 'plain';` },
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
      { 'core/a.ts': `import './b.js';`, 'core/b.ts': `import type { A } from './a.js';` },
      { 'core/a.ts': `import './b.js';`, 'core/b.ts': `const at = new URL('./a.js', import.meta.url);` },
    ],
    keeps: {
      'core/a.ts': `import './b.js'; import './c.js';`,
      'core/b.ts': `import './c.js';`,
      'core/c.ts': '',
    },
  },
  {
    says: './core reaches neither Nest nor RxJS nor reflect-metadata',
    rule: rules.coreStandsWithoutTheFramework,
    breaks: [
      { 'core.ts': `export * from './config/a.js';`, 'config/a.ts': `import 'reflect-metadata';` },
      { 'core.ts': `export { a } from './core/a.js';`, 'core/a.ts': `import { x } from '@nestjs/common';` },
    ],
    keeps: { 'core.ts': `export * from './core/a.js';`, 'core/a.ts': '', 'nest/b.ts': `import 'rxjs';` },
  },
  {
    says: 'rooms that are apart stay so',
    rule: rules.roomsStayApart,
    breaks: [
      { 'nest/requests/a.ts': `import '../messages/b.js';` },
      { 'nest/messages/a.ts': `import type { B } from '../requests/b.js';` },
      { 'nest/module/a.ts': `import '../tuning/b.js';` },
    ],
    keeps: {
      'nest/module/instrumentations.ts': `import '../tuning/b.js'; import '../requests/c.js'; import '../messages/d.js';`,
      'nest/tuning/b.ts': `import './e.js';`,
    },
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

function roomOf(count: number): Sources {
  return Object.fromEntries(Array.from({ length: count }, (_, n) => [`core/file-${n}.ts`, '']));
}
