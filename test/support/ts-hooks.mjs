/** The module hooks behind ts-loader.mjs: './x.js' finds './x.ts', SWC compiles it. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { swcOptions as plainOptions } from './swc-options.mjs';

const root = new URL('../../', import.meta.url);
const swcOptions = { ...plainOptions, sourceMaps: 'inline' };
/** Node cannot require TypeScript. */
const handlersModule = new URL('test/support/handlers-module.ts', root).href;
const entries = {
  'nestjs-logging': new URL('lib/index.ts', root).href,
  'nestjs-logging/core': new URL('lib/core.ts', root).href,
  'nestjs-logging/handlers': new URL('lib/handlers.ts', root).href,
  'nestjs-logging/live': new URL('lib/live.ts', root).href,
  'nestjs-logging/testing': new URL('lib/testing.ts', root).href,
};

export function resolve(specifier, context, nextResolve) {
  const entry = entries[specifier];
  if (entry !== undefined) return { url: entry, format: 'module', shortCircuit: true };
  const parent = context.parentURL ?? '';
  if (specifier.endsWith('/handlers-module.js'))
    return { url: handlersModule, format: 'module', shortCircuit: true };
  if (/^(\.|file:)/.test(specifier) && specifier.endsWith('.js') && !parent.includes('/node_modules/')) {
    const url = new URL(`${specifier.slice(0, -3)}.ts`, parent);
    if (existsSync(url)) return { url: url.href, format: 'module', shortCircuit: true };
  }
  return nextResolve(specifier, context);
}

export function load(url, context, nextLoad) {
  if (!url.startsWith('file:') || !/\.ts(\?|$)/.test(url)) return nextLoad(url, context);
  return { format: 'module', source: compiled(fileURLToPath(url)), shortCircuit: true };
}

const require = createRequire(import.meta.url);
// Hundreds of programs are started by the tests, and each would compile the same files anew.
const cache = fileURLToPath(new URL('node_modules/.cache/ts-loader/', root));
const version = `${require('@swc/core/package.json').version} ${JSON.stringify(swcOptions)}`;

function compiled(filename) {
  const source = readFileSync(filename, 'utf8');
  const key = createHash('sha1').update(`${version}\0${filename}\0${source}`).digest('hex');
  const file = join(cache, `${key}.mjs`);
  try {
    return readFileSync(file, 'utf8');
  } catch {
    const { code } = require('@swc/core').transformSync(source, { ...swcOptions, filename });
    keep(file, code);
    return code;
  }
}

/** Several programs may compile the same file at once, and some run where nothing can be written. */
function keep(file, code) {
  const unfinished = `${file}.${process.pid}.${performance.now()}`;
  try {
    mkdirSync(cache, { recursive: true });
    writeFileSync(unfinished, code);
    renameSync(unfinished, file);
  } catch {
    // It is compiled again next time.
  }
}
