import type { Logger } from '../core/logger.js';
import { NOTSET } from '../core/levels.js';
import { globalSlot } from '../internal/global-slot.js';

/** A capture's wish that a logger makes records from a level on. */
export interface LevelClaim {
  readonly logger: Logger;
  readonly level: number;
}

/** What the captures have done to one logger. */
interface Lowered {
  /** The level it has without captures. */
  before: number;
  /** The level they gave it; another one now was set by somebody else, and stays. */
  given: number;
  readonly claims: LevelClaim[];
}

const lowered = globalSlot('level-claims.1', () => new Map<Logger, Lowered>());

/**
 * Lowers a logger's level as far as a capture needs; several captures may ask for different levels at once, and
 * none takes anything away from another, or from the handlers that are there.
 */
export function claimLevel(claim: LevelClaim): void {
  const { logger } = claim;
  let entry = lowered.get(logger);
  if (entry === undefined) {
    entry = { before: logger.level, given: logger.level, claims: [] };
    lowered.set(logger, entry);
  }
  entry.claims.push(claim);
  settleLevels();
}

/** Takes a wish back; with the last one the logger gets its own level again, unless somebody has set another since. */
export function releaseLevel(claim: LevelClaim): void {
  const entry = lowered.get(claim.logger);
  const index = entry?.claims.indexOf(claim) ?? -1;
  if (index >= 0) entry?.claims.splice(index, 1);
  settleLevels();
}

/** Gives every logger the level that its claims ask for. */
function settleLevels(): void {
  for (const [logger, entry] of lowered) noteChange(logger, entry);
  for (const [logger, entry] of lowered) {
    const wanted = Math.min(...entry.claims.map(({ level }) => level));
    const given = wanted < levelWithoutCaptures(logger) ? lowest(logger, wanted) : entry.before;
    if (logger.level !== given) logger.setLevel(given);
    entry.given = given;
    if (entry.claims.length === 0) lowered.delete(logger);
  }
}

/** A level that somebody set after the captures did is the logger's own from then on. */
function noteChange(logger: Logger, entry: Lowered): void {
  if (logger.level === entry.given) return;
  entry.before = logger.level;
  entry.given = logger.level;
}

/** `NOTSET` on a logger means 'as the parent'; what lets everything pass is the level above. */
function lowest(logger: Logger, level: number): number {
  return level === NOTSET && logger.parent !== null ? NOTSET + 1 : level;
}

/** Whether a record was made only because a capture lowered the level: the handlers are not to get it. */
export function isForCapturesOnly(logger: Logger, levelno: number): boolean {
  if (lowered.size === 0) return false;
  const own = levelWithoutCaptures(logger);
  return levelno < own && logger.getEffectiveLevel() < own;
}

/** The level a logger would have if nothing were captured. */
function levelWithoutCaptures(logger: Logger): number {
  for (let current: Logger | null = logger; current !== null; current = current.parent) {
    const entry = lowered.get(current);
    const level = entry === undefined || current.level !== entry.given ? current.level : entry.before;
    if (level !== NOTSET) return level;
  }
  return NOTSET;
}
