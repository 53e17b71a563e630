import { describe, expect, it } from '@jest/globals';
import { parseSource, readLibrary } from '../support/source-file.js';
import type { Rule } from './layer-rules.js';
import * as rules from './source-rules.js';

const library = readLibrary();

/** Each rule with sources of core/a.ts that break it and one that keeps it. */
const table: { says: string; rule: Rule; breaks: string[]; keeps: string }[] = [
  {
    says: `no file is longer than ${rules.maxLines} lines`,
    rule: rules.filesStayShort,
    breaks: ['//\n'.repeat(401)],
    keeps: '//\n'.repeat(400),
  },
  {
    says: 'nobody ends the process',
    rule: rules.nobodyEndsTheProcess,
    breaks: [
      'export function f() { process.exit(1); }',
      'export const f = () => globalThis.process.exit();',
      `import { exit } from 'node:process';`,
      'const { pid } = process; process.kill(pid);',
    ],
    keeps: 'export function f() { process.exitCode = 1; return child.kill(); }',
  },
  {
    says: 'only the files listed listen to the process',
    rule: rules.fewListenToTheProcess,
    breaks: [
      `export const f = () => process.on('exit', g);`,
      `export const f = () => process.once('SIGTERM', g);`,
    ],
    keeps: `export const f = () => socket.on('error', g);`,
  },
  {
    says: 'nobody uses the console',
    rule: rules.nobodyUsesTheConsole,
    breaks: [
      'export function f() { console.error(1); }',
      'export const out = globalThis.console;',
      `import { Console } from 'node:console';`,
    ],
    keeps: '/** Like console.log. */ export function f() { handlers.console = 1; }',
  },
  {
    says: 'every exported name has a doc comment',
    rule: rules.exportsAreDocumented,
    breaks: [
      'export const a = 1;',
      '/* Not for readers. */ export class A {}',
      '/** Of something else. */ const b = 1; export interface A {}',
      '// A line.\nexport type A = 1;',
      'class A {} export { A };',
      'export default class A {}',
      '/** Early. */\nconst x = 1;\n@decorated() export class A {}',
    ],
    keeps: `
      /** A constant; é. */
      export const a = 1;
      /** Decorated. */
      @decorated()
      export class A {}
      /** Overloaded. */
      export function f(x: string): void;
      export function f(x: number): void;
      export function f(x: unknown): void {}
      /** Listed below. */
      class B {}
      export { B };
      export { c } from './c.js';
      const internal = 1;`,
  },
  {
    says: 'nothing happens at import, and modules hold no state',
    rule: rules.nothingHappensAtImport,
    breaks: [
      'start();',
      'await ready;',
      'let count = 0;',
      'export var cache;',
      'if (process.env.X) start();',
      `for (const a of list) register(a);`,
    ],
    keeps: `import 'node:fs'; const a = 1; brand(A.prototype, 'a'); export class A { static { this.b = 1; } } export function f() { start(); }`,
  },
  {
    says: 'modules of Node that are slow to load are loaded when needed',
    rule: rules.slowModulesWait,
    breaks: [
      `import { createHash } from 'node:crypto';`,
      `import 'node:http';`,
      `export * from 'node:net';`,
      `import { readFile } from 'node:fs/promises';`,
    ],
    keeps: `
      import { join } from 'node:path';
      import type { Socket } from 'node:net';
      export const digest = () => nodeModule('node:crypto').createHash('sha256');`,
  },
  {
    says: 'expressions with classes of Unicode are made when they are first used',
    rule: rules.unicodeClassesWait,
    breaks: [
      String.raw`const word = /\p{L}+/u;`,
      String.raw`export const isWord = lazy(() => /^[^\P{Letter}]$/u);`,
    ],
    keeps: "const word = lazyPattern(String.raw`\\p{L}`, 'u'); const plain = /[a-z]/u;",
  },
  {
    says: 'schemas are built when they are first used',
    rule: rules.schemasWait,
    breaks: [
      'export const schema = v.strictObject({});',
      'const entries = { a: v.optional(v.string()) };',
      'export class A { static readonly optionsSchema = v.string(); }',
      'export class A { static { this.optionsSchema = v.string(); } }',
    ],
    keeps: `
      export const schema = lazy(() => v.strictObject({ a: v.string() }));
      export class A { static a = declareComponent(A, { schema: () => v.string() }); schema = v.string(); }
      function check(options: unknown) { return v.safeParse(v.string(), options); }`,
  },
];

describe('the sources of lib/', () => {
  it.each(table)('hold: $says', ({ rule }) => {
    expect(rule(library)).toEqual([]);
  });
});

describe('the rule that', () => {
  it.each(table)('$says: finds what breaks it', ({ rule, breaks }) => {
    const missed = breaks.filter((text) => rule([parseSource('core/a.ts', text)]).length === 0);
    expect(missed).toEqual([]);
  });

  it.each(table)('$says: lets pass what keeps it', ({ rule, keeps }) => {
    expect(rule([parseSource('core/a.ts', keeps)])).toEqual([]);
  });
});
