import { Formatter } from '../../core/formatting/formatter.js';
import { makeLogRecord } from '../../core/records/record-factory.js';
import type { ContractCase } from './handler-contract-case.js';

/** How records get through a handler. */
export const arrivalCases: readonly ContractCase[] = [
  {
    title: 'brings records to their place, once and in order',
    needs: 'reading',
    async run({ expect, logger, make, arrived }) {
      const handler = await make();
      for (let index = 1; index <= 50; index += 1) logger.warning(`number ${index};`);
      const text = await arrived(handler);
      const numbers = [...text.matchAll(/number (\d+);/g)].map(([, number]) => Number(number));
      expect(numbers).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
    },
  },
  {
    title: 'leaves out records below its level, also after setLevel',
    needs: 'reading',
    async run({ expect, logger, make, arrived }) {
      const handler = await make({ level: 'WARNING' });
      logger.info('too low');
      logger.warning('high enough');
      handler.setLevel('ERROR');
      logger.warning('no longer');
      logger.error('still');
      const text = await arrived(handler);
      for (const message of ['high enough', 'still']) expect(text).toContain(message);
      for (const message of ['too low', 'no longer']) expect(text).not.toContain(message);
    },
  },
  {
    title: 'applies its filters: they drop records, or replace them',
    needs: 'reading',
    async run({ expect, logger, make, arrived }) {
      const handler = await make({ filters: [(record) => record.msg !== 'dropped by the first'] });
      handler.addFilter((record) =>
        record.msg === 'replaced'
          ? makeLogRecord({ name: 'contract', levelno: 30, levelname: 'WARNING', msg: 'put there' })
          : true,
      );
      for (const message of ['dropped by the first', 'replaced', 'let through']) logger.warning(message);
      const text = await arrived(handler);
      for (const message of ['put there', 'let through']) expect(text).toContain(message);
      for (const message of ['dropped', 'replaced']) expect(text).not.toContain(message);
    },
  },
  {
    title: 'writes what its formatter gives, the one of its options or one set later',
    needs: 'lines',
    async run({ expect, logger, make, arrived }) {
      const handler = await make({ formatter: new Formatter({ format: '[%(levelname)s] %(message)s' }) });
      logger.warning('order %d', 7);
      await handler.flush();
      handler.setFormatter(new Formatter({ format: '%(name)s/%(user_id)s/%(message)s' }));
      logger.error('order %d', 8, { extra: { user_id: 5 } });
      const text = await arrived(handler);
      expect(text).toContain('[WARNING] order 7');
      expect(text).toContain('contract/5/order 8');
    },
  },
  {
    title: 'writes tracebacks',
    needs: 'lines',
    async run({ expect, logger, make, arrived }) {
      const handler = await make();
      logger.exception('payment failed', new TypeError('no card', { cause: new RangeError('expired') }));
      const text = await arrived(handler);
      for (const part of ['payment failed', 'TypeError: no card', 'RangeError: expired'])
        expect(text).toContain(part);
    },
  },
  {
    title: 'keeps a record as it was, for the handlers after it',
    async run({ expect, logger, make }) {
      const handler = await make();
      const error = new TypeError('no card');
      const args = [7, { user: 'ada' }];
      const record = makeLogRecord({
        name: 'contract',
        levelno: 40,
        levelname: 'ERROR',
        msg: 'order %d of %s',
        args,
        excInfo: error,
      });
      const message = record.getMessage();
      logger.handle(record);
      await handler.flush();
      expect([record.name, record.levelno, record.levelname, record.msg]).toEqual([
        'contract',
        40,
        'ERROR',
        'order %d of %s',
      ]);
      expect(record.args).toBe(args);
      expect(record.excInfo).toBe(error);
      expect(record.getMessage()).toBe(message);
    },
  },
];
