import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ConsoleLogger } from '@nestjs/common';
import fc from 'fast-check';
import { Handler } from '../../lib/core/handler.js';
import { getRootLogger } from '../../lib/core/loggers/manager.js';
import type { LogRecord } from '../../lib/core/records/log-record.js';
import { JsonFormatter } from '../../lib/formatters/json.formatter.js';
import { NestLogger } from '../../lib/nest/nest-logger/nest-logger.adapter.js';

type Method = 'log' | 'error' | 'warn' | 'debug' | 'verbose' | 'fatal';
const methods: readonly Method[] = ['log', 'error', 'warn', 'debug', 'verbose', 'fatal'];

/** Nest's own logger, before it makes text of what it is given. */
class ReadingLogger extends ConsoleLogger {
  printed: unknown[] = [];

  constructor() {
    super({ logLevels: ['verbose', 'debug', 'log', 'warn', 'error', 'fatal'], colors: false });
  }
  // biome-ignore lint/suspicious/noExplicitAny: Nest 12 passes one argument more than Nest 11
  protected override printMessages(...[messages, context, , , stack, params]: any[]): void {
    this.printed.push(
      messages.map((message: unknown) => this.shown(message)),
      context,
      stack,
      params,
    );
  }
  // biome-ignore lint/suspicious/noExplicitAny: as above
  protected override printStackTrace(..._args: any[]): void {}

  private shown(message: unknown): unknown {
    return typeof message === 'function' && !/^class/.test(String(message)) ? message() : message;
  }
}

class Lines extends Handler {
  text = '';
  override emit(record: LogRecord): void {
    this.text += `${this.format(record)} ${record.name}\n`;
  }
}

class PaymentError extends Error {}

/** Values that hold marks which nothing else holds, so that one that is lost is seen. */
const mark = fc.integer({ min: 100_000, max: 999_999 }).map((number) => `M${number}`);
const leaf = fc.oneof(
  mark,
  mark.map((text) => `a ${text} with blanks`),
  mark.map((text) => `100% of ${text} %s %d`),
  mark.map((text) => Object.assign(new PaymentError(text), { code: `${text}0` })),
  mark.map((text) => new Error('outer', { cause: new Error(text) })),
  mark.map((text) => () => text),
  fc.constantFrom(undefined, null, true, 7, 10n, '', Symbol.for('x'), PaymentError),
);
const key = fc.constantFrom(
  'err',
  'error',
  'cause',
  'msg',
  'message',
  'name',
  'args',
  'extra',
  'excInfo',
  'level',
  'id',
);
const object = fc.dictionary(key, leaf, { maxKeys: 4 });
const nested = fc.dictionary(key, fc.oneof(leaf, object, fc.array(leaf, { maxLength: 3 })), { maxKeys: 3 });
const stack = mark.map((text) => String(new RangeError(text).stack));
const value = fc.oneof(leaf, object, nested, stack, fc.array(leaf, { maxLength: 3 }));
const call = fc.tuple(fc.constantFrom(...methods), fc.array(value, { minLength: 1, maxLength: 5 }));

function marksIn(values: unknown): string[] {
  return inspect(values, { depth: 20, showHidden: false, maxStringLength: null }).match(/M\d{6}/g) ?? [];
}

describe('Whatever Nest prints of a call, NestLogger logs', () => {
  const lines = new Lines();
  const root = getRootLogger();
  beforeAll(() => {
    lines.setFormatter(new JsonFormatter());
    root.addHandler(lines);
    root.setLevel(1);
  });
  afterAll(() => {
    root.removeHandler(lines);
    root.setLevel('WARNING');
  });

  it('over generated calls', () => {
    const runs = Number(process.env.NEST_LOGGER_RUNS ?? 1_000);
    fc.assert(
      fc.property(call, ([method, args]) => {
        const nest = new ReadingLogger();
        (nest[method] as (...args: unknown[]) => void)(...args);
        lines.text = '';
        (new NestLogger()[method] as (...args: unknown[]) => void)(...args);
        const missing = marksIn(nest.printed).filter((text) => !lines.text.includes(text));
        expect(missing).toEqual([]);
      }),
      { numRuns: runs },
    );
  });
});
