import type { ComponentKind } from '../config/component-registry.js';
import type { StandingConfig } from '../config/dict-configurator.js';

/** The configuration in force, as an application's container has it. */
export class StandingLogging {
  constructor(
    /** What was made of the configuration. */
    readonly config: StandingConfig,
  ) {}

  /** A handler, formatter or filter by its name in the configuration; `undefined` if there is none. */
  find(kind: ComponentKind, name: string): object | undefined {
    return this.config[`${kind}s`].get(name);
  }
}
