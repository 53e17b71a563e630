import { providedPackage } from '../runtime/provided-packages.js';
import { LoggingError } from './errors.js';

/** An optional package, `T` being the part of it that is used. */
export interface OptionalPeer<T> {
  /** The name to install it by. */
  readonly name: string;
  /** What needs it, for the error: `SMTPHandler`. */
  readonly neededBy: string;
  /**
   * Imports it, with its name as a literal, so that bundlers find it, and in a `try`, so that they go on if it is not
   * installed: `async load() { try { return await import('nodemailer'); } catch (error) { return notLoaded(error); } }`.
   */
  load(): Promise<unknown>;
  /** The exports by which it is recognised. */
  readonly exports: readonly (keyof T & string)[];
}

/**
 * Loads an optional package when it is needed.
 *
 * Looks into the default export too: the exports of a CommonJS package may be there, depending on how it was compiled.
 *
 * @throws {LoggingError} `ERR_LOGGING_MISSING_PACKAGE` if the package is not installed, or lacks one of the exports.
 * Other errors of loading it are thrown as they are.
 */
export async function loadOptionalPeer<T extends object>(peer: OptionalPeer<T>): Promise<T> {
  const loaded = providedPackage(peer.name) ?? (await peer.load());
  if (loaded instanceof NotLoaded) {
    if (!isNotFound(loaded.error)) throw loaded.error;
    throw missing(
      `${peer.neededBy} needs the package "${peer.name}", which is not installed: npm install ${peer.name}` +
        ' (in a bundle: build again, or pass it to providePackage)',
      loaded.error,
    );
  }
  const { default: standard } = loaded as { default?: unknown };
  const found = [loaded, standard].find((module): module is T => hasExports(module, peer.exports));
  if (found !== undefined) return found;
  throw missing(
    `${peer.neededBy}: the package "${peer.name}" that is installed lacks a needed export; npm install ${peer.name}@latest`,
  );
}

/** What {@link OptionalPeer.load} returns for a package that could not be imported. */
export function notLoaded(error: unknown): unknown {
  return new NotLoaded(error);
}

class NotLoaded {
  constructor(readonly error: unknown) {}
}

/** Whether the package is missing, as Node reports it and as the stubs of bundlers do. */
function isNotFound(error: unknown): boolean {
  const { code, message } = error as NodeJS.ErrnoException;
  return (
    code === 'ERR_MODULE_NOT_FOUND' ||
    code === 'MODULE_NOT_FOUND' ||
    /^(Cannot find (module|package) |Dynamic require of |require is not defined)/.test(message ?? '')
  );
}

function hasExports(module: unknown, names: readonly string[]): boolean {
  return isObject(module) && names.every((name) => isObject(module[name]));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

function missing(message: string, cause?: unknown): LoggingError {
  return new LoggingError('ERR_LOGGING_MISSING_PACKAGE', message, { cause });
}
