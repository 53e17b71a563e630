import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  Formatter,
  getLogger,
  getManager,
  type Level,
  LoggerAdapter,
  type LogOptions,
  Manager,
  RootLogger,
} from '../../lib/core.js';
import { ListHandler } from '../support/list-handler.js';
import { resetLoggingAsPython } from '../support/reset-logging.js';

let seen: ListHandler;
let adapter: LoggerAdapter;

beforeEach(() => {
  resetLoggingAsPython();
  seen = new ListHandler({ formatter: new Formatter({ format: '%(funcName)s: %(message)s' }) });
  getLogger().addHandler(seen);
  adapter = new LoggerAdapter(getLogger());
});

class PrefixAdapter extends LoggerAdapter {
  prefix = 'one';
  override process(msg: unknown, options: LogOptions): [unknown, LogOptions] {
    return [`${this.prefix} ${String(msg)}`, options];
  }
}

/** A message whose text is made only if somebody reads it. */
class Braces {
  constructor(
    private readonly format: string,
    private readonly values: readonly unknown[],
  ) {}
  toString(): string {
    let index = 0;
    return this.format.replace(/\{\}/g, () => String(this.values[index++]));
  }
}

class BraceAdapter extends LoggerAdapter {
  override log(level: Level, msg: unknown, ...args: unknown[]): void {
    if (!this.isEnabledFor(level)) return;
    const [text, options] = this.process(msg, {});
    this.logger.log(level, new Braces(String(text), args), { ...options, stacklevel: 2 });
  }
}

describe('a LoggerAdapter', () => {
  it('hands on the error of exception(), given plainly or as an option', () => {
    const failure = new RangeError('boom');
    adapter.exception('failed: %r', 'x', failure);
    adapter.exception('failed', { excInfo: failure });
    expect(seen.records.map((record) => [record.levelno, record.args, record.excInfo])).toEqual([
      [40, ['x'], failure],
      [40, [], failure],
    ]);
  });

  it('reports the function that called it', () => {
    (function caller() {
      adapter.critical('failed: %r', 'x');
    })();
    expect(seen.lines).toEqual(["caller: failed: 'x'"]);
    expect(seen.records[0]?.levelno).toBe(50);
  });

  it('asks the logger what is enabled, and whether it has handlers', () => {
    getManager().disable = 33;
    expect([adapter.isEnabledFor(32), adapter.isEnabledFor(34)]).toEqual([false, true]);
    expect(adapter.hasHandlers()).toBe(true);
    getLogger().removeHandler(seen);
    expect(adapter.hasHandlers()).toBe(false);
  });

  it('wraps another one, which also applies; both show the same logger', () => {
    const below = new PrefixAdapter(getLogger());
    const above = new PrefixAdapter(below);
    above.prefix = 'two';
    (function caller() {
      above.log('CRITICAL', 'hello');
    })();
    expect(seen.lines).toEqual(['caller: one two hello']);
    expect([String(above), above.name]).toEqual(['<PrefixAdapter root (WARNING)>', 'root']);
  });

  it('shares the manager of its logger', () => {
    const above = new LoggerAdapter(adapter);
    expect(above.manager).toBe(getManager());
    const other = new Manager(new RootLogger());
    above.manager = other;
    expect([adapter.manager, getLogger().manager]).toEqual([other, other]);
  });

  it('may take messages in another language', () => {
    (function caller() {
      new BraceAdapter(getLogger()).warning('Hello, {}!', 'world');
      new BraceAdapter(getLogger()).log('WARNING', 'Goodbye {}.', 'world');
    })();
    expect(seen.lines).toEqual(['caller: Hello, world!', 'caller: Goodbye world.']);
  });

  it('may do so on top of another adapter', () => {
    const prefixed = new PrefixAdapter(getLogger());
    prefixed.prefix = '{}';
    (function caller() {
      new BraceAdapter(prefixed).warning('Hello, {}!', 'world');
      new BraceAdapter(prefixed).log('WARNING', 'Goodbye {}.', 'world');
    })();
    expect(seen.lines).toEqual(['caller: {} Hello, world!', 'caller: {} Goodbye world.']);
  });

  it('goes up with stacklevel', () => {
    function callers(): string[] {
      let stacklevel = 1;
      const innermost = () => adapter.warning('here', { stacklevel });
      const inner = () => innermost();
      const outer = () => inner();
      for (; stacklevel <= 4; stacklevel += 1) outer();
      return seen.lines.map((line) => line.replace(': here', ''));
    }
    expect(callers()).toEqual(['innermost', 'inner', 'outer', 'callers']);
  });

  it('puts its fields on records, in place of those of the call', () => {
    new LoggerAdapter(getLogger(), { tenant: 'acme' }).critical('hello', { extra: { user: 7 } });
    expect([seen.records[0]?.tenant, seen.records[0]?.hasAttribute('user')]).toEqual(['acme', false]);
  });

  it('without fields leaves those of the call alone', () => {
    adapter.critical('hello', { extra: { user: 7 } });
    expect(seen.records[0]?.user).toBe(7);
  });

  it('merges fields on request; those of the call win', () => {
    const merging = new LoggerAdapter(getLogger(), { tenant: 'acme', user: 1 }, { merge_extra: true });
    merging.critical('hello', { extra: { user: 7 } });
    expect([seen.records[0]?.tenant, seen.records[0]?.user]).toEqual(['acme', 7]);
  });

  it('merges without fields of its own', () => {
    new LoggerAdapter(getLogger(), undefined, { merge_extra: true }).critical('hello', {
      extra: { user: 7 },
    });
    new LoggerAdapter(getLogger(), undefined, { merge_extra: true }).critical('hello');
    expect(seen.records.map((record) => record.attribute('user'))).toEqual([7, undefined]);
  });

  it('passes over a call at a level that is none while raiseExceptions is off', async () => {
    const { setRaiseExceptions } = await import('../../lib/core.js');
    expect(() => adapter.log('10', 'hello')).toThrow("unknown level '10'");
    setRaiseExceptions(false);
    adapter.log('10', 'hello');
    expect(seen.lines).toEqual([]);
  });
});
