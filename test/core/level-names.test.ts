import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { basicConfig } from '../../lib/config/apply/basic-config.js';
import { dictConfig } from '../../lib/config/apply/dict-configurator.js';
import { convertIniToDict } from '../../lib/config/apply/file-config.js';
import { planConfig } from '../../lib/config/plan/config-plan.js';
import { applyEnvironment } from '../../lib/config/plan/environment-levels.js';
import type { LoggingConfig } from '../../lib/config/plan/logging-config.js';
import { getHandlerByName } from '../../lib/core/handler.js';
import { addLevelName, checkLevel, findLevel } from '../../lib/core/levels.js';
import { LoggerAdapter } from '../../lib/core/loggers/logger-adapter.js';
import { disable, getLogger, getManager } from '../../lib/core/loggers/manager.js';
import { RateLimitFilter } from '../../lib/filters/rate-limit.filter.js';
import { SamplingFilter } from '../../lib/filters/sampling.filter.js';
import { StreamHandler } from '../../lib/handlers/console/stream.handler.js';
import { MemoryHandler } from '../../lib/handlers/memory/memory.handler.js';
import { ListHandler } from '../../lib/testing/list.handler.js';
import { isolateLogging, type LoggingIsolation } from '../../lib/testing/logging-isolation.js';

let isolation: LoggingIsolation;
beforeEach(() => {
  isolation = isolateLogging();
});
afterEach(() => isolation.restore());

describe.each(['warning', 'Warning', 'WARNING', 'wArNiNg'])('the level name %s', (name) => {
  it('is taken by loggers and handlers', () => {
    const logger = getLogger('a');
    logger.setLevel(name);
    expect(logger.level).toBe(30);
    expect(logger.isEnabledFor(name)).toBe(true);
    const handler = new ListHandler({ level: name });
    expect(handler.level).toBe(30);
    handler.setLevel('NOTSET');
    handler.setLevel(name);
    expect(handler.level).toBe(30);
    logger.addHandler(handler);
    logger.log(name, 'logged');
    new LoggerAdapter(logger, {}).log(name, 'adapted');
    expect(handler.records.map(({ levelname }) => levelname)).toEqual(['WARNING', 'WARNING']);
    disable(name);
    expect(getManager().disable).toBe(30);
  });

  it('is taken by a configuration, wherever it has levels', () => {
    dictConfig({
      version: 1,
      filters: {
        flood: { class: 'RateLimitFilter', exemptLevel: name },
        part: { class: 'SamplingFilter', ratio: 0.5, exemptLevel: name },
      },
      handlers: {
        memory: { class: 'logging.handlers.MemoryHandler', capacity: 10, flushLevel: name, level: name },
        console: { class: 'logging.StreamHandler', flushLevel: name },
      },
      groups: { web: ['http'] },
      loggers: { a: { level: name }, web: { level: name } },
      root: { level: name },
    } as LoggingConfig);
    expect([getLogger('a').level, getLogger('http').level, getLogger().level]).toEqual([30, 30, 30]);
    expect(getHandlerByName('memory')).toMatchObject({ level: 30, flushLevel: 30 });
    dictConfig({ version: 1, incremental: true, handlers: { console: { level: name } } });
    expect(getHandlerByName('console')?.level).toBe(30);
  });

  it('is taken by options, variables, INI files and basicConfig', () => {
    expect(new MemoryHandler({ capacity: 1, flushLevel: name }).flushLevel).toBe(30);
    expect(() => new StreamHandler({ flushLevel: name })).not.toThrow();
    expect(() => new RateLimitFilter({ exemptLevel: name })).not.toThrow();
    expect(() => new SamplingFilter({ ratio: 1, exemptLevel: name })).not.toThrow();
    const config = applyEnvironment({ version: 1 }, { LOG_LEVEL: name, LOG_LEVELS: `a=${name}` });
    expect(planConfig(config)).toMatchObject({ root: { level: 30 }, loggers: [{ name: 'a', level: 30 }] });
    const ini = `[loggers]\nkeys=root\n[handlers]\nkeys=h\n[formatters]\nkeys=\n[logger_root]\nlevel=${name}\nhandlers=h\n[handler_h]\nclass=NullHandler\nargs=()\nlevel=${name}\n`;
    expect(planConfig(convertIniToDict(ini))).toMatchObject({
      root: { level: 30 },
      handlers: [{ level: 30 }],
    });
    basicConfig({ level: name });
    expect(getLogger().level).toBe(30);
  });
});

describe('a name of one’s own', () => {
  it('is found as it was registered, before others that differ in case', () => {
    addLevelName(5, 'Trace');
    addLevelName(6, 'TRACE');
    expect(['Trace', 'TRACE', 'trace'].map(findLevel)).toEqual([5, 6, 6]);
    addLevelName(15, 'notice');
    expect(['notice', 'NOTICE', 'Notice'].map(findLevel)).toEqual([15, 15, 15]);
  });

  it('is suggested for a misspelt one', () => {
    expect(() => checkLevel('debgu')).toThrow('unknown level \'debgu\'; did you mean "DEBUG"?');
    expect(findLevel('__proto__')).toBeUndefined();
    expect(findLevel(1.5)).toBeUndefined();
  });
});

it.each([undefined, null, 5])('a level has no name %j', (name) => {
  expect(() => addLevelName(15, name as never)).toThrow('addLevelName: levelName must be a string, got');
  const handler = new ListHandler();
  getLogger('a').addHandler(handler);
  getLogger('a').log('nonsense', 'logged all the same');
  expect(handler.records).toHaveLength(1);
});
