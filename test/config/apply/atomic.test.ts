import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { basicConfig } from '../../../lib/config/apply/basic-config.js';
import { applyPlan, dictConfig } from '../../../lib/config/apply/dict-configurator.js';
import { LoggingConfigError, planConfig } from '../../../lib/config/plan/config-plan.js';
import type { LoggingConfig } from '../../../lib/config/plan/logging-config.js';
import { loadLoggingConfig } from '../../../lib/config/read/load-logging-config.js';
import { Handler, openHandlers } from '../../../lib/core/handler.js';
import { Logger } from '../../../lib/core/loggers/logger.js';
import { getLogger, getManager, setLoggerClass } from '../../../lib/core/loggers/manager.js';
import { state } from '../../../lib/core/state.js';
import { QueueHandler } from '../../../lib/handlers/queue/queue.handler.js';
import { QueueListener } from '../../../lib/handlers/queue/queue-listener.js';
import { RecordQueue } from '../../../lib/handlers/queue/record-queue.js';
import { ListHandler } from '../../../lib/testing/list.handler.js';
import { isolateLogging, type LoggingIsolation } from '../../../lib/testing/logging-isolation.js';

/** Throws in its n-th step, counted over everything that takes part. */
class Fuse {
  left = Number.POSITIVE_INFINITY;
  step(): void {
    this.left -= 1;
    if (this.left === 0) throw new Error('blown');
  }
}

let fuse: Fuse;
let isolation: LoggingIsolation;
let folder: string;
beforeEach(() => {
  isolation = isolateLogging();
  fuse = new Fuse();
  folder = mkdtempSync(join(tmpdir(), 'atomic-'));
});
afterEach(async () => {
  fuse.left = Number.POSITIVE_INFINITY;
  await isolation.restore();
  rmSync(folder, { recursive: true, force: true });
});

/** Each of its methods may fail, before or after it did its work. */
class Fragile extends Handler {
  emit(): void {}
  override setLevel(level: never): void {
    fuse.step();
    super.setLevel(level);
    fuse.step();
  }
  override setFormatter(formatter: never): void {
    fuse.step();
    super.setFormatter(formatter);
    fuse.step();
  }
  override addFilter(filter: never): void {
    fuse.step();
    super.addFilter(filter);
    fuse.step();
  }
  override removeFilter(filter: never): void {
    fuse.step();
    super.removeFilter(filter);
    fuse.step();
  }
  override get name() {
    return super.name;
  }
  override set name(name) {
    fuse.step();
    super.name = name;
    fuse.step();
  }
}

class FragileLogger extends Logger {
  constructor(name: string) {
    super(name);
    fuse.step();
  }
  override setLevel(level: never): void {
    fuse.step();
    super.setLevel(level);
    fuse.step();
  }
  override addHandler(handler: never): void {
    fuse.step();
    super.addHandler(handler);
    fuse.step();
  }
  override removeHandler(handler: never): void {
    fuse.step();
    super.removeHandler(handler);
    fuse.step();
  }
  override addFilter(filter: never): void {
    fuse.step();
    super.addFilter(filter);
    fuse.step();
  }
  override get disabled() {
    return super.disabled;
  }
  override set disabled(disabled) {
    fuse.step();
    super.disabled = disabled;
    fuse.step();
  }
}

class FragileFilter {
  readonly on = new Set<unknown>();
  filter(): boolean {
    return true;
  }
  attached(owner: unknown): void {
    fuse.step();
    this.on.add(owner);
  }
  detached(owner: unknown): void {
    this.on.delete(owner);
    fuse.step();
  }
}

class FragileListener extends QueueListener {
  override start(): void {
    fuse.step();
    super.start();
    fuse.step();
  }
}

/** Everything a change of configuration may touch, for comparison. */
function picture() {
  const { loggerDict, root } = getManager();
  const places = [...loggerDict].map(([name, entry]) =>
    entry instanceof Logger ? name : `${name}: ${[...entry.loggers].map((logger) => logger.name).join()}`,
  );
  const loggers = [root, ...getManager().loggers()].map((logger) => ({
    name: logger.name,
    parent: logger.parent?.name,
    level: logger.level,
    effective: logger.getEffectiveLevel(),
    isEnabled: [10, 20, 30, 40].map((level) => logger.isEnabledFor(level)),
    disabled: logger.disabled,
    propagate: logger.propagate,
    handlers: [...logger.handlers],
    filters: [...logger.filters],
  }));
  const handlers = openHandlers().map((handler) => ({
    handler,
    name: handler.name,
    level: handler.level,
    formatter: handler.formatter,
    filters: [...handler.filters],
  }));
  return { places, loggers, handlers, names: [...state.handlersByName] };
}

/** Lets every step of a change fail in turn, and compares what is there before and after. */
function blowEveryStep(change: () => unknown, compare: () => unknown = picture): number {
  const before = compare();
  for (let step = 1; ; step += 1) {
    fuse.left = step;
    let failed = false;
    try {
      change();
    } catch (error) {
      failed = true;
      expect(String(error)).toContain('blown');
    }
    const isBlown = fuse.left <= 0;
    fuse.left = Number.POSITIVE_INFINITY;
    if (!isBlown) return step - 1;
    expect(failed).toBe(true);
    expect(compare()).toEqual(before);
  }
}

const shared = new FragileFilter();

/** A tree with something of everything, from which the changes begin. */
function arrange(): void {
  setLoggerClass(FragileLogger);
  getLogger('old.deep.child').setLevel('ERROR');
  getLogger('shop.orders.items').propagate = false;
  getLogger('shop.orders').addHandler(new ListHandler());
  getLogger('other').disabled = true;
  const named = new ListHandler();
  named.name = 'main';
  getLogger().addHandler(named);
  getLogger('with.filter').addFilter(shared);
}

const config = (): LoggingConfig => ({
  version: 1,
  disable_existing_loggers: true,
  filters: { own: { '()': FragileFilter } },
  formatters: { plain: { format: '%(message)s' } },
  handlers: {
    main: { '()': Fragile, level: 'INFO', formatter: 'plain', filters: ['own', shared] },
    second: { '()': Fragile, level: 'DEBUG' },
    file: { class: 'logging.FileHandler', filename: join(folder, 'new.log') },
    emptied: { class: 'logging.FileHandler', filename: join(folder, 'kept.log'), mode: 'w' },
    queue: {
      '()': () => {
        const handler = new QueueHandler({ queue: new RecordQueue() });
        return handler;
      },
    },
    listened: { class: 'logging.handlers.QueueHandler', listener: FragileListener, handlers: ['second'] },
  },
  loggers: {
    shop: { level: 'DEBUG', handlers: ['main', 'second'], filters: ['own'], propagate: false },
    'new.in.between': { level: 'INFO', handlers: ['main'] },
    'old.deep': { level: 'WARNING' },
  },
  root: { level: 'DEBUG', handlers: ['main', 'file', 'listened'], filters: ['own', shared] },
});

describe('a configuration that fails while it is put in place', () => {
  beforeEach(() => {
    arrange();
    writeFileSync(join(folder, 'kept.log'), 'kept\n');
  });

  it('leaves everything as it was, whichever step failed', () => {
    const steps = blowEveryStep(
      () => dictConfig(config()),
      () => ({
        ...picture(),
        shared: [...shared.on],
        isNew: existsSync(join(folder, 'new.log')),
        kept: readFileSync(join(folder, 'kept.log'), 'utf8'),
      }),
    );
    expect(steps).toBeGreaterThan(40);
    expect(getLogger('shop').level).toBe(10);
  });

  it('says where, and why', () => {
    const attach = {
      filter: () => true,
      attached() {
        throw new Error('no room');
      },
    };
    const refused = { version: 1, loggers: { a: {}, b: { filters: [attach] } } } as LoggingConfig;
    expect(() => dictConfig(refused)).toThrow(LoggingConfigError);
    expect(() => dictConfig(refused)).toThrow(
      'loggers.b: could not be applied: no room; nothing was changed',
    );
  });

  it('leaves everything as it was if only levels were to change', () => {
    applyPlan(planConfig(config()));
    const incremental = {
      version: 1,
      incremental: true,
      handlers: { main: { level: 'ERROR' }, second: { level: 'ERROR' } },
      loggers: { shop: { level: 'ERROR', propagate: true }, brand: { level: 'INFO' } },
      root: { level: 'ERROR' },
    } as LoggingConfig;
    expect(blowEveryStep(() => dictConfig(incremental))).toBeGreaterThan(8);
    expect(getLogger().level).toBe(40);
  });

  it('leaves everything as it was if it was to change another one', () => {
    const previous = applyPlan(planConfig(config()));
    const next = config();
    next.handlers = {
      ...next.handlers,
      main: { '()': Fragile, level: 'ERROR', formatter: 'plain', filters: [] },
      third: { '()': Fragile },
    };
    next.loggers = { shop: { level: 'ERROR', handlers: ['third'] }, another: { handlers: ['main'] } };
    // Classes are the same, so what stands goes on.
    next.filters = config().filters as never;
    const changed = planConfig(next);
    expect(blowEveryStep(() => applyPlan(changed, { previous }))).toBeGreaterThan(20);
    expect(getLogger('shop').level).toBe(40);
  });

  it('leaves the basic configuration as it was', () => {
    class FragileRootHandler extends Fragile {}
    getLogger().addHandler(new FragileRootHandler());
    const make = () => basicConfig({ force: true, level: 'INFO', handlers: [new Fragile(), new Fragile()] });
    const withoutNew = () => {
      const { handlers, ...rest } = picture();
      // The new ones are the caller's, and open.
      return { ...rest, old: handlers.slice(0, 3) };
    };
    expect(blowEveryStep(make, withoutNew)).toBeGreaterThan(3);
    expect(getLogger().handlers).toHaveLength(2);
  });

  it('keeps the old handlers when the basic configuration is refused', () => {
    const old = new ListHandler();
    getLogger().addHandler(old);
    const before = picture();
    expect(() => basicConfig({ force: true, filename: 'a', stream: process.stderr })).toThrow('exclude');
    expect(() => basicConfig({ force: true, filename: join(folder, 'no', 'such', 'folder') })).toThrow();
    expect(() => basicConfig({ force: true, format: '%(nothing', handlers: [new ListHandler()] })).toThrow();
    expect(picture().names).toEqual(before.names);
    expect(getLogger().handlers).toContain(old);
    expect(openHandlers()).toContain(old);
  });

  it('does not end the following of the files of the one before', async () => {
    const file = join(folder, 'logging.json');
    writeFileSync(file, JSON.stringify({ version: 1, root: { level: 'ERROR' } }));
    const standing = dictConfig(await loadLoggingConfig(file, { watch: true }));
    fuse.left = 5;
    expect(() => dictConfig(config())).toThrow('blown');
    fuse.left = Number.POSITIVE_INFINITY;
    writeFileSync(file, JSON.stringify({ version: 1, root: { level: 'INFO' } }));
    await standing.following?.reload();
    expect(getLogger().level).toBe(20);
    await standing.close();
  });

  it('keeps what a factory gave and somebody else had opened', () => {
    const mine = new ListHandler();
    const given = {
      version: 1,
      handlers: { mine: { '()': () => mine, level: 'ERROR' }, bad: { '()': () => 'nothing' } },
    } as unknown as LoggingConfig;
    expect(() => dictConfig(given)).toThrow('handlers.bad');
    expect(openHandlers()).toContain(mine);
    expect(mine.level).toBe(0);
  });
});
