import type { ComponentKind } from '../config/component-registry.js';
import type { LoggingConfig } from '../config/logging-config.js';
import type { InForce } from './live-logging.js';
import type { LoggingDeclaration } from './logging-declaration.js';

/** What stands for an application. */
export interface StandingState {
  /** What was made of the configuration; applications may share it. */
  readonly inForce: InForce;
  /** The configuration, with what all feature modules and the environment added. */
  readonly config: LoggingConfig;
  /** The configuration without them. */
  readonly given: LoggingConfig | undefined;
  /** Every `forRoot` and `forFeature` that is in it. */
  readonly declarations: ReadonlySet<LoggingDeclaration>;
}

/** The configuration in force, as an application's container has it. */
export class StandingLogging {
  #state: StandingState;
  #change: Promise<void> = Promise.resolve();

  constructor(state: StandingState) {
    this.#state = state;
  }

  /** What stands now. */
  get state(): StandingState {
    return this.#state;
  }

  /** A handler, formatter or filter by its name in the configuration; `undefined` if there is none. */
  find(kind: ComponentKind, name: string): object | undefined {
    return this.#state.inForce.standing[`${kind}s`].get(name);
  }

  /** Changes what stands, after all changes that were begun before. */
  change(next: (state: StandingState) => Promise<StandingState>): Promise<void> {
    const changed = this.#change.then(async () => {
      this.#state = await next(this.#state);
    });
    this.#change = changed.catch(() => undefined);
    return changed;
  }
}
