import { readOverride } from '../overrides/make-override.js';
import type { Override } from '../overrides/override.js';
import { type LocalChange, MAX_OVERRIDES } from '../overrides/override-registry.js';

/** How long an ended override is remembered after its expiry, in milliseconds. */
const REMEMBER_MS = 3_600_000;
/** Ends that are remembered. */
const MAX_ENDED = 2 * MAX_OVERRIDES;
/** By how much clocks may differ: an override that ended this close to its expiry has expired. */
const SLACK_MS = 1_000;
/** How long an override lasts at most, for one whose time is not known. */
const LONGEST_MS = 604_800_000;

/**
 * What replicas share: the overrides, and those that were ended before their time.
 *
 * An override never changes, and one that was ended does not come back. So the union of two states is their merge, in
 * any order. That covers what was set or ended while the engine was down, and what the engine lost.
 */
export interface SharedState {
  readonly overrides: ReadonlyMap<string, Override>;
  /** By id: when the override would have expired, in milliseconds since the epoch. */
  readonly ended: ReadonlyMap<string, number>;
}

/** A state as the engine keeps it. */
export interface SharedDocument {
  /** Goes up with each change. */
  readonly version: number;
  readonly state: SharedState;
  /** By id: the version that brought an override. */
  readonly since: ReadonlyMap<string, number>;
}

/** Nothing was ever set. */
export const emptyState: SharedState = { overrides: new Map(), ended: new Map() };

/** The state after a change that was made here. */
export function withChange(state: SharedState, change: LocalChange, now: number): SharedState {
  if (change.kind === 'set') {
    return { ...state, overrides: new Map(state.overrides).set(change.override.id, change.override) };
  }
  const overrides = new Map(state.overrides);
  const expiresAt = overrides.get(change.id)?.expiresAt ?? now + LONGEST_MS;
  overrides.delete(change.id);
  return { overrides, ended: new Map(state.ended).set(change.id, expiresAt) };
}

/** All of both states, without what is over by `now`. */
export function mergeStates(one: SharedState, other: SharedState, now: number): SharedState {
  const ended = [...new Map([...one.ended, ...other.ended])]
    .filter(([, expiresAt]) => expiresAt + REMEMBER_MS > now)
    .sort(([, at], [, otherAt]) => otherAt - at)
    .slice(0, MAX_ENDED);
  const isEnded = new Set(ended.map(([id]) => id));
  const overrides = [...new Map([...one.overrides, ...other.overrides]).values()]
    .filter(({ id, expiresAt }) => expiresAt > now && !isEnded.has(id))
    // Where there are too many, all replicas keep the same ones.
    .sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? -1 : 1))
    .slice(0, MAX_OVERRIDES);
  return { overrides: new Map(overrides.map((override) => [override.id, override])), ended: new Map(ended) };
}

/** Whether a stored state lacks something that is known here. What has expired need not be written. */
export function lacks(stored: SharedState, known: SharedState, now: number): boolean {
  for (const id of known.overrides.keys()) if (!stored.overrides.has(id)) return true;
  for (const id of known.ended.keys()) {
    const override = stored.overrides.get(id);
    if (override !== undefined && override.expiresAt > now + SLACK_MS) return true;
  }
  return false;
}

/** A document as JSON. */
export function writeDocument({ version, state, since }: SharedDocument): string {
  const { overrides, ended } = state;
  return JSON.stringify({
    version,
    overrides: [...overrides.values()],
    ended: [...ended],
    since: [...since],
  });
}

/** Reads a document; `undefined` where there is none, or something else. Invalid overrides are left out. */
export function readDocument(text: string | undefined): SharedDocument | undefined {
  const found = parseObject(text);
  const { version, overrides, ended, since } = found ?? {};
  if (!isCount(version) || !Array.isArray(overrides) || !Array.isArray(ended)) return undefined;
  const valid = overrides.map(readOverride).filter((override) => override !== undefined);
  return {
    version,
    state: {
      overrides: new Map(valid.map((override) => [override.id, override])),
      ended: new Map(ended.filter(isPair)),
    },
    since: new Map(Array.isArray(since) ? since.filter(isPair) : []),
  };
}

/** Parses a JSON object; `undefined` for everything else. */
export function parseObject(text: string | undefined): Record<string, unknown> | undefined {
  try {
    const found: unknown = JSON.parse(text ?? '');
    return typeof found === 'object' && found !== null ? (found as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isPair(value: unknown): value is [string, number] {
  return Array.isArray(value) && typeof value[0] === 'string' && Number.isFinite(value[1]);
}
