import { describe, expect, it } from '@jest/globals';
import { dictConfig } from '../../lib/config/apply/dict-configurator.js';
import { getLogger } from '../../lib/core/loggers/manager.js';
import { LogRecord } from '../../lib/core/records/log-record.js';
import { shutdown } from '../../lib/core/shutdown.js';
import { LevelRangeFilter, type LevelRangeFilterOptions } from '../../lib/filters/level-range.filter.js';
import { useTemporaryFolder } from '../support/temporary-folder.js';

const folder = useTemporaryFolder();
const LEVELS = [10, 20, 30, 40, 50];
const passing = (options: LevelRangeFilterOptions) => {
  const filter = new LevelRangeFilter(options);
  return LEVELS.filter((levelno) => filter.filter(new LogRecord({ msg: '', levelno })));
};

describe('LevelRangeFilter', () => {
  it.each([
    [{ max: 'INFO' }, [10, 20]],
    [{ min: 'WARNING' }, [30, 40, 50]],
    [{ min: 20, max: 'ERROR' }, [20, 30, 40]],
    [{ min: null, max: 30 }, [10, 20, 30]],
    [{}, LEVELS],
  ])('%j lets %j pass', (options, expected) => expect(passing(options)).toEqual(expected));

  it('refuses what is no level, and a range that is empty', () => {
    expect(() => passing({ max: 'LOUD' })).toThrow("max: unknown level 'LOUD'");
    expect(() => passing({ min: 'ERROR', max: 'INFO' })).toThrow(
      'max: INFO is below min, ERROR: no record would pass',
    );
    expect(() => passing({ mac: 'INFO' } as object)).toThrow('did you mean "max"?');
  });

  it('splits one log into two outputs, from a file', async () => {
    const handler = (name: string, filter: string) => ({
      class: 'FileHandler',
      filename: folder.file(name),
      filters: [filter],
    });
    dictConfig({
      version: 1,
      filters: {
        quiet: { class: 'LevelRangeFilter', max: 'INFO' },
        loud: { class: 'LevelRangeFilter', min: 'WARNING' },
      },
      handlers: { out: handler('out', 'quiet'), err: handler('err', 'loud') },
      root: { level: 'DEBUG', handlers: ['out', 'err'] },
    });
    for (const level of LEVELS) getLogger('shop').log(level, '%d', level);
    await shutdown();
    expect([folder.lines('out'), folder.lines('err')]).toEqual([
      ['10', '20'],
      ['30', '40', '50'],
    ]);
  });
});
