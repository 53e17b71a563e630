import type { Handler } from '../../core/handler.js';
import { WARNING } from '../../core/levels.js';
import { LogRecord, type LogRecordOptions } from '../../core/records/log-record.js';
import type { ContractBench, ContractCase } from './handler-contract-case.js';
import { hostileValues } from './hostile-values.js';

/** What must not leave a handler, whatever is logged. */
export const safetyCases: readonly ContractCase[] = [
  {
    title: 'reports a formatter that throws to handleError, and goes on',
    needs: 'lines',
    async run(bench) {
      const { expect, logger, errors, make, arrived } = bench;
      const error = new Error('the formatter broke');
      const handler = await make();
      handler.setFormatter({
        format: (record) => {
          if (record.msg === 'broken') throw error;
          return record.getMessage();
        },
      });
      expect(thrownBy(() => hand(handler, 'broken'))).toBe(undefined);
      logger.warning('and the next');
      const text = await arrived(handler);
      expect(errors).toEqual([error]);
      expect(text).toContain('and the next');
      expect(text).not.toContain('broken');
    },
  },
  {
    title: 'reports a filter that throws to handleError, and suppresses the record',
    needs: 'reading',
    async run({ expect, errors, make, arrived }) {
      const error = new Error('the filter broke');
      const handler = await make();
      handler.addFilter(() => {
        throw error;
      });
      expect(thrownBy(() => hand(handler, 'a secret'))).toBe(undefined);
      expect(errors).toEqual([error]);
      expect(await arrived(handler)).not.toContain('a secret');
    },
  },
  {
    title: 'keeps what handleError throws from the log call',
    async run({ expect, make }) {
      const handler = await make();
      handler.addFilter(() => {
        throw new Error('the filter broke');
      });
      handler.handleError = () => {
        throw new Error('handleError broke');
      };
      expect(thrownBy(() => hand(handler, 'late'))).toBe(undefined);
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
        bench.expect(thrownBy(() => hand(handler, message, argument))).toBe(undefined);
      }
      const unprintable = new LogRecord({ name: 'contract', levelno: WARNING, msg: 'x' });
      unprintable.getMessage = () => {
        throw new Error('the message broke');
      };
      bench.expect(thrownBy(() => handler.handle(unprintable))).toBe(undefined);
      await expectNext(bench, handler);
    },
  },
  {
    title: 'survives hostile values, as arguments, as messages, as fields and as errors',
    async run(bench) {
      const { expect } = bench;
      const handler = await bench.make();
      for (const [name, value] of hostileValues()) {
        const records: LogRecordOptions[] = [
          { msg: '%s, %s', args: [value, value] },
          { msg: value },
          { msg: 'a field', extra: { value } },
          { msg: 'an error', excInfo: value },
        ];
        const thrown = records.map((record) =>
          thrownBy(() => handler.handle(new LogRecord({ levelno: 40, ...record }))),
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
      bench.expect(thrownBy(() => hand(handler, 'late'))).toBe(undefined);
      await expectNext(bench, handler);
    },
  },
];

/** Hands a record to a handler as loggers do. Not by a log call, which would let nothing out that the handler throws. */
export function hand(handler: Handler, msg: string, ...args: unknown[]): void {
  const record = new LogRecord({ name: 'contract', levelno: WARNING, msg, args });
  if (record.levelno >= handler.level) handler.handle(record);
}

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
  { expect, arrived }: ContractBench,
  handler: Parameters<ContractBench['arrived']>[0],
): Promise<void> {
  expect(thrownBy(() => hand(handler, 'and the next'))).toBe(undefined);
  const text = await arrived(handler);
  // Empty: nothing can be read of this handler.
  if (text !== '') expect(text).toContain('and the next');
}
