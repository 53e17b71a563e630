import { isDeepStrictEqual } from 'node:util';
import type { CreateComponent } from '../../config/apply/component-factory.js';
import type { Follower } from '../../config/apply/config-follower.js';
import { type ActiveConfig, applyPlan, releaseConfig } from '../../config/apply/dict-configurator.js';
import type { LoggingConfig } from '../../config/plan/logging-config.js';
import type { ConfigPlan, PlannedComponent } from '../../config/plan/planned-config.js';
import { type Handler, openHandlers } from '../../core/handler.js';
import { getManager, type Manager } from '../../core/loggers/manager.js';
import { perManager } from '../../core/loggers/per-manager.js';
import { reportLoggingError, reportNotice } from '../../core/reports/diagnostics.js';
import { closeHandlers } from '../../core/shutdown.js';
import { waitAtMost } from '../../runtime/deadline.js';
import { globalSlot } from '../../runtime/global-slot.js';
import { findConflicts } from './application-conflicts.js';
import { bufferRecords, replayRecords, takeBufferedRecords } from './buffered-records.js';
import { closeEnded, countLateRecords } from './ended-handlers.js';

/** How long flushing, and then closing, may take when an application closes, in milliseconds; 5 s together. */
const PATIENCE_MS = 2_500;

/** A configuration that is active, as it is now; one for all applications with equal configurations. */
export interface ActiveConfiguration {
  config: LoggingConfig;
  plan: ConfigPlan;
  activeConfig: ActiveConfig;
  /** Whether nothing was configured, so that it is the default. */
  isDefault: boolean;
}

/** An application that logs. */
interface Member {
  /** What it activated, or found. */
  readonly configuration: ActiveConfiguration;
  /** Follows the files of its configuration, if it has any that are to be followed. */
  follow: () => Follower | undefined;
  following: Follower | undefined;
}

interface ActiveApplications {
  readonly manager: Manager;
  /** The applications that log. */
  readonly applications: Map<object, Member>;
  /** Their configurations, the earliest first. */
  readonly active: ActiveConfiguration[];
  /** Removes the configuration of the last application that ended; it stays until another one begins. */
  releaseEnded: (() => void) | undefined;
  /** Handlers that were made for applications whose configuration is not active yet. */
  readonly waiting: Set<Handler>;
}

const activeHere = perManager(
  'nest.live.4',
  (): ActiveApplications => ({
    manager: getManager(),
    applications: new Map(),
    active: [],
    releaseEnded: undefined,
    waiting: new Set(),
  }),
);

/** Where each application logs. When it ends, another tree may be the current one. */
const homes = globalSlot('nest.homes.3', () => ({ byApplication: new Map<object, ActiveApplications>() }));

/** A configuration that is ready to be activated. */
export interface ReadyConfig {
  readonly config: LoggingConfig;
  readonly plan: ConfigPlan;
  /** Gives the components that the application's container made, `count` of them. */
  readonly create: CreateComponent;
  readonly count: number;
  /** Whether a component is one of them. */
  makes(component: PlannedComponent): boolean;
  /** Whether nothing was configured, so that this is the default. */
  readonly isDefault: boolean;
}

/** A configuration that is ready to replace an active one, parts of which it keeps. */
export interface ReadyChange extends ReadyConfig {
  /** What was active when it was put together. */
  readonly from: ConfigPlan;
}

/**
 * Activates an application's configuration and replays what was buffered for it.
 *
 * Loggers are one tree a process. A second application with an equal configuration shares the first one's handlers; one
 * with another configuration is merged with it, and what cannot be merged is reported.
 */
export function activateFor(application: object, ready: ReadyConfig): ActiveConfiguration {
  const live = activeHere();
  const join = (configuration: ActiveConfiguration): ActiveConfiguration => {
    live.applications.set(application, { configuration, follow: () => undefined, following: undefined });
    homes.byApplication.set(application, live);
    return configuration;
  };
  live.releaseEnded?.();
  const equal = live.active.find(({ config }) => isDeepStrictEqual(config, ready.config));
  if (equal !== undefined && ready.count === 0) return join(equal);
  const buffered = takeBufferedRecords();
  try {
    const conflicts = findConflicts(ready, live.active);
    const { config, plan, isDefault } = ready;
    const configuration = { config, plan, isDefault, activeConfig: activate(ready, live) };
    live.active.push(configuration);
    for (const conflict of conflicts) reportNotice(conflict);
    return join(configuration);
  } catch (error) {
    bufferRecords();
    throw error;
  } finally {
    replayRecords(buffered);
  }
}

function activate(ready: ReadyConfig, live: ActiveApplications, previous?: ActiveConfig): ActiveConfig {
  return applyPlan(ready.plan, {
    create: ready.create,
    previous,
    active: live.active.map(({ activeConfig }) => activeConfig),
    isOwn: (component) => ready.makes(component),
    givesWay: ready.isDefault,
    // Handlers that another application has made for the configuration it is about to activate stay open.
    replaces: openHandlers().filter((handler) => !live.waiting.has(handler)),
  });
}

/** Keeps handlers open that are made for an application until its configuration is active. */
export function keepOpen(): { add(handler: Handler): void; end(): void } {
  const { waiting } = activeHere();
  const own: Handler[] = [];
  return {
    add: (handler) => {
      own.push(handler);
      waiting.add(handler);
    },
    end: () => {
      for (const handler of own) waiting.delete(handler);
    },
  };
}

/**
 * Changes the configuration that an application activated. What is the same before and after is kept.
 *
 * @returns `false` if it was changed by another call meanwhile, or the application has ended: nothing is done then.
 * @throws {LoggingConfigError} `ERR_LOGGING_CONFIG`; nothing has changed then.
 */
export function changeFor(application: object, ready: ReadyChange): boolean {
  const live = homes.byApplication.get(application);
  const configuration = live?.applications.get(application)?.configuration;
  if (live === undefined || configuration === undefined || live !== activeHere()) return false;
  if (configuration.plan !== ready.from || !live.active.includes(configuration)) return false;
  const conflicts = findConflicts(
    ready,
    live.active.filter((one) => one !== configuration),
  );
  configuration.activeConfig = activate(ready, live, configuration.activeConfig);
  configuration.config = ready.config;
  configuration.plan = ready.plan;
  configuration.isDefault = ready.isDefault;
  for (const conflict of conflicts) reportNotice(conflict);
  return true;
}

/**
 * Follows the files of an application's configuration until the application ends.
 *
 * If several applications share a configuration, the last one follows. When it ends, another one does.
 */
export function followFor(application: object, follow: Member['follow']): void {
  const live = homes.byApplication.get(application);
  const member = live?.applications.get(application);
  if (live === undefined || member === undefined) return;
  for (const other of live.applications.values()) {
    if (other.configuration === member.configuration) other.following?.stop();
  }
  member.follow = follow;
  member.following = follow();
}

/** The active configurations of Nest applications, the earliest first. */
function activeConfigs(): readonly ActiveConfig[] {
  return activeHere().active.map(({ activeConfig }) => activeConfig);
}

/**
 * Ends the logging of an application: flushes its handlers, and closes those that no other application has. Nothing of
 * another application changes.
 *
 * After the last application, records still go to the handlers that can write at once, until another application or
 * configuration begins.
 *
 * @param hasStarted Whether it had started. If not, its handlers get no records from now on.
 * @returns A promise that resolves after 5 s at the latest and never rejects.
 */
export async function deactivateFor(application: object, hasStarted: boolean): Promise<void> {
  const live = homes.byApplication.get(application);
  homes.byApplication.delete(application);
  const member = live?.applications.get(application);
  if (live === undefined || member === undefined) return;
  live.applications.delete(application);
  member.following?.stop();
  const { configuration } = member;
  const { activeConfig } = configuration;
  const heir = sharersOf(configuration, live).at(-1);
  if (heir !== undefined) heir.following = heir.follow();
  await waitAtMost(PATIENCE_MS, Promise.all([...activeConfig.handlers.values()].reverse().map(flush)));
  const index = live.active.indexOf(configuration);
  // Asked again: another application may have begun to share it while it was flushed.
  if (sharersOf(configuration, live).length > 0 || index < 0) return;
  live.active.splice(index, 1);
  if (live.active.length > 0) await waitAtMost(PATIENCE_MS, release(live, activeConfig));
  else await endLast(live, activeConfig, hasStarted);
}

/** The applications that log with a configuration, the earliest first. */
function sharersOf(configuration: ActiveConfiguration, live: ActiveApplications): Member[] {
  return [...live.applications.values()].filter((member) => member.configuration === configuration);
}

/** Closes what the last application leaves behind, but for the handlers that can still write. */
async function endLast(live: ActiveApplications, activeConfig: ActiveConfig, hasStarted: boolean) {
  const end = () => {
    live.releaseEnded = undefined;
    void release(live, activeConfig);
  };
  live.releaseEnded = end;
  await waitAtMost(PATIENCE_MS, closeEnded(activeConfig));
  // One that started meanwhile has released it.
  if (live.releaseEnded === undefined) return;
  if (!hasStarted) {
    live.releaseEnded();
    return;
  }
  const takeBack = countLateRecords(live.manager, activeConfig);
  live.releaseEnded = () => {
    takeBack();
    end();
  };
}

/** Takes an ended configuration out of the tree, so that it does not rule the next application. Closes its handlers. */
function release(live: ActiveApplications, activeConfig: ActiveConfig): Promise<void> {
  const others = live.active.map((other) => other.activeConfig);
  return closeHandlers(releaseConfig(live.manager, activeConfig, others));
}

async function flush(handler: Handler): Promise<void> {
  try {
    await handler.flush();
  } catch (error) {
    reportLoggingError(handler, undefined, error);
  }
}

/** Starts flushing the active handlers; what is synchronous is done when this returns. */
export function flushActive(): void {
  for (const { handlers } of activeConfigs()) for (const handler of handlers.values()) void flush(handler);
}

/** Whether any application logs, in whichever tree. */
export function hasLiveApplications(): boolean {
  return homes.byApplication.size > 0;
}

/** Removes the configuration of an application that has ended, if it is still there: another one begins. */
export function releaseEnded(): void {
  activeHere().releaseEnded?.();
}

/** Buffers records for the application that is about to start, unless one logs already. */
export function bufferForBoot(): void {
  releaseEnded();
  if (activeHere().applications.size === 0) bufferRecords();
}
