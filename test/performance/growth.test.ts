import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { dictConfig } from '../../lib/config/apply/dict-configurator.js';
import type { LoggingConfig } from '../../lib/config/plan/logging-config.js';
import { Logger } from '../../lib/core/loggers/logger.js';
import { getLogger } from '../../lib/core/loggers/manager.js';
import { resetLogging } from '../support/reset-logging.js';

// What is done for each logger, without a clock: the bench has the times (`npm run bench -- --only growth`).

const COUNT = 2_000;

beforeEach(() => {
  resetLogging();
  for (let i = 0; i < COUNT; i += 1) getLogger(`area${i % 10}.part${Math.floor(i / 10) % 10}.unit${i}`);
});
afterEach(() => {
  jest.restoreAllMocks();
  resetLogging();
});

/** How often loggers recompute what is enabled, or look for the level that they inherit, for each of them. */
function stepsEach(change: () => void): number {
  const refreshed = jest.spyOn(Logger.prototype, 'refresh');
  const looked = jest.spyOn(Logger.prototype, 'getEffectiveLevel');
  change();
  return (refreshed.mock.calls.length + looked.mock.calls.length) / COUNT;
}

const config = (more: object = {}) =>
  ({
    version: 1,
    handlers: { null: { class: 'logging.NullHandler' } },
    loggers: { area3: { level: 'DEBUG' } },
    root: { level: 'INFO', handlers: ['null'] },
    ...more,
  }) as LoggingConfig;

it('a new logger looks at no other', () => {
  const steps = stepsEach(() => void getLogger('area1.part1.another'));
  expect(steps * COUNT).toBeLessThanOrEqual(2);
});

it('a changed level is looked up once by each logger', () => {
  expect(stepsEach(() => getLogger('area3').setLevel('ERROR'))).toBeLessThan(2.1);
});

it.each([
  ['keeps the others', { disable_existing_loggers: false }],
  ['disables the others', { disable_existing_loggers: true }],
  ['changes levels alone', { incremental: true, handlers: {} }],
])('a configuration that %s has each logger look twice at most', (_, more) => {
  dictConfig(config());
  expect(stepsEach(() => void dictConfig(config(more)))).toBeLessThan(4.1);
});

it('a configuration that names every logger does so too', () => {
  const names = Array.from(
    { length: COUNT },
    (_, i) => `area${i % 10}.part${Math.floor(i / 10) % 10}.unit${i}`,
  );
  const loggers = Object.fromEntries(names.map((name) => [name, { level: 'WARNING' }]));
  expect(stepsEach(() => void dictConfig(config({ loggers })))).toBeLessThan(4.1);
});

it('loggers that are made from the deepest up do not visit all others', () => {
  const names = Array.from({ length: 200 }, (_, i) => `deep${'.x'.repeat(200 - i)}`);
  expect(stepsEach(() => names.forEach((name) => void getLogger(name))) * COUNT).toBeLessThanOrEqual(400);
});
