import { getHandlerByName } from '../../core/handler.js';
import type { ContractCase } from './handler-contract-case.js';
import { hand, thrownBy } from './handler-contract-safety.js';

/** What flushing and closing a handler mean. */
export const endingCases: readonly ContractCase[] = [
  {
    title: 'flushes at any time, also twice at once',
    async run({ expect, logger, make }) {
      const handler = await make();
      await handler.flush();
      logger.warning('late');
      expect(await Promise.all([handler.flush(), handler.flush()])).toEqual([undefined, undefined]);
    },
  },
  {
    title: 'writes what it has buffered before it is closed',
    needs: 'reading',
    async run({ expect, logger, make, arrived }) {
      const handler = await make();
      logger.warning('last words');
      await handler.close();
      expect(await arrived(handler)).toContain('last words');
    },
  },
  {
    title: 'can be closed twice, one after the other or at once',
    async run({ expect, logger, make }) {
      const handler = await make();
      logger.warning('late');
      expect(await Promise.all([handler.close(), handler.close()])).toEqual([undefined, undefined]);
      await handler.close();
    },
  },
  {
    title: 'does no harm after it is closed: to log calls, to flush',
    async run({ expect, logger, make }) {
      const handler = await make();
      logger.warning('before');
      await handler.close();
      expect(thrownBy(() => hand(handler, 'after'))).toBe(undefined);
      expect(thrownBy(() => logger.exception('after', new Error('late')))).toBe(undefined);
      await handler.flush();
    },
  },
  {
    title: 'is found by its name until it is closed',
    async run({ expect, make }) {
      const handler = await make();
      handler.name = 'contract';
      expect(getHandlerByName('contract')).toBe(handler);
      await handler.close();
      expect(getHandlerByName('contract')).toBe(undefined);
    },
  },
];
