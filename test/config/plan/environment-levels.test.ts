import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { dictConfig } from '../../../lib/config/apply/dict-configurator.js';
import { LoggingConfigError, planConfig } from '../../../lib/config/plan/config-plan.js';
import { applyEnvironment } from '../../../lib/config/plan/environment-levels.js';
import type { LoggingConfig } from '../../../lib/config/plan/logging-config.js';
import { getLogger } from '../../../lib/core/loggers/manager.js';
import { resetLogging } from '../../support/reset-logging.js';

beforeEach(resetLogging);
afterAll(resetLogging);

const CONFIG: LoggingConfig = {
  version: 1,
  handlers: { none: { class: 'logging.NullHandler' } },
  groups: { web: ['nest.server', 'nest.request'] },
  loggers: {
    'shop.orders': { level: 'INFO', handlers: ['none'], propagate: false },
    'shop.orders.pdf': { level: 'ERROR' },
    web: { level: 'INFO' },
  },
  root: { level: 'WARNING', handlers: ['none'] },
};

/** The active levels with an environment, by logger; `''` is the root. */
function levels(env: Record<string, string>, ...names: string[]): string[] {
  dictConfig(applyEnvironment(CONFIG, env));
  return names.map((name) => String(getLogger(name)).replace(/^.*\((.*)\)>$/, '$1'));
}

it('a logger may have the name of what every object inherits', () => {
  expect(levels({ LOG_LEVELS: 'toString=debug' }, 'toString')).toEqual(['DEBUG']);
});

describe('LOG_LEVEL', () => {
  it("is the root's, in any case", () => {
    expect(levels({ LOG_LEVEL: 'debug' }, '', 'shop.orders')).toEqual(['DEBUG', 'INFO']);
    expect(levels({ LOG_LEVEL: ' 35 ' }, '')).toEqual(['Level 35']);
  });

  it('leaves the rest of the root as it is, and the configuration too', () => {
    const before = structuredClone(CONFIG);
    expect(applyEnvironment(CONFIG, { LOG_LEVEL: 'error' }).root).toEqual({
      level: 'ERROR',
      handlers: ['none'],
    });
    expect(CONFIG).toEqual(before);
  });

  it('reaches a root that is set up as the logger without a name', () => {
    const config: LoggingConfig = {
      version: 1,
      handlers: CONFIG.handlers ?? {},
      loggers: { '': { handlers: ['none'], level: 'INFO' } },
    };
    dictConfig(applyEnvironment(config, { LOG_LEVEL: 'error' }));
    expect(getLogger().level).toBe(40);
    expect(getLogger().handlers).toHaveLength(1);
  });

  it('that is empty counts as missing', () => {
    expect(applyEnvironment(CONFIG, { LOG_LEVEL: '', LOG_LEVELS: ' ' })).toBe(CONFIG);
  });
});

describe('LOG_LEVELS', () => {
  it('sets single loggers, known or not', () => {
    const env = { LOG_LEVELS: 'shop.orders=debug, other = critical' };
    expect(levels(env, 'shop.orders', 'shop.orders.pdf', 'other')).toEqual(['DEBUG', 'ERROR', 'CRITICAL']);
    expect(getLogger('shop.orders').handlers).toHaveLength(1);
    expect(getLogger('shop.orders').propagate).toBe(false);
  });

  it('sets a logger and all below it with a *, the groups included', () => {
    expect(levels({ LOG_LEVELS: 'shop.*=debug' }, 'shop', 'shop.orders', 'shop.orders.pdf', '')).toEqual([
      ...['DEBUG', 'DEBUG', 'DEBUG', 'WARNING'],
    ]);
    expect(levels({ LOG_LEVELS: 'nest.*=error' }, 'nest.server', 'nest.request')).toEqual(['ERROR', 'ERROR']);
    expect(levels({ LOG_LEVELS: '*=error' }, '', 'shop.orders.pdf', 'nest.server')).toEqual([
      'ERROR',
      'ERROR',
      'ERROR',
    ]);
  });

  it('prefers names to *, and the longer *, in whatever order', () => {
    const env = { LOG_LEVELS: 'shop.orders.pdf=info,shop.orders.*=debug,*=critical,shop.*=error' };
    expect(levels(env, '', 'shop', 'shop.orders', 'shop.orders.pdf')).toEqual([
      'CRITICAL',
      'ERROR',
      'DEBUG',
      'INFO',
    ]);
  });

  it('sets the loggers of a group', () => {
    expect(levels({ LOG_LEVELS: 'web=critical' }, 'nest.server', 'nest.request')).toEqual([
      'CRITICAL',
      'CRITICAL',
    ]);
  });

  it('that cannot be read is refused, with the name of the variable and every error', () => {
    const env = {
      LOG_LEVEL: 'loud',
      LOG_LEVELS: 'shop,shop.orders=loud,=info,a*b=info,__proto__=info,ok=info',
    };
    const error = (() => {
      try {
        return applyEnvironment(CONFIG, env);
      } catch (reason) {
        return reason as LoggingConfigError;
      }
    })() as LoggingConfigError;
    expect(error).toBeInstanceOf(LoggingConfigError);
    expect(error.describeIssues()).toEqual([
      expect.stringMatching(/^LOG_LEVEL: unknown level 'loud'/),
      'LOG_LEVELS: "shop": expected logger=level, as in shop.orders=debug',
      expect.stringMatching(/^LOG_LEVELS: "shop\.orders=loud": unknown level 'loud'/),
      'LOG_LEVELS: "=info": expected logger=level, as in shop.orders=debug',
      'LOG_LEVELS: "a*b=info": a * is allowed alone or at the end: nest.*',
      'LOG_LEVELS: "__proto__=info": this name is not allowed',
    ]);
  });
});

describe('groups', () => {
  it('give their level to their loggers', () => {
    expect(levels({}, 'nest.server', 'nest.request')).toEqual(['INFO', 'INFO']);
  });

  it("give way to a logger's own level, but not to an entry without one", () => {
    const own = (entry: object) => {
      dictConfig({
        version: 1,
        groups: { web: ['a', 'b'] },
        loggers: { web: { level: 'ERROR' }, a: entry },
      } as LoggingConfig);
      return getLogger('a').level;
    };
    expect(own({ level: 'DEBUG' })).toBe(10);
    expect(own({ level: 'NOTSET' })).toBe(0);
    expect(own({ propagate: false })).toBe(40);
  });

  it.each<[string, unknown, unknown, RegExp]>([
    ['no object', ['a'], {}, /^groups: expected an object/],
    [
      'no list',
      { web: 'nest.server' },
      {},
      /^groups\.web: expected a list of logger names, got "nest\.server"/,
    ],
    ['no name', { web: [1] }, {}, /^groups\.web\.0: expected the name of a logger, got 1/],
    ['the root', { root: ['a'] }, {}, /^groups\.root: this is the root logger/],
    ['itself', { web: ['web'] }, {}, /^groups\.web\.0: "web" is the group itself/],
    ['a group', { web: ['db'], db: ['sql'] }, {}, /^groups\.web\.0: "db" is a group/],
    ['a name twice', { web: ['a', 'a'] }, {}, /^groups\.web\.1: "a" is already in the list/],
    [
      'more than a level',
      { web: ['a'] },
      { web: { handlers: [] } },
      /^loggers\.web\.handlers: "web" is a group, which has only a level/,
    ],
    [
      'two levels for one logger',
      { web: ['a'], db: ['a'] },
      { web: { level: 'INFO' }, db: { level: 'DEBUG' } },
      /"a" is in the groups "db" and "web", which set different levels/,
    ],
    [
      'an unknown level',
      { web: ['a'] },
      { web: { level: 'LOUD' } },
      /^loggers\.web\.level: unknown level 'LOUD'/,
    ],
  ])('are refused with %s', (_, groups, loggers, message) => {
    const plan = () => planConfig({ version: 1, groups, loggers } as LoggingConfig);
    expect(plan).toThrow(LoggingConfigError);
    const issue = (() => {
      try {
        plan();
      } catch (error) {
        return (error as LoggingConfigError).describeIssues().join('\n');
      }
      return '';
    })();
    expect(issue).toMatch(message);
  });
});
