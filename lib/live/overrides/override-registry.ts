import { hostname } from 'node:os';
import { LoggingError } from '../../core/errors.js';
import type { RecordWatcher } from '../../core/loggers/level-overlay.js';
import type { Logger } from '../../core/loggers/logger.js';
import { getManager, type Manager } from '../../core/loggers/manager.js';
import { perManager } from '../../core/loggers/per-manager.js';
import { watchRecords } from '../records/watch-records.js';
import { ownLevel } from './active-level.js';
import {
  type EndCause,
  logChange,
  notifyListeners,
  type OverrideChange,
  type OverrideListener,
} from './audit.js';
import { type Clocks, Expiry, systemClocks } from './expiry.js';
import { holdsIn, type LiveInstance } from './live-instance.js';
import { MAX_DURATION_MS } from './make-override.js';
import type { Override } from './override.js';
import { type Admissions, OverrideOverlay } from './override-overlay.js';

/** The most overrides at a time. */
export const MAX_OVERRIDES = 1_000;
/** How often to check whether one has expired, in milliseconds: timers stop while a machine sleeps. */
const LOOK_EVERY_MS = 500;

interface Entry {
  readonly override: Override;
  readonly expiry: Expiry;
  /** Records until it ends here; infinite for no limit. */
  left: number;
}

/** A change of the state that replicas share, made in this instance. */
export type LocalChange =
  | { readonly kind: 'set'; readonly override: Override }
  | { readonly kind: 'end'; readonly id: string };

/**
 * The overrides of a tree of loggers: those active here, and those of other instances, which are only listed.
 *
 * It overrides the levels of the tree as long as there are overrides, and then releases it.
 */
export class OverrideRegistry {
  #entries = new Map<string, Entry>();
  /** Overrides whose budget is used up here, although other instances may have some left. */
  readonly #spent = new Map<string, Expiry>();
  readonly #listeners = new Set<OverrideListener>();
  readonly #localListeners = new Set<(change: LocalChange) => void>();
  #stopCounting: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;
  readonly #admissions = new Set<Admissions>();
  #overlay: OverrideOverlay | undefined;
  #latestMoment = 0;
  instance: LiveInstance = { name: `${hostname()}-${process.pid}`, labels: {} };

  constructor(
    readonly manager: Manager,
    readonly clocks: Clocks = systemClocks,
  ) {}

  /**
   * When an override is made that is made now, in milliseconds since the epoch. Of two made in the same millisecond the
   * later one is the newer one, and decides.
   */
  moment(): number {
    const now = this.clocks.wall();
    const ahead = this.#latestMoment - now;
    this.#latestMoment = ahead >= 0 && ahead < MAX_OVERRIDES ? this.#latestMoment + 1 : now;
    return this.#latestMoment;
  }

  /** Every valid override, the newest first; those of other instances too. */
  list(): Override[] {
    this.#endExpired();
    return [...this.#entries.values()]
      .map(({ override }) => override)
      .sort((one, other) => other.createdAt - one.createdAt);
  }

  /** Whether an override is valid. */
  has(id: string): boolean {
    this.#endExpired();
    return this.#entries.has(id);
  }

  /** Records until an override ends here; `null` for no limit. */
  budgetLeft(id: string): number | null {
    const left = this.#entries.get(id)?.left ?? 0;
    return Number.isFinite(left) ? left : null;
  }

  /** Activates an override. @throws {LoggingError} `ERR_LOGGING_OPTIONS` if there are too many. */
  set(override: Override): void {
    this.#endExpired();
    if (this.#entries.size >= MAX_OVERRIDES) {
      throw new LoggingError(
        'ERR_LOGGING_OPTIONS',
        `overrideLevel: ${MAX_OVERRIDES} overrides are valid; end some`,
      );
    }
    this.#add(override);
    this.#refresh();
    this.#notify({ kind: 'set', override, isRemote: false });
    this.#notifyLocal({ kind: 'set', override });
  }

  /** Ends an override. @returns Whether it was valid. */
  end(id: string, by: string | null = null, cause: EndCause = 'ended'): boolean {
    this.#endExpired();
    const entry = this.#entries.get(id);
    if (entry === undefined) return false;
    this.#entries.delete(id);
    this.#refresh();
    this.#notify({ kind: 'end', override: entry.override, cause, by, isRemote: false });
    // A budget is each instance's own.
    if (cause !== 'budget') this.#notifyLocal({ kind: 'end', id });
    return true;
  }

  /**
   * Takes over what replicas share: new overrides begin, and those that are gone end.
   */
  reconcile(shared: readonly Override[]): void {
    this.#endExpired();
    const ids = new Set(shared.map(({ id }) => id));
    const changes: OverrideChange[] = [];
    for (const [id, { override }] of this.#entries) {
      if (ids.has(id)) continue;
      this.#entries.delete(id);
      changes.push({ kind: 'end', override, cause: 'ended', by: null, isRemote: true });
    }
    for (const override of shared) {
      if (this.#entries.has(override.id) || this.#spent.has(override.id)) continue;
      if (this.#entries.size >= MAX_OVERRIDES || !this.#add(override)) continue;
      changes.push({ kind: 'set', override, isRemote: true });
    }
    if (changes.length === 0) return;
    this.#refresh();
    for (const change of changes) this.#notify(change);
  }

  /** Calls a function for each change of what is valid. @returns A function that removes it. */
  onChange(listener: OverrideListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Calls a function for each change made in this instance, for replicas. @returns A function that removes it. */
  onLocalChange(listener: (change: LocalChange) => void): () => void {
    this.#localListeners.add(listener);
    return () => void this.#localListeners.delete(listener);
  }

  /** Lets single calls pass, or no longer. Call it also whenever their rules change. */
  admit(admissions: Admissions, isActive: boolean): void {
    if (isActive) this.#admissions.add(admissions);
    else this.#admissions.delete(admissions);
    this.#refresh();
  }

  /** The active overlay; `undefined` while there are no overrides. */
  get overlay(): OverrideOverlay | undefined {
    return this.#overlay;
  }

  /** Sees each record while an override has a budget, and counts those that only the override let through. */
  readonly #countRecord: RecordWatcher = (record, source): void => {
    const logger = source as Logger;
    const override = this.#overlay?.activeLevel(logger).override;
    if (override === undefined || override.budget === null) return;
    // Records that the logger's own level or the token of a request lets through do not count.
    if (record.levelno >= ownLevel(logger).level || record.levelno < override.level) return;
    const entry = this.#entries.get(override.id);
    if (entry === undefined) return;
    entry.left -= 1;
    if (entry.left > 0) return;
    this.#spent.set(override.id, entry.expiry);
    this.end(override.id, null, 'budget');
  };

  #add(override: Override): boolean {
    const longest = Math.min(override.expiresAt - override.createdAt, MAX_DURATION_MS);
    const expiry = new Expiry(override.expiresAt, longest, this.clocks);
    if (expiry.left <= 0) return false;
    this.#entries.set(override.id, { override, expiry, left: override.budget ?? Number.POSITIVE_INFINITY });
    return true;
  }

  /** Ends what is over. */
  #endExpired(): void {
    for (const [id, expiry] of this.#spent) if (expiry.left <= 0) this.#spent.delete(id);
    const over = [...this.#entries.values()].filter(({ expiry }) => expiry.left <= 0);
    if (over.length === 0) return;
    for (const { override } of over) this.#entries.delete(override.id);
    this.#refresh();
    for (const { override } of over) {
      this.#notify({ kind: 'end', override, cause: 'expired', by: null, isRemote: false });
      this.#notifyLocal({ kind: 'end', id: override.id });
    }
  }

  /** Makes the loggers recompute their levels. */
  #refresh(): void {
    const { manager } = this;
    const here = [...this.#entries.values()]
      .map(({ override }) => override)
      .filter((one) => holdsIn(one, this.instance));
    const isIdle = here.length === 0 && this.#admissions.size === 0;
    this.#overlay = isIdle ? undefined : new OverrideOverlay(manager, here, [...this.#admissions]);
    manager.overlay = this.#overlay;
    manager.refresh();
    this.#countIf(here.some(({ budget }) => budget !== null));
    this.#waitForNext();
  }

  #countIf(isNeeded: boolean): void {
    if (isNeeded) this.#stopCounting ??= watchRecords(this.manager, this.#countRecord);
    else {
      this.#stopCounting?.();
      this.#stopCounting = undefined;
    }
  }

  #waitForNext(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#entries.size === 0) return;
    const next = Math.min(...[...this.#entries.values()].map(({ expiry }) => expiry.left));
    this.#timer = setTimeout(
      () => {
        this.#endExpired();
        this.#waitForNext();
      },
      Math.min(Math.max(Math.ceil(next), 0), LOOK_EVERY_MS),
    ).unref();
  }

  #notify(change: OverrideChange): void {
    logChange(change);
    notifyListeners(this.#listeners, change);
  }

  #notifyLocal(change: LocalChange): void {
    for (const listener of [...this.#localListeners]) listener(change);
  }
}

/** The overrides of the current tree of loggers. */
export const overrideRegistry = perManager('live.overrides.1', () => new OverrideRegistry(getManager()));
