/** What is known of an optional package. */
export interface OptionalPeer<T> {
  /** The name to install it by. */
  readonly name: string;
  /** What needs it, for the error: `SMTPHandler`. */
  readonly neededBy: string;
  /** Imports it; written out (`() => import('nodemailer')`), so that bundlers see it. */
  load(): Promise<unknown>;
  /** Makes the error for the case that it is not installed. */
  missing(message: string, cause: unknown): Error;
  /** The part that is used, found in the module; `undefined` if it is not there. */
  pick(module: Record<string, unknown>): T | undefined;
}

/**
 * Loads an optional package when it is needed.
 *
 * Looks into the default export too: what a CommonJS package exports is there, or not, by how it was compiled.
 *
 * @throws What `missing` makes, if the package is not installed or is not the one that was meant; other errors of
 * loading it as they are.
 */
export async function loadOptionalPeer<T>(peer: OptionalPeer<T>): Promise<T> {
  let module: Record<string, unknown>;
  try {
    module = (await peer.load()) as Record<string, unknown>;
  } catch (error) {
    if (!isNotFound(error)) throw error;
    throw peer.missing(
      `${peer.neededBy} needs the package "${peer.name}", which is not installed: npm install ${peer.name}`,
      error,
    );
  }
  const standard = module.default;
  const found = peer.pick(module) ?? (isObject(standard) ? peer.pick(standard) : undefined);
  if (found !== undefined) return found;
  throw peer.missing(
    `${peer.neededBy}: the package "${peer.name}" that is installed lacks what is needed of it; npm install ${peer.name}@latest`,
    undefined,
  );
}

function isNotFound(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
