import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { getLogger, getManager } from 'nestjs-logging/core';
import { isolateLogging, type LoggingIsolation } from 'nestjs-logging/testing';
import { makeOverride } from '../../lib/live/overrides/make-override.js';
import type { Override } from '../../lib/live/overrides/override.js';
import { OverrideRegistry } from '../../lib/live/overrides/override-registry.js';

let isolation: LoggingIsolation;
let registry: OverrideRegistry;
/** What both clocks show, in milliseconds. */
const time = { wall: 0, monotonic: 0 };
beforeEach(() => {
  isolation = isolateLogging();
  Object.assign(time, { wall: 1_000_000, monotonic: 500 });
  registry = new OverrideRegistry(getManager(), { wall: () => time.wall, monotonic: () => time.monotonic });
});
afterEach(() => isolation.restore());

const minutes = 60_000;
const override = (changes: Partial<Override> = {}): Override => ({
  ...makeOverride('shop', 'DEBUG', { for: '15m' }, 'here', time.wall),
  ...changes,
});
const isActive = () => registry.list().length === 1 && getLogger('shop').isEnabledFor('DEBUG');

describe('the end of an override is right', () => {
  it.each([
    ['while both clocks go on', { wall: 14, monotonic: 14 }, true],
    ['when both say so', { wall: 15, monotonic: 15 }, false],
    ['when the wall clock was set back an hour', { wall: -45, monotonic: 15 }, false],
    ['before its time, when the wall clock was set back', { wall: -45, monotonic: 14 }, true],
    ['when the machine slept and the monotonic clock stood still', { wall: 20, monotonic: 1 }, false],
    ['when the wall clock was set forward: early rather than late', { wall: 60, monotonic: 1 }, false],
  ])('%s', (_case, passed, expected) => {
    registry.set(override());
    time.wall += passed.wall * minutes;
    time.monotonic += passed.monotonic * minutes;
    expect(isActive()).toBe(expected);
  });

  it('when another machine’s clock is an hour ahead: it lasts no longer than it was meant to', () => {
    registry.reconcile([
      override({ createdAt: time.wall + 60 * minutes, expiresAt: time.wall + 75 * minutes }),
    ]);
    time.wall += 15 * minutes;
    time.monotonic += 15 * minutes;
    expect(isActive()).toBe(false);
  });
});

describe('a state that replicas share', () => {
  it('begins what is new, ends what is gone, and leaves the rest', () => {
    const [kept, gone, fresh] = [override(), override({ target: 'mail' }), override({ target: 'new' })];
    registry.reconcile([kept, gone]);
    const kinds: unknown[] = [];
    registry.onChange(({ kind, override: { target }, isRemote }) => kinds.push([kind, target, isRemote]));
    const local: unknown[] = [];
    registry.onLocalChange((change) => local.push(change));
    registry.reconcile([kept, fresh]);
    expect(kinds).toEqual([
      ['end', 'mail', true],
      ['set', 'new', true],
    ]);
    expect(local).toEqual([]);
    expect(
      registry
        .list()
        .map(({ target }) => target)
        .sort(),
    ).toEqual(['new', 'shop']);
  });

  it('does not begin again what has used up its records here', () => {
    const shared = override({ budget: 1 });
    registry.reconcile([shared]);
    getLogger('shop').debug('the only one');
    expect(registry.list()).toEqual([]);
    registry.reconcile([shared]);
    expect(registry.list()).toEqual([]);
  });

  it('does not begin what is over', () => {
    registry.reconcile([override({ createdAt: 0, expiresAt: 1 })]);
    expect(registry.list()).toEqual([]);
  });

  it('is notified of what is changed here', () => {
    const local: unknown[] = [];
    registry.onLocalChange((change) => local.push(change));
    const own = override();
    registry.set(own);
    registry.end(own.id);
    expect(local).toEqual([
      { kind: 'set', override: own },
      { kind: 'end', id: own.id },
    ]);
  });
});
