import type { FilterLike } from '../../core/filter-like.js';
import type { OptionIssue } from '../../core/options.js';
import type { ComponentKind } from '../components/component-registry.js';
import type { ConfigOrigin } from '../read/config-origin.js';
import type { LoggerGroups } from './logger-groups.js';
import type { ComponentFactory } from './logging-config.js';

/** A handler, formatter or filter to be made. */
export interface PlannedComponent {
  readonly kind: ComponentKind;
  /** Its name in the configuration. */
  readonly name: string;
  /** Its place: `handlers.console`. */
  readonly path: string;
  /** What makes it. */
  readonly type: ComponentFactory;
  /** The options `type` is given; references to other components are ComponentReferences. */
  readonly options: Record<string, unknown>;
  /** Properties to set afterwards. */
  readonly properties: Record<string, unknown>;
  /** For handlers: the level to set, `undefined` to leave it. */
  readonly level: number | undefined;
  /** For handlers: name of the formatter. */
  readonly formatter: string | undefined;
  /** For handlers: names of filters, and filters. */
  readonly filters: readonly (string | FilterLike)[];
  /** For handlers: what they have made in a worker thread, by its place. */
  readonly workers: ReadonlyMap<string, ConfigPlan>;
}

/** A component before what it has made in a worker thread is planned. */
export type PlannedWithoutWorkers = Omit<PlannedComponent, 'workers'>;

/** A logger to be set up. */
export interface PlannedLogger {
  /** Its name; `undefined` for the root. */
  readonly name: string | undefined;
  readonly level: number | undefined;
  readonly propagate: boolean | undefined;
  readonly handlers: readonly string[];
  readonly filters: readonly (string | FilterLike)[];
}

/** A configuration that was checked and found sound; nothing has been changed yet. */
export interface ConfigPlan {
  readonly incremental: boolean;
  readonly disableExistingLoggers: boolean;
  readonly formatters: readonly PlannedComponent[];
  readonly filters: readonly PlannedComponent[];
  readonly handlers: readonly PlannedComponent[];
  readonly loggers: readonly PlannedLogger[];
  readonly root: PlannedLogger | undefined;
  /** Names of loggers by the name of their group. */
  readonly groups: LoggerGroups;
  /** For an incremental configuration: new levels of handlers that exist. */
  readonly handlerLevels: ReadonlyMap<string, number>;
  /** Where the configuration came from, if it came from files. */
  readonly origin?: ConfigOrigin | undefined;
}

/** The loggers of a plan, the root last where it has an entry of its own. */
export function loggersOf({ loggers, root }: ConfigPlan): readonly PlannedLogger[] {
  return root === undefined ? loggers : [...loggers, root];
}

/** What a caller may add to the planning. */
export interface PlanOptions {
  /** Maps a `class` or `()` value to what makes the component, before the registry is asked; `undefined` to pass. */
  resolve?(value: unknown, kind: ComponentKind): ComponentFactory | undefined;
  /** Finds errors of a component, with their paths, that would not prevent creating it. */
  inspect?(component: PlannedWithoutWorkers): readonly OptionIssue[];
  /**
   * Whether it is planned outside its application, as by a command: the handlers that an incremental configuration
   * names need not be there.
   */
  readonly isApart?: boolean;
  /** Whether it is for a worker thread, which has no classes but the built-in ones. */
  readonly isForWorker?: boolean;
}
