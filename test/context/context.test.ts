import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { bindContext, captureContext, getContext, runInContext } from '../../lib/context/context.js';
import { installContextProvider } from '../../lib/context/context-provider.js';
import { contexts } from '../../lib/context/context-store.js';
import { Formatter } from '../../lib/core/formatting/formatter.js';
import { getLogger } from '../../lib/core/loggers/manager.js';
import { CONTEXT } from '../../lib/core/records/log-record.js';
import { JsonFormatter } from '../../lib/formatters/json.formatter.js';
import { ListHandler } from '../support/list-handler.js';
import { resetLogging } from '../support/reset-logging.js';
import { captureStderr } from '../support/stderr-capture.js';
import { collectStderr } from '../support/stderr-collector.js';

beforeEach(() => contexts.notices.clear());
afterEach(resetLogging);

describe('A context', () => {
  it('is there in the function it was made for, and in all that this starts and awaits', async () => {
    const seen: unknown[] = [];
    const read = () => seen.push(getContext()?.id);
    await runInContext({ id: 1 }, async () => {
      read();
      await sleep(1);
      read();
      await Promise.all([
        sleep(1).then(read),
        new Promise<void>((done) => setImmediate(() => done(void read()))),
      ]);
    });
    expect(seen).toEqual([1, 1, 1, 1]);
    expect(getContext()).toBeUndefined();
  });

  it('gives back what the function gives, or throws what it throws', () => {
    expect(runInContext({}, () => 5)).toBe(5);
    expect(() =>
      runInContext({}, () => {
        throw new RangeError('x');
      }),
    ).toThrow(RangeError);
  });

  it('does not see those that run beside it', async () => {
    const run = (id: number) =>
      runInContext({ id }, async () => {
        await sleep(id);
        bindContext({ step: id });
        await sleep(3 - id);
        return getContext();
      });
    expect(await Promise.all([run(1), run(2)])).toEqual([
      { id: 1, step: 1 },
      { id: 2, step: 2 },
    ]);
  });

  it('starts with the fields of the one around it, and keeps its own to itself', () => {
    runInContext({ a: 1, b: 1 }, () => {
      runInContext({ b: 2 }, () => {
        bindContext({ c: 3 });
        expect(getContext()).toEqual({ a: 1, b: 2, c: 3 });
      });
      expect(getContext()).toEqual({ a: 1, b: 1 });
    });
  });

  it('takes, replaces and drops fields while it runs; what was read before does not change', () => {
    runInContext({ a: 1 }, () => {
      const before = getContext();
      bindContext({ a: 2, b: 3 });
      bindContext({ b: undefined });
      expect(getContext()).toEqual({ a: 2 });
      expect(before).toEqual({ a: 1 });
      expect(Object.isFrozen(getContext())).toBe(true);
    });
  });

  it('can be entered again from elsewhere, with what was bound meanwhile', () => {
    const again = runInContext({ id: 1 }, () => {
      const captured = captureContext();
      bindContext({ user: 'u' });
      return captured;
    });
    expect(again(getContext)).toEqual({ id: 1, user: 'u' });
    expect(runInContext({ id: 2 }, () => again(getContext))).toMatchObject({ id: 1 });
    expect(captureContext()(getContext)).toBeUndefined();
  });
});

describe('What cannot be bound', () => {
  it('outside of a context is said once, and does not throw', () => {
    const { text } = captureStderr(() => {
      bindContext({ a: 1 });
      bindContext({ a: 1 });
    });
    expect(text).toBe(
      'nestjs-logging: bindContext was called outside a context and did nothing; call it in runInContext\n',
    );
  });

  it.each(['message', 'levelname', 'exc_info', 'getMessage', 'constructor', 'toString'])(
    'as %j, a name that records have, is left out and said once; the rest is bound',
    (name) => {
      const { text, result } = captureStderr(() =>
        runInContext({ [name]: 'x', id: 1 }, () => {
          bindContext({ [name]: 'y' });
          return getContext();
        }),
      );
      expect(result).toEqual({ id: 1 });
      expect(text).toBe(
        `nestjs-logging: context field '${name}' is left out: records have an attribute of that name; choose another\n`,
      );
    },
  );

  it('never reaches a prototype', () => {
    const { result } = captureStderr(() =>
      runInContext(JSON.parse('{"__proto__":{"polluted":1},"id":1}'), getContext),
    );
    expect(Object.keys(result ?? {})).toEqual(['id']);
    expect((result as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

describe('installContextProvider', () => {
  function logger() {
    const handler = new ListHandler();
    const log = getLogger('context.test');
    log.setLevel('INFO');
    log.addHandler(handler);
    log.propagate = false;
    return { log, handler };
  }

  it('puts the fields of the running context on every record, by reference', () => {
    const uninstall = installContextProvider();
    const { log, handler } = logger();
    handler.setFormatter(new JsonFormatter());
    runInContext({ request_id: 'r-1' }, () => log.info('in', { extra: { a: 1 } }));
    log.info('out');
    expect(handler.lines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({ message: 'in', request_id: 'r-1', a: 1 }),
      expect.not.objectContaining({ request_id: expect.anything() }),
    ]);
    const record = runInContext({ request_id: 'r-2' }, () => {
      log.info('x');
      return [handler.records.at(-1)?.[CONTEXT], getContext()];
    });
    expect(record[0]).toBe(record[1]);
    uninstall();
  });

  it('lets text formats print - for request_id outside of a context', () => {
    const uninstall = installContextProvider();
    const { log, handler } = logger();
    handler.setFormatter(new Formatter({ format: '%(request_id)s %(message)s' }));
    runInContext({ request_id: 'r-1' }, () => log.info('in'));
    log.info('out');
    expect(handler.lines).toEqual(['r-1 in', '- out']);
    uninstall();
  });

  it('stays while anybody who asked for it needs it', () => {
    const { log, handler } = logger();
    const [first, second] = [installContextProvider(), installContextProvider()];
    const hasId = () => {
      runInContext({ id: 1 }, () => log.info('x'));
      return handler.records.at(-1)?.hasAttribute('id');
    };
    first();
    first();
    expect(hasId()).toBe(true);
    second();
    expect(hasId()).toBe(false);
  });

  it('keeps its fields where the application has a tracer that throws, and the log call throws nothing', () => {
    const api = Symbol.for('opentelemetry.js.api.1');
    const broken = () => {
      throw new Error('no span');
    };
    const spans = [
      { active: broken },
      { active: () => ({ getValue: () => ({ spanContext: broken }) }) },
      { active: () => ({ getValue: () => ({ spanContext: () => null }) }) },
    ];
    for (const context of spans) {
      Object.defineProperty(globalThis, api, { value: { context }, configurable: true });
      const uninstall = installContextProvider();
      try {
        const { log, handler } = logger();
        runInContext({ request_id: 'r-1' }, () => log.info('in'));
        expect(handler.records.at(-1)?.[CONTEXT]).toEqual({ request_id: 'r-1' });
      } finally {
        Reflect.deleteProperty(globalThis, api);
        uninstall();
      }
    }
  });
});

describe('fields of a context that are none', () => {
  it.each([undefined, null, 7])('are left out, and the work goes on: %j', (fields) => {
    const stderr = collectStderr();
    try {
      const seen = runInContext({ a: 1 }, () => {
        bindContext(fields as never);
        return runInContext(fields as never, () => getContext());
      });
      expect(seen).toEqual({ a: 1 });
    } finally {
      stderr.stop();
    }
  });

  it('read as unreadable where a getter throws', () => {
    const fields = {
      get bad(): never {
        throw new Error('getter');
      },
      good: 1,
    };
    expect(runInContext(fields, () => getContext())).toEqual({ bad: '[unreadable]', good: 1 });
  });
});
