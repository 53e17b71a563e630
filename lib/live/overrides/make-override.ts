import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import { LoggingError } from '../../core/errors.js';
import { checkLevel, getLevelName, type Level } from '../../core/levels.js';
import { checkOptions } from '../../core/options.js';
import { lazy } from '../../runtime/lazy.js';
import { parseDurationMs } from '../../runtime/units.js';
import type { Override, OverrideScope } from './override.js';

/** The number of `OFF`, above every level: nothing is logged. */
export const OFF = 2_147_483_647;
/** How long an override may last, in milliseconds: a week. */
export const MAX_DURATION_MS = 604_800_000;
const DEFAULT_DURATION = '15m';
const MAX_NAME = 256;
const MAX_REASON = 500;
/** The largest budget of an override, in records. */
const MAX_BUDGET = 1_000_000_000;

/** The options of `overrideLevel`, besides target and level. */
export interface OverrideOptions {
  /** How long, with a unit: `'90s'`, `'15m'`, `'2h'`; default 15 minutes, at most 7 days. */
  for?: string | undefined;
  /** Why, for the audit record; at most 500 characters. */
  reason?: string | undefined;
  /** Who, for the audit record; at most 256 characters. */
  by?: string | undefined;
  /**
   * Where: `'all'` instances that share the state (default), `'instance'` for this one, another by its name, or those
   * with a label.
   */
  scope?:
    | 'all'
    | 'instance'
    | { readonly instance: string }
    | { readonly label: string; readonly value: string }
    | undefined;
  /** Ends it after that many records that only it let through, in each instance; default no limit. */
  budget?: number | undefined;
}

/** A name on one line. */
const nameSchema = lazy(() =>
  v.pipe(
    v.string(),
    v.minLength(1, 'expected a name, got an empty string'),
    v.maxLength(MAX_NAME, `longer than ${MAX_NAME} characters`),
    v.regex(/^[^\p{Cc}\u2028\u2029]*$/u, 'expected a name without control characters'),
  ),
);

/** How long something lasts: a duration with a unit, of at most 7 days. */
export const durationSchema = lazy(() =>
  v.pipe(
    v.string('expected a duration with a unit, such as "15m"'),
    v.check(
      (text) => parseDurationMs(text) !== undefined,
      (issue) => `expected a duration with a unit, such as "15m", got "${issue.input}"`,
    ),
    v.check((text) => (parseDurationMs(text) ?? 0) > 0, 'expected more than nothing'),
    v.check((text) => (parseDurationMs(text) ?? 0) <= MAX_DURATION_MS, 'longer than 7 days'),
  ),
);

/** The options of an override, as they come from code, the command and the page. */
const overrideOptionsSchema = lazy(() =>
  v.strictObject({
    for: v.optional(durationSchema(), DEFAULT_DURATION),
    reason: v.optional(v.pipe(v.string(), v.maxLength(MAX_REASON, `longer than ${MAX_REASON} characters`))),
    by: v.optional(v.pipe(v.string(), v.maxLength(MAX_NAME, `longer than ${MAX_NAME} characters`))),
    scope: v.optional(
      v.union(
        [
          v.picklist(['all', 'instance']),
          v.strictObject({ instance: nameSchema() }),
          v.strictObject({ label: nameSchema(), value: nameSchema() }),
        ],
        'expected "all", "instance", { instance } or { label, value }',
      ),
      'all',
    ),
    budget: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_BUDGET))),
  }),
);

/**
 * Makes an override from a request.
 *
 * @param instance Name of this instance, which the scope `'instance'` means.
 * @param now Milliseconds since the epoch.
 * @throws {LoggingError} `ERR_LOGGING_OPTIONS`, or `ERR_LOGGING_UNKNOWN_LEVEL`.
 */
export function makeOverride(
  target: string,
  level: Level,
  options: OverrideOptions,
  instance: string,
  now: number,
): Override {
  const {
    for: duration,
    reason,
    by,
    scope,
    budget,
  } = checkOptions('overrideLevel', overrideOptionsSchema(), options);
  return {
    id: randomUUID(),
    target: checkTarget(target),
    level: readLevel(level),
    scope: readScope(scope, instance),
    createdAt: now,
    expiresAt: now + (parseDurationMs(duration) as number),
    by: by ?? null,
    reason: reason ?? null,
    budget: budget ?? null,
  };
}

/** The name of what is overridden. @throws {LoggingError} `ERR_LOGGING_OPTIONS` */
export function checkTarget(target: unknown): string {
  const { success, output } = v.safeParse(nameSchema(), target);
  if (success) return output;
  throw new LoggingError(
    'ERR_LOGGING_OPTIONS',
    `overrideLevel: a target is the name of a logger or group of at most ${MAX_NAME} characters`,
  );
}

/** The number of a level as people write it, `OFF` included. @throws {LoggingError} `ERR_LOGGING_UNKNOWN_LEVEL` */
export function readLevel(level: unknown, where = 'level'): number {
  if (level === OFF || (typeof level === 'string' && level.toUpperCase() === 'OFF')) return OFF;
  return checkLevel(level, where);
}

/** The name of a level, `OFF` included. */
export function levelName(level: number): string {
  return level >= OFF ? 'OFF' : getLevelName(level);
}

function readScope(scope: NonNullable<OverrideOptions['scope']>, instance: string): OverrideScope {
  if (scope === 'all') return { kind: 'all' };
  if (scope === 'instance') return { kind: 'instance', name: instance };
  if ('instance' in scope) return { kind: 'instance', name: scope.instance };
  return { kind: 'label', name: scope.label, value: scope.value };
}

const overrideSchema = lazy(() =>
  v.object({
    id: nameSchema(),
    target: nameSchema(),
    level: v.pipe(v.number(), v.integer()),
    scope: v.variant('kind', [
      v.object({ kind: v.literal('all') }),
      v.object({ kind: v.literal('instance'), name: nameSchema() }),
      v.object({ kind: v.literal('label'), name: nameSchema(), value: nameSchema() }),
    ]),
    createdAt: v.pipe(v.number(), v.finite()),
    expiresAt: v.pipe(v.number(), v.finite()),
    by: v.nullable(v.pipe(v.string(), v.maxLength(MAX_NAME))),
    reason: v.nullable(v.pipe(v.string(), v.maxLength(MAX_REASON))),
    budget: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1))),
  }),
);

/** An override that came from elsewhere; `undefined` for an invalid one. */
export function readOverride(value: unknown): Override | undefined {
  const { success, output } = v.safeParse(overrideSchema(), value);
  return success && output.expiresAt - output.createdAt <= MAX_DURATION_MS ? output : undefined;
}
