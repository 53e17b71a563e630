import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { nodeModule } from './node-module.js';

/** The name of a copy of the worker's program beside a bundle. */
const COPY = './nestjs-logging-worker.js';

/**
 * Where the program of a worker thread is: in this package, or, for an application in a bundle, a copy of it beside
 * the bundle, or in a package installed there.
 *
 * @throws {Error} If it is not found; the message says what to do.
 */
export function findWorkerProgram(): URL {
  const program = ownProgram();
  if (program !== undefined && isThere(program)) return program;
  for (const base of bases()) {
    const copy = new URL(COPY, base);
    if (existsSync(copy)) return copy;
    try {
      return pathToFileURL(nodeModule('node:module').createRequire(base).resolve('nestjs-logging/worker'));
    } catch {
      // Not installed there: the next place.
    }
  }
  throw new Error(
    `the worker's program is not part of the bundle; copy node_modules/nestjs-logging/dist/esm/worker.js next to it as ${COPY}`,
  );
}

/** As it is built, or as TypeScript where the sources are run. */
function isThere(program: URL): boolean {
  return existsSync(program) || existsSync(new URL(program.href.replace(/\.js$/, '.ts')));
}

/** In a form that webpack and its like recognise: they put the file beside the bundle and give its place. */
function ownProgram(): URL | undefined {
  try {
    return new URL('../worker.js', import.meta.url);
  } catch {
    // In a bundle in CommonJS there is no `import.meta.url`.
    return undefined;
  }
}

/** The bundle, if known, the program that was started, and the working directory. */
function bases(): URL[] {
  const bundle = typeof __filename === 'string' ? pathToFileURL(__filename) : import.meta.url;
  const main = process.argv[1];
  return [
    ...(bundle ? [new URL(bundle)] : []),
    ...(main === undefined ? [] : [pathToFileURL(main)]),
    pathToFileURL(`${process.cwd()}/`),
  ];
}
