import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type ActiveConfig, applyPlan, releaseConfig } from '../../../lib/config/apply/dict-configurator.js';
import { registerComponent } from '../../../lib/config/components/component-registry.js';
import { planConfig } from '../../../lib/config/plan/config-plan.js';
import type { LoggingConfig } from '../../../lib/config/plan/logging-config.js';
import { Handler, type HandlerOptions, openHandlers } from '../../../lib/core/handler.js';
import { setLastResort } from '../../../lib/core/last-resort.js';
import { getLogger, getManager } from '../../../lib/core/loggers/manager.js';
import { closeHandlers } from '../../../lib/core/shutdown.js';
import { state } from '../../../lib/core/state.js';
import { ListHandler } from '../../support/list-handler.js';
import { resetLogging } from '../../support/reset-logging.js';

/** Writes to a place that its options name, as a file or a socket would. */
class Place extends ListHandler {
  isClosed = false;
  readonly place: string;
  constructor({ place, ...options }: HandlerOptions & { place: string }) {
    super(options);
    this.place = place;
  }
  override close(): void {
    this.isClosed = true;
    super.close();
  }
}

const LOGGERS = ['a', 'a.b', 'a.b.c', 'x', 'x.y'] as const;
const HANDLERS = ['h0', 'h1', 'h2'] as const;
const level = fc.constantFrom('DEBUG', 'INFO', 'WARNING', 'ERROR');
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 2 });
const without = <T extends object>(entry: T) =>
  Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== undefined));

const handler = fc
  .record({
    class: fc.constant('test.Place'),
    place: fc.constantFrom('here', 'there'),
    level: maybe(level),
    formatter: maybe(fc.constantFrom('f0', 'f1')),
    filters: maybe(fc.subarray(['only'])),
  })
  .map(without);
const logger = fc
  .record({
    level: maybe(level),
    handlers: maybe(fc.subarray([...HANDLERS])),
    filters: maybe(fc.subarray(['only'])),
    propagate: maybe(fc.boolean()),
  })
  .map(without);
const config = fc
  .record({
    version: fc.constant(1),
    disable_existing_loggers: fc.constant(false),
    formatters: fc.record({
      f0: fc.record({ format: fc.constantFrom('%(message)s', '%(name)s %(message)s') }),
      f1: fc.record({ format: fc.constantFrom('%(levelname)s %(message)s') }),
    }),
    filters: fc.record({ only: fc.record({ name: fc.constantFrom('a', 'x') }) }),
    handlers: fc.record({ h0: handler, h1: handler, h2: handler }),
    loggers: fc.dictionary(fc.constantFrom(...LOGGERS), logger, { maxKeys: 3 }),
    root: maybe(logger.map(({ propagate: _, ...root }) => root as Record<string, unknown>)),
  })
  .map(without) as unknown as fc.Arbitrary<LoggingConfig>;

type Step =
  | { kind: 'start'; config: LoggingConfig }
  | { kind: 'change' | 'end'; at: number; config: LoggingConfig };
const step: fc.Arbitrary<Step> = fc.oneof(
  config.map((one) => ({ kind: 'start' as const, config: one })),
  fc.record({ kind: fc.constantFrom('change' as const, 'end' as const), at: fc.nat(9), config }),
);

/** Those of the process, the earliest first, as applications keep them. */
class Active {
  readonly configs: { config: LoggingConfig; active: ActiveConfig }[] = [];

  apply(one: Step): void {
    const active = this.configs.map((each) => each.active);
    if (one.kind === 'start') {
      this.configs.push({ config: one.config, active: applyPlan(planConfig(one.config), { active }) });
      return;
    }
    const index = one.at % Math.max(1, this.configs.length);
    const chosen = this.configs[index];
    if (chosen === undefined) return;
    if (one.kind === 'change') {
      const plan = planConfig(one.config);
      this.configs[index] = {
        config: one.config,
        active: applyPlan(plan, { active, previous: chosen.active }),
      };
      return;
    }
    this.configs.splice(index, 1);
    const others = this.configs.map((each) => each.active);
    void closeHandlers(releaseConfig(getManager(), chosen.active, others));
  }
}

beforeEach(() => {
  resetLogging();
  registerComponent('handler', 'test.Place', Place as unknown as new () => Handler);
});
afterAll(resetLogging);

function start(): void {
  resetLogging();
  setLastResort(new ListHandler());
}

/** What is logged where, and how loggers and handlers are set. */
function observe(): unknown {
  const handlers = openHandlers().filter((one): one is Place => one instanceof Place);
  const loggers = ['', ...LOGGERS].map((name) => {
    const { level, propagate, disabled, filters } = getLogger(name);
    return [name, level, propagate, disabled, filters.length, getLogger(name).handlers.map(describePlace)];
  });
  for (const one of handlers) one.lines.length = 0;
  for (const name of ['', ...LOGGERS, 'new.one'])
    for (const call of ['debug', 'info', 'warning', 'error'] as const) getLogger(name)[call]('%s', call);
  // Two of them may have become equal by a change, and then both go on: what counts is what reaches the place.
  const written = handlers.flatMap((one) => one.lines.map((line) => [describePlace(one), line])).sort();
  const closed = handlers.filter(({ isClosed }) => isClosed);
  const names = [...state.handlersByName].map(([name, one]) => [name, describePlace(one as Handler)]).sort();
  return { loggers, written, names, closed };
}

function describePlace(one: Handler): string {
  const { name, place, level, filters } = one as Place;
  return `${name} ${place} ${level} ${filters.length}`;
}

describe('configurations that start, change and end', () => {
  it('leave what those give that are left, as if they alone had started', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 6 }), (steps) => {
        start();
        const active = new Active();
        for (const one of steps) active.apply(one);
        const seen = observe();
        start();
        const fresh = new Active();
        for (const { config } of active.configs) fresh.apply({ kind: 'start', config });
        expect(seen).toEqual(observe());
      }),
      { numRuns: 300 },
    );
  });
});
