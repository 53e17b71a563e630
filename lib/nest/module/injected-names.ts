import type { FactoryProvider } from '@nestjs/common';
import { globalSlot } from '../../runtime/global-slot.js';

/** A provider that was requested by name. */
export type NamedProvider = FactoryProvider & { readonly provide: symbol };

/** Notified of names that are injected after its application was created. */
export type NameListener = (provider: NamedProvider) => void;

/** The providers of one kind, and who is notified of more. */
interface NameList {
  /** Modules give these very arrays to Nest, which reads them when it creates an application. */
  readonly providers: NamedProvider[];
  readonly tokens: symbol[];
  readonly known: Set<symbol>;
}

interface InjectedNames {
  readonly loggers: NameList;
  readonly components: NameList;
  readonly listeners: Set<NameListener>;
}

const list = (): NameList => ({ providers: [], tokens: [], known: new Set() });

/**
 * Every name that was ever requested, shared by all copies of the package.
 *
 * A decorator runs when its file is loaded, long before or (in lazily loaded modules) long after the logging module
 * is created; so requests are noted here, and running applications are notified.
 */
export const injectedNames: InjectedNames = globalSlot('nest.names.1', () => ({
  loggers: list(),
  components: list(),
  listeners: new Set<NameListener>(),
}));

/** Notes a provider, once. */
export function noteProvider(kind: 'loggers' | 'components', provider: NamedProvider): void {
  const { providers, tokens, known } = injectedNames[kind];
  if (known.has(provider.provide)) return;
  known.add(provider.provide);
  providers.push(provider);
  tokens.push(provider.provide);
  for (const listener of injectedNames.listeners) listener(provider);
}
