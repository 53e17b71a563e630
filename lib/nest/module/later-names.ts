import type { ModulesContainer } from '@nestjs/core';
import { type ContainerModule, findDeclarations } from '../components/container-modules.js';
import { injectedNames, type NamedProvider } from './injected-names.js';
import { LOGGER_HOST } from './logging.tokens.js';

/**
 * Adds names that are injected after an application was created, in a file that is loaded lazily, to its modules that
 * provide loggers.
 */
export class LaterNames {
  readonly #listener = (provider: NamedProvider) => this.#add(provider);

  constructor(private readonly modules: ModulesContainer) {
    injectedNames.listeners.add(this.#listener);
    // Names that were injected while the modules were being read.
    for (const kind of ['loggers', 'components'] as const) {
      for (const provider of injectedNames[kind].providers) this.#add(provider);
    }
  }

  /** The application has ended. */
  stop(): void {
    injectedNames.listeners.delete(this.#listener);
  }

  #add(provider: NamedProvider): void {
    for (const module of this.#hosts(provider)) {
      if (module.hasProvider(provider.provide)) continue;
      module.addProvider(provider);
      module.addExportedProviderOrModule(provider.provide);
    }
  }

  /** Loggers need nothing and are everywhere; components come from the configuration, which only some modules see. */
  #hosts(provider: NamedProvider): ContainerModule[] {
    if (provider.inject !== undefined) return findDeclarations(this.modules).map(({ module }) => module);
    return [...this.modules.values()].filter(({ metatype }) => LOGGER_HOST in metatype);
  }
}
