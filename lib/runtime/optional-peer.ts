import { providedPackage } from './provided-packages.js';

/** An optional package. */
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
  /** Makes the error for the case that it is not installed. */
  missing(message: string, cause: unknown): Error;
  /** The part that is used, found in the module; `undefined` if it is not there. */
  pick(module: Record<string, unknown>): T | undefined;
}

/**
 * Loads an optional package when it is needed.
 *
 * Looks into the default export too: the exports of a CommonJS package may be there, depending on how it was compiled.
 *
 * @throws What `missing` makes, if the package is not installed or is not the one that was meant; other errors of
 * loading it as they are.
 */
export async function loadOptionalPeer<T>(peer: OptionalPeer<T>): Promise<T> {
  const loaded = providedPackage(peer.name) ?? (await peer.load());
  if (loaded instanceof NotLoaded) {
    if (!isNotFound(loaded.error)) throw loaded.error;
    throw peer.missing(
      `${peer.neededBy} needs the package "${peer.name}", which is not installed: npm install ${peer.name}` +
        ' (in a bundle: build again, or pass it to providePackage)',
      loaded.error,
    );
  }
  const module = loaded as Record<string, unknown>;
  const standard = module.default;
  const found = peer.pick(module) ?? (isObject(standard) ? peer.pick(standard) : undefined);
  if (found !== undefined) return found;
  throw peer.missing(
    `${peer.neededBy}: the package "${peer.name}" that is installed lacks a needed export; npm install ${peer.name}@latest`,
    undefined,
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

function isObject(value: unknown): value is Record<string, unknown> {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
