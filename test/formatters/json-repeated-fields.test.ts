import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { LoggerAdapter } from '../../lib/core/loggers/logger-adapter.js';
import { getLogger } from '../../lib/core/loggers/manager.js';
import { LogRecord } from '../../lib/core/records/log-record.js';
import { JsonFormatter } from '../../lib/formatters/json.formatter.js';
import { ListHandler } from '../support/list-handler.js';
import { resetLogging } from '../support/reset-logging.js';

beforeEach(resetLogging);
afterEach(resetLogging);

const BOUND = { tenant: 'acme', region: 'eu "west"', user: 4711, plan: null, isPaid: true };

/** Lines of one formatter, which remembers, and of new ones, which do not. */
function expectSameAsNew(all: readonly Readonly<Record<string, unknown>>[], options = {}): void {
  const remembering = new JsonFormatter(options);
  for (const extra of all) {
    const record = () => new LogRecord({ msg: 'paid', levelno: 20, created: 1_700_000_000, extra });
    expect(remembering.format(record())).toBe(new JsonFormatter(options).format(record()));
  }
}

describe('fields that records have in common', () => {
  it('are written as they would be anew', () => {
    expectSameAsNew(Array.from({ length: 9 }, () => ({ ...BOUND })));
    expectSameAsNew(Array.from({ length: 9 }, (_, i) => ({ ...BOUND, order: i, note: `n${i}` })));
    expectSameAsNew(Array.from({ length: 9 }, (_, i) => ({ tenant: 'acme', order: i, region: 'eu' })));
    expectSameAsNew(Array.from({ length: 9 }, (_, i) => (i % 3 === 0 ? { tenant: 'acme' } : { ...BOUND })));
    expectSameAsNew(
      Array.from({ length: 60 }, (_, i) => ({
        tenant: `t${i % 20}`,
        user: i % 20,
        order: i,
        at: new Date(i),
      })),
    );
  });

  it('are written as they are now, whatever object they are in', () => {
    const changing: Record<string, unknown> = { ...BOUND };
    const formatter = new JsonFormatter();
    const line = () => formatter.format(new LogRecord({ msg: 'paid', extra: changing }));
    for (let i = 0; i < 5; i += 1) line();
    changing.user = 4712;
    expect(JSON.parse(line())).toMatchObject({ tenant: 'acme', user: 4712, plan: null });
    changing.tenant = 'other';
    expect(JSON.parse(line())).toMatchObject({ tenant: 'other', user: 4712 });
    Reflect.deleteProperty(changing, 'region');
    expect(Object.keys(JSON.parse(line()) as object)).not.toContain('region');
  });

  it('distinguish zero from minus zero, and see into objects each time', () => {
    expectSameAsNew([0, -0, 0, -0, -0, 0].map((n) => ({ n, m: n })));
    expectSameAsNew([0, -0, 0, -0, -0, 0].map((n) => ({ a: 'x', n })));
    const address = { city: 'Riga' };
    const formatter = new JsonFormatter();
    const line = () => formatter.format(new LogRecord({ msg: '', extra: { user: 'a', address } }));
    for (let i = 0; i < 5; i += 1) line();
    address.city = 'Tartu';
    expect(JSON.parse(line())).toMatchObject({ address: { city: 'Tartu' } });
  });

  it('keep off the names that are taken', () => {
    const all = Array.from({ length: 6 }, (_, i) => ({
      a: 1,
      level: 'x',
      ...(i % 2 ? { extra_level: 2 } : {}),
    }));
    expectSameAsNew(all);
    expectSameAsNew(all, { nestedKey: 'fields' });
    expectSameAsNew(
      Array.from({ length: 6 }, () => ({ level: 'x', a: 1 })),
      { static_fields: { a: 2 } },
    );
  });

  it('count for the bounds of a line', () => {
    const text = 'x'.repeat(200);
    const many = Object.fromEntries(Array.from({ length: 1_200 }, (_, i) => [`k${i}`, text]));
    expectSameAsNew(Array.from({ length: 4 }, () => many));
    const huge = { a: 'x', b: 'y'.repeat(60_000), c: 'z'.repeat(60_000), d: 'd'.repeat(60_000) };
    expectSameAsNew(
      Array.from({ length: 4 }, () => ({ ...huge, e: 'e'.repeat(60_000), f: 'f'.repeat(60_000) })),
    );
  });

  it('may be read by getters that throw, and by proxies', () => {
    const throwing = {
      a: 1,
      get b(): string {
        throw new Error('no');
      },
      c: 2,
    };
    expectSameAsNew(Array.from({ length: 5 }, () => throwing));
    const first = {
      get a(): string {
        throw new Error('no');
      },
      c: 2,
    };
    expectSameAsNew(Array.from({ length: 5 }, () => first));
    const silent = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('no keys');
        },
      },
    );
    expectSameAsNew(Array.from({ length: 5 }, () => silent));
    expectSameAsNew(
      Array.from(
        { length: 5 },
        () => Object.create({ a: 1 }, { b: { value: 2, enumerable: true } }) as Record<string, unknown>,
      ),
    );
  });
});

describe('the fields of an adapter', () => {
  const logged = (log: (adapter: LoggerAdapter, i: number) => void, adapter: LoggerAdapter): unknown[] => {
    const seen = new ListHandler();
    seen.setFormatter(new JsonFormatter());
    getLogger().addHandler(seen);
    getLogger().setLevel('DEBUG');
    for (let i = 0; i < 5; i += 1) log(adapter, i);
    return seen.lines.map((line) => {
      const { timestamp: _, logger: __, ...rest } = JSON.parse(line) as Record<string, unknown>;
      return rest;
    });
  };

  it('are in each line, with those of the call', () => {
    const adapter = new LoggerAdapter(getLogger('shop'), BOUND);
    expect(logged((to, i) => to.info('paid', { extra: { order: i, user: i } }), adapter)).toEqual(
      Array.from({ length: 5 }, (_, i) => ({ level: 'INFO', message: 'paid', ...BOUND, order: i, user: i })),
    );
  });

  it('are in each line, whatever its class does', () => {
    class Own extends LoggerAdapter {
      override process(msg: unknown, options: { extra?: Readonly<Record<string, unknown>> | undefined }) {
        return [`${String(msg)}!`, { ...options, extra: { ...this.extra, ...options.extra } }] as [
          unknown,
          object,
        ];
      }
    }
    const adapter = new Own(getLogger('shop'), BOUND);
    expect(logged((to, i) => to.info('paid', { order: i }), adapter)).toEqual(
      Array.from({ length: 5 }, (_, i) => ({ level: 'INFO', message: 'paid!', ...BOUND, order: i })),
    );
  });

  it('are renamed where an attribute has their name, and replaced where merge_extra is off', () => {
    const clashing = new LoggerAdapter(getLogger('shop'), { name: 'x', a: 1 });
    expect(logged((to) => to.info('paid'), clashing)[4]).toEqual({
      level: 'INFO',
      message: 'paid',
      extra_name: 'x',
      a: 1,
    });
    resetLogging();
    const replacing = new LoggerAdapter(getLogger('shop'), { a: 1 }, { merge_extra: false });
    expect(logged((to, i) => to.info('paid', { extra: { i } }), replacing)[4]).toEqual({
      level: 'INFO',
      message: 'paid',
      a: 1,
    });
  });
});

it('fields that records have in common are not longer than `maxTextBytes`', () => {
  expectLikeNew({ tenant: 'x'.repeat(100) });
  expectLikeNew({ tenant: 'x', region: 'y'.repeat(100) });
});

function expectLikeNew(extra: Readonly<Record<string, unknown>>): void {
  expectSameAsNew(
    Array.from({ length: 5 }, () => extra),
    { maxTextBytes: 64 },
  );
}
