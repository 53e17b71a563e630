import { mkdirSync, realpathSync } from 'node:fs';
import { whenActive } from '../../../core/activation.js';
import { LoggingError } from '../../../core/errors.js';
import { globalSlot } from '../../../runtime/global-slot.js';
import { Spool, type SpoolLimits, type SpoolOwner } from './spool.js';
import { lockSpool, type SpoolLock } from './spool-lock.js';

interface OpenSpool {
  readonly spool: Spool;
  readonly kind: string;
  lock: SpoolLock;
  /** The claim that takes it over once a configuration is active. */
  candidate: SpoolOwner | undefined;
  owner: SpoolOwner | undefined;
}

/** Open spools of this process by directory. */
const openSpools = globalSlot('spools.1', () => new Map<string, OpenSpool>());

/** A handler's use of a spool, from now on or once the configuration is active. */
export interface SpoolClaim {
  /** Releases the spool: closes it unless another handler has taken it over. */
  release(isForced: boolean): void;
}

/** What a handler needs from a spool. */
export interface SpoolWish {
  readonly directory: string;
  readonly kind: string;
  readonly limits: SpoolLimits;
  readonly owner: SpoolOwner;
  /** Called when the spool is this handler's. @param before The previous owner, if any. */
  taken(before: SpoolOwner | undefined, spool: Spool): void;
}

/**
 * Opens the spool of a directory, or takes it over from its current handler once the configuration with the
 * new handler is active: the old one is about to be closed.
 *
 * @throws {LoggingError} `ERR_LOGGING_FILE` if another process or another handler uses it, or it cannot be read.
 */
export function claimSpool(wish: SpoolWish): SpoolClaim {
  const directory = prepare(wish.directory);
  const open = openSpools.get(directory) ?? openNew(directory, wish);
  if (open.candidate !== undefined || open.kind !== wish.kind) throw inUse(wish.directory);
  open.candidate = wish.owner;
  let isHeldBack = false;
  const commit = () => {
    open.candidate = undefined;
    if (open.owner !== undefined && !isHeldBack) throw inUse(wish.directory);
    const before = open.owner;
    open.owner = wish.owner;
    open.spool.owner = wish.owner;
    open.spool.limits = wish.limits;
    wish.taken(before, open.spool);
  };
  const rollback = () => {
    open.candidate = undefined;
    if (open.owner === undefined) close(directory, open, false);
  };
  whenActive({ commit, rollback });
  isHeldBack = true;
  return {
    release: (isForced) => {
      if (open.owner === wish.owner) close(directory, open, isForced);
    },
  };
}

function openNew(directory: string, { kind, limits }: SpoolWish): OpenSpool {
  let lock: SpoolLock | undefined;
  try {
    lock = lockSpool(directory);
    const spool = new Spool(directory, kind, limits);
    const open: OpenSpool = { spool, kind, lock, candidate: undefined, owner: undefined };
    spool.isOurs = () => open.lock.isHeld();
    spool.takeAgain = () => takeAgain(directory, open);
    openSpools.set(directory, open);
    return open;
  } catch (error) {
    lock?.release();
    if (error instanceof LoggingError) throw error;
    throw unusable(directory, error);
  }
}

/** The directory was removed. @throws {LoggingError} `ERR_LOGGING_FILE` if another process has it by now; the system's error. */
function takeAgain(directory: string, open: OpenSpool): void {
  mkdirSync(directory, { recursive: true, mode: 0o750 });
  open.lock.release();
  open.lock = lockSpool(directory);
}

function close(directory: string, open: OpenSpool, isForced: boolean): void {
  openSpools.delete(directory);
  try {
    open.spool.close(isForced);
  } finally {
    open.lock.release();
  }
}

/** Creates the directory if it is missing. @returns Its real path, without links. */
function prepare(directory: string): string {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o750 });
    return realpathSync(directory);
  } catch (error) {
    throw unusable(directory, error);
  }
}

function unusable(directory: string, cause: unknown): LoggingError {
  const text = `spool.directory: cannot use '${directory}': ${(cause as Error).message}`;
  return new LoggingError('ERR_LOGGING_FILE', text, { cause });
}

function inUse(directory: string): LoggingError {
  return new LoggingError(
    'ERR_LOGGING_FILE',
    `spool.directory: '${directory}' is in use by another handler; give each handler a directory of its own`,
  );
}
