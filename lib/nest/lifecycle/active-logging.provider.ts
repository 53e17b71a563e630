import type { ComponentKind } from '../../config/components/component-registry.js';
import type { LoggingConfig } from '../../config/plan/logging-config.js';
import type { LoggingDeclaration } from '../module/logging-declaration.js';
import type { ResolvedLoggingOptions } from '../module/logging-options.js';
import type { ActiveConfiguration } from './active-logging.js';

/** The active logging of an application. */
export interface ActiveState {
  /** What was made of the configuration; applications may share it. */
  readonly configuration: ActiveConfiguration;
  /** The configuration, with what all feature modules and the environment added. */
  readonly config: LoggingConfig;
  /** The configuration without them. */
  readonly given: LoggingConfig | undefined;
  /** The options of the `forRoot`, with those that came with its configuration. */
  readonly options: ResolvedLoggingOptions;
  /** Every `forRoot` and `forFeature` that is in it. */
  readonly declarations: ReadonlySet<LoggingDeclaration>;
}

/** The active configuration, as an application's container has it. */
export class ActiveLogging {
  private current: ActiveState;
  private changing: Promise<void> = Promise.resolve();

  constructor(state: ActiveState) {
    this.current = state;
  }

  /** The current state. */
  get state(): ActiveState {
    return this.current;
  }

  /** A handler, formatter or filter by its name in the configuration; `undefined` if there is none. */
  find(kind: ComponentKind, name: string): object | undefined {
    return this.current.configuration.activeConfig[`${kind}s`].get(name);
  }

  /** Changes the configuration, after all earlier changes. */
  change(next: (state: ActiveState) => Promise<ActiveState>): Promise<void> {
    const changed = this.changing.then(async () => {
      this.current = await next(this.current);
    });
    this.changing = changed.catch(() => undefined);
    return changed;
  }
}
