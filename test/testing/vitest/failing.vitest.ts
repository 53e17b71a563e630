import { getLogger } from 'nestjs-logging/core';
import { beforeEach, expect, it } from 'vitest';

const logger = getLogger('shop');

beforeEach(() => logger.info('set up'));

it('passes', () => logger.error('of the test that passes'));

it('fails', () => {
  logger.debug('below the level');
  logger.info('of the test that fails \u001b[31m');
  expect(1).toBe(2);
});

it('rejects', async () => {
  logger.warning('of the test that rejects');
  await Promise.reject(new Error('no'));
});
