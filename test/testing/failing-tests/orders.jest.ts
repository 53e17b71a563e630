import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { getLogger } from 'nestjs-logging/core';

const logger = getLogger('shop');

beforeEach(() => logger.info('set up'));

it('passes', () => logger.error('of the test that passes'));

it('fails', () => {
  logger.debug('below the level');
  logger.info('of the test that fails \u001b[31m');
  expect(1).toBe(2);
});

describe('in a group', () => {
  afterEach(() => {
    if (expect.getState().currentTestName?.includes('its hook')) throw new Error('hook');
  });

  it('rejects', async () => {
    await sleep(1);
    logger.warning('of the test that rejects');
    throw new Error('no');
  });

  it('passes, but not its hook', () => logger.info('of the test whose hook fails'));
});

it('fails in silence', () => expect(logger).toBeUndefined());
