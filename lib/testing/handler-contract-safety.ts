import { LogRecord, type LogRecordOptions } from '../core/log-record.js';
import type { ContractBench, ContractCase } from './handler-contract.js';
import { hostileValues } from './hostile-values.js';

/** What must not get out of a handler, whatever is logged. */
export const safetyCases: readonly ContractCase[] = [
  {
    title: 'tells handleError of a formatter that throws, and goes on',
    needs: 'lines',
    async run(bench) {
      const { expect, logger, faults, make, arrived } = bench;
      const fault = new Error('the formatter broke');
      const handler = await make();
      handler.setFormatter({
        format: (record) => {
          if (record.msg === 'broken') throw fault;
          return record.getMessage();
        },
      });
      expect(thrownBy(() => logger.warning('broken'))).toBe(undefined);
      logger.warning('and the next');
      const text = await arrived(handler);
      expect(faults).toEqual([fault]);
      expect(text).toContain('and the next');
      expect(text).not.toContain('broken');
    },
  },
  {
    title: 'tells handleError of a filter that throws, and keeps the record back',
    needs: 'reading',
    async run({ expect, logger, faults, make, arrived }) {
      const fault = new Error('the filter broke');
      const handler = await make();
      handler.addFilter(() => {
        throw fault;
      });
      expect(thrownBy(() => logger.warning('a secret'))).toBe(undefined);
      expect(faults).toEqual([fault]);
      expect(await arrived(handler)).not.toContain('a secret');
    },
  },
  {
    title: 'keeps what handleError throws from the log call',
    async run({ expect, logger, make }) {
      const handler = await make();
      handler.addFilter(() => {
        throw new Error('the filter broke');
      });
      handler.handleError = () => {
        throw new Error('handleError broke');
      };
      expect(thrownBy(() => logger.warning('late'))).toBe(undefined);
    },
  },
  {
    title: 'survives messages that cannot be formatted',
    async run(bench) {
      const handler = await bench.make();
      for (const [message, argument] of [
        ['%d and %d', 1],
        ['%d', 'seven'],
        ['%(user)s', 5],
        ['%', 1],
      ] as const) {
        bench.expect(thrownBy(() => bench.logger.warning(message, argument))).toBe(undefined);
      }
      await expectNext(bench, handler);
    },
  },
  {
    title: 'survives hostile values, as arguments, as messages, as fields and as errors',
    async run(bench) {
      const { expect, logger } = bench;
      const handler = await bench.make();
      for (const [name, value] of hostileValues()) {
        const records: LogRecordOptions[] = [
          { msg: '%s, %s', args: [value, value] },
          { msg: value },
          { msg: 'a field', extra: { value } },
          { msg: 'an error', excInfo: value },
        ];
        // Records, not log calls: it is the handler that is tested.
        const thrown = records.map((record) =>
          thrownBy(() => logger.handle(new LogRecord({ levelno: 40, ...record }))),
        );
        await handler.flush();
        // Lets a server in this very process read: what is sent to it would pile up.
        await new Promise((resolve) => setImmediate(resolve));
        expect([name, ...thrown]).toEqual([name, undefined, undefined, undefined, undefined]);
      }
      await expectNext(bench, handler);
      expect(({} as Record<string, unknown>).polluted).toBe(undefined);
    },
  },
  {
    title: 'lets no message pass for another record, or reach the terminal',
    needs: 'lines',
    async run({ expect, logger, make, arrived }) {
      const handler = await make();
      logger.warning('paid\nCRITICAL forged\r\nCRITICAL forged\u2028\u001b[2J\u009b31m');
      logger.warning('%s', 'paid\nCRITICAL forged');
      const text = await arrived(handler);
      expect(text.split(/[\r\n\u2028]/).filter((line) => line.startsWith('CRITICAL'))).toEqual([]);
      expect(/[\u001b\u009b\u2028]/.test(text)).toBe(false);
    },
  },
  {
    title: 'ends when what it calls logs to it again',
    async run(bench) {
      const { logger, make } = bench;
      const handler = await make();
      handler.addFilter(() => {
        logger.warning('from within');
        return true;
      });
      bench.expect(thrownBy(() => logger.warning('late'))).toBe(undefined);
      await expectNext(bench, handler);
    },
  },
];

/** What a function throws; `undefined` if it does not. */
export function thrownBy(run: () => void): unknown {
  try {
    run();
    return undefined;
  } catch (error) {
    return error;
  }
}

/** Expects the handler to work on. */
async function expectNext(
  { expect, logger, arrived }: ContractBench,
  handler: Parameters<ContractBench['arrived']>[0],
): Promise<void> {
  expect(thrownBy(() => logger.warning('and the next'))).toBe(undefined);
  const text = await arrived(handler);
  // Empty: nothing can be read of this handler.
  if (text !== '') expect(text).toContain('and the next');
}
