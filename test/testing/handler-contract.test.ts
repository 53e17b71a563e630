import { describe, expect, it } from '@jest/globals';
import { Formatter, Handler, type LogRecord } from 'nestjs-logging/core';
import { type ContractOptions, describeHandlerContract, type HandlerContract } from 'nestjs-logging/testing';

/** A handler that is all right; those of the tests each break one rule. */
class GoodHandler extends Handler {
  lines: string[] = [];

  emit(record: LogRecord): void {
    this.lines.push(this.format(record));
  }
}

/** The rules of the contract that a handler breaks, run as its tests would be. */
async function brokenRules<H extends GoodHandler>(
  create: (options: ContractOptions) => H,
  more: Partial<HandlerContract<H>> = {},
): Promise<string[]> {
  const tests: [string, () => Promise<void>][] = [];
  describeHandlerContract(
    'the handler',
    { create, read: ({ lines }) => lines.join('\n'), ...more },
    { describe: (_name, define) => define(), it: (name, run) => tests.push([name, run]), expect },
  );
  const broken: string[] = [];
  for (const [name, run] of tests) await run().catch(() => broken.push(name));
  return broken;
}

describe('describeHandlerContract', () => {
  it('finds nothing wrong with a good handler', async () => {
    expect(await brokenRules((options) => new GoodHandler(options))).toEqual([]);
  });

  it('finds a handler that loses records', async () => {
    class Broken extends GoodHandler {
      override emit(record: LogRecord): void {
        if (this.lines.length < 20) super.emit(record);
      }
    }
    expect(await brokenRules((options) => new Broken(options))).toContain(
      'brings records to their place, once and in order',
    );
  });

  it('finds a handler that does not hand its options on', async () => {
    expect(await brokenRules(() => new GoodHandler())).toEqual([
      'leaves out records below its level, also after setLevel',
      'applies its filters: they drop records, or replace them',
      'writes what its formatter gives, the one of its options or one set later',
    ]);
  });

  it('finds a handler that throws at the caller', async () => {
    class Broken extends GoodHandler {
      override handle(record: LogRecord): LogRecord | false {
        const passed = this.filter(record);
        if (passed !== false) this.emit(passed);
        return passed;
      }
    }
    expect(await brokenRules((options) => new Broken(options))).toEqual([
      'reports a formatter that throws to handleError, and goes on',
      'reports a filter that throws to handleError, and suppresses the record',
      'keeps what handleError throws from the log call',
      'survives messages that cannot be formatted',
    ]);
  });

  it('finds a handler that changes records', async () => {
    class Broken extends GoodHandler {
      override emit(record: LogRecord): void {
        record.levelname = record.levelname.toLowerCase();
        super.emit(record);
      }
    }
    expect(await brokenRules((options) => new Broken(options))).toContain(
      'keeps a record as it was, for the handlers after it',
    );
  });

  it('finds a handler whose text can be forged', async () => {
    const create = (options: ContractOptions) =>
      new GoodHandler({ formatter: new Formatter({ sanitize: 'none' }), ...options });
    expect(await brokenRules(create)).toEqual([
      'lets no message pass for another record, or reach the terminal',
    ]);
  });

  it('finds a handler that loses what it holds when it is closed, or cannot be closed twice', async () => {
    class Broken extends GoodHandler {
      #isClosed = false;
      override close(): void {
        if (this.#isClosed) throw new Error('closed already');
        this.#isClosed = true;
        this.lines = [];
      }
    }
    const broken = await brokenRules((options) => new Broken(options));
    expect(broken).toEqual(
      expect.arrayContaining([
        'writes what it has buffered before it is closed',
        'can be closed twice, one after the other or at once',
        'is found by its name until it is closed',
      ]),
    );
  });

  it('finds a handler that breaks after it is closed', async () => {
    class Broken extends GoodHandler {
      override handle(record: LogRecord): LogRecord | false {
        return this.lines === undefined ? this.fail() : super.handle(record);
      }
      fail(): never {
        throw new Error('closed');
      }
      override close(): void {
        this.lines = undefined as never;
        super.close();
      }
    }
    expect(await brokenRules((options) => new Broken(options), { read: () => '' })).toContain(
      'does no harm after it is closed: to log calls, to flush',
    );
  });

  it('leaves out rules about what it is not given', async () => {
    const names: string[] = [];
    const runner = {
      describe: (name: string, define: () => void) => {
        names.push(name);
        define();
      },
      it: (name: string) => names.push(name),
      expect,
    };
    describeHandlerContract('MuteHandler', { create: (options) => new GoodHandler(options) }, runner);
    expect(names[0]).toBe('MuteHandler, as any handler,');
    expect(names).not.toContain('writes what its formatter gives, the one of its options or one set later');
    expect(names).toContain('can be closed twice, one after the other or at once');
  });
});
