/** The module hooks behind ts-loader.mjs: './x.js' finds './x.ts', SWC compiles it. Run by Node off the main thread. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { transformSync } from '@swc/core';

const root = new URL('../../', import.meta.url);
const entries = {
  'nestjs-logging': new URL('lib/index.ts', root).href,
  'nestjs-logging/core': new URL('lib/core/index.ts', root).href,
  'nestjs-logging/testing': new URL('lib/testing/index.ts', root).href,
};

const swcOptions = {
  module: { type: 'es6' },
  sourceMaps: 'inline',
  swcrc: false,
  jsc: {
    target: 'es2023',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: true },
    keepClassNames: true,
  },
};

export function resolve(specifier, context, nextResolve) {
  const entry = entries[specifier];
  if (entry !== undefined) return { url: entry, format: 'module', shortCircuit: true };
  const parent = context.parentURL ?? '';
  if (/^(\.|file:)/.test(specifier) && specifier.endsWith('.js') && !parent.includes('/node_modules/')) {
    const url = new URL(`${specifier.slice(0, -3)}.ts`, parent);
    if (existsSync(url)) return { url: url.href, format: 'module', shortCircuit: true };
  }
  return nextResolve(specifier, context);
}

export function load(url, context, nextLoad) {
  if (!url.startsWith('file:') || !/\.ts(\?|$)/.test(url)) return nextLoad(url, context);
  const filename = fileURLToPath(url);
  const { code } = transformSync(readFileSync(filename, 'utf8'), { ...swcOptions, filename });
  return { format: 'module', source: code, shortCircuit: true };
}
