import type { SourceFile } from '../support/source-file.js';
import { entryFiles, programFiles, type Rule } from './layer-rules.js';

/** The most lines a source file may have: beyond 300 it is worth asking whether it holds two stories. */
export const maxLines = 400;

/** Where module-level state may live: the one slot shared by all copies of the package. */
export const stateFiles: ReadonlySet<string> = new Set(['runtime/global-slot.ts']);

/** The files that may listen to the process, each because an option or a call of the user's asks for it. */
export const processListeners: ReadonlySet<string> = new Set([
  'cli/pretty.command.ts',
  'core/reports/capture-warnings.ts',
  'core/reports/crash-records.ts',
  'config/apply/config-follower.ts',
  'core/exit-drain.ts',
  // What is unsent at the end is lost, and nobody would know.
  'handlers/delivery/unsent.ts',
  // The SDK's batches end with the process unless they are flushed.
  'handlers/shipping/otlp/open-telemetry.handler.ts',
  'core/signal-drain.ts',
]);

/** Raises a signal again that it caught, once everything buffered is out. */
const signalRaisers: ReadonlySet<string> = new Set(['core/signal-drain.ts']);

/** The modules of Node that every program waits for: these are quick to load, or loaded anyway. */
const quickModules: ReadonlySet<string> = new Set([
  'node:async_hooks',
  'node:buffer',
  'node:fs',
  'node:module',
  'node:path',
  'node:url',
  'node:util',
]);

const listening = /^process\.(on|once|addListener|prependListener|prependOnceListener)$/;
const processEnders = new Set(['process.exit', 'process.abort', 'process.kill', 'process.reallyExit']);

export const filesStayShort: Rule = (files) =>
  files
    .filter(({ lineCount }) => lineCount > maxLines)
    .map(({ path, lineCount }) => `${path}: ${lineCount} lines, ${maxLines} allowed`);

export const nobodyEndsTheProcess: Rule = (files) =>
  issues(files, ({ path, memberAccesses, imports }) => [
    ...[...memberAccesses].filter(
      (access) => processEnders.has(access) && !(access === 'process.kill' && signalRaisers.has(path)),
    ),
    ...imports
      .filter(({ specifier }) => specifier === 'node:process')
      .flatMap(({ names }) => names.map((name) => `process.${name}`))
      .filter((access) => processEnders.has(access)),
  ]);

export const fewListenToTheProcess: Rule = (files) =>
  issues(
    files.filter(({ path }) => !processListeners.has(path)),
    ({ memberAccesses }) => [...memberAccesses].filter((access) => listening.test(access)),
  );

export const nobodyUsesTheConsole: Rule = (files) =>
  issues(files, ({ memberAccesses, imports }) => [
    ...[...memberAccesses].filter(
      (access) => access.startsWith('console.') || access === 'globalThis.console',
    ),
    ...imports.map(({ specifier }) => specifier).filter((specifier) => specifier === 'node:console'),
  ]);

export const exportsAreDocumented: Rule = (files) =>
  issues(
    files.filter(({ path }) => !entryFiles.has(path)),
    ({ exports }) => [...exports].flatMap(([name, { documented }]) => (documented ? [] : [name])),
  );

/** Statements that act when the module is loaded, and `let` or `var` at module level. */
export const nothingHappensAtImport: Rule = (files) =>
  issues(files, ({ path, statementKinds }) =>
    [...statementKinds].filter(
      (kind) => (kind === 'work' && !programFiles.has(path)) || (kind === 'mutable' && !stateFiles.has(path)),
    ),
  );

/** The others come from `nodeModule()`. With Nest they are there already. */
export const slowModulesWait: Rule = (files) =>
  issues(outsideFrameworks(files), ({ imports }) =>
    imports
      .filter(({ kind, specifier }) => kind === 'static' && specifier.startsWith('node:'))
      .map(({ specifier }) => specifier)
      .filter((specifier) => !quickModules.has(specifier)),
  );

/** V8 makes the classes of a literal when it reads the file, also in a function that is never called: `lazyPattern`. */
export const unicodeClassesWait: Rule = (files) =>
  issues(outsideFrameworks(files), ({ patterns }) =>
    [...patterns].filter((pattern) => /\\[pP]\{/.test(pattern)),
  );

/** Building every schema at import would take as long as loading a tenth of the package. */
export const schemasWait: Rule = (files) =>
  issues(outsideFrameworks(files), ({ callsAtImport }) =>
    [...callsAtImport].filter((call) => call.startsWith('v.')),
  );

function outsideFrameworks(files: readonly SourceFile[]): SourceFile[] {
  return files.filter(({ path }) => !/^(cli|nest|testing|live)\//.test(path));
}

function issues(files: readonly SourceFile[], find: (file: SourceFile) => string[]): string[] {
  return files.flatMap((file) => [...new Set(find(file))].map((issue) => `${file.path}: ${issue}`));
}
