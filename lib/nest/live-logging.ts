import { isDeepStrictEqual } from 'node:util';
import type { CreateComponent } from '../config/component-factory.js';
import type { Follower } from '../config/config-follower.js';
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

/** What is in force, as it is now; one for all applications with equal configurations. */
export interface InForce {
  config: LoggingConfig;
  plan: ConfigPlan;
  standing: StandingConfig;
}

/** An application that logs. */
interface Member {
  /** What it put in force, or found there. */
  readonly inForce: InForce;
  /** Follows the files of its configuration, if it has any that are to be followed. */
  follow: () => Follower | undefined;
  following: Follower | undefined;
}

interface LiveLogging {
  readonly manager: Manager;
  /** The applications that log. */
  readonly applications: Map<object, Member>;
  /** What is in force for them. */
  current: InForce | undefined;
}

const liveHere = perRegistry(
  'nest.live.3',
  (): LiveLogging => ({ manager: getManager(), applications: new Map(), current: undefined }),
);

/** Where each application logs: one may end when another tree is in force than the one it began with. */
const homes = globalSlot('nest.homes.2', () => ({ byApplication: new Map<object, LiveLogging>() }));

/** A configuration that is ready to be put in force. */
export interface ReadyConfig {
  readonly config: LoggingConfig;
  readonly plan: ConfigPlan;
  /** Gives the components that the application's container made, `count` of them. */
  readonly create: CreateComponent;
  readonly count: number;
}

/** A configuration that is ready to take the place of the one in force, and to go on with parts of it. */
export interface ReadyChange extends ReadyConfig {
  /** What was in force when it was put together. */
  readonly from: ConfigPlan;
}

/**
 * Puts an application's configuration in force and replays what was held for it.
 *
 * Loggers are one tree a process: a second application with an equal configuration shares the first one's handlers,
 * one with another configuration takes over.
 */
export function standFor(application: object, ready: ReadyConfig): InForce {
  const live = liveHere();
  const { current } = live;
  const isShared =
    live.applications.size > 0 && ready.count === 0 && isDeepStrictEqual(current?.config, ready.config);
  const join = (inForce: InForce): InForce => {
    live.applications.set(application, { inForce, follow: () => undefined, following: undefined });
    homes.byApplication.set(application, live);
    return inForce;
  };
  if (isShared && current !== undefined) return join(current);
  const held = takeHeldRecords();
  try {
    const standing = applyPlan(ready.plan, { create: ready.create });
    live.current = { config: ready.config, plan: ready.plan, standing };
    return join(live.current);
  } catch (error) {
    holdRecords();
    throw error;
  } finally {
    replayRecords(held);
  }
}

/**
 * Changes what an application put in force, while it is; what is the same before and after goes on as it is.
 *
 * @returns Whether it was changed; not if something else is in force by now, or the application has ended.
 * @throws {LoggingConfigError} `ERR_LOGGING_CONFIG`; nothing has changed then.
 */
export function changeFor(application: object, ready: ReadyChange): boolean {
  const live = homes.byApplication.get(application);
  const inForce = live?.applications.get(application)?.inForce;
  if (inForce === undefined || live !== liveHere() || live.current !== inForce) return false;
  if (inForce.plan !== ready.from) return false;
  inForce.standing = applyPlan(ready.plan, { create: ready.create, previous: inForce.standing });
  inForce.config = ready.config;
  inForce.plan = ready.plan;
  return true;
}

/**
 * Follows the files of an application's configuration until the application ends.
 *
 * Of several applications that share a configuration the last one follows; when it ends, another one does.
 */
export function followFor(application: object, follow: Member['follow']): void {
  const member = homes.byApplication.get(application)?.applications.get(application);
  if (member === undefined) return;
  member.follow = follow;
  member.following = follow();
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
  live?.applications.get(application)?.following?.stop();
  if (!live?.applications.delete(application) || current === undefined) return;
  const heir = [...live.applications.values()].reverse().find(({ inForce }) => inForce === current);
  if (heir !== undefined) heir.following = heir.follow();
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
