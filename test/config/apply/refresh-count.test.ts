import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { basicConfig } from '../../../lib/config/apply/basic-config.js';
import { applyPlan, dictConfig, releaseConfig } from '../../../lib/config/apply/dict-configurator.js';
import { planConfig } from '../../../lib/config/plan/config-plan.js';
import type { LoggingConfig } from '../../../lib/config/plan/logging-config.js';
import { Logger } from '../../../lib/core/loggers/logger.js';
import { disable, getLogger, getManager, setLoggerClass } from '../../../lib/core/loggers/manager.js';
import { shutdown } from '../../../lib/core/shutdown.js';
import { isolateLogging, type LoggingIsolation } from '../../../lib/testing/logging-isolation.js';

const LOGGERS = 500;
const NAMED = 50;

let isolation: LoggingIsolation;
beforeEach(() => {
  isolation = isolateLogging();
  for (let i = 0; i < LOGGERS; i += 1) getLogger(`app.part${i % 25}.l${i}`);
});
afterEach(() => isolation.restore());

/** How often loggers decided anew what is enabled. */
function refreshesOf(change: () => unknown): number {
  const spy = jest.spyOn(Logger.prototype, 'refresh');
  try {
    change();
    return spy.mock.calls.length;
  } finally {
    spy.mockRestore();
  }
}

const configWith = (level: string): LoggingConfig => ({
  version: 1,
  disable_existing_loggers: true,
  loggers: Object.fromEntries(
    Array.from({ length: NAMED }, (_, i) => [`app.part${i}.l${i}`, { level, propagate: true }]),
  ),
  root: { level },
});

/** Each of all loggers once, and each that changes once more. */
const ONCE = 2 * (LOGGERS + NAMED + 30);

describe('loggers decide anew what is enabled only once', () => {
  it('while a configuration is applied, or changed', () => {
    expect(refreshesOf(() => dictConfig(configWith('DEBUG')))).toBeLessThan(ONCE);
    expect(
      refreshesOf(() => dictConfig({ ...configWith('INFO'), disable_existing_loggers: false })),
    ).toBeLessThan(ONCE);
    expect(
      refreshesOf(() => dictConfig({ ...configWith('ERROR'), incremental: true } as LoggingConfig)),
    ).toBeLessThan(ONCE);
    expect(getLogger('app.part1.l1').isEnabledFor('WARNING')).toBe(false);
    const previous = applyPlan(planConfig(configWith('DEBUG')));
    const change = () => applyPlan(planConfig(configWith('WARNING')), { previous });
    expect(refreshesOf(change)).toBeLessThan(ONCE);
    expect(getLogger('app.part1.l1').isEnabledFor('INFO')).toBe(false);
    expect(getLogger('app.part1.l1').isEnabledFor('WARNING')).toBe(true);
  });

  it('when an application leaves', () => {
    const standing = applyPlan(planConfig(configWith('DEBUG')));
    expect(refreshesOf(() => releaseConfig(getManager(), standing, []))).toBeLessThan(ONCE);
    expect(getLogger('app.part1.l1').isEnabledFor('INFO')).toBe(false);
  });

  it('when all is disabled, shut down, or set up in the basic way', async () => {
    expect(refreshesOf(() => disable('INFO'))).toBeLessThan(ONCE);
    expect(refreshesOf(() => basicConfig({ level: 'INFO', force: true }))).toBeLessThan(ONCE);
    let pending: Promise<void> | undefined;
    expect(
      refreshesOf(() => {
        pending = shutdown();
      }),
    ).toBe(0);
    await pending;
  });

  it('and only the one whose `disabled` is set', () => {
    const logger = getLogger('app.part1');
    expect(
      refreshesOf(() => {
        logger.disabled = true;
      }),
    ).toBe(1);
    expect(logger.isEnabledFor('CRITICAL')).toBe(false);
    expect(getLogger('app.part1.l1').isEnabledFor('CRITICAL')).toBe(true);
  });
});

describe('a tree of many loggers', () => {
  it('is walked from top to bottom in steps as many as there are loggers', () => {
    getLogger('app');
    for (let i = 0; i < 25; i += 1) getLogger(`app.part${i}`);
    const listed = jest.spyOn(getManager(), 'loggers');
    let count = 0;
    const walk = (logger: Logger): void => {
      count += 1;
      for (const child of logger.getChildren()) walk(child);
    };
    walk(getLogger());
    expect(count).toBe(1 + 1 + 25 + LOGGERS);
    expect(listed).toHaveBeenCalledTimes(1);
    getLogger('app.part0.later');
    expect([...getLogger('app.part0').getChildren()].map(({ name }) => name)).toContain('app.part0.later');
  });

  it('gives the level of a new logger in between to those below it', () => {
    class Loud extends Logger {
      constructor(name: string) {
        super(name, 'DEBUG');
      }
    }
    const child = getLogger('between.child');
    expect(child.isEnabledFor('DEBUG')).toBe(false);
    setLoggerClass(Loud);
    getLogger('between');
    expect(child.isEnabledFor('DEBUG')).toBe(true);
  });
});
