import { isDeepStrictEqual } from 'node:util';
import type { CreateComponent } from '../config/component-factory.js';
import type { ConfigPlan } from '../config/config-plan.js';
import { applyPlan, type StandingConfig } from '../config/dict-configurator.js';
import type { LoggingConfig } from '../config/logging-config.js';
import { reportLoggingError } from '../core/diagnostics.js';
import type { Handler } from '../core/handler.js';
import { getManager, type Manager } from '../core/manager.js';
import { globalSlot } from '../internal/global-slot.js';
import { holdRecords, replayRecords, takeHeldRecords } from './held-records.js';
import { perRegistry } from './per-registry.js';
import { releaseLoggers } from './release-loggers.js';

/** How long flushing, and then closing, may take when an application closes, in milliseconds; 5 s together. */
const PATIENCE_MS = 2_500;

interface InForce {
  readonly config: LoggingConfig;
  readonly plan: ConfigPlan;
  readonly standing: StandingConfig;
}

interface LiveLogging {
  readonly manager: Manager;
  /** The applications that log. */
  readonly applications: Set<object>;
  /** What is in force for them. */
  current: InForce | undefined;
}

const liveHere = perRegistry(
  'nest.live.2',
  (): LiveLogging => ({ manager: getManager(), applications: new Set(), current: undefined }),
);

/** Where each application logs: one may end when another tree is in force than the one it began with. */
const homes = globalSlot('nest.homes.1', () => ({ byApplication: new Map<object, LiveLogging>() }));

/** A configuration that is ready to be put in force. */
export interface ReadyConfig {
  readonly config: LoggingConfig;
  readonly plan: ConfigPlan;
  /** Gives the components that the application's container made, `count` of them. */
  readonly create: CreateComponent;
  readonly count: number;
  /** What it adds to, if it adds to something. */
  readonly grownFrom?: LoggingConfig;
}

/**
 * Puts an application's configuration in force and replays what was held for it.
 *
 * Loggers are one tree a process: a second application with an equal configuration shares the first one's handlers,
 * one with another configuration takes over.
 */
export function standFor(application: object, ready: ReadyConfig): StandingConfig {
  const live = liveHere();
  const { current } = live;
  const isShared =
    live.applications.size > 0 && ready.count === 0 && isDeepStrictEqual(current?.config, ready.config);
  live.applications.add(application);
  homes.byApplication.set(application, live);
  if (isShared && current !== undefined) return current.standing;
  const held = takeHeldRecords();
  try {
    const standing = applyPlan(ready.plan, { create: ready.create });
    live.current = { config: ready.config, plan: ready.plan, standing };
    return standing;
  } catch (error) {
    live.applications.delete(application);
    homes.byApplication.delete(application);
    holdRecords();
    throw error;
  } finally {
    replayRecords(held);
  }
}

/**
 * Adds to an application's configuration, while it is in force; what stands goes on as it is.
 *
 * @returns What stands now; `undefined` if the configuration of another application is in force.
 */
export function growFor(application: object, ready: ReadyConfig): StandingConfig | undefined {
  const live = homes.byApplication.get(application);
  if (live?.current === undefined || !isDeepStrictEqual(live.current.config, ready.grownFrom))
    return undefined;
  const standing = applyPlan(ready.plan, { create: ready.create, previous: live.current.standing });
  live.current = { config: ready.config, plan: ready.plan, standing };
  return standing;
}

/** The configuration in force for Nest applications, if there is one. */
export function currentStanding(): StandingConfig | undefined {
  return liveHere().current?.standing;
}

/**
 * Says that an application has ended: brings out what its handlers keep back, and closes them after the last one.
 *
 * @returns A promise that resolves after 5 s at the latest and never rejects.
 */
export async function leave(application: object): Promise<void> {
  const live = homes.byApplication.get(application);
  homes.byApplication.delete(application);
  const current = live?.current;
  if (!live?.applications.delete(application) || current === undefined) return;
  const handlers = [...current.standing.handlers.values()];
  await inTime(Promise.all([...handlers].reverse().map(flush)));
  if (live.applications.size > 0 || live.current !== current) return;
  live.current = undefined;
  await inTime(current.standing.close());
  releaseLoggers(live.manager, current.plan, current.standing);
}

async function flush(handler: Handler): Promise<void> {
  try {
    await handler.flush();
  } catch (error) {
    reportLoggingError(handler, undefined, error);
  }
}

async function inTime(work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Starts bringing out what the handlers in force keep back; what is synchronous is done when this returns. */
export function flushStanding(): void {
  for (const handler of liveHere().current?.standing.handlers.values() ?? []) void flush(handler);
}

/** Whether any application logs, in whichever tree. */
export function hasLiveApplications(): boolean {
  return homes.byApplication.size > 0;
}

/** Holds records for the application that is about to start, unless one logs already. */
export function holdForBoot(): void {
  if (liveHere().applications.size === 0) holdRecords();
}
