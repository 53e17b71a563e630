import { NOTSET } from '../core/levels.js';
import type { Logger } from '../core/loggers/logger.js';
import { getManager } from '../core/loggers/manager.js';
import { globalSlot } from '../runtime/global-slot.js';

/** A test's claim on a logger's level, until it is released. */
export interface LevelClaim {
  readonly logger: Logger;
  readonly level: number;
  /** Whether the level is to be just this one; else it is only to be no higher. */
  readonly isExact: boolean;
}

/** The claims on one logger. */
interface ClaimedLevel {
  /** The level it has without claims. */
  before: number;
  /** The level that the claims gave it; a different one was set by somebody else, and stays. */
  given: number;
  readonly claims: LevelClaim[];
}

const claimed = globalSlot('level-claims.1', () => new Map<Logger, ClaimedLevel>());

/**
 * Gives a logger a level for a while. Several captures may need different ones at once: the lowest is taken, so
 * none takes anything away from another, nor from the handlers that are there. The last exact one wins over all.
 */
export function claimLevel(claim: LevelClaim): void {
  const { logger } = claim;
  let entry = claimed.get(logger);
  if (entry === undefined) {
    entry = { before: logger.level, given: logger.level, claims: [] };
    claimed.set(logger, entry);
  }
  entry.claims.push(claim);
  settleLevels();
}

/** Releases a claim; with the last one the logger has its own level again, or what somebody else has set since. */
export function releaseLevel(claim: LevelClaim): void {
  const entry = claimed.get(claim.logger);
  const index = entry?.claims.indexOf(claim) ?? -1;
  if (index >= 0) entry?.claims.splice(index, 1);
  settleLevels();
}

/** Whether a record was made only because a capture lowered the level: the handlers are not to get it. */
export function isForCapturesOnly(logger: Logger, levelno: number): boolean {
  if (claimed.size === 0) return false;
  const own = levelWithoutCaptures(logger);
  return levelno < own && logger.getEffectiveLevel() < own;
}

/** Gives every logger the level that its claims need. */
function settleLevels(): void {
  getManager().changeMany(settleEach);
}

function settleEach(): void {
  for (const [logger, entry] of claimed) noteChange(logger, entry);
  for (const [logger, entry] of claimed) {
    const given = wantedLevel(logger, entry);
    if (logger.level !== given) logger.setLevel(given);
    entry.given = given;
    if (entry.claims.length === 0) claimed.delete(logger);
  }
}

/** A level that somebody set after the claims did is the logger's own from then on. */
function noteChange(logger: Logger, entry: ClaimedLevel): void {
  if (logger.level === entry.given) return;
  entry.before = logger.level;
  entry.given = logger.level;
}

function wantedLevel(logger: Logger, { before, claims }: ClaimedLevel): number {
  const exact = exactLevel(claims);
  if (exact !== undefined) return exact;
  const wanted = Math.min(...claims.map(({ level }) => level));
  if (wanted >= levelWithoutCaptures(logger)) return before;
  // NOTSET on a logger means 'as the parent'; what lets everything pass is the level above.
  return wanted === NOTSET && logger.parent !== null ? NOTSET + 1 : wanted;
}

function exactLevel(claims: readonly LevelClaim[]): number | undefined {
  return claims.findLast(({ isExact }) => isExact)?.level;
}

/** The level a logger would have if nothing were captured. */
function levelWithoutCaptures(logger: Logger): number {
  for (let current: Logger | null = logger; current !== null; current = current.parent) {
    const entry = claimed.get(current);
    const isOurs = entry !== undefined && current.level === entry.given;
    const level = isOurs ? (exactLevel(entry.claims) ?? entry.before) : current.level;
    if (level !== NOTSET) return level;
  }
  return NOTSET;
}
