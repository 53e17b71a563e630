import { extname, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { LoggingError } from '../../core/errors.js';
import { nodeModule } from '../../runtime/node-module.js';
import { configError } from '../plan/config-plan.js';
import type { ConfigIssue, Place } from './config-origin.js';
import { parseConfigText } from './config-text.js';
import type { Environment } from './env-values.js';
import { parseIniConfig } from './ini-config.js';

/** What a module that exports a function is called with. */
export interface ConfigModuleContext {
  /** The environment the configuration is for, if there is one. */
  readonly environment: string | undefined;
  /** The environment variables. */
  readonly env: Environment;
}

/** One file of a configuration, read. */
export interface ConfigFile {
  readonly value: unknown;
  readonly issues: readonly ConfigIssue[];
  readonly warnings?: readonly ConfigIssue[];
  readonly places: ReadonlyMap<string, Place>;
  /** Whether `${NAME}` in its values is to be replaced. */
  readonly hasVariables: boolean;
  /** Paths of texts that stay texts when a variable makes up all of them. */
  readonly quoted: ReadonlySet<string>;
  /** The text of the file. */
  readonly text: string;
}

const FORMATS: Readonly<Record<string, 'yaml' | 'json' | 'ini' | 'module'>> = {
  ...{ '.yaml': 'yaml', '.yml': 'yaml', '.json': 'json' },
  ...{ '.ini': 'ini', '.conf': 'ini', '.cfg': 'ini' },
  ...{
    '.js': 'module',
    '.mjs': 'module',
    '.cjs': 'module',
    '.ts': 'module',
    '.mts': 'module',
    '.cts': 'module',
  },
};

/**
 * Reads one file of a configuration; environment variables in its values are still to be replaced.
 *
 * @param file Its path, as errors name it.
 * @param isNeeded Whether it has to be there; default true.
 * @returns `undefined` for a file that is not there and need not be.
 * @throws {LoggingError} `ERR_LOGGING_FILE` if it cannot be read; `ERR_LOGGING_ARGUMENT` for an ending that says no
 * format; `ERR_LOGGING_MISSING_PACKAGE`.
 */
export async function readConfigFile(
  file: string,
  context: ConfigModuleContext,
  isNeeded = true,
): Promise<ConfigFile | undefined> {
  const format = FORMATS[extname(file).toLowerCase()];
  if (format === undefined) {
    throw new LoggingError(
      'ERR_LOGGING_ARGUMENT',
      `loadLoggingConfig: ${file}: its extension selects the format; known are ${Object.keys(FORMATS).join(', ')}`,
    );
  }
  const text = await readText(file, isNeeded);
  if (text === undefined) return undefined;
  const places = new Map<string, Place>();
  if (format === 'ini')
    return { ...parseIniConfig(text, { file }), hasVariables: false, quoted: new Set(), text };
  if (format === 'module') {
    const value = await importConfig(file, text, context);
    return { value, issues: [], places, hasVariables: false, quoted: new Set(), text };
  }
  const parsed = await parseConfigText(text, file, format);
  return { ...parsed, quoted: format === 'json' ? new Set() : parsed.quoted, hasVariables: true, text };
}

/** The path of a file that may be given as a URL. */
export function pathOf(file: string | URL): string {
  return file instanceof URL || file.startsWith('file:') ? fileURLToPath(file) : file;
}

async function readText(file: string, isNeeded: boolean): Promise<string | undefined> {
  try {
    return await nodeModule('node:fs/promises').readFile(file, 'utf8');
  } catch (error) {
    if (!isNeeded && (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new LoggingError(
      'ERR_LOGGING_FILE',
      `loadLoggingConfig: cannot read ${file}: ${(error as Error).message}`,
      {
        cause: error,
      },
    );
  }
}

async function importConfig(file: string, text: string, context: ConfigModuleContext): Promise<unknown> {
  const path = resolve(file);
  const url = pathToFileURL(path);
  // Modules are kept by their address, and CommonJS ones by their path: other contents need another one.
  url.searchParams.set('v', fingerprint(text));
  Reflect.deleteProperty(nodeModule('node:module').createRequire(path).cache, path);
  try {
    // The build marks this as one that bundlers leave alone: the file is known when the program runs.
    const module = (await import(url.href)) as { default?: unknown };
    let exported = module.default;
    // What a CommonJS module that was compiled from TypeScript exports.
    if (isObject(exported) && '__esModule' in exported) exported = exported.default;
    return typeof exported === 'function' ? await exported(context) : exported;
  } catch (error) {
    throw configError([{ path: '', message: describeImport(error), file }], error);
  }
}

function describeImport(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const remedy =
    code === 'ERR_UNKNOWN_FILE_EXTENSION' ? '; this Node reads JavaScript, YAML and JSON only' : '';
  return `cannot be loaded: ${message ?? String(error)}${remedy}`;
}

function isObject(value: unknown): value is { default?: unknown } {
  return typeof value === 'object' && value !== null;
}

/** A short text that other contents do not have, as likely as not. */
function fingerprint(text: string): string {
  let hash = 5381;
  for (let index = 0; index < text.length; index += 1) hash = (hash * 33 + text.charCodeAt(index)) >>> 0;
  return `${hash.toString(36)}-${text.length.toString(36)}`;
}
